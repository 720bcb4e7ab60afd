"""An origin is shown once, with the other names that documents give it, and why they are one."""

from __future__ import annotations

from explorer.addresses import Addresses
from explorer.origins import origins_of
from explorer.record_summaries import shared_upstreams
from knowledge.records import Alias, Assertion, Claim, Record, Retraction, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import UpstreamKind
from tests.agents.builders import cohort, told

PANEL, DIARIES, OTHER = cohort("Rest panel"), cohort("the diaries"), cohort("Harbour survey")
ALIAS = Alias(member=DIARIES.id, representative=PANEL.id, reason="31 pupils each")


def view(*more: Record) -> View:
    """Two documents that call one panel by two names, and one on something else."""
    return View.of([*told(1, PANEL), *told(2, DIARIES), *told(3, OTHER), *more])


def test_one_origin_has_all_its_names_and_users() -> None:
    """Both documents stand under one entry, to which the other name and the alias lead; undone they are two again."""
    one, other = origins_of(view(ALIAS))
    assert (one.name, one.also, {title for _, title, _ in one.users}) == (
        PANEL.name,
        ((DIARIES.name, ALIAS.reason),),
        {"Document 1", "Document 2"},
    )
    assert (other.name, other.also) == (OTHER.name, ())
    to = Addresses(view(ALIAS))
    assert to(DIARIES.id) == to(ALIAS.id) == to(PANEL.id) == f"origins.html#{PANEL.id}"
    undone = view(ALIAS, Retraction(record=ALIAS.id, reason="they are two"))
    assert len(origins_of(undone)) == 3
    assert Addresses(undone)(DIARIES.id) == f"origins.html#{DIARIES.id}"


def test_a_chain_that_a_merge_made_is_one_origin() -> None:
    """Where one line ties the diaries to the panel and another the survey to the diaries, no user and no anchor is lost."""
    chained = view(ALIAS, Alias(member=OTHER.id, representative=DIARIES.id, reason="its diaries"))
    (one,) = origins_of(chained)
    assert {name for name, _ in one.also} == {DIARIES.name, OTHER.name}
    assert {title for _, title, _ in one.users} == {"Document 1", "Document 2", "Document 3"}
    assert Addresses(chained)(OTHER.id) == f"origins.html#{one.id}"


def test_a_record_has_the_home_in_which_it_stands() -> None:
    """A document is its own, what is said in it has it, and what stands in none has none."""
    told_once = View.of(told(1, PANEL))
    (document,), (said,), (claim,) = (told_once.all(kind) for kind in (Source, Assertion, Claim))
    assert [told_once.home_of(one.id) for one in (document, said, claim)] == [document.id, document.id, ""]


def test_what_is_shared_under_two_names_is_shared() -> None:
    """The report lists it with both names; without the alias nothing is shared."""
    (shared,) = shared_upstreams(view(ALIAS))
    assert shared.name == f"{PANEL.name} (also called {DIARIES.name})"
    assert shared.sources == ("Document 1", "Document 2")
    assert shared_upstreams(view()) == ()


def test_of_many_names_a_few_are_told() -> None:
    """A thing that goes by a dozen names is told with three of them and how many more there are."""
    others = [Upstream(name=f"Panel {letter}", kind=PANEL.kind) for letter in "ABCDE"]
    names = View.of([PANEL, *others, *(Alias(member=one.id, representative=PANEL.id, reason="so it says") for one in others)])
    assert names.called(PANEL.id) == f"{PANEL.name} (also called Panel A or Panel B or Panel C or 2 more names)"


def test_a_record_leans_on_one_origin_however_often_it_names_it() -> None:
    """A testimony that uses both names leans on one thing."""
    both = View.of([*told(1, PANEL, DIARIES), ALIAS])
    (said,) = both.all(Assertion)
    assert {upstream.id for upstream, _ in both.upstreams_of(said.id)} == {PANEL.id}
    assert all(isinstance(one, Upstream) and one.kind is UpstreamKind.COHORT for one in both.names(PANEL.id))
