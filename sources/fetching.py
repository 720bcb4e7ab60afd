"""Fetching from the web: only http and https, only public addresses, within limits, and where robots.txt allows."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from sources.errors import Unfetchable
from sources.retrying import Again, retried, seconds_asked

AGENT: Final = "cruxmap/0.1 (reads sources of a disputed question for its user)"
LARGEST: Final = 50_000_000
MOST_REDIRECTS: Final = 5
LONGEST_SECONDS: Final = 60.0


class Fetcher:
    """Fetches addresses. ``allow_private`` lets it reach this machine and private networks; ``patience`` scales its waits.

    ``mailto``: whom a server's keeper may write to; some, such as Wikimedia's, ask for that.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        largest: int = LARGEST,
        seconds: float = LONGEST_SECONDS,
        patience: float = 1.0,
        mailto: str = "",
    ) -> None:
        self._agent = AGENT.replace(")", f"; mailto:{mailto})") if mailto else AGENT
        self._allow_private, self._largest, self._seconds, self._patience = allow_private, largest, seconds, patience
        self._robots: dict[str, Protego | None] = {}

    async def fetch(self, url: str) -> bytes:
        """Return what stands at an address.

        Raises:
            Unfetchable: it mustn't be fetched, or couldn't be; the message says which and what to do.
        """
        try:
            async with asyncio.timeout(self._seconds):
                if not await self._allowed(url):
                    raise Unfetchable(url, "robots.txt forbids it", "Save the page by hand and put it into the case's documents.")
                return await self._with_retries(url)
        except TimeoutError as problem:
            raise Unfetchable(url, f"it took longer than {self._seconds:g} seconds", "Try again later, or save it by hand.") from problem

    async def _with_retries(self, url: str) -> bytes:
        try:
            return await retried(lambda: self._follow(url), patience=self._patience)
        except Again as problem:
            raise Unfetchable(url, str(problem), "Try again later, or save it by hand.") from problem

    async def _follow(self, url: str) -> bytes:
        """Get an address and follow its redirects, each checked like the first."""
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            status, location, content = await self._get(here)
            if status not in {301, 302, 303, 307, 308}:
                return content
            if not location:
                raise Unfetchable(url, f"it redirects to nowhere ({status})", "Check the address.")
            here = urljoin(here, location)
            if urlsplit(here).scheme not in {"http", "https"}:
                raise Unfetchable(url, f"it leads to {here}, and only http and https addresses are fetched", "Check the address.")
            if not await self._allowed(here):
                raise Unfetchable(url, f"it leads to {here}, which robots.txt forbids", "Save the page by hand.")
        raise Unfetchable(url, f"it redirects more than {MOST_REDIRECTS} times", "Check the address in a browser.")

    async def _get(self, url: str) -> tuple[int, str, bytes]:
        """Get one address from the very machine that was checked, so that its name can't be changed in between."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Unfetchable(url, "only http and https addresses are fetched", "Put local files into the case's documents.")
        address = await self._resolved(url, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        target = httpx.URL(url).copy_with(host=address)
        headers = {"User-Agent": self._agent, "Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "gzip, deflate"}
        try:
            async with (
                httpx.AsyncClient(follow_redirects=False, timeout=self._seconds, trust_env=False) as client,
                client.stream("GET", target, headers=headers, extensions={"sni_hostname": parts.hostname}) as response,
            ):
                return await self._received(url, response)
        except httpx.RequestError as problem:  # of the connection, or of a body that isn't compressed as its header says
            raise Again(f"the connection failed ({type(problem).__name__})") from problem

    async def _received(self, url: str, response: httpx.Response) -> tuple[int, str, bytes]:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Again(f"the server answers {status}", seconds_asked(response.headers.get("Retry-After", "")))
        if status >= httpx.codes.BAD_REQUEST:
            raise Unfetchable(url, f"the server answers {status} {response.reason_phrase}", "Check the address; it may have moved.")
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > self._largest:
                raise Unfetchable(url, f"it is larger than {self._largest:,} bytes", "Save the part that matters by hand.")
        return status, response.headers.get("Location", ""), bytes(content)

    async def _resolved(self, url: str, host: str, port: int) -> str:
        """Resolve a name and refuse it if any of its addresses is not public."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as problem:
            raise Unfetchable(url, f"the name {host} can't be resolved", "Check the address and the network.") from problem
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if not self._allow_private and not ipaddress.ip_address(address.split("%", 1)[0]).is_global:
                raise Unfetchable(url, f"{host} is {address}, an address of a private network", "If you mean it, run with --allow-private.")
        return addresses[0]

    async def _allowed(self, url: str) -> bool:
        """Ask the host's robots.txt, once; none means yes, a failing server means no (RFC 9309, 2.3.1)."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            try:
                _, _, content = await self._get(f"{origin}/robots.txt")
                self._robots[origin] = Protego.parse(content.decode("utf-8", errors="replace"))
            except Unfetchable as problem:
                if "the server answers" not in problem.problem:
                    raise
                self._robots[origin] = None
            except Again as problem:
                raise Unfetchable(url, f"its robots.txt can't be read: {problem}", "Try again later, or save it by hand.") from problem
        robots = self._robots[origin]
        return robots is None or bool(robots.can_fetch(url, AGENT))
