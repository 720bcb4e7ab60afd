"""When the words and addresses of two names make them one thing's for certain."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.naming import bare_name, certainly_same, is_short_for
from knowledge.records import UNKNOWN, Upstream
from knowledge.vocabulary import UpstreamKind


def grouped(*names: str | Upstream, texts: tuple[str, ...] = ()) -> set[frozenset[str]]:
    """The names that are one thing's; what is given as words is a cohort."""
    upstreams = [name if isinstance(name, Upstream) else Upstream(name=name, kind=UpstreamKind.COHORT) for name in names]
    by_id = {one.id: one.name for one in upstreams}
    return {frozenset(by_id[one] for one in group.upstreams) for group in certainly_same(upstreams, texts)}


def test_spelling_makes_no_other_thing() -> None:
    """Case, articles, apostrophes and punctuation don't tell names apart; a cohort is a data set; other kinds are kept apart."""
    dataset = Upstream(name="THE NURSES HEALTH STUDY", kind=UpstreamKind.DATASET)
    people = Upstream(name="Nurses' Health Study.", kind=UpstreamKind.ORGANISATION)
    assert grouped("Nurses' Health Study", "the Nurses’ Health-Study", dataset, people) == {
        frozenset({"Nurses' Health Study", "the Nurses’ Health-Study", "THE NURSES HEALTH STUDY"})
    }


@pytest.mark.parametrize(
    "names",
    [
        ("Nurses' Health Study", "Nurses' Health Study II"),
        ("NHANES II", "NHANES III"),
        ("World Values Survey (WVS VII)", "World Values Survey"),
        ("World Values Survey (WVS XII)", "World Values Survey"),
        ("World Values Survey (WVS VI)", "WVS VII"),
        ("Nurses' Health Study II (NHS)", "NHS"),
        ("Framingham Heart Study", "Framingham Offspring Study"),
        ("13 trials", "17 trials"),
        ("our cohort", "Our cohorts'"),
        ("the data set", "The Dataset"),
        ("National Survey", "the national survey"),
        ("women of the Nurses' Health Study", "Nurses' Health Study"),
        ("NHS", "Nurses' Health Study"),
    ],
)
def test_what_may_be_another_thing_stays_apart(names: tuple[str, ...]) -> None:
    """Waves, parts, generations and names that any study has are not one; nor is an acronym that nothing writes out."""
    assert grouped(*names) == set()


def test_an_acronym_that_is_written_out() -> None:
    """In a name, either way round, or in a text of the case; its wave with it."""
    assert grouped("Nurses' Health Study (NHS)", "NHS") == {frozenset({"Nurses' Health Study (NHS)", "NHS"})}
    assert grouped("NHS (Nurses' Health Study)", "Nurses' Health Study") == {
        frozenset({"NHS (Nurses' Health Study)", "Nurses' Health Study"})
    }
    names = ("Nurses' Health Study (NHS)", "NHS", "the NHS", "The NHS (Nurses' Health Study)")
    assert grouped(*names) == {frozenset(names)}
    text = "We followed the Nurses' Health Study II (NHS II) and others."
    both = {"Nurses' Health Study II", "NHS II"}
    assert grouped(*both, "Nurses' Health Study", "NHS", texts=(text,)) == {frozenset(both)}
    articled = {"the Nurses' Health Study II", "the NHS II"}
    assert grouped(*articled, texts=(text,)) == {frozenset(articled)}


def test_an_acronym_of_two_things_is_nobodys() -> None:
    """Where it is written out in two ways, it joins neither, and joins the two to each other least of all."""
    assert grouped("Nurses' Health Study (NHS)", "Norfolk Hip Survey (NHS)", "NHS") == set()


def test_addresses() -> None:
    """One DOI, however it is written, or for works one address, is one thing; a home page that several studies share shows nothing."""

    def at(name: str, url: str, kind: UpstreamKind = UpstreamKind.WORK) -> Upstream:
        return Upstream(name=name, kind=kind, url=url)

    assert grouped(at("A 2019, Eggs", "https://doi.org/10.1000/AB"), at("Eggs", "http://dx.doi.org/10.1000/ab")) == {
        frozenset({"A 2019, Eggs", "Eggs"})
    }
    assert grouped(at("A", "https://www.example.org/x/"), at("B", "http://example.org/x")) == {frozenset({"A", "B"})}
    assert grouped(at("I", "https://example.org", UpstreamKind.COHORT), at("II", "https://example.org", UpstreamKind.COHORT)) == set()
    assert grouped(at("A", UNKNOWN), at("B", UNKNOWN)) == set()


def test_what_shows_it_is_each_sign_that_two_share() -> None:
    """Where one pair hangs together by its spelling and another by its DOI, both are told, and nothing that no two share."""
    named = [("Eggs and hens", "10.1000/ab"), ("Eggs, and hens", UNKNOWN), ("A 2019, Eggs", "10.1000/ab"), ("Hens", "10.1000/xy")]
    works = [Upstream(name=name, kind=UpstreamKind.WORK, url=doi if doi == UNKNOWN else f"https://doi.org/{doi}") for name, doi in named]
    (found,) = certainly_same(works)
    assert len(found.upstreams) == 3
    assert found.reason == "the same name but for spelling; the same DOI"


@pytest.mark.parametrize(
    ("short", "full", "fits"),
    [
        ("HPFS", "Health Professionals Follow-up Study", True),
        ("ARIC", "Atherosclerosis Risk in Communities Study", True),
        ("NHANES III", "Third National Health and Nutrition Examination Survey", True),
        ("NHANES", "Third National Health and Nutrition Examination Survey", False),
        ("FHS", "Framingham Heart Study Offspring", False),
        ("USA", "Nurses' Health Study", False),
        ("NHS", "the Nurses' Health Study", True),
        ("CARDIA", "Coronary Artery Risk Development in Young Adults", False),
        ("NHS", "", False),
    ],
)
def test_initials(short: str, full: str, fits: bool) -> None:
    """Every weighty word is in its acronym, in order, and both are of the same wave."""
    assert is_short_for(short, full) is fits


POOL = ("Nurses' Health Study", "Nurses Health-Study (NHS)", "NHS", "NHS II", "Nurses' Health Study II", "our cohort", "Ohio Egg Panel")


@st.composite
def spellings(draw: st.DrawFn) -> list[str]:
    """Names of a few things, with an article or none and full names in any case, each spelling once."""
    found = []
    for name in draw(st.lists(st.sampled_from(POOL), max_size=8)):
        cased = draw(st.sampled_from((str, str.upper, str.title))) if "NHS" not in name else str
        found.append(draw(st.sampled_from(("", "the ", "The "))) + cased(name))
    return list(dict.fromkeys(found))


@given(spellings(), st.randoms(use_true_random=False))
def test_the_order_of_names_changes_nothing(names: list[str], random: Random) -> None:
    """Groups don't overlap, are the same whatever comes first, and hold all that is spelt alike and says more than "our cohort"."""
    shuffled = list(names)
    random.shuffle(shuffled)
    found = grouped(*names)
    assert grouped(*shuffled) == found
    assert sum(map(len, found)) == len(set().union(*found))
    for one, other in combinations(names, 2):
        if bare_name(one) == bare_name(other) != "our cohort":
            assert any({one, other} <= group for group in found)
    waves = [{bare_name(name).endswith(" ii") for name in group} for group in found]
    assert all(len(wave) == 1 for wave in waves)
