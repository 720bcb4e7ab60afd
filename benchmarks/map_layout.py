"""How the map lies on generated knowledge bases: boxes, the scale at which all of it fits a window of 1008 x 680, time, and what collides.

    uv run python -m benchmarks.map_layout 50 500 2000

Two lines a base: as the map opens, and with everything on it unfolded. A scale of 1 is the size at which the text is written (13 px).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from tests.explorer.browsing import Watched, launched
from tests.explorer.sites import large_case, site_of

WINDOW = (1008, 680)
LAID = """([unfold, room]) => {
    const { modelOf, overview } = CRUXMAP_LAYOUT;
    const model = modelOf(JSON.parse(document.getElementById("map-data").textContent));
    const context = document.createElement("canvas").getContext("2d");
    const measure = (text, font) => { context.font = font; return context.measureText(text).width; };
    const state = { open: new Set([model.questions[0].heads[0]]), wanted: null };
    const lay = () => overview(model, state, measure, model.questions[0], room);
    for (let layout = lay(), folded = []; unfold; layout = lay()) {
        folded = layout.boxes.filter((one) => (one.fold || one.openable) && !state.open.has(one.key));
        if (!folded.length) break;
        for (const one of folded) state.open.add(one.key);
    }
    const start = performance.now(), { boxes, trunks } = lay(), took = performance.now() - start;
    const upright = trunks.filter((one) => !one.step && one.joints.length).map((one) => [one.x, one.head.bottom, one.joints.at(-1).y]);
    const level = trunks.flatMap((one) => one.joints.map((joint) => [joint.x, joint.box.left, joint.y]));
    return { took, upright, level, boxes: boxes.map((one) => [one.left, one.top, one.left + one.width, one.bottom]) };
}"""
"""Lay the main question's map out anew, unfolded or as it opens; boxes as left, top, right, bottom; trunks as x, from, to; branches as
from, to, y. Milliseconds are those of one layout with no text measured before."""


def overlapping(boxes: np.ndarray[Any, Any]) -> int:
    """Return how many pairs of boxes lie on each other by more than a pixel."""
    left, top, right, bottom = boxes.T
    across = np.minimum(right[:, None], right) - np.maximum(left[:, None], left) > 1
    down = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top) > 1
    return int(np.triu(across & down, 1).sum())


def crossing(upright: np.ndarray[Any, Any], level: np.ndarray[Any, Any], boxes: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Return how many trunks cross a branch of another trunk, and how many trunks and branches run through a box."""
    x, start, end = (column[:, None] for column in upright.T)
    lines = (level[:, 0] < x - 1) & (x + 1 < level[:, 1]) & (start + 1 < level[:, 2]) & (level[:, 2] < end - 1)
    left, top, right, bottom = boxes.T
    trunks = (left + 1 < x) & (x < right - 1) & (np.minimum(end, bottom) - np.maximum(start, top) > 1)
    begin, stop, y = (column[:, None] for column in level.T)
    branches = (top + 1 < y) & (y < bottom - 1) & (np.minimum(stop, right) - np.maximum(begin, left) > 1)
    return int(lines.sum()), int(trunks.sum() + branches.sum())


def line(page: Page, *, unfold: bool) -> str:
    """Lay out and put what is seen into one line."""
    found = page.evaluate(LAID, [unfold, WINDOW[0]])
    boxes, upright, level = (np.array(found[name], dtype=float) for name in ("boxes", "upright", "level"))
    width, height = boxes[:, 2].max() - boxes[:, 0].min(), boxes[:, 3].max() - boxes[:, 1].min()
    lines, through = crossing(upright, level, boxes)
    whole, across = min(1, WINDOW[0] / width, WINDOW[1] / height), min(1, WINDOW[0] / width)
    return (
        f"{'unfolded' if unfold else 'as it opens'}: {len(boxes)} boxes, {width:.0f} x {height:.0f} px, all fits at {whole:.3f}, "
        f"its width at {across:.2f}, laid out in {found['took']:.0f} ms; "
        f"{overlapping(boxes)} boxes on boxes, {lines} lines across lines, {through} lines through boxes"
    )


def main(sizes: list[int]) -> None:
    """Print two lines for each size."""
    with tempfile.TemporaryDirectory(prefix="cruxmap-map-") as scratch:
        sites = [(size, site_of(large_case(size), Path(scratch) / str(size))) for size in sizes]
        with launched() as browser, Watched(browser) as watched:
            for size, site in sites:
                page = watched.open(site / "map.html")
                for unfold in (False, True):
                    print(f"{size} claims, {line(page, unfold=unfold)}", flush=True)


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [50, 500, 2000])
