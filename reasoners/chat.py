"""Chat models through LangChain: one door to every provider and to local OpenAI-compatible servers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import IntEnum
from functools import partial
from typing import Any, Final

import httpx
from langchain.chat_models import init_chat_model
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from prompts.tasks.base import Role
from reasoners.errors import (
    BadCredentials,
    ContextOverflow,
    InvalidAnswer,
    LimitReached,
    ProviderDown,
    Refusal,
    RunStops,
    Truncated,
    Unanswered,
    Unconfigured,
)
from reasoners.prices import Price, Prices
from reasoners.replies import cut_off, json_of, refusal_of, unusable, usage_of
from reasoners.requests import Attempt, Completion, Request, Usage, tokens_read
from reasoners.validating import invalid
from reasoners.weather import Weather

TRIES: Final = 5
"""Failures of one question after which it is given up, if the provider answers others."""
REPAIRS: Final = 1
USUAL_ANSWER: Final = 1000
"""Tokens that an answer is expected to have, where no limit is set."""
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
    """A failure that may pass, how long the provider asks to wait, and whether it said that it is asked too much."""

    def __init__(self, problem: str, wait: float | None, *, slow_down: bool = False) -> None:
        super().__init__(problem)
        self.wait, self.slow_down = wait, slow_down


class ChatAnswerer:
    """Answers by chat models, one a role or several, the first to be asked first.

    The provider's own JSON schema is asked for first; a server that refuses it is asked by a tool call, then for any JSON, then in words,
    and the way that it took is kept for the model. Every answer is validated here, and a wrong one is sent back once with what is wrong.
    Where a role names several models ("a:x,b:y"), the next is asked when one refuses, can't hold the prompt or gives no usable answer.
    ``patience`` scales the waits between tries (0 in tests); ``outage``: seconds of a provider's failing after which the run stops.
    ``max_output_tokens`` ends an answer that runs on, as small models' do; without it only ``timeout`` (seconds) does. ``redact`` takes
    keys out of all that a provider says.
    """

    def __init__(
        self,
        models: Mapping[Role, str],
        *,
        base_url: str = "",
        temperature: float = 0.0,
        timeout: float = 120.0,
        patience: float = 1.0,
        outage: float = 1800.0,
        concurrency: int = 4,
        prices: Mapping[str, Price] | None = None,
        max_output_tokens: int | None = None,
        note: Callable[[str], None] = lambda _: None,
        redact: Callable[[str], str] = str,
    ) -> None:
        self._max_tokens, self._redact = max_output_tokens, redact
        self._names = dict(models)
        self._prices = Prices(dict(prices or {}), base_url)
        self._base_url, self._temperature, self._timeout, self._patience = base_url, temperature, timeout, patience
        self._models: dict[str, BaseChatModel] = {}
        self._ways: dict[str, _Way] = {}
        self._own_temperature: set[str] = set()
        self._weather: dict[str, Weather] = {}
        for name in dict.fromkeys(one for chain in self._names.values() for one in _chain(chain)):
            self._models[name] = self._made(name)
            provider = name.partition(":")[0]
            told = partial(_tell, note, provider)
            if provider not in self._weather:
                self._weather[provider] = Weather(concurrency=concurrency, outage=outage, patience=patience, note=told)

    def _made(self, name: str) -> BaseChatModel:
        provider, _, model = name.partition(":")
        if not model:
            raise Unconfigured(f"{name!r} is no model: write PROVIDER:MODEL, as in openai:gpt-5")
        more: dict[str, Any] = {"base_url": self._base_url} if self._base_url else {}
        if self._max_tokens is not None:
            more["max_tokens"] = self._max_tokens
        if name not in self._own_temperature:
            more["temperature"] = self._temperature
        if provider == "openai":
            # LangChain's own client is shared by all models of a process, and dies with the event loop of the run that used it first.
            # A connection for each call leaves nothing open; beside an answer's time it costs nothing.
            alone = httpx.Limits(max_keepalive_connections=0)
            more["http_async_client"] = httpx.AsyncClient(timeout=self._timeout, limits=alone)
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
        return ", ".join(dict.fromkeys(one for chain in self._names.values() for one in _chain(chain)))

    def model_for(self, role: Role) -> str:
        """Name the model that a role maps to."""
        return self._names[role]

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return what shapes the answers beside prompt and model."""
        del role
        limit = {} if self._max_tokens is None else {"max_tokens": self._max_tokens}
        return {"temperature": self._temperature, **limit}

    def estimate(self, request: Request) -> Usage:
        """Guess from the question's length and the output limit, or an answer of usual length."""
        name = first_of(request.model)
        read = tokens_read(request.task, request.rendered)
        written = self._max_tokens or USUAL_ANSWER
        return Usage(read, written, self._prices.cost(name, input_tokens=read, output_tokens=written))

    async def complete(self, request: Request) -> Completion:
        """Ask, retry what can pass, tell the model once what was wrong; what stays wrong is an outcome and not an exception.

        Raises:
            RunStops: the key is refused, the account has no money, or the model isn't there; what was used until then is in its attempts.
        """
        attempts: list[Attempt] = []
        served = request.model
        problem: Unanswered | None = None
        try:
            for name in _chain(request.model):
                try:
                    text, served = await self._answered(name, request, attempts)
                    return Completion(text, served, tuple(attempts))
                except Unanswered as unanswered:
                    problem, served = unanswered, name
        except RunStops as stop:
            stop.attempts = tuple(attempts)
            raise
        assert problem is not None, "a role has a model"
        return Completion("", served, tuple(attempts), problem.outcome, str(problem))

    async def _answered(self, name: str, request: Request, attempts: list[Attempt]) -> tuple[str, str]:
        """Ask one model; return its answer and its name as the provider gives it.

        Raises:
            Unanswered: it gives no usable answer, and another may be asked.
        """
        messages: list[BaseMessage] = [SystemMessage(request.rendered.system), HumanMessage(request.rendered.user)]
        for repair in range(REPAIRS + 1):
            reply = await self._reply(name, request, messages, attempts)
            text = self._redact(json_of(reply))
            wrong = unusable(reply, text) or invalid(request, text)
            outcome = "ok" if not wrong else "truncated" if cut_off(reply) else "invalid"
            attempts.append(Attempt(outcome, wrong, self._used(name, reply), model=name))
            if not wrong:
                return text, self._redact(str(reply.response_metadata.get("model_name") or name))
            if repair == REPAIRS:
                raise (Truncated if cut_off(reply) else InvalidAnswer)(wrong)
            told = f"That answer can't be used: {wrong}. Give the whole answer again, mended. {in_words(request)}"
            messages = [*messages, AIMessage(text[:20_000] or "(empty)"), HumanMessage(told)]
        raise AssertionError("the loop returns or raises")

    async def _reply(self, name: str, request: Request, messages: list[BaseMessage], attempts: list[Attempt]) -> AIMessage:
        """Get one reply, trying again after what can pass.

        Raises:
            ProviderDown: nothing has been answered for longer than is waited for.
            Unanswered: this question fails again and again while others are answered.
        """
        weather = self._weather[name.partition(":")[0]]
        successes = weather.successes

        def pause(state: RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = problem.wait if isinstance(problem, _Passing) else None
            return self._patience * min(asked if asked is not None else wait_exponential_jitter(initial=1, max=60)(state), LONGEST_WAIT)

        def enough(state: RetryCallState) -> bool:
            return weather.down or (state.attempt_number >= TRIES and weather.successes > successes)

        def note(state: RetryCallState) -> None:
            attempts[-1] = replace(attempts[-1], wait=state.upcoming_sleep)

        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(_Passing), stop=enough, wait=pause, before_sleep=note, reraise=True, sleep=asyncio.sleep
            ):
                with attempt:
                    async with weather.turn():
                        try:
                            reply = await self._once(name, request, messages, attempts)
                        except _Passing as problem:
                            weather.failed(wait=problem.wait and min(problem.wait, LONGEST_WAIT), slow_down=problem.slow_down)
                            raise
                        except Unanswered:
                            weather.fine()
                            raise
                        weather.fine()
                        return reply
        except _Passing as problem:
            if weather.down:
                raise ProviderDown(f"{name.partition(':')[0]} has been failing for too long, last: {problem}") from problem
            raise Unanswered(f"the provider failed {TRIES} times on this question while it answered others, last: {problem}") from problem
        raise AssertionError("tenacity returns or raises")

    async def _once(self, name: str, request: Request, messages: list[BaseMessage], attempts: list[Attempt]) -> AIMessage:
        way, own_temperature = self._ways.get(name, _Way.SCHEMA), name in self._own_temperature
        asked = messages if way < _Way.JSON else [*messages, HumanMessage(in_words(request))]
        try:
            reply = await _held(self._models[name], request, way).ainvoke(asked)
        except Exception as problem:  # every provider raises its own kinds; they are told apart by status below
            known = self._otherwise(name, problem, way, own_temperature) or _understood(name, problem)
            attempts.append(Attempt(known.outcome if isinstance(known, Unanswered) else "retry", str(known), model=name))
            if isinstance(known, _AskOtherwise):
                return await self._once(name, request, messages, attempts)
            raise known from problem
        message = reply["raw"] if isinstance(reply, dict) else reply
        if not isinstance(message, AIMessage):
            raise InvalidAnswer(f"the provider answered with a {type(message).__name__}")
        refused = self._redact(refusal_of(message))
        if refused:
            attempts.append(Attempt("refusal", refused, self._used(name, message), model=name))
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
        return usage_of(message, name, self._prices)


class _AskOtherwise(Exception):
    """The server doesn't take how it was asked; ask in another way at once."""


def _held(model: Any, request: Request, way: _Way) -> Any:
    """Hold the model to the answer's form in one of the ways, the raw message kept for its figures.

    OpenAI's goes as a plain field of the request: LangChain's parsing client raises on a cut-off answer and loses its token counts.
    """
    output = request.task.output
    form = {"name": output.__name__, "schema": request.task.schema}
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


def in_words(request: Request) -> str:
    """Ask for the answer's form in words."""
    return f"Answer with JSON only, by this schema:\n{json.dumps(request.task.schema)}"


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
        return _Passing(f"{kind} {status}", _asked_wait(problem), slow_down=status == 429)
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


def _chain(models: str) -> Iterator[str]:
    """Yield the models of a role, the first to be asked first."""
    return (name.strip() for name in models.split(","))


def first_of(models: str) -> str:
    """Return the model of a role that is asked first."""
    return next(_chain(models))


def _tell(note: Callable[[str], None], provider: str, text: str) -> None:
    note(f"{provider}: {text}")


def _variable(provider: str) -> str:
    return _KEYS.get(provider, f"{provider.upper()}_API_KEY")
