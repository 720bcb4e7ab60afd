"""Knowledge bases by name: a package, a run, a revision, or another home; and where one may be put."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cruxmap.errors import UsageError
from cruxmap.opening import open_registry
from cruxmap.registry import Registry, RunRecord, Status
from knowledge.packages.contents import Package, packed
from knowledge.packages.reading import read_package
from knowledge.packages.writing import write_package
from knowledge.records import Question

KB: Final = "a package's file, a run, a revision, another home's folder (its latest run), or FOLDER@RUN"


def load_base(name: str, home: Path) -> Package:
    """Find a knowledge base: see `KB` for what ``name`` may be. A file is verified whole before anything of it is used.

    Raises:
        UsageError: nothing goes by this name.
        KnowledgeError: it is there, and broken.
    """
    path = Path(name)
    if path.is_file():
        return read_package(path).package
    folder, at, run = name.rpartition("@")
    if at and Path(folder).is_dir():
        return _of_run(Path(folder), run)
    if path.is_dir():
        return _of_run(path, Registry(path).latest())
    if re.fullmatch(r"revision-[0-9a-f]{20}", name):
        return _of_revision(home, name)
    return _of_run(home, name)


def registry_of(home: Path) -> Registry:
    """Open the registry of a home; the configured home's may be on a server."""
    own = open_registry()
    return own if home == own.home else Registry(home)


def _of_run(home: Path, run: str) -> Package:
    return _of_revision(home, committed_revision(registry_of(home).load(run)))


def committed_revision(record: RunRecord) -> str:
    """Return a run's revision.

    Raises:
        UsageError: it has none yet.
    """
    if not record.revision:
        raise UsageError(f"the run {record.run} ({record.status.value}) has committed nothing yet")
    return record.revision


def _of_revision(home: Path, revision: str) -> Package:
    with closing(registry_of(home).open_store()) as store:
        return packed(store, revision)


def save_base(package: Package, to: Path, *, by: str) -> str:
    """Put a knowledge base into a package's file (``.jsonl``) or as a run into a home's folder; say where it is.

    Raises:
        UsageError: a run with its name is there and is another.
        OSError: it can't be written.
    """
    if to.suffix == ".jsonl":
        write_package(package, to)
        return str(to)
    run = add_run(package, to, run=None, by=by)
    return f"the run {run} in {to}"


def add_run(package: Package, home: Path, *, run: str | None, by: str) -> str:
    """Take a package into a home, with a run that stands for it, and return the run's id. ``by`` says who made it.

    Raises:
        UsageError: a run with this id is there and is another.
    """
    registry = registry_of(home)
    run = run or f"imported-{package.tip.removeprefix('revision-')[:12]}"
    if registry.knows(run):
        if registry.load(run).revision == package.tip:
            return run
        raise UsageError(f"there is another run {run} in {home}; choose another name with --run-id")
    with closing(registry.open_store()) as store:
        package.save_to(store)
    questions = sorted(package.view.all(Question), key=lambda one: (one.parent is not None, one.id))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    registry.create(
        RunRecord(
            run=run,
            case=questions[0].name if questions else "imported",
            case_folder="",
            title=questions[0].text if questions else "Imported, without a question",
            status=Status.DONE,
            settings={},
            reasoner=by,
            models={},
            fingerprint={},
            revision=package.tip,
            started=now,
            finished=now,
        )
    )
    return run
