"""Validating answers: their form by pydantic, and what only the question can tell."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from prompts.tasks.critic import Accusations, Critiques, ExamineInputs
from prompts.tasks.cruxes import LinkJudgments, LinksInputs, TestimonyInputs, TestimonyWeights
from prompts.tasks.ingestion import Matches, MatchInputs
from prompts.tasks.judge import EntailmentInputs, Entailments
from prompts.tasks.single import WholeAnswer, WholeInputs
from prompts.tasks.structuring import Bearings, BearInputs, RelateInputs, Relations
from reasoners.requests import Request

LONGEST_ANSWER: Final = 2_000_000
"""Characters; no task needs a tenth of it."""


def invalid(request: Request, text: str) -> str:  # noqa: C901  # one case a task
    """Say what is wrong with an answer's JSON, in words that the model can act on; "" if nothing."""
    if len(text) > LONGEST_ANSWER:
        return f"the answer has {len(text):,} characters"
    try:
        output = request.task.output.model_validate_json(text)
    except ValidationError as problem:
        return "; ".join(f"{'.'.join(map(str, error['loc'])) or 'the whole'}: {error['msg']}" for error in problem.errors()[:5])
    match request.inputs, output:
        case MatchInputs(pairs=pairs), Matches(verdicts=verdicts) if len(pairs) != len(verdicts):
            return f"there are {len(pairs)} pairs and {len(verdicts)} verdicts"
        case RelateInputs(), Relations():
            used = [number for link in output.links for number in (*link.premises, link.conclusion)]
            wrong = _unlisted(used + [undercut.premise for undercut in output.undercuts], len(request.inputs.claims), "claim")
            return wrong or _unlisted([undercut.link for undercut in output.undercuts], len(output.links), "link")
        case BearInputs(), Bearings():
            wrong = _unlisted([bearing.claim for bearing in output.bearings], len(request.inputs.claims), "claim")
            return wrong or _unlisted([bearing.answer for bearing in output.bearings], len(request.inputs.answers), "answer")
        case ExamineInputs(), Critiques() | Accusations():
            flaws = output.critiques if isinstance(output, Critiques) else output.accusations
            return _unlisted([flaw.number for flaw in flaws], len(request.inputs.assertions), "assertion")
        case WholeInputs(), WholeAnswer():
            return _whole(request.inputs, output)
        case TestimonyInputs(), TestimonyWeights():
            return _each_once([weight.number for weight in output.weights], len(request.inputs.testimonies), "testimony")
        case EntailmentInputs(), Entailments():
            return _each_once([verdict.number for verdict in output.verdicts], len(request.inputs.items), "item")
        case LinksInputs(), LinkJudgments():
            return _each_once([judgment.number for judgment in output.judgments], len(request.inputs.links), "link") or _worlds(
                request.inputs, output
            )
        case _:
            return ""


def _unlisted(numbers: list[int], last: int, what: str) -> str:
    wrong = sorted({number for number in numbers if not 1 <= number <= last})
    return f"there is no {what} {wrong[0]}; they are numbered 1 to {last}" if wrong else ""


def _whole(inputs: WholeInputs, output: WholeAnswer) -> str:
    assertions = [number for link in output.links for number in (*link.premises, link.conclusion)]
    assertions += [undercut.premise for undercut in output.undercuts] + [bearing.claim for bearing in output.bearings]
    assertions += [critique.number for critique in output.critiques] + list(output.cruxes)
    assertions += [number for variant in output.variants for number in (variant.first, variant.second)]
    return (
        _unlisted([assertion.document for assertion in output.assertions], len(inputs.documents), "document")
        or _unlisted(assertions, len(output.assertions), "assertion")
        or _unlisted([undercut.link for undercut in output.undercuts], len(output.links), "link")
        or _unlisted([bearing.answer for bearing in output.bearings], len(inputs.answers), "answer")
    )


def _each_once(numbers: list[int], last: int, what: str) -> str:
    return "" if sorted(numbers) == list(range(1, last + 1)) else f"each {what} from 1 to {last} must be answered once"


def _worlds(inputs: LinksInputs, output: LinkJudgments) -> str:
    for judgment in output.judgments:
        worlds = inputs.links[judgment.number - 1].worlds
        if len(judgment.expectedness) != len(worlds) or not all(0 <= value <= 1 for value in judgment.expectedness):
            return f"link {judgment.number} needs {len(worlds)} probabilities between 0 and 1"
    return ""
