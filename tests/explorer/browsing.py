"""A browser for tests, and pages whose complaints are kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

WINDOWS: Final = tuple((width, scheme) for scheme in ("light", "dark") for width in (390, 820, 1440))
"""Widths in CSS pixels, and themes, in which pages are looked at."""
AXE: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,
}
"""WCAG 2.2 A and AA, and what axe calls best practice; of what passes nothing is told, which is most of the time."""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""


@contextmanager
def launched() -> Iterator[Browser]:
    """Headless Chromium. While it is open, this thread has a running event loop, so `asyncio.run` must wait."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield chromium
        chromium.close()


class Watched:
    """A page whose complaints are kept."""

    def __init__(self, browser: Browser, **context: Any) -> None:
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", self._requested)
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url} ({request.failure})"))

    def _requested(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.complaints.append(f"asked for {request.url}")

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def open(self, path: Path, anchor: str = "") -> Page:
        """Open a page from its file."""
        self.page.goto(f"{path.as_uri()}{anchor}")
        return self.page


def resized(watched: Watched, path: Path, *, width: int, scheme: str) -> Page:
    """Show a page in a window of this width and theme; one that is open already is not opened anew, but told of the change."""
    page = watched.page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=cast("Any", scheme))
    return page if page.url == path.as_uri() else watched.open(path)


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong with a page as it stands: the rule, and the beginnings of some elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(options) => axe.run(document, options)", AXE)["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
