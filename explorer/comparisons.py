"""Two results side by side: another run's, or another revision of the same."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.addresses import Addresses, crux_page
from explorer.summaries import Summary
from knowledge.records import Claim
from knowledge.views import View


@dataclass(frozen=True)
class ComparedAnswer:
    """An answer's credence here and there; None where it wasn't asked."""

    text: str
    here: float | None
    there: float | None


@dataclass(frozen=True)
class Comparison:
    """What two results share and where they differ. Cruxes and claims come with their address in this site, if they are in it."""

    here: str
    name: str
    question: str
    answers: tuple[ComparedAnswer, ...]
    cruxes_here: tuple[tuple[str, str], ...]
    cruxes_there: tuple[tuple[str, str], ...]
    shared: int
    only_here: tuple[tuple[str, str], ...]
    only_there: tuple[str, ...]


def compare(here: tuple[str, View, Summary], there: tuple[str, View, Summary]) -> Comparison:
    """Put two named results side by side. Answers are matched by their records, so rewording one makes it another."""
    (here_name, view, summary), (there_name, other_view, other_summary) = here, there
    main = summary.questions[0] if summary.questions else None
    other = other_summary.questions[0] if other_summary.questions else None
    mine = {answer.id: answer for answer in main.answers} if main else {}
    theirs = {answer.id: answer for answer in other.answers} if other else {}
    to = Addresses(view)
    question = "" if not (main and other) or main.text == other.text else f"The questions differ. There it is: {other.text}"
    shown_here = {crux.subject for crux in main.cruxes} if main else set()
    return Comparison(
        here=here_name,
        name=there_name,
        question=question,
        answers=tuple(
            ComparedAnswer(
                (mine.get(answer) or theirs[answer]).text,
                mine[answer].probability if answer in mine else None,
                theirs[answer].probability if answer in theirs else None,
            )
            for answer in dict.fromkeys([*mine, *theirs])
        ),
        cruxes_here=tuple((crux.text, crux_page(main.id, crux.subject)) for crux in main.cruxes) if main else (),
        cruxes_there=tuple(
            (
                crux.text,
                crux_page(main.id, crux.subject)
                if main and crux.subject in shown_here
                else to(crux.subject)
                if crux.subject in view.records
                else "",
            )
            for crux in other.cruxes
        )
        if other
        else (),
        shared=len(view.members.keys() & other_view.members.keys()),
        only_here=tuple((view.get(claim, Claim).text, to(claim)) for claim in view.members if claim not in other_view.members),
        only_there=tuple(other_view.get(claim, Claim).text for claim in other_view.members if claim not in view.members),
    )
