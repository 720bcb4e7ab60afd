"""The engine: a view in, credences and cruxes out."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Final

from credence import defaults
from credence.arguments import map_arguments
from credence.coherence import accepted, refuse
from credence.disputed import concluded, in_dispute
from credence.factors import Array
from credence.feeding import worded_answers
from credence.inference import Inferred, infer
from credence.judgments import Judgments, perspectives_of
from credence.maps import ArgumentMap
from credence.materials import Material
from credence.network import Network, compile_network, truths
from credence.results import AnswerCredence, Assessment, Crux, QuestionAssessment, Refusal, SubjectKind, WordsAnswer
from credence.scores import Publication, Ranking, by_risk
from credence.unnumbered import no_cruxes, unnumbered
from credence.wording import answers_of
from knowledge.errors import UnknownRecord
from knowledge.records import Answer, Perspective, Question
from knowledge.views import View

MOST_CRUXES: Final = 50


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the cyclic garbage collector off: the engine makes no cycles, and each pass would walk all records in memory.

    Over 10,000 claims these passes were more than half of the time (docs/credence.md). As a decorator it lets the collector back in after a
    function's own variables are gone: the first pass finds little left to walk.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_collection()
def assess(view: View, *, perspective: str | None = None, temperature: float = 1.0) -> Assessment:
    """Work out the credences and cruxes of every question, the inquiry first, under one perspective (None: the main one).

    The same live records give the same numbers and ranking, whatever their history (but for rounding in the last place). ``temperature``
    is what `credence.calibration.fit_temperature` found on resolved questions; below 1 it takes overconfidence out.

    Raises:
        UnknownRecord: there is no such perspective.
    """
    if perspective is not None:
        view.get(perspective, Perspective)
    judgments, refused = coherent_judgments(view, perspective)
    found = tuple(assess_question(view, question, judgments, temperature=temperature) for question in questions_of(view))
    return Assessment(judgments.perspective, found, judgments.assumed, refused)


def questions_of(view: View) -> list[Question]:
    """Return the inquiry and its sub-questions, the inquiry first; a sub-question all of whose answers are retracted is none."""
    answered = {answer.question for answer in view.all(Answer)}
    asked = (question for question in view.all(Question) if question.parent is None or question.id in answered)
    return sorted(asked, key=lambda question: (question.parent is not None, question.name, question.id))


def coherent_judgments(view: View, perspective: str | None) -> tuple[Judgments, tuple[Refusal, ...]]:
    """Return one perspective's judgments as the engine uses them, and those that it refuses to use as they are."""
    judgments = Judgments(view, perspective)
    refused = refuse(view, judgments)
    return accepted(judgments, refused), refused


def main_question(view: View) -> Question:
    """Return the inquiry.

    Raises:
        UnknownRecord: the view holds none.
    """
    found = sorted((question for question in view.all(Question) if question.parent is None), key=lambda question: question.id)
    if not found:
        raise UnknownRecord("question", "this revision holds no inquiry")
    return found[0]


@dataclass(frozen=True)
class Modelled:
    """One question's argument, compiled and inferred: what all that follows reads."""

    question: str
    answers: tuple[Answer, ...]
    argument_map: ArgumentMap
    network: Network
    inferred: Inferred
    publication: Publication

    @property
    def published(self) -> Array:
        """P(answers), as published."""
        return self.publication.publish(self.inferred.beliefs.answers)

    def disputed(self, in_dispute: Collection[str]) -> frozenset[str]:
        """Add to the records that the sources dispute the names under which they are told: of a step its gate (`credence.maps.Bond`)."""
        objected, told_as = self.argument_map.objected, self.network.told_as
        told = {told_as[record] for record in in_dispute if record in told_as}
        answered = {undercut.link for undercut in self.argument_map.undercuts} & objected
        return frozenset(in_dispute).union(told, answered, (bond.gate for bond in self.argument_map.bonds if bond.link in objected))

    def once_a_question(self, cruxes: Iterable[Crux]) -> Iterator[Crux]:
        """Leave out what words another answer to a sub-question of which an answer is told already: that is the other side of one crux."""
        parts = self.argument_map.words_parts
        told: set[str] = set()
        for crux in cruxes:
            question = parts.get(crux.subject, crux.subject)
            if question not in told:
                told.add(question)
                yield crux

    def decisive(self, named: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Add to what readings of the whole name, with their reasons, the names under which it is told, as for `disputed`."""
        found = {**named, **{bond.gate: named[bond.link] for bond in self.argument_map.bonds if bond.link in named}}
        for claim, first in self.network.told_as.items():
            found[first] = max(found.get(first, ()), named.get(claim, ()), key=len)
        return found


def material_of(view: View, question: Question, judgments: Judgments | None = None) -> Material:
    """Gather what a question's argument can be made of. ``judgments``: those of the main perspective, if they are at hand."""
    worded = worded_answers(view, question.id, judgments or coherent_judgments(view, None)[0])
    return Material(view, question.id, answers_of(view, question.id), verdicts=worded.own, worded=worded.below)


@_no_collection()
def model_question(
    material: Material, judgments: Judgments, *, temperature: float = 1.0, check: bool = True, after: Modelled | None = None
) -> Modelled:
    """Map, compile and infer one question's argument; ``check`` False leaves the Gibbs check of approximate inference out.

    ``after``: the same question under other judgments, from whose inference this one goes on (`credence.inference.infer`).
    """
    answers, question = material.answers, material.question
    prior = judgments.priors(answers)
    named = sum(not answer.something_else for answer in answers)
    publication = Publication(tuple(judgments.unsound(answers, question, prior)), judgments.model_error(question), temperature, named)
    argument_map = map_arguments(material, judgments)
    network = compile_network(argument_map, prior, judgments)
    inferred = infer(network.graph, check=check, after=after.inferred if after else None)
    return Modelled(question, answers, argument_map, network, inferred, publication)


def assess_question(view: View, question: Question, judgments: Judgments, *, temperature: float = 1.0) -> QuestionAssessment:
    """Work out one question's credences and cruxes."""
    main = next((one.id for one in perspectives_of(view)), judgments.perspective)
    material = material_of(view, question, judgments if judgments.perspective == main else None)
    one = model_question(material, judgments, temperature=temperature)
    beliefs, publication = one.inferred.beliefs, one.publication
    apart = infer(one.network.apart, check=False).beliefs.answers if one.network.apart is not None else beliefs.answers
    independent = publication.publish(apart)
    apart_from = unnumbered(view, question.id, one.network.claims)
    conclusions = sorted((concluded(view) & one.network.claims.keys()) - {dispute.record for dispute in apart_from})
    kinds = (SubjectKind.CLAIM, SubjectKind.WARRANT)
    disputed, decisive = one.disputed(in_dispute(view)), one.decisive(material.decisive)
    ranking = Ranking(one.network, beliefs, publication, kinds=kinds, disputed=disputed, decisive=decisive, without=no_cruxes(view))
    settled = is_settled(one, ranking.largest)
    cruxes = tuple(islice(one.once_a_question(by_risk(list(ranking), challenger(one)) if settled else ranking), MOST_CRUXES))
    places = {record: place for record, _, place in one.network.subjects()}
    places |= one.network.claims
    credences = dict(zip(places, (truths(beliefs, list(places.values())) @ beliefs.answers).tolist(), strict=True))
    verdicts, together = one.argument_map.verdicts, [one.argument_map.verdicts, *one.argument_map.worded.values()]
    worded = tuple(
        WordsAnswer(said.claim, tuple(one.answers[at].id for at in said.states), float(one.published[list(said.states)].sum()))
        for said in verdicts
    )
    credences |= {bond.link: credences[bond.gate] for bond in one.argument_map.bonds if bond.gate in credences}
    credences |= {said.claim: said.probability for said in worded}
    worded += tuple(WordsAnswer(claim, (), credences[claim]) for claim in conclusions)
    return QuestionAssessment(
        question=question.id,
        answers=tuple(
            AnswerCredence(answer.id, one.network.prior[at], float(modelled), publication.unsound[at], float(published), float(alone))
            for at, (answer, modelled, published, alone) in enumerate(
                zip(one.answers, publication.temper(beliefs.answers), one.published, independent, strict=True)
            )
        ),
        cruxes=cruxes,
        upstreams=tuple(Ranking(one.network, beliefs, publication, kinds=(SubjectKind.UPSTREAM,))),
        unnumbered=apart_from,
        settled=settled,
        model_error=publication.error,
        credences=credences,
        pieces=sum(found.pieces for _, found in one.argument_map.evidence()) + sum(said.evidence.pieces for said in verdicts),
        effective_pieces=sum(found.effective for _, found in one.argument_map.testimony)
        + sum(any(said.evidence.pieces for said in several) for several in together),
        method=str(one.inferred),
        error=one.inferred.error,
        left_out=tuple(sorted(one.argument_map.left_out, key=lambda left: (left.record, left.reason))),
        circles=tuple(one.argument_map.circles),
        words_answers=worded,
        words_parts=one.argument_map.words_parts,
        parts={variable: _marginal(one, variable) for variable in one.argument_map.priors},
    )


def _marginal(one: Modelled, variable: str) -> tuple[float, ...]:
    """Return P(answers) of a sub-question in a question's network."""
    beliefs, states = one.inferred.beliefs, one.argument_map.states(variable)
    return tuple((beliefs.answers @ beliefs.given[:, one.network.parts[variable], :states]).tolist())


def challenger(one: Modelled) -> int:
    """Return the place of the likeliest answer after the leading one, a named one where there is any; the leader itself has no other."""
    leader = int(one.published.argmax())
    others = [at for at in range(len(one.answers)) if at != leader]
    return max(others, key=lambda at: (not one.answers[at].something_else, one.published[at], -at), default=leader)


def is_settled(one: Modelled, largest: float) -> bool:
    """Say whether an answer is all but certain, by an argument, and no claim or warrant by itself, ``largest`` at most, would move it."""
    sure = float(one.published.max()) > defaults.SETTLED_CREDENCE
    return bool(one.network.claims) and sure and largest < defaults.SETTLED_SHIFT
