"""Importing answers: each is validated against its question, journalled with who is said to have given it, or asked again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final

from reasoners.batches import STEM, Answer, id_of, request_of, stem_of
from reasoners.errors import ReasonerError
from reasoners.exchange import UNDECLARED
from reasoners.journal import Journal
from reasoners.prices import Prices
from reasoners.requests import Attempt, Completion, Request, Usage
from reasoners.validating import invalid
from reasoners.waiting import Waiting, refuse, waiting_in

TRIES: Final = 3
"""Answers to one question of which none could be used, after which it stays unanswered."""


@dataclass
class Imported:
    """What an answer file came to. ``wrong``: line and why, for those that are asked again; ``unread``: for lines that answer nothing.

    ``refused``: questions that are put in other words now, with what was wrong.
    """

    taken: int = 0
    unanswered: int = 0
    known: int = 0
    strange: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    refused: int = 0
    waiting: int = 0

    def __add__(self, other: Imported) -> Imported:
        """Add up what a file came to in two journals."""
        return Imported(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


class Undeclared(ReasonerError):
    """Nobody said which model or person gave the answers."""


def import_answers(journal: Journal, answers: Iterable[Answer], *, declared: str, prices: Prices, place: str = "") -> Imported:
    """Take a file's answers into the journal. ``declared``: the operator's word on who gave them, where the file doesn't say.

    An answer that can't be used stays a question, with what was wrong; after `TRIES` such answers it counts as unanswered. The content of
    an answer never says who gave it. Importing a file again changes nothing: a question that is asked again has another id.
    ``place``: with which the questions were exported.

    Raises:
        Undeclared: neither the file nor the operator nor the configuration names a model.
        PromptEdited: a prompt that waits is another now.
        JournalUnusable: the journal can't be written; what was taken before stays taken.
    """
    waiting = {id_of(one, place=place): one for one in waiting_in(journal)}
    answered = [call.key for call in journal.calls()] + [one.key for one in waiting.values() if one.refused]
    met = {stem_of(key, place=place) for key in answered}
    came = Imported()
    for answer in answers:
        one = waiting.get(answer.id)
        if answer.failed and (one or not answer.id):
            (came.wrong if one else came.unread).append(f"line {answer.line}: {answer.failed}")
            continue
        if one is None:
            if len(answer.id) >= STEM and answer.id[:STEM] in met:
                came.known += 1
            else:
                came.strange.append(f"line {answer.line}: no prompt {answer.id[:20]!r} waits in this run")
            continue
        completion = _weighed(journal, one, answer, _model(one, answer, declared), prices, came)
        if completion is not None:
            del waiting[answer.id]
            met.add(stem_of(one.key, place=place))
            journal.put(request_of(one), completion, started=datetime.fromisoformat(one.since))
    came.waiting = len(waiting)
    return came


def _model(one: Waiting, answer: Answer, declared: str) -> str:
    model = answer.model or declared or one.model
    if model == UNDECLARED:
        raise Undeclared("say who answered: --model NAME (a model's name, or a person's); the file doesn't tell")
    return model


def _weighed(journal: Journal, one: Waiting, answer: Answer, model: str, prices: Prices, came: Imported) -> Completion | None:
    """Return the completion that an answer comes to, or None if the question is asked again."""
    request = request_of(one)
    usage = _usage(one, answer, prices)
    earlier = tuple(Attempt("invalid", why, model=model) for _, why in one.refused)
    if answer.refused:
        came.unanswered += 1
        return Completion("", model, (*earlier, Attempt("refusal", answer.refused, usage)), "refusal", f"refused: {answer.refused}")
    wrong = _wrong(request, answer)
    if not wrong:
        came.taken += 1
        return Completion(answer.text, model, (*earlier, Attempt("ok", "", usage)))
    came.wrong.append(f"line {answer.line}: {one.task}: {wrong}")
    refused = (*one.refused, (answer.text[:20_000], wrong))
    if len(refused) < TRIES:
        refuse(journal, one.key, refused)
        came.refused += 1
        return None
    came.unanswered += 1
    outcome = "truncated" if answer.cut else "invalid"
    return Completion("", model, (*earlier, Attempt(outcome, wrong, usage)), outcome, f"{TRIES} answers could not be used, last: {wrong}")


def _wrong(request: Request, answer: Answer) -> str:
    if answer.cut:
        return "the answer was cut off at the model's output limit; give a shorter one"
    return invalid(request, answer.text) if answer.text else "the answer was empty"


def _usage(one: Waiting, answer: Answer, prices: Prices) -> Usage:
    """Take the service's own figures; an answer without figures has no known cost."""
    if not answer.counted:
        return Usage(0, 0, None)
    cost = prices.cost(one.model, input_tokens=answer.input_tokens, output_tokens=answer.output_tokens)
    return Usage(answer.input_tokens, answer.output_tokens, cost)
