"""Reading a chat model's reply: its JSON, what it cost, and whether it was cut off or refused."""

from __future__ import annotations

import json
import re
from typing import Final

from langchain_core.messages import AIMessage

from reasoners.prices import Prices
from reasoners.requests import Usage
from reasoners.validating import LONGEST_ANSWER

_THOUGHT: Final = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE: Final = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
_CUT: Final = frozenset({"length", "max_tokens", "max_output_tokens", "model_context_window_exceeded"})
_FILTERED: Final = frozenset({"content_filter", "refusal", "safety", "prohibited_content", "blocklist", "recitation", "spii"})


def json_of(message: AIMessage) -> str:
    """Return the answer's JSON: a tool call's arguments, or what stands in the text."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"])
    if message.invalid_tool_calls:
        return message.invalid_tool_calls[0]["args"] or ""
    return json_in(message.text)


def json_in(said: str) -> str:
    """Return the JSON object in a text, without the thoughts, fences and words that models put around it."""
    text = _THOUGHT.sub("", said).strip()
    if len(text) > LONGEST_ANSWER:
        return text
    fenced = None if text.startswith("{") else _FENCE.search(text)
    if fenced:
        text = fenced[1].strip()
    begin = max(text.find("{"), 0)
    try:
        _, end = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError):
        return text  # the validator says what is wrong with it
    return text[begin:end]


def cut_off(message: AIMessage) -> bool:
    """Say whether the answer ended at the model's output limit."""
    return _reason(message) in _CUT


def unusable(message: AIMessage, text: str) -> str:
    """Say why there is no whole answer, whatever its form; "" if there is one."""
    if cut_off(message):
        if not text:
            return "the output limit was used up before an answer began; think less and give the JSON at once"
        return "the answer was cut off at the model's output limit; give a shorter one"
    return "" if text else "the answer was empty; give the JSON as its content"


def refusal_of(message: AIMessage) -> str:
    """Return the words of a refusal, the model's or its provider's filter; "" if it is none."""
    words = message.additional_kwargs.get("refusal")
    reason = _reason(message)
    return str(words)[:500] if words else (f"stopped as {reason}" if reason in _FILTERED else "")


def usage_of(message: AIMessage, model: str, prices: Prices) -> Usage:
    """Take the provider's own figures. Without a price or figures the cost is unknown: it is never reported as free."""
    figures = message.usage_metadata
    if figures is None:
        return Usage(0, 0, None)
    read, written = figures["input_tokens"], figures["output_tokens"]
    cached = figures.get("input_token_details", {}).get("cache_read") or 0
    return Usage(read, written, prices.cost(model, input_tokens=read, output_tokens=written, cached_tokens=min(cached, read)))


def _reason(message: AIMessage) -> str:
    said = message.response_metadata
    return str(said.get("finish_reason") or said.get("stop_reason") or said.get("done_reason") or "").lower()
