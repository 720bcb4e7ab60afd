"""Endpoints: one provider's server, asked one thing at a time, at its pace, and for no more than can be held."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx
from pydantic import SecretStr

from sources.errors import Unsearchable
from sources.retrying import LONGEST_WAIT, TRIES, Again, retried, seconds_asked

AGENT: Final = "cruxmap/0.1"
LARGEST: Final = 10_000_000
"""Bytes of one answer; ten results have some 100 kB."""
SECONDS: Final = 30.0
_REDIRECTS: Final = 3
_REFUSED: Final = {401, 402, 403, 432, 433}
"""No key, no money, no plan for it (Tavily's own numbers are the last two)."""

Parameters = Mapping[str, str | int]


class _Keyed(httpx.AsyncHTTPTransport):
    """Adds a secret to the address at the last moment: httpx logs the address that it was given, which has none."""

    def __init__(self, secrets: Mapping[str, SecretStr]) -> None:
        super().__init__()
        self._secrets = secrets

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the secret."""
        url = request.url.copy_merge_params({name: secret.get_secret_value() for name, secret in self._secrets.items()})
        sent = httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions)
        return await super().handle_async_request(sent)


class Endpoint:
    """A provider's server.

    ``pause``: seconds that its rules want between two questions. ``headers`` and ``secrets`` (query parameters) carry keys; no message
    shows them. ``mailto`` is told to the server, as the rules of several ask. ``patience`` scales all waits (tests: 0).
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        pause: float = 0.0,
        headers: Mapping[str, SecretStr] | None = None,
        secrets: Mapping[str, SecretStr] | None = None,
        mailto: str = "",
        patience: float = 1.0,
    ) -> None:
        self.name, self.base_url, self.mailto = name, base_url.rstrip("/"), mailto
        self._pause, self._patience = pause, patience
        self._headers, self._secrets = headers or {}, secrets or {}
        self._agent = f"{AGENT} (mailto:{mailto})" if mailto else f"{AGENT} (searches sources of a disputed question for its user)"
        self._turn, self._last = asyncio.Lock(), 0.0

    async def json(self, path: str, parameters: Parameters | None = None, *, body: Mapping[str, Any] | None = None) -> Any:
        """Ask (POST where there is a ``body``) and return what was parsed; None where the server knows no such thing (404).

        Raises:
            Unsearchable: it didn't answer, or not with JSON.
        """
        content = await self.content(path, parameters, body=body)
        if content is None:
            return None
        try:
            return json.loads(content)
        except ValueError as problem:
            raise self.malformed("no JSON") from problem

    def malformed(self, what: str) -> Unsearchable:
        """Say that an answer was not in the provider's protocol."""
        return Unsearchable(self.name, f"it answers with {what}", "Nothing of this answer is used; the other searches go on.")

    async def content(self, path: str, parameters: Parameters | None = None, *, body: Mapping[str, Any] | None = None) -> bytes | None:
        """Ask, and return the answer's bytes; None where the server knows no such thing (404).

        Raises:
            Unsearchable: it didn't answer.
        """
        url = httpx.URL(f"{self.base_url}{path}", params=dict(parameters)) if parameters else httpx.URL(f"{self.base_url}{path}")
        try:
            return await retried(lambda: self._asked_in_turn(url, body), patience=self._patience)
        except Again as problem:
            raise Unsearchable(self.name, f"{problem}, {TRIES} times", "It isn't asked again in this round.", lasting=True) from problem

    async def _asked_in_turn(self, url: httpx.URL, body: Mapping[str, Any] | None) -> bytes | None:
        async with self._turn:
            left = self._patience * self._pause - (time.monotonic() - self._last)
            if left > 0:
                await asyncio.sleep(left)
            return await self._asked(url, body)

    async def _asked(self, url: httpx.URL, body: Mapping[str, Any] | None) -> bytes | None:
        """Ask once, following redirects within the same server: no key goes to another."""
        try:
            async with asyncio.timeout(SECONDS):
                for _ in range(_REDIRECTS + 1):
                    status, location, content = await self._sent(url, body)
                    if status not in {301, 302, 303, 307, 308}:
                        return content
                    onward = url.join(location)
                    if (onward.scheme, onward.netloc) != (url.scheme, url.netloc):
                        raise self._odd(f"it sends on to {onward.host}")
                    url = onward
                raise self._odd(f"it redirects more than {_REDIRECTS} times")
        except TimeoutError as problem:
            raise Again(f"it took longer than {SECONDS:g} seconds") from problem
        except httpx.RequestError as problem:
            raise Again(f"the connection failed ({type(problem).__name__})") from problem
        except httpx.InvalidURL as problem:
            raise self._odd("it sends on to what is no address") from problem
        finally:
            self._last = time.monotonic()

    def _odd(self, problem: str) -> Unsearchable:
        return Unsearchable(self.name, problem, f"Check search_urls.{self.name} in the configuration.", lasting=True)

    async def _sent(self, url: httpx.URL, body: Mapping[str, Any] | None) -> tuple[int, str, bytes | None]:
        headers = {"User-Agent": self._agent} | {name: secret.get_secret_value() for name, secret in self._headers.items()}
        request = {"json": dict(body)} if body is not None else {}
        async with (
            httpx.AsyncClient(timeout=SECONDS, trust_env=False, transport=_Keyed(self._secrets)) as client,
            client.stream("POST" if body is not None else "GET", url, headers=headers, **request) as response,  # type: ignore[arg-type]
        ):
            return await self._received(response)

    async def _received(self, response: httpx.Response) -> tuple[int, str, bytes | None]:
        status = response.status_code
        if status == httpx.codes.NOT_FOUND:
            return status, "", None
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            wait = seconds_asked(response.headers.get("Retry-After", ""))
            if wait is not None and wait > LONGEST_WAIT:
                advice = "It isn't asked again in this round; a later run may."
                raise Unsearchable(self.name, f"it answers {status} and asks to wait {wait:.0f} seconds", advice, lasting=True)
            raise Again(f"it answers {status}", wait)
        if status in _REFUSED:
            advice = f"Check its key and what the key's plan allows ({KEY_OF.get(self.name, 'it needs none')})."
            raise Unsearchable(self.name, f"it refuses the question ({status})", advice, lasting=True)
        if status >= httpx.codes.BAD_REQUEST:
            raise Unsearchable(self.name, f"it answers {status}", "This question is left out; the others go on.")
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > LARGEST:
                raise Unsearchable(self.name, f"its answer is larger than {LARGEST:,} bytes", "Nothing of this answer is used.")
        return status, response.headers.get("Location", ""), bytes(content)


KEY_OF: Final = {
    "openalex": "OPENALEX_API_KEY",
    "semantic_scholar": "SEMANTIC_SCHOLAR_API_KEY",
    "tavily": "TAVILY_API_KEY",
    "exa": "EXA_API_KEY",
    "brave": "BRAVE_API_KEY",
}
"""The variable in which a provider's key is looked for."""
