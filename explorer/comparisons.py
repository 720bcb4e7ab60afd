"""Two results side by side: another run's, or another revision of the same, and in words what moved between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from credence.results import Assessment
from credence.words import leads
from explorer.addresses import Addresses, crux_page
from explorer.counterparts import counterparts
from explorer.pages import Word, spelled_out
from explorer.phrases import named, step_words
from explorer.question_summaries import CruxSummary, QuestionSummary
from explorer.summaries import Summary
from explorer.wording import counted, percent
from knowledge.formats.bundles import label, shortened
from knowledge.losses import why_lost
from knowledge.records import Claim, Finding, Gap, Link, Source
from knowledge.views import View

MOVED: Final = 0.01
"""The least change of a credence that is told."""
MOST_MOVED: Final = 15
TOP: Final = 5
"""Cruxes whose places are compared."""
_TOLD: Final = (Source, Claim, Link, Finding, Gap)
"""Kinds of records that are told one by one; of the others only how many there are."""


@dataclass(frozen=True)
class Result:
    """One side: what it is called, its records, its summary and its credences under the main perspective."""

    name: str
    view: View
    summary: Summary
    assessment: Assessment

    @property
    def main(self) -> QuestionSummary | None:
        """The inquiry, if it was asked."""
        return self.summary.questions[0] if self.summary.questions else None


@dataclass(frozen=True)
class ComparedAnswer:
    """An answer's credence here and there; None where it wasn't asked."""

    name: str
    text: str
    here: float | None
    there: float | None


@dataclass(frozen=True)
class Ranked:
    """A crux with its place here and there (0: none), and its address in this site ('' if it isn't in it)."""

    text: str
    at: str
    here: int
    there: int


@dataclass(frozen=True)
class Moved:
    """A claim or step that is in both, and its credence here and there."""

    text: str
    at: str
    here: float
    there: float


@dataclass(frozen=True)
class Otherwise:
    """A claim here whose counterpart there is worded otherwise; ``words`` mark the differences of that one."""

    text: str
    at: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Listed:
    """A record that only one side has: its kind, words, address here ('' if only there), and why it no longer counts ('' if it does)."""

    kind: str
    text: str
    at: str
    why: str = ""


@dataclass(frozen=True)
class Comparison:
    """What two results share and where they differ. ``story`` tells it in sentences; ``added`` and ``lost`` count what only one has."""

    here: str
    name: str
    question: str
    story: tuple[str, ...]
    answers: tuple[ComparedAnswer, ...]
    ranks: tuple[Ranked, ...]
    moved: tuple[Moved, ...]
    shared: int
    otherwise: tuple[Otherwise, ...]
    only_here: tuple[Listed, ...]
    only_there: tuple[Listed, ...]
    added: tuple[tuple[str, int], ...] = field(default=())
    lost: tuple[tuple[str, int], ...] = field(default=())


def compare(here: Result, there: Result) -> Comparison:
    """Put two results side by side. Records are matched by their ids, so rewording one makes it another."""
    to = Addresses(here.view)
    main, other = here.main, there.main
    fresh = [claim for claim in here.view.members if claim not in there.view.members]
    gone = [claim for claim in there.view.members if claim not in here.view.members]
    pairs = counterparts(here.view, there.view, only_here=fresh, only_there=gone)
    answers, ranks, moved = tuple(_answers(main, other)), tuple(_ranks(here, there, to)), tuple(_moved(here, there, to))
    only_here = tuple(_listed(here.view, there.view, to, set(pairs)))
    only_there = tuple(_listed(there.view, here.view, None, set(pairs.values())))
    return Comparison(
        here=here.name,
        name=there.name,
        question="" if not (main and other) or main.text == other.text else f"The questions differ. There it is: {other.text}",
        story=tuple(_story(answers, ranks, only_here, only_there, len(pairs))),
        answers=answers,
        ranks=ranks,
        moved=moved,
        shared=len(here.view.members.keys() & there.view.members.keys()),
        otherwise=tuple(_otherwise(here.view, there.view, to, pairs)),
        only_here=only_here,
        only_there=only_there,
        added=_counts(here.view, there.view),
        lost=_counts(there.view, here.view),
    )


def _answers(main: QuestionSummary | None, other: QuestionSummary | None) -> Iterator[ComparedAnswer]:
    mine = {answer.id: answer for answer in main.answers} if main else {}
    theirs = {answer.id: answer for answer in other.answers} if other else {}
    for answer in dict.fromkeys(sorted([*mine, *theirs], key=lambda one: -mine[one].probability if one in mine else 1.0)):
        told = mine.get(answer) or theirs[answer]
        chances = [side[answer].probability if answer in side else None for side in (mine, theirs)]
        yield ComparedAnswer(told.name, told.text, chances[0], chances[1])


def _ranks(here: Result, there: Result, to: Addresses) -> Iterator[Ranked]:
    """Yield the leading cruxes of either side, those of here first."""
    mine, theirs = (_cruxes(side) for side in (here, there))
    for subject in dict.fromkeys([*list(mine)[:TOP], *list(theirs)[:TOP]]):
        crux, place = (
            mine.get(subject) or theirs[subject],
            [list(side).index(subject) + 1 if subject in side else 0 for side in (mine, theirs)],
        )
        at = crux_page(here.main.id, subject) if here.main and subject in mine else to(subject) if subject in here.view.records else ""
        yield Ranked(f"The step: {crux.text}" if crux.kind == "warrant" else crux.text, at, place[0], place[1])


def _cruxes(side: Result) -> dict[str, CruxSummary]:
    return {crux.subject: crux for crux in side.main.cruxes} if side.main else {}


def _moved(here: Result, there: Result, to: Addresses) -> Iterator[Moved]:
    """Yield what is in both and whose credence differs, by how much it does."""
    now, then = here.assessment.credences, there.assessment.credences
    changes = sorted((-abs(now[key] - then[key]), key) for key in now.keys() & then.keys() if abs(now[key] - then[key]) >= MOVED)
    for _, key in changes[:MOST_MOVED]:
        record = here.view.records.get(key)
        if isinstance(record, Claim | Link):
            text = record.text if isinstance(record, Claim) else f"The step: {step_words(here.view, record)}"
            yield Moved(text, to(key), now[key], then[key])


def _otherwise(here: View, there: View, to: Addresses, pairs: Mapping[str, str]) -> Iterator[Otherwise]:
    for claim, other in pairs.items():
        text = here.get(claim, Claim).text
        yield Otherwise(text, to(claim), spelled_out(text, there.get(other, Claim).text))


def _listed(view: View, other: View, to: Addresses | None, told: set[str]) -> Iterator[Listed]:
    """Yield what only one side has, kind by kind, without claims that are told as worded otherwise."""
    why = {} if to else why_lost(other, view)
    for kind in _TOLD:
        for record in view.all(kind):
            if record.id not in other.records and record.id not in told:
                words = step_words(view, record) if isinstance(record, Link) else shortened(label(record, view), 240)
                yield Listed(kind.kind_name, words, to(record.id) if to else "", why.get(record.id, ""))


def _counts(view: View, other: View) -> tuple[tuple[str, int], ...]:
    kinds = Counter(record.kind_name for key, record in view.records.items() if key not in other.records)
    return tuple(sorted(kinds.items()))


def _story(
    answers: tuple[ComparedAnswer, ...],
    ranks: tuple[Ranked, ...],
    only_here: tuple[Listed, ...],
    only_there: tuple[Listed, ...],
    reworded: int,
) -> Iterator[str]:
    """Tell the differences in sentences, those that matter most first."""
    both = [(one.here, one.there, one.name) for one in answers if one.here is not None and one.there is not None]
    if both:
        lead, led = max(both), max(both, key=lambda one: (one[1], one[0], one[2]))
        clear = leads([one[0] for one in both]), leads([one[1] for one in both])
        if not all(clear):
            yield f"{_ahead('Here', lead[2], lead[0], clear=clear[0])}; {_ahead('there', led[2], led[1], clear=clear[1])}."
        elif lead[2] == led[2]:
            yield f"In both, “{named(lead[2])}” leads: at {percent(lead[0])} here and {percent(lead[1])} there."
        else:
            yield (
                f"The leading answer differs: here “{named(lead[2])}” ({percent(lead[0])}; there {percent(lead[1])}), "
                f"there “{named(led[2])}” ({percent(led[1])}; here {percent(led[0])})."
            )
        most = max(both, key=lambda one: abs(one[0] - one[1]))
        if abs(most[0] - most[1]) >= MOVED and most != lead:
            yield f"The answer that differs most is “{named(most[2])}”: {percent(most[0])} here, {percent(most[1])} there."
        elif abs(most[0] - most[1]) < MOVED:
            yield "No answer differs by a point or more."
    yield from _crux_story(ranks)
    for side, listed in (("here", only_here), ("there", only_there)):
        kinds = Counter(one.kind for one in listed)
        lost = sum(bool(one.why) for one in listed)
        if kinds:
            told = ", ".join(counted(number, kind) for kind, number in kinds.items())
            yield f"Only {side}: {told}{f' ({lost} of them no longer count here)' if lost else ''}."
    if reworded:
        yield f"{counted(reworded, 'claim')} of here and there stand on the same words of a source, and are worded otherwise."


def _ahead(where: str, name: str, chance: float, *, clear: bool) -> str:
    if clear:
        return f"{where} “{named(name)}” leads at {percent(chance)}"
    return f"{where} no answer leads: “{named(name)}” stands at {percent(chance)}, less than a percentage point ahead"


def _crux_story(ranks: tuple[Ranked, ...]) -> Iterator[str]:
    first = next((one for one in ranks if one.here == 1), None)
    before = next((one for one in ranks if one.there == 1), None)
    if bool(first) != bool(before):
        side, there_is = ("here", first) if first else ("there", before)
        yield f"Only {side} is there any crux; the first is: {there_is.text if there_is else ''}"
    if first and before and first is before:
        yield f"The first crux is the same: {first.text}"
    elif first and before:
        place = f"number {first.there} there" if first.there else "none there"
        other = f"number {before.here} here" if before.here else "none here"
        yield f"The first crux differs. Here it is: {first.text.rstrip('.')} ({place}). There it is: {before.text.rstrip('.')} ({other})."
