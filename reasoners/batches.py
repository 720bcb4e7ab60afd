"""Batch files: questions as OpenAI or Anthropic batch requests, and the answers of either, or plain ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import ValidationError

from prompts.loading import TASKS
from reasoners.chat import in_words
from reasoners.errors import ReasonerError
from reasoners.exchange import UNDECLARED
from reasoners.replies import json_in
from reasoners.requests import Request
from reasoners.validating import LONGEST_ANSWER
from reasoners.waiting import Waiting

Format = Literal["openai", "anthropic"]
LONGEST_LINE: Final = 20 * LONGEST_ANSWER
"""Characters of a line beyond which it isn't even looked at; an answer that is merely too long is told apart by its question."""
MOST_TOKENS: Final = 10**9
LONGEST_NAME: Final = 200
STEM: Final = 56
"""Digits of a question's key that stay in its name however often it is asked."""
PLACE: Final = 10
"""Digits in front that say whose question it is, in a file with the questions of several journals."""
_ANEW: Final = "`cruxmap resume RUN --accept-changes` asks anew"
_CUT: Final = frozenset({"length", "max_tokens"})
_REFUSED: Final = frozenset({"content_filter", "refusal"})
ANTHROPIC_MAX_TOKENS: Final = 16_000
"""Anthropic's requests must name a limit; no task's answer needs as much."""


class PromptEdited(ReasonerError):
    """A question that waits can't be put as it was: its prompt or its task changed since."""


@dataclass(frozen=True)
class Answer:
    """One answer of a file. ``id``: the question's, as `id_of` gave it; "" if the line is no answer, and ``failed`` says why.

    ``failed``: the service gave none, ask again; ``refused``, ``cut``: it ended otherwise than well.
    """

    line: int
    id: str
    text: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    counted: bool = False
    failed: str = ""
    refused: str = ""
    cut: bool = False


def request_of(waiting: Waiting) -> Request:
    """Make the question again that was put aside.

    Raises:
        PromptEdited: it would be another question now.
    """
    task = next((task for task in TASKS if task.name == waiting.task), None)
    if task is None:
        raise PromptEdited(f"a prompt waits for the task {waiting.task}, which is no more; {_ANEW}")
    try:
        inputs = task.inputs.model_validate_json(waiting.inputs)
    except ValidationError as problem:
        raise PromptEdited(f"a prompt of {waiting.task} waits whose inputs have another form now; {_ANEW}") from problem
    request = Request(task, inputs, waiting.rendered, waiting.model, waiting.settings, waiting.repeat, waiting.step)
    if request.key != waiting.key:
        raise PromptEdited(f"the form of answers to {waiting.task} was edited while the run waits; put it back, or {_ANEW}")
    return request


def id_of(waiting: Waiting, *, place: str = "") -> str:
    """Name a question in a batch file; after refused answers another name, so that an old answer isn't taken for a new one.

    At most 64 letters, digits and dashes, as Anthropic asks. ``place``: `PLACE` digits that say whose question it is.
    """
    refused = len(waiting.refused)
    if place:
        return f"{stem_of(waiting.key, place=place)}-{refused + 1}"
    return f"{stem_of(waiting.key)}-{refused + 1}" if refused else waiting.key


def stem_of(key: str, *, place: str = "") -> str:
    """Return the part of a question's name that stays however often it is asked: `STEM` characters."""
    return f"{place}-{key}"[:STEM] if place else key[:STEM]


def request_lines(waiting: tuple[Waiting, ...], form: Format, *, place: str = "") -> Iterator[str]:
    """Yield one batch request a line. Where answers were refused, the question tells the last one and what was wrong with it."""
    for one in waiting:
        request = request_of(one)
        turns = [{"role": "user", "content": f"{request.rendered.user}\n\n{in_words(request)}"}]
        if one.refused:
            text, why = one.refused[-1]
            turns += [
                {"role": "assistant", "content": text[:20_000] or "(empty)"},
                {"role": "user", "content": f"That answer can't be used: {why}. Give the whole answer again, mended."},
            ]
        name = id_of(one, place=place)
        yield json.dumps(
            _openai(name, one, request, turns) if form == "openai" else _anthropic(name, one, request, turns), ensure_ascii=False
        )


def _openai(name: str, one: Waiting, request: Request, turns: list[dict[str, str]]) -> dict[str, Any]:
    form = {"name": request.task.output.__name__, "schema": request.task.schema}
    body: dict[str, Any] = {
        **_named(one),
        "messages": [{"role": "system", "content": request.rendered.system}, *turns],
        "response_format": {"type": "json_schema", "json_schema": form},
        **one.settings,
    }
    return {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}


def _anthropic(name: str, one: Waiting, request: Request, turns: list[dict[str, str]]) -> dict[str, Any]:
    params = {**_named(one), "max_tokens": ANTHROPIC_MAX_TOKENS, "system": request.rendered.system, "messages": turns}
    return {"custom_id": name, "params": {**params, **one.settings}}


def _named(one: Waiting) -> dict[str, str]:
    """Name the model that is to answer, without its provider; nothing while nobody has said which."""
    return {} if one.model == UNDECLARED else {"model": one.model.partition(":")[2] or one.model}


def read_answers(lines: Iterator[str]) -> Iterator[Answer]:
    """Read answers in OpenAI's or Anthropic's batch result format, or as plain ``{"id": ..., "content": ...}``.

    A line that is none of these is an answer to nothing that says what is wrong; the others count.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield Answer(number, "", failed=f"it has {len(line):,} characters; no answer needs so many")
            continue
        try:
            yield _answer(number, json.loads(line))
        except (ValueError, RecursionError) as problem:
            yield Answer(number, "", failed=f"it is no JSON of an answer: {str(problem)[:200]}")
        except (KeyError, TypeError, IndexError, AttributeError) as problem:
            what = "an OpenAI or Anthropic batch result, or {id, content}"
            yield Answer(number, "", failed=f"it is not {what}: {type(problem).__name__} {str(problem)[:200]}")


def _answer(number: int, body: Mapping[str, Any]) -> Answer:
    if "result" in body:
        return _of_anthropic(number, str(body["custom_id"]), body["result"])
    if "response" in body or "error" in body:
        return _of_openai(number, str(body["custom_id"]), body)
    content = body["content"]
    text = content if isinstance(content, str) else json.dumps(content)
    return Answer(number, str(body["id"]), json_in(_encodable(text)), _name(body.get("model")))


def _encodable(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can spell them, and nothing can store them."""
    return text.encode("utf-8", "replace").decode()


def _name(model: object) -> str:
    return _encodable(str(model or ""))[:LONGEST_NAME]


def _count(figure: object) -> int:
    """Read a number of tokens.

    Raises:
        ValueError: it is none, and a bill may not be built on it.
    """
    if not isinstance(figure, int) or not 0 <= figure <= MOST_TOKENS:
        raise ValueError(f"{str(figure)[:40]} is no number of tokens")
    return figure


def _of_openai(number: int, key: str, body: Mapping[str, Any]) -> Answer:
    response = body.get("response")
    if body.get("error") or not response or response["status_code"] != 200:
        return Answer(number, key, failed=f"the service failed: {str(body.get('error') or response)[:200]}")
    told = response["body"]
    choice, usage = told["choices"][0], told.get("usage") or {}
    refused = choice["message"].get("refusal") or (choice["finish_reason"] if choice.get("finish_reason") in _REFUSED else "")
    return Answer(
        number,
        key,
        json_in(_encodable(choice["message"].get("content") or "")),
        _name(told.get("model")),
        _count(usage.get("prompt_tokens", 0)),
        _count(usage.get("completion_tokens", 0)),
        counted=bool(usage),
        refused=_encodable(str(refused))[:500],
        cut=choice.get("finish_reason") in _CUT,
    )


def _of_anthropic(number: int, key: str, result: Mapping[str, Any]) -> Answer:
    if result["type"] != "succeeded":
        return Answer(number, key, failed=f"the service failed: {str(result)[:200]}")
    message = result["message"]
    usage = message.get("usage") or {}
    text = "".join(block["text"] for block in message["content"] if block["type"] == "text")
    stopped = message.get("stop_reason")
    return Answer(
        number,
        key,
        json_in(_encodable(text)),
        _name(message.get("model")),
        _count(usage.get("input_tokens", 0)),
        _count(usage.get("output_tokens", 0)),
        counted=bool(usage),
        refused=stopped if stopped in _REFUSED else "",
        cut=stopped in _CUT,
    )
