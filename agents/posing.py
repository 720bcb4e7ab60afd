"""Posing: the sub-questions that the sources dispute and the case doesn't name, and what each disagreement is about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from agents.opening import something_else
from agents.proposals import Proposal
from agents.splitting import ask_in_parts
from credence.engine import main_question
from credence.wording import answers_of
from knowledge.records import Answer, Claim, Question, Record, Tag
from knowledge.views import View
from knowledge.vocabulary import GIVEN_BY_ASSERTING, GIVEN_BY_DENYING, PRESUPPOSES, TURNS_ON, side_of
from prompts.tasks.structuring import QUESTIONS, DisputedClaim, Framing, IssueTree, KnownQuestion, PosedAnswer, QuestionsInputs
from reasoners.reasoner import Reasoner
from sources.embedding import Embedder, in_families

STAGE: Final = "structure"
SUBJECT: Final = "what the sources dispute"
MOST_SHOWN: Final = 250
"""Claims that are shown: about 15,000 tokens."""
MOST_SAID: Final = 6
"""Speakers who are shown of each, those against it first."""
_UNPOSED: Final = "no sub-question is posed but the case's own, and none is told to be about facts, words or values"


async def pose_questions(view: View, reasoner: Reasoner, embedder: Embedder) -> Proposal:
    """Return the sub-questions that the sources answer differently, as parts of known ones, and what each disagreement is about.

    What is posed already is shown as known, so nothing is posed twice. Where nobody says anything nobody is asked; where a recording has
    no answer, that is an incident.

    Raises:
        RunStops: the run can't go on now.
    """
    claims = await asyncio.to_thread(_disputed, view, embedder)
    if len(claims) < 2:
        return Proposal()
    questions = _in_tree_order(view)

    async def ask(shown: Sequence[str]) -> list[Record]:
        known = tuple(_known(view, number, questions) for number in range(1, len(questions) + 1))
        listed = tuple(_disputed_claim(view, number, claim) for number, claim in enumerate(shown, 1))
        tree = await reasoner.answer(QUESTIONS, QuestionsInputs(questions=known, claims=listed), step=STAGE)
        return list(_records(view, tree, questions, shown))

    return Proposal.of([await ask_in_parts(ask, claims, stage=STAGE, subject=SUBJECT, least=2, unrecorded=_UNPOSED)])


def _in_tree_order(view: View) -> list[Question]:
    """Return the inquiry and behind each question its parts, by name."""
    every = sorted(view.all(Question), key=lambda one: (one.name, one.id))

    def below(question: Question) -> Iterator[Question]:
        yield question
        for part in every:
            if part.parent == question.id:
                yield from below(part)

    return list(below(main_question(view)))


def _known(view: View, number: int, questions: Sequence[Question]) -> KnownQuestion:
    question = questions[number - 1]
    numbers = {one.id: at for at, one in enumerate(questions, 1)}
    answers = tuple(answer.text for answer in answers_of(view, question.id) if not answer.something_else)
    return KnownQuestion(number=number, text=question.text, under=numbers.get(question.parent or ""), answers=answers)


def _disputed(view: View, embedder: Embedder) -> list[str]:
    """Return the claims that stand for others, alike ones near each other: of too many those with two sides, then those most speak of.

    Ties go to what is nearest to the inquiry in its words. Who says a thing twice says it once.
    """
    claims = [claim.id for claim in sorted(view.all(Claim), key=lambda one: one.id) if _stands_for_others(view, claim)]
    if not claims:
        return []
    shown = [_disputed_claim(view, number, claim) for number, claim in enumerate(claims, 1)]
    vectors = embedder.embed([one.claim for one in shown])
    near = (vectors @ embedder.embed([main_question(view).text])[0]).round(4)
    order = sorted(range(len(shown)), key=lambda at: (not (shown[at].held and shown[at].denied), -len(shown[at].said), -near[at], at))
    kept = sorted(order[:MOST_SHOWN])
    return [claims[kept[at]] for at in in_families(vectors[kept])]


def _stands_for_others(view: View, claim: Claim) -> bool:
    return view.representative(claim.id)[0] == claim.id and bool(view.assertions_of(claim.id))


def _disputed_claim(view: View, number: int, claim: str) -> DisputedClaim:
    sides: dict[int, set[str]] = {-1: set(), 0: set(), 1: set()}
    for one, negated in view.assertions_of(claim):
        sides[side_of(one.stance, opposite=negated)].add(f"{one.speaker} {one.stance.value}{' the contrary' if negated else ''}")
    said = [one for side in (-1, 1, 0) for one in sorted(sides[side])]
    text = view.get(claim, Claim).text
    return DisputedClaim(number=number, claim=text, said=tuple(said[:MOST_SAID]), held=bool(sides[1]), denied=bool(sides[-1]))


def _records(view: View, tree: IssueTree, known: Sequence[Question], claims: Sequence[str]) -> Iterator[Record]:
    """Turn numbers into records. What was framed before stays as it is."""
    framed = {tag.record for tag in view.all(Tag) if tag.name == TURNS_ON}
    questions = list(known)
    for posed in tree.questions:
        question = Question(name=posed.label, text=posed.text, parent=questions[posed.under - 1].id)
        questions.append(question)
        yield from (question, something_else(question), *_framing(question, posed))
        for answer in posed.answers:
            yield from _given(question, answer, claims)
    for one in tree.known:
        if known[one.question - 1].id not in framed:
            yield from _framing(known[one.question - 1], one)


def _given(question: Question, posed: PosedAnswer, claims: Sequence[str]) -> Iterator[Record]:
    """Yield an answer and by what those who give it do so."""
    answer = Answer(question=question.id, name=posed.label, text=posed.text, also_called=posed.also_called)
    yield answer
    for name, numbers in ((GIVEN_BY_ASSERTING, posed.asserted), (GIVEN_BY_DENYING, posed.denied)):
        yield from (Tag(record=answer.id, name=name, value=claims[number - 1]) for number in numbers)


def _framing(question: Question, framing: Framing) -> Iterator[Tag]:
    yield Tag(record=question.id, name=TURNS_ON, value=framing.turns_on.value)
    for taken in framing.presupposes:
        yield Tag(record=question.id, name=PRESUPPOSES, value=taken)
