"""Answers for the exchange, taken from a baseline run by the words of each prompt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reasoners.journal import Journal

IN_WORDS = "\n\nAnswer with JSON only, by this schema:"


def answers_of(home: Path, run: str) -> dict[tuple[str, str], str]:
    """Return what a run answered, by system and user text."""
    journal = Journal.at(home / "runs" / run / "journal.db", run)
    try:
        words = [journal.words(call.seq) for call in journal.calls()]
    finally:
        journal.close()
    return {(one[0], one[1]): one[2] for one in words if one}


def requests_of(home: Path, run: str) -> list[dict[str, Any]]:
    """Return the lines of the batch file that waits."""
    path = home / "runs" / run / "exchange" / "requests.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answer_to(request: Mapping[str, Any], known: Mapping[tuple[str, str], str]) -> str:
    """Look up what the known run answered to a batch request of OpenAI's form."""
    system, user = (message["content"] for message in request["body"]["messages"][:2])
    return known[system, user.rpartition(IN_WORDS)[0]]


def in_openai(request: Mapping[str, Any], content: str | None, *, reason: str = "stop", **message: Any) -> dict[str, Any]:
    """A line of OpenAI's batch result."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": reason}
    body = {"model": "gpt-5-2026", "choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 10}}
    response = {"status_code": 200, "request_id": "r", "body": body}
    return {"id": "batch_req_1", "custom_id": request["custom_id"], "response": response, "error": None}


def in_anthropic(request: Mapping[str, Any], content: str, *, reason: str = "end_turn") -> dict[str, Any]:
    """A line of Anthropic's batch result."""
    message = {
        "model": "claude-opus-5",
        "content": [{"type": "text", "text": content}],
        "stop_reason": reason,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }
    return {"custom_id": request["custom_id"], "result": {"type": "succeeded", "message": message}}


def plain(request: Mapping[str, Any], content: Any) -> dict[str, Any]:
    """A line as a person would write it."""
    return {"id": request["custom_id"], "content": content}


def write(path: Path, lines: Iterable[Any]) -> Path:
    """Write lines of JSON; text and bytes are written as they are."""
    raw = [line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode() for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in raw))
    return path


def rounded(value: Any) -> Any:
    """Round every number: sums in another order differ in their last digits."""
    if isinstance(value, float):
        return round(value, 9) + 0.0
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value
