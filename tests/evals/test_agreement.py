"""Agreement: the published examples, and what annotators of the same mind and of none come to."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from evals.agreement import agreement, cohen_kappa, krippendorff_alpha
from evals.gold import GoldCase, load_gold_case
from tests.evals.conftest import GOLD


def test_kappa_gives_the_textbook_number() -> None:
    """Of 50 grants 20 are accepted and 15 rejected by both, 5 and 10 by one alone: kappa is 0.4."""
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    first, second = zip(*pairs, strict=True)
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_alpha_gives_krippendorffs_own_number() -> None:
    """The nominal example with two observers and twelve binary units of "Computing Krippendorff's Alpha-Reliability" (2011): 0.095."""
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha(list(zip(meg, owen, strict=True))) == pytest.approx(0.095, abs=0.001)


def test_chance_is_nought() -> None:
    """Labels drawn at random agree no more than chance; equal ones wholly; a single label tells nothing."""
    rng = random.Random(2)
    first, second = ([rng.choice("abc") for _ in range(4000)] for _ in range(2))
    assert cohen_kappa(first, second) == pytest.approx(0, abs=0.04)
    assert krippendorff_alpha(list(zip(first, second, strict=True))) == pytest.approx(0, abs=0.04)
    assert cohen_kappa(first, first) == 1
    assert krippendorff_alpha(list(zip(first, first, strict=True))) == 1
    assert krippendorff_alpha([("a", "a"), ("b",)]) is None


def test_two_annotations_are_compared_sentence_by_sentence(tmp_path: Path, gold_cases: dict[str, GoldCase]) -> None:
    """An annotation agrees with itself; one that names another speaker and misses an assertion agrees less, and says where."""
    folder = shutil.copytree(GOLD / "otters", tmp_path / "otters")
    path = folder / "gold.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "we released fourteen" not in line and "claim: tracks," not in line]
    edited = "".join(kept).replace("claim: genes, speaker: Tomas Brandvold", "claim: genes, speaker: Ines Hallgrim")
    for key in ("released: Fourteen", "tracks: Mink"):
        edited = "".join(line for line in edited.splitlines(keepends=True) if not line.strip().startswith(key))
    edited = "".join(line for line in edited.splitlines(keepends=True) if "[released]" not in line and "[tracks]" not in line)
    path.write_text(edited, encoding="utf-8")
    same, other = agreement(gold_cases["otters"], gold_cases["otters"]), agreement(gold_cases["otters"], load_gold_case(folder))
    assert (same.spans, same.asserted, same.speakers, same.disagreements) == (1, 1, 1, ())
    assert other.spans is not None
    assert other.asserted is not None
    assert other.spans < 1
    assert other.asserted < 1
    assert len(other.disagreements) == 3
