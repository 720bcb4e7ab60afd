"""What the pages of positions show: who sides together, on what, for which reasons, and where two positions pass each other by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from credence.positions import Addressing, Position, Positions, Voice, addressing, passed_by
from explorer.addresses import position_page
from explorer.drawings import drawing
from explorer.frames import Beside
from explorer.materials import Material
from explorer.phrases import named
from explorer.wording import counted
from knowledge.records import Answer, Claim, Question

LEAST_TO_MEET: Final = 5
"""Claims that two positions must lean on for what either is silent on to be told."""


@dataclass(frozen=True)
class Side:
    """An answer or a claim on which a position takes a side: its words, and who is for and against."""

    subject: str
    text: str
    in_favour: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True)
class Meeting:
    """Two positions as one of them sees the other: where they clash, and what each leans on that the other never addresses.

    ``opposed`` are (id, words) of what they take opposite sides on; ``unheard`` what this one leans on and the other is silent on, and
    ``unanswered`` the reverse, the weightiest first; ``leans_on`` and ``other_leans_on`` count what each leans on.
    """

    other: str
    title: str
    opposed: tuple[tuple[str, str], ...]
    unheard: tuple[tuple[str, str], ...]
    unanswered: tuple[tuple[str, str], ...]
    leans_on: int
    other_leans_on: int

    @property
    def weighty(self) -> bool:
        """Whether both lean on enough for their silence to tell anything."""
        return min(self.leans_on, self.other_leans_on) >= LEAST_TO_MEET


@dataclass(frozen=True)
class PositionPage:
    """A position as its page tells it.

    ``answers`` and ``claims``: what it sides on; ``holds``: (id, words, who) of what it leans on; ``beside``: the question that
    it speaks to, where it takes no side on the one that is asked.
    """

    address: str
    title: str
    speakers: tuple[tuple[str, int], ...]
    answers: tuple[tuple[str, tuple[Side, ...]], ...]
    claims: tuple[Side, ...]
    holds: tuple[tuple[str, str, tuple[str, ...]], ...]
    drawing: Markup
    meetings: tuple[Meeting, ...]
    beside: Beside | None


def position_pages(material: Material, found: Positions) -> list[PositionPage]:
    """Build the pages of all positions."""
    titles = {_address(one): _title(material, one) for one in found.positions}
    addressed_by = addressing(material.view)
    return [
        _page(
            material, one, titles, [_meeting(material, addressed_by, one, other, titles) for other in found.positions if other is not one]
        )
        for one in found.positions
    ]


def _page(material: Material, one: Position, titles: dict[str, str], meetings: list[Meeting]) -> PositionPage:
    names = {member.key: member.names[0] for member in one.voices}
    sides = [
        Side(shared.subject, _text(material, shared.subject), tuple(names[key] for key in shared.in_favour),
             tuple(names[key] for key in shared.against))
        for shared in one.shared
    ]  # fmt: skip
    by_id = {side.subject: side for side in sides}
    asked = [(q.text, tuple(by_id[answer.id] for answer in q.answers if answer.id in by_id)) for q in material.summary.questions]
    holders = {claim: tuple(names[member.key] for member in one.voices if member.says.get(claim, 0) > 0) for claim in one.leans_on}
    title = titles[_address(one)]
    return PositionPage(
        address=_address(one),
        title=title,
        speakers=tuple((names[member.key], len(member.says)) for member in one.voices),
        answers=tuple((text, several) for text, several in asked if several),
        claims=tuple(side for side in sides if side.subject.startswith("claim-")),
        holds=tuple((claim, _text(material, claim), holders[claim]) for claim in _ranked(material, one.leans_on)),
        drawing=drawing(material.map, one.leans_on, favoured(material, one.voices), title).pictures,
        meetings=tuple(meetings),
        beside=_beside(material, one),
    )


def favoured(material: Material, voices: Sequence[Voice]) -> list[str]:
    """Return the answers that voices are for on balance, the inquiry's first; if they are for none, those that they are against."""
    all_sides = _balance(voices)
    balance = {answer.id: all_sides.get(answer.id, 0) for question in material.summary.questions for answer in question.answers}
    return [answer for answer, weight in balance.items() if weight > 0] or [answer for answer, weight in balance.items() if weight < 0]


def _title(material: Material, one: Position) -> str:
    """Name a position by the answers that most of it are for and against, and by whom it is led."""
    all_sides = _balance(one.voices)
    balance = {answer.id: all_sides.get(answer.id, 0) for question in material.summary.questions[:1] for answer in question.answers}
    lead = max(balance, key=lambda answer: (balance[answer], answer), default="")
    worst = min(balance, key=lambda answer: (balance[answer], answer), default="")
    named_sides = [
        f"{side} “{named(material.view.get(answer, Answer).name)}”"
        for side, answer, sign in (("for", lead, 1), ("against", worst, -1))
        if answer and sign * balance[answer] > 0
    ]
    sides = ", ".join(named_sides) or "on other matters"
    return f"{sides[0].upper()}{sides[1:]}: {_led_by(one)}"


def _led_by(one: Position) -> str:
    return one.voices[0].names[0] + (f" and {counted(len(one.voices) - 1, 'other')}" if len(one.voices) > 1 else "")


def _beside(material: Material, one: Position) -> Beside | None:
    inquiry = material.summary.questions[0].id if material.summary.questions else ""
    if not one.speaks_beside(inquiry):
        return None
    return Beside(_address(one), _led_by(one), len(one.voices), material.view.get(one.questions[0], Question).text)


def _meeting(material: Material, addressed_by: Addressing, one: Position, other: Position, titles: dict[str, str]) -> Meeting:
    mine, theirs = _balance(one.voices), _balance(other.voices)
    opposed = sorted((subject for subject in mine.keys() & theirs.keys() if mine[subject] * theirs[subject] < 0), key=_answers_first)
    unheard, unanswered = (list(passed_by(a, b, addressed_by)) for a, b in ((one, other), (other, one)))
    return Meeting(
        _address(other),
        titles[_address(other)],
        tuple((subject, _text(material, subject)) for subject in opposed),
        tuple((claim, _text(material, claim)) for claim in _ranked(material, unheard)),
        tuple((claim, _text(material, claim)) for claim in _ranked(material, unanswered)),
        len(one.leans_on),
        len(other.leans_on),
    )


def _balance(voices: Sequence[Voice]) -> dict[str, int]:
    """Return how many more voices are for than against each claim or answer that any sides on."""
    found: dict[str, int] = {}
    for member in voices:
        for subject, side in member.sides.items():
            found[subject] = found.get(subject, 0) + side
    return found


def _answers_first(subject: str) -> tuple[bool, str]:
    return subject.startswith("claim-"), subject


def _ranked(material: Material, claims: Sequence[str]) -> Iterator[str]:
    yield from sorted(claims, key=material.rank)


def _text(material: Material, subject: str) -> str:
    record = material.view.records[subject]
    assert isinstance(record, Claim | Answer)
    return record.text


def _address(one: Position) -> str:
    return position_page([member.key for member in one.voices])
