"""Which names of data the baseline takes for one thing's, by their proper words alone."""

from __future__ import annotations

import pytest

from prompts.tasks.ingestion import NamedUpstream, UpstreamsInputs
from reasoners.baseline.naming import match_upstreams


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (("Women's Health Study", "Women's Health"), [(1, 2)]),
        (("Women's Health Study", "the Women's Health studies"), [(1, 2)]),
        (("Women's Health Study", "Women's Health Trial"), []),
        (("Women's Health Study", "Women's Health Trial", "Women's Health"), []),
        (("Women's Health Study", "Women's Health Trial", "the Women's Health Trial"), [(2, 3)]),
        (("Nurses' Health Study", "Nurses' Health Study II"), []),
        (("the Framingham cohort", "Framingham study"), []),
        (("women of the Nurses' Health Study", "Nurses' Health Study"), []),
    ],
)
def test_names_are_one_by_their_proper_words(names: tuple[str, ...], groups: list[tuple[int, ...]]) -> None:
    """A head word may be missing in one name and is never another in the other; one proper word is too few, others too many."""
    assert grouped(*((name, "cohort") for name in names)) == groups


def test_names_of_two_kinds_are_two() -> None:
    """A cohort is a data set; an organisation or a model is none."""
    assert grouped(("Ohio Egg Panel", "cohort"), ("Ohio Egg Panel data", "dataset"), ("Ohio Egg Panel", "organisation")) == [(1, 2)]


def grouped(*named: tuple[str, str]) -> list[tuple[int, ...]]:
    """The numbers of the names that are one thing's."""
    upstreams = tuple(NamedUpstream(number=number, name=name, kind=kind) for number, (name, kind) in enumerate(named, 1))
    found = match_upstreams(UpstreamsInputs(question="Do eggs harm?", documents=(), upstreams=upstreams))
    return [group.upstreams for group in found.groups]
