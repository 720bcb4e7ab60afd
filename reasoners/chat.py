"""Chat models through LangChain: one door to every provider and to local OpenAI-compatible servers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import IntEnum
from typing import Any, Final

import httpx
from langchain.chat_models import init_chat_model
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from prompts.tasks.base import Role
from reasoners.errors import (
    BadCredentials,
    ContextOverflow,
    InvalidAnswer,
    LimitReached,
    ProviderDown,
    Refusal,
    RunStops,
    Unanswered,
    Unconfigured,
)
from reasoners.replies import Price, json_of, refusal_of, unusable, usage_of
from reasoners.requests import Attempt, Completion, Request, Usage
from reasoners.validating import invalid

TRIES: Final = 5
REPAIRS: Final = 1
LONGEST_WAIT: Final = 120.0
"""Seconds between tries, also where a provider asks for more."""
_OVERFLOW: Final = re.compile(r"context[_ ](?:length|window)|maximum context|too many tokens|prompt is too long", re.IGNORECASE)
_NO_SCHEMA: Final = re.compile(r"response_format|json_schema|json_object|structured output|guided|grammar", re.IGNORECASE)
_NO_TOOL: Final = re.compile(r"tool|function", re.IGNORECASE)
_NO_TEMPERATURE: Final = re.compile(r"temperature", re.IGNORECASE)
_NO_MONEY: Final = re.compile(r"insufficient_quota|credit balance|billing", re.IGNORECASE)
_KEYS: Final = {"google_genai": "GOOGLE_API_KEY", "google_vertexai": "GOOGLE_API_KEY", "huggingface": "HUGGINGFACEHUB_API_TOKEN"}
"""The variables that are not the provider's name and _API_KEY."""


class _Way(IntEnum):
    """How a model is held to the answer's form, the surest first."""

    SCHEMA = 0
    TOOL = 1
    JSON = 2
    PLAIN = 3


class _Passing(Exception):
    """A failure that may pass, and how long the provider asks to wait."""

    def __init__(self, problem: str, wait: float | None) -> None:
        super().__init__(problem)
        self.wait = wait


class ChatAnswerer:
    """Answers by chat models, one a role.

    The provider's own JSON schema is asked for first; a server that refuses it is asked by a tool call, then for any JSON, then in words,
    and the way that it took is kept for the model. Every answer is validated here, and a wrong one is sent back once with what is wrong.
    ``patience`` scales the waits between tries (0 in tests). ``prices`` are by model; a model without one has an unknown cost.
    ``max_tokens`` ends an answer that runs on, as small models' do; without it only ``timeout`` (seconds) does.
    """

    def __init__(
        self,
        models: Mapping[Role, str],
        *,
        base_url: str = "",
        temperature: float = 0.0,
        timeout: float = 120.0,
        patience: float = 1.0,
        prices: Mapping[str, Price] | None = None,
        max_tokens: int | None = None,
    ) -> None:
        self._max_tokens = max_tokens
        self._names = dict(models)
        self._prices = dict(prices or {})
        self._base_url, self._temperature, self._timeout, self._patience = base_url, temperature, timeout, patience
        self._models: dict[str, BaseChatModel] = {}
        self._ways: dict[str, _Way] = {}
        self._own_temperature: set[str] = set()
        for name in dict.fromkeys(self._names.values()):
            self._models[name] = self._made(name)

    def _made(self, name: str) -> BaseChatModel:
        provider, _, model = name.partition(":")
        if not model:
            raise Unconfigured(f"{name!r} is no model: write PROVIDER:MODEL, as in openai:gpt-5")
        more: dict[str, Any] = {"base_url": self._base_url} if self._base_url else {}
        if self._max_tokens is not None:
            more["max_tokens"] = self._max_tokens
        if name not in self._own_temperature:
            more["temperature"] = self._temperature
        try:
            made: BaseChatModel = init_chat_model(model, model_provider=provider, timeout=self._timeout, max_retries=0, **more)
        except ImportError as problem:
            raise Unconfigured(f"the provider {provider} needs its extra: uv sync --extra {provider}") from problem
        except Exception as problem:  # each provider's package raises its own kinds for a missing key
            if "api_key" in str(problem).lower() or "credential" in str(problem).lower():
                raise BadCredentials(
                    f"{provider} has no key: set {_variable(provider)}, or a local server's --base-url with any key"
                ) from problem
            raise Unconfigured(f"the model {name} can't be set up: {type(problem).__name__}") from problem
        return made

    @property
    def name(self) -> str:
        """Name the models, each once."""
        return ", ".join(dict.fromkeys(self._names.values()))

    def model_for(self, role: Role) -> str:
        """Name the model that a role maps to."""
        return self._names[role]

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return what shapes the answers beside prompt and model."""
        del role
        limit = {} if self._max_tokens is None else {"max_tokens": self._max_tokens}
        return {"temperature": self._temperature, **limit}

    async def complete(self, request: Request) -> Completion:
        """Ask, retry what can pass, tell the model once what was wrong; what stays wrong is an outcome and not an exception.

        Raises:
            RunStops: the key is refused, the account has no money, or the model isn't there; what was used until then is in its attempts.
        """
        attempts: list[Attempt] = []
        served = request.model
        messages: list[BaseMessage] = [SystemMessage(request.rendered.system), HumanMessage(request.rendered.user)]
        try:
            for repair in range(REPAIRS + 1):
                reply = await self._reply(request, messages, attempts)
                served = str(reply.response_metadata.get("model_name") or served)
                text = json_of(reply)
                wrong = unusable(reply, text) or invalid(request, text)
                attempts.append(Attempt("invalid" if wrong else "ok", wrong, self._used(request.model, reply)))
                if not wrong:
                    return Completion(text, served, tuple(attempts))
                if repair == REPAIRS:
                    raise InvalidAnswer(wrong)
                told = f"That answer can't be used: {wrong}. Give the whole answer again, mended. {_in_words(request)}"
                messages = [*messages, AIMessage(text[:20_000] or "(empty)"), HumanMessage(told)]
        except Unanswered as problem:
            return Completion("", served, tuple(attempts), problem.outcome, str(problem))
        except RunStops as stop:
            stop.attempts = tuple(attempts)
            raise
        raise AssertionError("the loop returns or raises")

    async def _reply(self, request: Request, messages: list[BaseMessage], attempts: list[Attempt]) -> AIMessage:
        """Get one reply, trying again after what can pass."""

        def pause(state: RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = problem.wait if isinstance(problem, _Passing) else None
            return self._patience * min(asked if asked is not None else wait_exponential_jitter(initial=1, max=60)(state), LONGEST_WAIT)

        def note(state: RetryCallState) -> None:
            attempts[-1] = replace(attempts[-1], wait=state.upcoming_sleep)

        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(_Passing),
                stop=stop_after_attempt(TRIES),
                wait=pause,
                before_sleep=note,
                reraise=True,
                sleep=asyncio.sleep,
            ):
                with attempt:
                    return await self._once(request, messages, attempts)
        except _Passing as problem:
            raise ProviderDown(f"the provider failed {TRIES} times, last: {problem}") from problem
        raise AssertionError("tenacity returns or raises")

    async def _once(self, request: Request, messages: list[BaseMessage], attempts: list[Attempt]) -> AIMessage:
        name = request.model
        way, own_temperature = self._ways.get(name, _Way.SCHEMA), name in self._own_temperature
        asked = messages if way < _Way.JSON else [*messages, HumanMessage(_in_words(request))]
        try:
            reply = await _held(self._models[name], request, way).ainvoke(asked)
        except Exception as problem:  # every provider raises its own kinds; they are told apart by status below
            known = self._otherwise(name, problem, way, own_temperature) or _understood(name, problem)
            attempts.append(Attempt(known.outcome if isinstance(known, Unanswered) else "retry", str(known)))
            if isinstance(known, _AskOtherwise):
                return await self._once(request, messages, attempts)
            raise known from problem
        message = reply["raw"] if isinstance(reply, dict) else reply
        if not isinstance(message, AIMessage):
            raise InvalidAnswer(f"the provider answered with a {type(message).__name__}")
        refused = refusal_of(message)
        if refused:
            attempts.append(Attempt("refusal", refused, self._used(name, message)))
            raise Refusal(f"the model refused: {refused}")
        return message

    def _otherwise(self, name: str, problem: Exception, way: _Way, own_temperature: bool) -> _AskOtherwise | None:
        """Note what a server doesn't take, so that the model is asked otherwise from now on.

        ``way`` and ``own_temperature`` are how this request was asked: others in flight may have noted the same meanwhile.
        """
        status, text = _status(problem), str(problem)
        if isinstance(problem, ContextOverflowError) or _OVERFLOW.search(text):
            return None
        if status in {400, 422} and not own_temperature and _NO_TEMPERATURE.search(text):
            self._own_temperature.add(name)
            self._models[name] = self._made(name)
            return _AskOtherwise("the model takes no temperature")
        no_form = _NO_TOOL if way is _Way.TOOL else _NO_SCHEMA
        refused = isinstance(problem, NotImplementedError) or (status in {400, 404, 422, 500, 501} and no_form.search(text))
        if refused and way < _Way.PLAIN:
            self._ways[name] = max(self._ways.get(name, _Way.SCHEMA), _Way(way + 1))
            return _AskOtherwise(f"the server doesn't take {way.name.lower()} output")
        return None

    def _used(self, name: str, message: AIMessage) -> Usage:
        return usage_of(message, self._prices.get(name))


class _AskOtherwise(Exception):
    """The server doesn't take how it was asked; ask in another way at once."""


def _held(model: Any, request: Request, way: _Way) -> Any:
    """Hold the model to the answer's form in one of the ways, the raw message kept for its figures.

    OpenAI's goes as a plain field of the request: LangChain's parsing client raises on a cut-off answer and loses its token counts.
    """
    output = request.task.output
    form = {"name": output.__name__, "schema": output.model_json_schema()}
    of_openai = "openai" in type(model).__module__
    match way:
        case _Way.SCHEMA if of_openai:
            return model.bind(extra_body={"response_format": {"type": "json_schema", "json_schema": form}})
        case _Way.SCHEMA:
            return model.with_structured_output(output, include_raw=True)
        case _Way.TOOL if of_openai:
            function = {"name": form["name"], "parameters": form["schema"]}
            choice = {"type": "function", "function": {"name": form["name"]}}
            return model.bind(tools=[{"type": "function", "function": function}], tool_choice=choice)
        case _Way.TOOL:
            return model.with_structured_output(output, method="function_calling", include_raw=True)
        case _Way.JSON if of_openai:
            return model.bind(extra_body={"response_format": {"type": "json_object"}})
        case _:
            return model


def _in_words(request: Request) -> str:
    return f"Answer with JSON only, by this schema:\n{json.dumps(request.task.output.model_json_schema())}"


def _understood(model: str, problem: Exception) -> Exception:
    """Tell a provider's failures apart. Their text is not passed on whole: it can quote the request's headers."""
    status, kind = _status(problem), type(problem).__name__
    provider = model.partition(":")[0]
    if status in {401, 403}:
        return BadCredentials(f"{provider} refuses the key ({status}); check {_variable(provider)}")
    if isinstance(problem, ContextOverflowError) or _OVERFLOW.search(str(problem)):
        return ContextOverflow("the prompt is too long for the model")
    if status == 402 or (status in {400, 429} and _NO_MONEY.search(str(problem))):
        return LimitReached(f"{provider} says that the account's money is used up ({status}); top it up, then resume")
    if status == 404:
        return Unconfigured(f"{model} isn't served there (404); check the model's name and the base URL")
    if status in {408, 409, 425, 429} or (status is not None and status >= 500):
        return _Passing(f"{kind} {status}", _asked_wait(problem))
    broken = isinstance(problem, httpx.TransportError | TimeoutError | ConnectionError) or re.search("Connection|Timeout|Decod", kind)
    if status is None and broken:
        return _Passing(kind, None)
    return Unanswered(f"{kind}{f' {status}' if status else ''} from {model}")


def _status(problem: Exception) -> int | None:
    """Return the HTTP status; some routers send it as the code of an error in a body of 200."""
    told = problem.args[0] if problem.args else None
    found = (
        getattr(problem, "status_code", None)
        or getattr(getattr(problem, "response", None), "status_code", None)
        or (told.get("code") if isinstance(told, dict) else None)
    )
    return found if isinstance(found, int) else None


def _asked_wait(problem: Exception) -> float | None:
    """Read Retry-After, in seconds or as a date."""
    asked = getattr(getattr(problem, "response", None), "headers", {}).get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", asked):
        return float(asked)
    try:
        when = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(0.0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _variable(provider: str) -> str:
    return _KEYS.get(provider, f"{provider.upper()}_API_KEY")
