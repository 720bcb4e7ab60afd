"""Chat models through LangChain: one door to every provider and to local OpenAI-compatible servers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import httpx
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from prompts.tasks.base import Role
from reasoners.errors import BadCredentials, ContextOverflow, InvalidAnswer, ProviderDown, Refusal, RunStops, Unanswered, Unconfigured
from reasoners.requests import Attempt, Completion, Request, Usage
from reasoners.validating import invalid

TRIES: Final = 5
REPAIRS: Final = 1
LONGEST_WAIT: Final = 120.0
"""Seconds between tries, also where a provider asks for more."""
_OVERFLOW: Final = re.compile(r"context[_ ](?:length|window)|maximum context|too many tokens|prompt is too long", re.IGNORECASE)
_NO_SCHEMA: Final = re.compile(r"response_format|json_schema|structured output|guided|grammar", re.IGNORECASE)


class _Passing(Exception):
    """A failure that may pass, and how long the provider asks to wait."""

    def __init__(self, problem: str, wait: float | None) -> None:
        super().__init__(problem)
        self.wait = wait


class ChatAnswerer:
    """Answers by chat models, one a role.

    The provider's own JSON schema is asked for first; a server that refuses it gets the schema in the prompt from then on. Every answer is
    validated here, and a wrong one is sent back once with what is wrong. ``patience`` scales the waits between tries (0 in tests).
    """

    def __init__(
        self, models: Mapping[Role, str], *, base_url: str = "", temperature: float = 0.0, timeout: float = 120.0, patience: float = 1.0
    ) -> None:
        self._names = dict(models)
        self._base_url, self._temperature, self._timeout, self._patience = base_url, temperature, timeout, patience
        self._models: dict[str, BaseChatModel] = {}
        self._without_schema: set[str] = set()
        for name in dict.fromkeys(self._names.values()):
            self._models[name] = self._made(name)

    def _made(self, name: str) -> BaseChatModel:
        provider, _, model = name.partition(":")
        if not model:
            raise Unconfigured(f"{name!r} is no model: write PROVIDER:MODEL, as in openai:gpt-5")
        more: dict[str, Any] = {"base_url": self._base_url} if self._base_url else {}
        try:
            made: BaseChatModel = init_chat_model(
                model, model_provider=provider, temperature=self._temperature, timeout=self._timeout, max_retries=0, **more
            )
        except ImportError as problem:
            raise Unconfigured(f"the provider {provider} needs its extra: uv sync --extra {provider}") from problem
        except Exception as problem:  # each provider's package raises its own kinds for a missing key
            if "api_key" in str(problem).lower() or "credential" in str(problem).lower():
                raise BadCredentials(
                    f"{provider} has no key: set {provider.upper()}_API_KEY, or a local server's --base-url with any key"
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
        return {"temperature": self._temperature}

    async def complete(self, request: Request) -> Completion:
        """Ask, retry what can pass, tell the model once what was wrong; what stays wrong is an outcome and not an exception.

        Raises:
            BadCredentials: the key is missing or refused.
        """
        attempts: list[Attempt] = []
        served = request.model
        messages: list[BaseMessage] = [SystemMessage(request.rendered.system), HumanMessage(request.rendered.user)]
        try:
            for repair in range(REPAIRS + 1):
                reply = await self._reply(request, messages, attempts)
                served = str(reply.response_metadata.get("model_name") or served)
                text = _json_of(reply)
                wrong = _cut_off(reply) or invalid(request, text)
                attempts.append(Attempt("invalid" if wrong else "ok", wrong, _usage(reply)))
                if not wrong:
                    return Completion(text, served, tuple(attempts))
                if repair == REPAIRS:
                    raise InvalidAnswer(wrong)
                told = f"That answer can't be used: {wrong}. Give the whole answer again as JSON, mended."
                messages = [*messages, AIMessage(str(reply.content)[:20_000] or "(empty)"), HumanMessage(told)]
        except Unanswered as problem:
            return Completion("", served, tuple(attempts), problem.outcome, str(problem))
        raise AssertionError("the loop returns or raises")

    async def _reply(self, request: Request, messages: list[BaseMessage], attempts: list[Attempt]) -> AIMessage:
        """Get one reply, trying again after what can pass."""

        def pause(state: RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = problem.wait if isinstance(problem, _Passing) else None
            return self._patience * min(asked if asked is not None else wait_exponential_jitter(initial=1, max=60)(state), LONGEST_WAIT)

        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(_Passing), stop=stop_after_attempt(TRIES), wait=pause, reraise=True, sleep=asyncio.sleep
            ):
                with attempt:
                    return await self._once(request, messages, attempts)
        except _Passing as problem:
            raise ProviderDown(f"the provider failed {TRIES} times, last: {problem}") from problem
        raise AssertionError("tenacity returns or raises")

    async def _once(self, request: Request, messages: list[BaseMessage], attempts: list[Attempt]) -> AIMessage:
        model: Any = self._models[request.model]
        if request.model in self._without_schema:
            asked = [*messages, HumanMessage(f"Answer with JSON only, by this schema:\n{request.task.output.model_json_schema()}")]
        else:
            asked = messages
            model = _with_schema(model, request)
        try:
            reply = await model.ainvoke(asked)
        except RunStops:
            raise
        except Exception as problem:  # every provider raises its own kinds; they are told apart by status below
            known = self._understood(request.model, problem)
            attempts.append(Attempt(known.outcome if isinstance(known, Unanswered) else "retry", str(known)))
            if isinstance(known, _SchemaRefused):
                return await self._once(request, messages, attempts)
            raise known from problem
        message = reply["raw"] if isinstance(reply, dict) else reply
        if not isinstance(message, AIMessage):
            raise InvalidAnswer(f"the provider answered with a {type(message).__name__}")
        refused = message.additional_kwargs.get("refusal") or (
            message.response_metadata.get("finish_reason") == "content_filter" and "content filter"
        )
        if refused:
            attempts.append(Attempt("refusal", str(refused)[:500], _usage(message)))
            raise Refusal(f"the model refused: {str(refused)[:500]}")
        return message

    def _understood(self, model: str, problem: Exception) -> Exception:
        """Tell a provider's failures apart. Their text is not passed on whole: it can quote the request's headers."""
        status = getattr(problem, "status_code", None) or getattr(getattr(problem, "response", None), "status_code", None)
        kind = type(problem).__name__
        if status in {401, 403}:
            return BadCredentials(f"{model.partition(':')[0]} refuses the key ({status}); check its API key variable")
        if _OVERFLOW.search(str(problem)):
            return ContextOverflow("the prompt is too long for the model")
        if status == 400 and model not in self._without_schema and _NO_SCHEMA.search(str(problem)):
            self._without_schema.add(model)
            return _SchemaRefused("the server doesn't take a JSON schema")
        if status in {408, 409, 425, 429} or (isinstance(status, int) and status >= 500):
            return _Passing(f"{kind} {status}", _asked_wait(problem))
        if status is None and (
            isinstance(problem, httpx.TransportError | TimeoutError | ConnectionError) or re.search("Connection|Timeout|Decod", kind)
        ):
            return _Passing(kind, None)
        return Unanswered(f"{kind}{f' {status}' if status else ''} from {model}")


class _SchemaRefused(Exception):
    """The server can't be given a schema; ask without."""


def _with_schema(model: Any, request: Request) -> Any:
    """Ask for the task's JSON schema in the provider's own way, the raw message kept for its figures.

    OpenAI's goes as a plain field of the request: LangChain's parsing client raises on a cut-off answer and loses its token counts.
    """
    if "openai" not in type(model).__module__:
        return model.with_structured_output(request.task.output, include_raw=True)
    form = {"name": request.task.output.__name__, "schema": request.task.output.model_json_schema()}
    return model.bind(extra_body={"response_format": {"type": "json_schema", "json_schema": form}})


def _asked_wait(problem: Exception) -> float | None:
    headers = getattr(getattr(problem, "response", None), "headers", {})
    asked = headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"\d+(\.\d+)?", asked) else None


def _json_of(message: AIMessage) -> str:
    """Return the answer's JSON: a tool call's arguments, or the text without the fence that models like to put around it."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"])
    text = message.text if isinstance(message.text, str) else str(message.content)
    fenced = re.search(r"```(?:json)?\s*(.*?)```", text, re.DOTALL)
    return (fenced[1] if fenced else text).strip()


def _cut_off(message: AIMessage) -> str:
    reason = message.response_metadata.get("finish_reason") or message.response_metadata.get("stop_reason")
    return "the answer was cut off at the model's output limit; give a shorter one" if reason in {"length", "max_tokens"} else ""


def _usage(message: AIMessage) -> Usage:
    """Take the provider's own figures. Money is unknown until a price table is there: it is never reported as free."""
    figures = message.usage_metadata
    return Usage(figures["input_tokens"] if figures else 0, figures["output_tokens"] if figures else 0, None)
