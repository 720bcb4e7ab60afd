"""Opening a case: its questions, answers and priors as records."""

from __future__ import annotations

from typing import Final

from agents.proposals import Proposal
from knowledge.records import Answer, Judgment, Perspective, Question, Record
from knowledge.vocabulary import Quantity
from sources.case_files import SOMETHING_ELSE, Case

READER: Final = Perspective(
    name="careful reader", description="Whoever weighs all sources of the case by the same rules, holding no side's part."
)


def open_case(case: Case) -> Proposal:
    """Return a case's questions, their answers with "something else", the perspective, and the priors that it states."""
    records: list[Record] = [READER]
    main: Question | None = None
    for entry in case.questions:
        question = Question(name=entry.key, text=entry.text, parent=main.id if main else None)
        main = main or question
        answers = {
            answer.key: Answer(question=question.id, name=answer.key, text=answer.text, also_called=answer.also_called)
            for answer in entry.answers
        }
        answers[SOMETHING_ELSE] = something_else(question)
        records += [question, *answers.values()]
        if entry.prior is not None:
            records += [
                Judgment(
                    record=answers[key].id,
                    quantity=Quantity.PRIOR,
                    value=value,
                    perspective=READER.id,
                    judge="the case file",
                    reason=entry.prior_reason,
                )
                for key, value in entry.prior.items()
            ]
    return Proposal(tuple(records))


def something_else(question: Question) -> Answer:
    """Return the answer that every question has without naming it."""
    text = "Something else, or the question is wrongly put."
    return Answer(question=question.id, name=SOMETHING_ELSE.replace("_", " "), text=text, something_else=True)
