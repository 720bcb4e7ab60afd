"""Fetching, against a real server on loopback with faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sources.errors import Unfetchable
from sources.fetching import Fetcher


class Site(ThreadingHTTPServer):
    """Counts requests by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.seen: list[str] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class Page(BaseHTTPRequestHandler):
    """Pages that misbehave by name."""

    server: Site

    def do_GET(self) -> None:  # noqa: C901  # a case a misbehaviour
        self.server.seen.append(self.path)
        times = self.server.seen.count(self.path)
        match self.path:
            case "/robots.txt":
                self.reply(200, b"User-agent: *\nDisallow: /private")
            case "/busy" if times < 3:
                self.reply(429, b"", {"Retry-After": "1"})
            case "/back-at-a-date" if times < 3:
                self.reply(503, b"", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
            case "/down":
                self.reply(503, b"")
            case "/loop":
                self.reply(302, b"", {"Location": "/loop"})
            case "/moved":
                self.reply(301, b"", {"Location": "/page"})
            case "/away":
                self.reply(302, b"", {"Location": "file:///etc/passwd"})
            case "/forbidden-by-redirect":
                self.reply(302, b"", {"Location": "/private/x"})
            case "/gone":
                self.reply(404, b"")
            case "/slow":
                time.sleep(3)
            case "/endless":
                self.reply(200, b"x" * 300_000)
            case _:
                self.reply(200, b"a page")

    def reply(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetcher(**more: float) -> Fetcher:
    """A fetcher that may reach loopback and doesn't wait between tries."""
    return Fetcher(allow_private=True, patience=0.0, largest=100_000, **more)  # type: ignore[arg-type]  # numbers, as the class asks


@pytest.mark.parametrize("path", ["/page", "/moved", "/busy"])
async def test_what_can_be_had_is_fetched(site: Site, path: str) -> None:
    """A page, a moved page, and one that asks to come back later."""
    assert await fetcher().fetch(site.url + path) == b"a page"


async def test_a_server_may_say_when_it_is_back(site: Site) -> None:
    """A date that has passed is waited for no longer: without it, two failures would take three seconds."""
    begun = time.monotonic()
    assert await Fetcher(allow_private=True).fetch(f"{site.url}/back-at-a-date") == b"a page"
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/private/x", "robots.txt forbids"),
        ("/forbidden-by-redirect", "robots.txt forbids"),
        ("/loop", "redirects more than"),
        ("/away", "only http and https"),
        ("/gone", "404"),
        ("/down", "503"),
        ("/endless", "larger than"),
    ],
)
async def test_what_cannot_be_had_is_said(site: Site, path: str, problem: str) -> None:
    """Each failure names the address, what is wrong, and what to do."""
    with pytest.raises(Unfetchable, match=problem) as found:
        await fetcher().fetch(site.url + path)
    assert site.url in str(found.value)
    assert found.value.advice


async def test_a_slow_site_is_left(site: Site) -> None:
    """The whole fetch has a limit of time."""
    with pytest.raises(Unfetchable, match="longer than"):
        await fetcher(seconds=0.5).fetch(site.url + "/slow")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://localhost:80/",
        "ftp://example.org/",
        "file:///etc/passwd",
    ],
)
async def test_this_machine_and_private_networks_are_out_of_reach(url: str) -> None:
    """Without the flag nothing but public http and https addresses is connected to."""
    with pytest.raises(Unfetchable, match=r"private network|only http"):
        await Fetcher().fetch(url)
