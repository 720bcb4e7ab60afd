"""Robustness probes on any knowledge base: what must not move its credences does not, and what must move them does. Asks no model."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credence.engine import assess, main_question
from credence.results import QuestionAssessment
from evals.rewriting import rewritten
from knowledge.blobs import digest_of_text
from knowledge.records import UNKNOWN, Answer, Assertion, Claim, Judgment, Passage, Record, Reliance, Retraction, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import RelianceKind, UpstreamKind

STILL: Final = 1e-6
"""The most that a credence may move where nothing changed: rounding in sums of another order."""


@dataclass(frozen=True)
class Probed:
    """A probe's outcome: None where the knowledge base has nothing to try it on. ``told``: what was seen."""

    passed: bool | None
    told: str


def probe_all(view: View) -> Mapping[str, Probed]:
    """Try every probe on a view."""
    if not assess(view).questions[0].pieces:
        return {name: Probed(None, "nothing bears on the question") for name in PROBES}
    return {name: probe(view) for name, probe in PROBES.items()}


def reordered(view: View) -> Probed:
    """Records in another order make the same knowledge."""
    records = list(view.records.values())
    random.Random(3).shuffle(records)  # noqa: S311  # an order, not a secret
    other = View.of(records)
    return _still(view, other) if other.digest == view.digest else Probed(False, "the digest depends on the order")


def copied(view: View) -> Probed:
    """A source given twice, under another title, counts once."""
    source = max(view.all(Source), key=lambda one: (len(_said_in(view, one)), one.id))
    return _still(view, View.of([*view.records.values(), *_copy(view, source)]))


def _said_in(view: View, source: Source) -> list[Assertion]:
    passages = {one.id for one in view.all(Passage) if one.source == source.id}
    return [one for one in view.all(Assertion) if one.passage in passages]


def _copy(view: View, source: Source) -> list[Record]:
    """Copy a source with all that stands in it: passages, assertions, what they lean on, and how they were judged."""
    said = {one.id for one in _said_in(view, source)}
    passages = {one.id for one in view.all(Passage) if one.source == source.id}
    reliances = [one for one in view.all(Reliance) if one.record in said | {source.id}]
    judgments = [one for one in view.all(Judgment) if one.record in said]
    of_source = [source, *(view.records[one] for one in sorted(passages | said)), *reliances, *judgments]

    def change(record: Record) -> Record:
        return Source(**{**record.model_dump(), "title": f"{source.title} (again)"}) if isinstance(record, Source) else record

    return list(rewritten(of_source, change).values())


def irrelevant(view: View) -> Probed:
    """A document about something else moves nothing."""
    text = "Mara Holm says that the lighthouse keeper of Sund kept three cats, because the mice ate the rope."
    source = Source(title="Cats of the coast", text=digest_of_text(text))
    passage = Passage(source=source.id, start=0, end=len(text), text=text)
    claim = Claim(text="The lighthouse keeper of Sund kept three cats.")
    assertion = Assertion(claim=claim.id, passage=passage.id, speaker="Mara Holm")
    return _still(view, View.of([*view.records.values(), source, passage, claim, assertion]))


def relabelled(view: View) -> Probed:
    """The names of answers carry no weight: turned round among them, each answer keeps its credence."""
    question = main_question(view).id
    answers = [one for one in view.all(Answer) if one.question == question and not one.something_else]
    names = dict(zip([one.name for one in answers], [one.name for one in reversed(answers)], strict=True))

    def change(record: Record) -> Record:
        if isinstance(record, Answer) and record.question == question and record.name in names:
            return Answer(**{**record.model_dump(), "name": f"label {names[record.name]}"})
        return record

    return _still(view, View.of(rewritten(view.records.values(), change).values()))


def renamed(view: View) -> Probed:
    """Who speaks is a name: with every speaker called otherwise, consistently, nothing moves."""
    speakers = sorted({one.speaker for one in view.all(Assertion)} - {UNKNOWN})
    if not speakers:
        return Probed(None, "nobody is named")
    # Voices that differ only in spelling stay one: the last word, by which they are told, is renamed and not the whole.
    voices = sorted({word for speaker in speakers for word in speaker.split()})
    called = {word: f"Person{number}" if word[:1].isupper() else word for number, word in enumerate(voices)}

    def change(record: Record) -> Record:
        if isinstance(record, Assertion) and record.speaker != UNKNOWN:
            return Assertion(**{**record.model_dump(), "speaker": " ".join(called[word] for word in record.speaker.split())})
        return record

    return _still(view, View.of(rewritten(view.records.values(), change).values()))


def retracted(view: View) -> Probed:
    """A retracted source takes its influence with it: what is left is what would be known without it."""
    source = max(view.all(Source), key=lambda one: (len(_said_in(view, one)), one.id))
    gone = View.of([*view.records.values(), Retraction(record=source.id, reason="a probe")])
    never = View.of([record for record in view.records.values() if record.id != source.id])
    if _said_in(view, source) and gone.counts().get("assertion", 0) == view.counts().get("assertion", 0):
        return Probed(False, "its assertions still count")
    return _still(gone, never)


def split(view: View) -> Probed:
    """One cause told as five must count for more pieces than one cause told as one: a shared upstream is what holds evidence together.

    Five voices lean on one upstream for the claim that matters most; then on five.
    """
    claims = [crux.subject for crux in assess(view).questions[0].cruxes if crux.subject.startswith("claim-")]
    if not claims:
        return Probed(None, "no claim bears on the question")
    shared, apart = (assess(View.of([*view.records.values(), *_five(view, claims[0], names)])) for names in (1, 5))
    one, five = shared.questions[0].effective_pieces, apart.questions[0].effective_pieces
    return Probed(five > one + 0.5, f"{one:.2f} effective pieces through one upstream, {five:.2f} through five")


def _five(view: View, claim: str, upstreams: int) -> list[Record]:
    wording = view.get(claim, Claim)
    found: list[Record] = []
    for number in range(5):
        text = f"Witness{number} says so in words of their own, which are these: {wording.text}"
        source = Source(title=f"Witness {number}", text=digest_of_text(text))
        passage = Passage(source=source.id, start=0, end=len(text), text=text)
        assertion = Assertion(claim=claim, passage=passage.id, speaker=f"Witness{number}")
        upstream = Upstream(name=f"Probe cohort {number % upstreams}", kind=UpstreamKind.COHORT)
        found += [source, passage, assertion, upstream, Reliance(record=assertion.id, upstream=upstream.id, how=RelianceKind.USES)]
    return found


def _still(before: View, after: View) -> Probed:
    """Compare the credences of all answers, named by their texts."""
    moved = _moved(assess(before).questions, _texts(before), assess(after).questions, _texts(after))
    return Probed(moved <= STILL, f"the most that a credence moved is {moved:.2g}")


def _texts(view: View) -> dict[str, str]:
    return {one.id: f"{one.question if one.something_else else ''}{one.text}" for one in view.all(Answer)}


def _moved(
    before: Sequence[QuestionAssessment], texts: Mapping[str, str], after: Sequence[QuestionAssessment], new: Mapping[str, str]
) -> float:
    was = {texts[one.answer]: one.probability for question in before for one in question.answers}
    now = {new[one.answer]: one.probability for question in after for one in question.answers}
    return max((abs(was[text] - now[text]) for text in was.keys() & now.keys()), default=1.0)


PROBES: Final[dict[str, Callable[[View], Probed]]] = {
    "sources reordered": reordered,
    "a source copied": copied,
    "a source retracted": retracted,
    "an irrelevant document": irrelevant,
    "answers relabelled": relabelled,
    "speakers renamed": renamed,
    "one cause told as five": split,
}
