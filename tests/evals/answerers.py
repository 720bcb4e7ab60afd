"""Answerers for tests of the harness: a sound one that answers from the gold, and broken ones with one defect each."""

from __future__ import annotations

from collections.abc import Callable

from evals.gold import GoldCase
from knowledge.vocabulary import Fault, FindingKind, Hedge, Severity, UpstreamKind
from prompts.tasks.critic import EXAMINE, SURVEY, Critique, Critiques, ExamineInputs, Survey
from prompts.tasks.cruxes import ARGUE, DECISIVE, LINKS, SOUNDNESS, TESTIMONY
from prompts.tasks.ingestion import (
    EXTRACT,
    GROUNDS,
    MATCH,
    UPSTREAMS,
    ExtractedAssertion,
    ExtractedUpstream,
    ExtractInputs,
    Extraction,
    Grounds,
    Matches,
    MatchInputs,
    SameUpstreams,
)
from prompts.tasks.structuring import QUESTIONS, RELATE, IssueTree, RelateInputs, Relations, Step
from reasoners.baseline.judging import judge_links, judge_soundness, name_cruxes, weigh_testimonies
from reasoners.scripted import ScriptedAnswerer

BOTH = "This may be put strongly and still be right."


def sound(cases: dict[str, GoldCase], **instead: Callable) -> ScriptedAnswerer:  # noqa: C901  # one small function a task
    """Answer extraction, links to answers and criticism from the gold; ``instead`` replaces a method by its short name."""

    def extract(inputs: ExtractInputs) -> Extraction:
        found = []
        for case in cases.values():
            for one in case.gold.assertions:
                if one.quote in inputs.text and case.case.question.text == inputs.question:
                    named = [up for up in case.gold.upstreams if any(name in one.quote for name in (up.name, *up.also))]
                    found.append(
                        ExtractedAssertion(
                            quotation=one.quote,
                            claim=case.gold.claims[one.claim],
                            speaker=one.speaker,
                            reporters=one.reporters,
                            stance=one.stance,
                            hedge=one.hedge,
                            upstreams=tuple(ExtractedUpstream(name=up.name, kind=up.kind) for up in named),
                        )
                    )
        return Extraction(assertions=tuple(found))

    def match(inputs: MatchInputs) -> Matches:
        del inputs
        return Matches()

    def relate(inputs: RelateInputs) -> Relations:
        found = []
        for case in cases.values():
            texts = {answer.key: answer.text for answer in case.case.question.answers}
            for link in case.gold.links:
                answer = texts.get(link.target.removeprefix("answer:"))
                numbers = [at.number for question in inputs.questions for at in question.answers if at.text == answer]
                premises = {case.gold.claims[one] for one in link.premises}
                found += [
                    Step(premises=(claim.number,), answer=number, relation=link.relation, warrant="It bears on it.")
                    for number in numbers
                    for claim in inputs.claims
                    if claim.claim in premises
                ]
        return Relations(links=tuple(found))

    def examine(inputs: ExamineInputs) -> Critiques:
        found = []
        for case in cases.values():
            for flaw in case.gold.findings:
                seen = [one for one in inputs.assertions if flaw.quote in one.passage or flaw.quote in one.surroundings]
                found += [critique(one.number, flaw.kinds[0], flaw.quote) for one in seen]
        return Critiques(critiques=tuple(found))

    methods = {
        EXTRACT.name: extract,
        MATCH.name: match,
        UPSTREAMS.name: lambda _: SameUpstreams(),
        GROUNDS.name: lambda _: Grounds(),
        QUESTIONS.name: lambda _: IssueTree(),
        RELATE.name: relate,
        EXAMINE.name: examine,
        SURVEY.name: lambda _: Survey(),
        TESTIMONY.name: weigh_testimonies,
        LINKS.name: judge_links,
        ARGUE.name: judge_links,
        SOUNDNESS.name: judge_soundness,
        DECISIVE.name: name_cruxes,
    }
    for name, change in instead.items():
        task = next(task for task in methods if task.endswith(f"/{name}"))
        methods[task] = change(methods[task])
    return ScriptedAnswerer(methods)


def critique(number: int, kind: FindingKind, words: str) -> Critique:
    """A flaw in so many words."""
    return Critique(
        number=number,
        kind=kind,
        observation=words,
        sound_case=BOTH,
        flawed_case="It says more than it shows.",
        flawed=True,
        fault_of=Fault.SPEAKER,
        severity=Severity.HIGH,
        verdict="It says more than it shows.",
    )


def drops_hedges(method: Callable) -> Callable:
    """Tell everything plainly."""

    def extract(inputs: ExtractInputs) -> Extraction:
        return Extraction(assertions=tuple(one.model_copy(update={"hedge": Hedge.PLAIN}) for one in method(inputs).assertions))

    return extract


def invents_a_source(method: Callable) -> Callable:
    """Back everything by a registry that nobody named."""
    registry = ExtractedUpstream(name="Heidelberg Standing Registry", kind=UpstreamKind.DATASET)

    def extract(inputs: ExtractInputs) -> Extraction:
        return Extraction(
            assertions=tuple(one.model_copy(update={"upstreams": (*one.upstreams, registry)}) for one in method(inputs).assertions)
        )

    return extract


def flags_everything(method: Callable) -> Callable:
    """Find every fault with every assertion, but for orders to a machine: those are retracted, and nothing would be left to flag."""
    del method
    faults = [kind for kind in FindingKind if kind is not FindingKind.HIDDEN_INSTRUCTION]

    def examine(inputs: ExamineInputs) -> Critiques:
        return Critiques(critiques=tuple(critique(one.number, kind, one.passage[:60]) for one in inputs.assertions for kind in faults))

    return examine


def never_flags(method: Callable) -> Callable:
    """Find nothing wrong, ever."""
    del method
    return lambda _: Critiques()
