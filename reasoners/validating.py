"""Validating answers: their form by pydantic, and what only the question can tell."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from prompts.tasks.critic import ACCUSE, EXAMINE, SURVEY, Accusations, Critiques, ExamineInputs, Survey, SurveyInputs
from prompts.tasks.cruxes import (
    ARGUE,
    DECISIVE,
    LINKS,
    SOUNDNESS,
    TESTIMONY,
    Decisive,
    DecisiveInputs,
    LinkBatch,
    LinkJudgments,
    Soundness,
    SoundnessInputs,
    TestimonyInputs,
    TestimonyWeights,
)
from prompts.tasks.ingestion import (
    EXTRACT,
    GROUNDS,
    MATCH,
    UPSTREAMS,
    Grounds,
    GroundsInputs,
    Matches,
    MatchInputs,
    SameUpstreams,
    UpstreamsInputs,
)
from prompts.tasks.judge import ENTAIL, EntailmentInputs, Entailments
from prompts.tasks.single import INVESTIGATE, WholeAnswer, WholeInputs
from prompts.tasks.structuring import QUESTIONS, RELATE, IssueTree, QuestionsInputs, RelateInputs, Relations, SubQuestion
from reasoners.quoting import unfounded_extraction, unfounded_whole
from reasoners.requests import Request

LONGEST_ANSWER: Final = 2_000_000
"""Characters; no task needs a tenth of it."""
OFF_BY: Final = 0.01
"""By how much probabilities that must sum to 1 may miss it."""


def invalid(request: Request, text: str) -> str:
    """Say what is wrong with an answer's JSON, in words that the model can act on; "" if nothing."""
    if len(text) > LONGEST_ANSWER:
        return f"the answer has {len(text):,} characters"
    try:
        output = request.task.output.model_validate_json(text)
    except ValidationError as problem:
        return "; ".join(f"{'.'.join(map(str, error['loc'])) or 'the whole'}: {error['msg']}" for error in problem.errors()[:5])
    check = _CHECKS.get(request.task.name)
    return check(request.inputs, output) if check else ""


def _soundness(inputs: SoundnessInputs, output: Soundness) -> str:
    chances, answers = output.if_unsound, len(inputs.answers)
    if not chances:
        return ""
    if len(chances) != answers or not all(0 < value < 1 for value in chances):
        return f"if_unsound needs {answers} probabilities between 0 and 1, none of them 0"
    return "" if abs(math.fsum(chances) - 1) <= OFF_BY else f"if_unsound must sum to 1; it sums to {math.fsum(chances):.4g}"


def _decisive(inputs: DecisiveInputs, output: Decisive) -> str:
    numbers = [one.number for one in output.cruxes]
    both = sorted({*numbers} & {*output.conclusions})
    steps = [one.number for one in inputs.candidates if one.leads_to and one.number in output.conclusions]
    return (
        _unlisted([*numbers, *output.conclusions], len(inputs.candidates), "candidate")
        or _twice(numbers, "candidate", "reason")
        or (f"candidate {both[0]} can't be both a crux and a conclusion" if both else "")
        or (f"candidate {steps[0]} is a step, and only claims are conclusions" if steps else "")
    )


def _unlisted(numbers: list[int], last: int, what: str) -> str:
    wrong = sorted({number for number in numbers if not 1 <= number <= last})
    return f"there is no {what} {wrong[0]}; they are numbered 1 to {last}" if wrong else ""


def _examined(inputs: ExamineInputs, output: Critiques | Accusations) -> str:
    flaws = output.critiques if isinstance(output, Critiques) else output.accusations
    return _unlisted([flaw.number for flaw in flaws], len(inputs.assertions), "assertion")


def _survey(inputs: SurveyInputs, output: Survey) -> str:
    listed = {name for source in inputs.sources for name in source.upstreams}
    for shared in output.correlated:
        if wrong := _unlisted(list(shared.sources), len(inputs.sources), "source"):
            return wrong
        if len(set(shared.sources)) < 2:
            return f"only source {shared.sources[0]} is given for {shared.upstream!r}; name two or more, or leave it out"
        if not any(re.search(rf"(?<!\w){re.escape(shared.upstream.strip())}(?!\w)", name) for name in listed if shared.upstream.strip()):
            return f"no source is listed to lean on {shared.upstream!r}; copy what is listed there, word for word, or leave it out"
    return ""


def _testimony(inputs: TestimonyInputs, output: TestimonyWeights) -> str:
    return _each_once([weight.number for weight in output.weights], len(inputs.testimonies), "testimony")


def _links(inputs: LinkBatch, output: LinkJudgments) -> str:
    return _each_once([judgment.number for judgment in output.judgments], len(inputs.links), "link") or _worlds(inputs, output)


def _entailment(inputs: EntailmentInputs, output: Entailments) -> str:
    return _each_once([verdict.number for verdict in output.verdicts], len(inputs.items), "item")


def _matches(inputs: MatchInputs, output: Matches) -> str:
    grouped = [number for group in output.groups for number in group.claims]
    paired = [number for pair in output.variants for number in (pair.first, pair.second)]
    wrong = _unlisted(grouped + paired, len(inputs.claims), "claim")
    if wrong:
        return wrong
    twice = sorted({number for number in grouped if grouped.count(number) > 1})
    if twice:
        return f"claim {twice[0]} is in several groups or twice in one; put what is one claim into one group"
    strange = [(number, group.claims) for group in output.groups for number in group.negated if number not in group.claims[1:]]
    return f"claim {strange[0][0]} is negated but not behind the first of its group {strange[0][1]}" if strange else ""


def _grounds(inputs: GroundsInputs, output: Grounds) -> str:
    numbers = [one.number for one in output.assertions]
    return _unlisted(numbers, len(inputs.assertions), "assertion") or _twice(numbers, "assertion", "entry")


def _upstreams(inputs: UpstreamsInputs, output: SameUpstreams) -> str:
    grouped = [number for group in output.groups for number in group.upstreams]
    return _unlisted(grouped, len(inputs.upstreams), "name") or _twice(grouped, "name", "group")


def _issue_tree(inputs: QuestionsInputs, output: IssueTree) -> str:
    known = {_plain(question.text) for question in inputs.questions}
    framed = [one.question for one in output.known]
    last = len(inputs.questions)
    for number, question in enumerate(output.questions, last + 1):
        if _plain(question.text) in known:
            return f"question {number} is there already: {question.text!r}"
        known.add(_plain(question.text))
        if wrong := _unlisted([question.under], number - 1, "question above it") or _undisputed(inputs, number, question):
            return wrong
    return _unlisted(framed, last, "known question") or _twice(framed, "question", "framing")


def _undisputed(inputs: QuestionsInputs, number: int, question: SubQuestion) -> str:
    """Say what keeps a sub-question from being one that the sources answer differently."""
    labels = [answer.label for answer in question.answers]
    taken: set[tuple[int, bool]] = set()
    for answer in question.answers:
        sides = {(claim, True) for claim in answer.asserted} | {(claim, False) for claim in answer.denied}
        if not sides:
            return f"question {number}: nobody on the list gives the answer {answer.label!r}; leave it out, or the question"
        if wrong := _unlisted([claim for claim, _ in sides], len(inputs.claims), "claim"):
            return wrong
        for claim, asserted in sorted(sides):
            listed = inputs.claims[claim - 1]
            if not (listed.held if asserted else listed.denied):
                return f"question {number}: nobody {'asserts' if asserted else 'denies'} claim {claim}, as {answer.label!r} has it"
        if both := sorted(sides & taken):
            return f"question {number}: claim {both[0][0]} speaks for two of its answers"
        taken |= sides
    return f"question {number} has two answers with one label" if len(set(labels)) < len(labels) else ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _relations(inputs: RelateInputs, output: Relations) -> str:
    claims = [number for link in output.links for number in (*link.premises, *_given(link.conclusion))]
    claims += [number for pair in output.implied for number in (pair.premise, pair.conclusion)]
    answers = [number for link in output.links for number in _given(link.answer)]
    documents = [number for link in output.links for number in _given(link.drawn_in)]
    documents += [number for undercut in output.undercuts for number in _given(undercut.drawn_in)]
    return (
        _unlisted(claims + [undercut.premise for undercut in output.undercuts], len(inputs.claims), "claim")
        or _unlisted(answers, sum(len(question.answers) for question in inputs.questions), "answer")
        or _unlisted(documents, len(inputs.documents), "document")
        or _unlisted([undercut.link for undercut in output.undercuts], len(inputs.known) + len(output.links), "link")
    )


def _given(number: int | None) -> list[int]:
    return [] if number is None else [number]


def _whole(inputs: WholeInputs, output: WholeAnswer) -> str:
    assertions = [number for link in output.links for number in (*link.premises, link.conclusion)]
    assertions += [undercut.premise for undercut in output.undercuts] + [bearing.claim for bearing in output.bearings]
    assertions += [critique.number for critique in output.critiques] + list(output.cruxes)
    assertions += [number for variant in output.variants for number in (variant.first, variant.second)]
    return (
        _unlisted([assertion.document for assertion in output.assertions], len(inputs.documents), "document")
        or _unlisted(assertions, len(output.assertions), "assertion")
        or _unlisted([undercut.link for undercut in output.undercuts], len(output.links), "link")
        or _unlisted(
            [*(one.answer for one in output.bearings), *(one.answer for one in output.probabilities)], len(inputs.answers), "answer"
        )
        or _twice([one.answer for one in output.probabilities], "answer", "probability")
        or unfounded_whole(inputs, output)
    )


def _twice(numbers: list[int], what: str, given: str) -> str:
    again = [number for number, times in Counter(numbers).items() if times > 1]
    return f"{what} {again[0]} is given more than one {given}, or one twice" if again else ""


def _each_once(numbers: list[int], last: int, what: str) -> str:
    return "" if sorted(numbers) == list(range(1, last + 1)) else f"each {what} from 1 to {last} must be answered once"


def _worlds(inputs: LinkBatch, output: LinkJudgments) -> str:
    for judgment in output.judgments:
        worlds = inputs.links[judgment.number - 1].worlds
        if len(judgment.expectedness) != len(worlds) or not all(0 <= value <= 1 for value in judgment.expectedness):
            return f"link {judgment.number} needs {len(worlds)} probabilities between 0 and 1"
    return ""


_CHECKS: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    EXTRACT.name: unfounded_extraction,
    GROUNDS.name: _grounds,
    MATCH.name: _matches,
    UPSTREAMS.name: _upstreams,
    QUESTIONS.name: _issue_tree,
    RELATE.name: _relations,
    EXAMINE.name: _examined,
    ACCUSE.name: _examined,
    SURVEY.name: _survey,
    INVESTIGATE.name: _whole,
    TESTIMONY.name: _testimony,
    LINKS.name: _links,
    ARGUE.name: _links,
    SOUNDNESS.name: _soundness,
    DECISIVE.name: _decisive,
    ENTAIL.name: _entailment,
}
"""What is checked of a task's inputs and its output: those of its own types."""
