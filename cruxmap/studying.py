"""What finding out is worth, as a command: what each result of a planned study would change, and which study to do first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from credence.engine import coherent_judgments, main_question, material_of, model_question
from credence.explaining import settleable
from credence.observations import Finding, Test, find_out, next_steps
from credence.wording import answers_of
from credence.words import in_cases, odds_shift, percent, points, told_with_frequencies
from cruxmap.errors import UsageError
from cruxmap.explaining import perspective_of, subject_of
from cruxmap.opening import opened_run
from cruxmap.printing import print_lines
from explorer.phrases import subject_words
from knowledge.errors import UnknownRecord
from knowledge.records import Question
from knowledge.store import KnowledgeStore
from knowledge.views import View

commands = typer.Typer()
PARTS = ("sensitivity", "specificity", "chance that it is done and reports", "cost")


@commands.command("study")
def study_command(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="[RUN] CLAIM[=SENSITIVITY/SPECIFICITY[/DONE[/COST]]]...",
            help="The run (if left out, the latest that is done), then what to find out about; without numbers, for certain.",
        ),
    ],
    perspective: Annotated[str | None, typer.Option(help="Under this perspective, by its name; the run's first if left out.")] = None,
) -> None:
    """Show what planned studies of claims or steps would change, and which to do first for what it costs."""
    run = None if given[0].startswith(("claim-", "link-")) or "=" in given[0] else given[0]
    with opened_run(run) as opened:
        tests = planned(opened.store, opened.view, given if run is None else given[1:])
        under = perspective_of(opened.view, perspective) if perspective else None
        print_lines(study_lines(opened.view, main_question(opened.view), tests, perspective=under))


def planned(store: KnowledgeStore, view: View, given: Sequence[str]) -> list[Test]:
    """Read ``CLAIM=0.9/0.8/1/5`` arguments.

    Raises:
        UsageError: nothing is to be found out, or a number is none, or out of range.
        UnknownRecord: a claim isn't there.
    """
    if not given:
        raise UsageError(
            "a study of what? Write a claim's id, or its beginning, and how good the study is: cruxmap study claim-1a2b=0.9/0.8"
        )
    found = []
    for one in given:
        name, _, numbers = one.partition("=")
        try:
            values = [float(number) for number in numbers.split("/")] if numbers else [1.0, 1.0]
        except ValueError:
            values = []
        chances, cost = values[:3], values[3:] or [1.0]
        if not 2 <= len(values) <= len(PARTS) or not all(0 <= value <= 1 for value in chances) or cost[0] <= 0:
            wanted = f"{' and '.join(PARTS[:2])}, and if you like {' and '.join(PARTS[2:])}"
            raise UsageError(f"{one}: write {wanted}, as in claim-1a2b=0.9/0.8/1/5")
        done = chances[2] if len(chances) > 2 else 1.0
        found.append(Test(subject_of(store, view, name), values[0], values[1], done=done, cost=cost[0]))
    return found


def study_lines(view: View, question: Question, tests: Sequence[Test], *, perspective: str | None = None) -> Iterator[str]:
    """Tell what each result of each study would make of the answers, and if there are several in which order to do them.

    Raises:
        UnknownRecord: the question's argument doesn't hold a study's subject.
    """
    judgments, _ = coherent_judgments(view, perspective)
    modelled = model_question(material_of(view, question), judgments, check=False)
    gates = {bond.link: bond.gate for bond in modelled.argument_map.bonds}
    tests = [replace(test, subject=gates.get(test.subject, test.subject)) for test in tests]
    modelled = settleable(modelled, judgments, [test.subject for test in tests])
    for test in tests:
        if modelled.network.place(test.subject) is None:
            raise UnknownRecord(test.subject, f"the argument about {question.name!r} doesn't rest on it")
    answers = answers_of(view, question.id)
    yield f"\n{question.text}"
    if modelled.publication.error:
        yield (
            f"  by the model alone: elsewhere {percent(modelled.publication.error)} is kept back for the case that the whole argument is "
            "unsound, which no study of one claim tells"
        )
    for test in tests:
        found = find_out(modelled.network, modelled.inferred.beliefs, test)
        yield f"  {subject_words(view, test.subject)}  [{test.subject}]"
        yield f"    it would come out positive {in_cases(found.positive)}"
        for answer, now, up, down in zip(answers, modelled.inferred.beliefs.answers, found.if_positive, found.if_negative, strict=True):
            yield f"    {_outcome(now, up, down)}: {answer.text}"
        yield f"    {_worth(found)}"
    if len(tests) > 1:
        yield "  in this order, each for what it adds to those before it:"
        for number, step in enumerate(next_steps(modelled, tests, steps=len(tests)), 1):
            yield f"  {number:3}. {subject_words(view, step.test.subject).rstrip('. ')}: {_worth(step)}"


def _outcome(now: float, up: float, down: float) -> str:
    """Tell an answer's probability now and after each result, with natural frequencies and what each result weighs in decibans."""
    told, often = zip(*told_with_frequencies(up, now, down), strict=True)
    weighs = [", ".join(filter(None, (how, odds_shift(now, one)))) for how, one in ((often[0], up), (often[2], down))]
    first = f" ({often[1]})" if often[1] else ""
    return f"{told[1]:>8} now{first}, {told[0]:>8} if positive ({weighs[0]}), {told[2]:>8} if negative ({weighs[1]})"


def _worth(found: Finding) -> str:
    cost = f", {found.worth:.4f} for each unit of cost" if found.test.cost != 1 else ""
    return f"it would shift {points(found.expected_shift)} of the credence on average, and tell {found.information:.4f} bits{cost}"
