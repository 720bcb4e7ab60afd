"""Gold: what the loader takes, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evals.errors import SuiteUnusable
from evals.gold import GoldCase, load_gold_case
from evals.suites.golds import LATER
from tests.evals.conftest import GOLD


def test_there_are_twelve_disputes_and_six_controls(gold_cases: dict[str, GoldCase]) -> None:
    """Each case has 300 to 1,200 words and three voices; each dispute has everything that a gold can have."""
    assert sum(not case.gold.control for case in gold_cases.values()) == 12
    for case in gold_cases.values():
        assert (250 if case.gold.control else 290) <= sum(len(text.split()) for text in case.texts.values()) <= 1200
        assert len({one.speaker for one in case.gold.assertions}) >= 3
        parts = (case.gold.links, case.gold.upstreams, case.gold.findings, case.gold.gaps, case.gold.crux)
        assert case.gold.control or all(parts), case.name
    assert sum(case.gold.control for case in gold_cases.values()) == 6
    assert sum(bool(case.gold.variants) for case in gold_cases.values()) >= 10


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Forty-one otters live on the river today.", "Forty-two otters live on the river today.", "stands 0 times"),
        ("claim: tracks", "claim: trucks", "no claim 'trucks'"),
        ("document: letter.md", "document: lettre.md", "no document 'lettre.md'"),
        ("target: 'answer:water'", "target: 'answer:wine'", "no answer wine"),
        ("target: 'link:lineage'", "target: 'link:linage'", "no 'link:linage'"),
        ("annotator: settled", "annotator: settled\ncontrol: true", "no findings and no crux"),
        ("version: 2", "version: 2\nmood: fine", "mood"),
    ],
)
def test_a_gold_that_contradicts_its_texts_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A span that isn't in the text, and a name that nothing bears, are refused by name."""
    folder = shutil.copytree(GOLD / "otters", tmp_path / "otters")
    path = folder / "gold.yaml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(SuiteUnusable, match=told):
        load_gold_case(folder)


@pytest.mark.parametrize(("file", "annotator"), [("gold.a.yaml", "A"), ("gold.b.yaml", "B"), ("gold.yaml", "settled")])
def test_both_annotations_are_kept_beside_what_was_settled(file: str, annotator: str) -> None:
    """Every case has three readings that the loader takes: two made apart, and the third that settled them.

    The later controls have one, and say so.
    """
    for folder in GOLD.iterdir():
        if folder.name in LATER:
            assert load_gold_case(folder).gold.annotator == "one"
        else:
            assert load_gold_case(folder, file).gold.annotator == annotator, folder.name


def test_an_edit_makes_another_case(tmp_path: Path) -> None:
    """The digest covers documents, case and gold."""
    folder = shutil.copytree(GOLD / "otters", tmp_path / "otters")
    before = load_gold_case(folder).digest
    document = folder / "documents" / "letter.md"
    document.write_text(document.read_text(encoding="utf-8").replace("Nobody disputes", "No one disputes"), encoding="utf-8")
    gold = folder / "gold.yaml"
    gold.write_text(gold.read_text(encoding="utf-8").replace("Nobody disputes", "No one disputes"), encoding="utf-8")
    assert load_gold_case(folder).digest != before
