"""The list of mutants fits the code."""

from __future__ import annotations

from benchmarks.credence_mutants import MUTANTS, NEAREST, ROOT, broken


def test_every_mutant_breaks_something_that_is_there_once() -> None:
    """What a mutant replaces stands in its file once, and what is left can be read; else the run of all would stop at its first look."""
    for mutant in MUTANTS:
        compile(broken(mutant, ROOT), mutant.file, "exec")


def test_the_test_files_that_run_first_exist() -> None:
    """A file that was renamed would run last, or not at all."""
    named = {name for names in NEAREST.values() for name in names}
    assert [name for name in sorted(named) if not (ROOT / f"tests/credence/test_{name}.py").exists()] == []
