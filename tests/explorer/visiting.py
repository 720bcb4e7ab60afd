"""Opening pages of a site in a browser, one after another in one window, without waiting for anything but the page itself."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser

from tests.explorer.browsing import Watched

OPENED = """() => {
    for (const box of document.querySelectorAll("details")) box.open = true;
    return document.documentElement.scrollWidth;
}"""
"""The page's width in CSS pixels with everything unfolded."""


@dataclass(frozen=True)
class Visited:
    """What opening a site's pages showed.

    ``complaints``: console errors and warnings, page errors, dialogs, requests that failed or led out of the folder, and pages wider than
    the window, each with its page. ``milliseconds``: of each page, in their order, from asking for it until it had loaded, run
    its scripts and been measured.
    """

    complaints: tuple[str, ...]
    milliseconds: tuple[float, ...]

    def __str__(self) -> str:
        times = sorted(self.milliseconds)
        return (
            f"{len(times)} pages in {sum(times) / 1000:.0f} s (median {times[len(times) // 2]:.0f} ms, slowest {times[-1]:.0f} ms), "
            f"{len(self.complaints)} complaints"
        )


def visit(browser: Browser, pages: Iterable[Path], *, width: int = 390, scheme: str = "light") -> Visited:
    """Open pages from their files, unfold everything on each, and measure it."""
    complaints: list[str] = []
    milliseconds: list[float] = []
    with Watched(browser, color_scheme=cast("Any", scheme), viewport={"width": width, "height": 900}) as watched:
        for path in pages:
            start = time.perf_counter()
            wide = watched.open(path).evaluate(OPENED)
            milliseconds.append(1000 * (time.perf_counter() - start))
            if wide > width:
                watched.complaints.append(f"is {wide} pixels wide in a window of {width}")
            complaints += [f"{path.name}: {one}" for one in watched.complaints]
            watched.complaints.clear()
    return Visited(tuple(complaints), tuple(milliseconds))
