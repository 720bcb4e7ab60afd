"""Batch files: questions as OpenAI or Anthropic batch requests, and the answers of either, or plain ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from prompts.loading import TASKS, load
from reasoners.chat import in_words
from reasoners.errors import ReasonerError
from reasoners.exchange import UNDECLARED
from reasoners.journal import Waiting
from reasoners.replies import json_in
from reasoners.requests import Request
from reasoners.validating import LONGEST_ANSWER

Format = Literal["openai", "anthropic"]
LONGEST_LINE: Final = 4 * LONGEST_ANSWER
_CUT: Final = frozenset({"length", "max_tokens"})
_REFUSED: Final = frozenset({"content_filter", "refusal"})
ANTHROPIC_MAX_TOKENS: Final = 16_000
"""Anthropic's requests must name a limit; no task's answer needs as much."""


class BatchUnreadable(ReasonerError):
    """A line of an answer file is none; the message gives its number and what is wrong."""


@dataclass(frozen=True)
class Answer:
    """One answer of a file. ``failed``: the service gave none, ask again; ``refused``, ``cut``: it ended otherwise than well."""

    line: int
    key: str
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
        ReasonerError: its task is no more.
    """
    task = next((task for task in TASKS if task.name == waiting.task), None)
    if task is None:
        raise ReasonerError(f"a prompt waits for the task {waiting.task}, which is no more; resume the run to ask anew")
    inputs = task.inputs.model_validate_json(waiting.inputs)
    return Request(task, inputs, load(task).render(inputs), waiting.model, waiting.settings, waiting.repeat, waiting.step)


def request_lines(waiting: tuple[Waiting, ...], form: Format) -> Iterator[str]:
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
        yield json.dumps(_openai(one, request, turns) if form == "openai" else _anthropic(one, request, turns), ensure_ascii=False)


def _openai(one: Waiting, request: Request, turns: list[dict[str, str]]) -> dict[str, Any]:
    output = request.task.output
    body: dict[str, Any] = {
        "model": _bare(one.model),
        "messages": [{"role": "system", "content": request.rendered.system}, *turns],
        "response_format": {"type": "json_schema", "json_schema": {"name": output.__name__, "schema": output.model_json_schema()}},
        **one.settings,
    }
    return {"custom_id": one.key, "method": "POST", "url": "/v1/chat/completions", "body": body}


def _anthropic(one: Waiting, request: Request, turns: list[dict[str, str]]) -> dict[str, Any]:
    params = {"model": _bare(one.model), "max_tokens": ANTHROPIC_MAX_TOKENS, "system": request.rendered.system, "messages": turns}
    return {"custom_id": one.key, "params": {**params, **one.settings}}


def _bare(model: str) -> str:
    return model.partition(":")[2] or ("" if model == UNDECLARED else model)


def read_answers(lines: Iterator[str]) -> Iterator[Answer]:
    """Read answers in OpenAI's or Anthropic's batch result format, or as plain ``{"id": ..., "content": ...}``.

    Raises:
        BatchUnreadable: a line is none of these; its number is given. Nothing of the file counts then.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            raise BatchUnreadable(f"line {number} has {len(line):,} characters; no answer needs so many")
        try:
            body = json.loads(line)
            yield _answer(number, body)
        except (ValueError, RecursionError) as problem:
            raise BatchUnreadable(f"line {number} is no JSON object of an answer: {problem}") from problem
        except (KeyError, TypeError, IndexError, AttributeError) as problem:
            what = "an OpenAI or Anthropic batch result, or {id, content}"
            raise BatchUnreadable(f"line {number} is not {what}: {type(problem).__name__} {problem}") from problem


def _answer(number: int, body: Mapping[str, Any]) -> Answer:
    if "result" in body:
        return _of_anthropic(number, str(body["custom_id"]), body["result"])
    if "response" in body or "error" in body:
        return _of_openai(number, str(body["custom_id"]), body)
    content = body["content"]
    text = content if isinstance(content, str) else json.dumps(content)
    return Answer(number, str(body["id"]), json_in(text), str(body.get("model", "")))


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
        json_in(choice["message"].get("content") or ""),
        str(told.get("model", "")),
        int(usage.get("prompt_tokens", 0)),
        int(usage.get("completion_tokens", 0)),
        counted=bool(usage),
        refused=str(refused)[:500],
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
        json_in(text),
        str(message.get("model", "")),
        int(usage.get("input_tokens", 0)),
        int(usage.get("output_tokens", 0)),
        counted=bool(usage),
        refused=stopped if stopped in _REFUSED else "",
        cut=stopped in _CUT,
    )
