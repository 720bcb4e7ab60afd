"""How other layouts place the map's boxes, beside which `benchmarks/map_layout.py` tells how ours does: scale at which all fits, and time.

    npm install --prefix /tmp/layouts elkjs@0.12 cytoscape-dagre@4 dagre
    uv run python -m benchmarks.map_layouts /tmp/layouts/node_modules 50 500 2000

Every answer and claim is one box as large as the map draws it, every link a line from its premises to what it is about. The scale is that
at which everything fits a window of 1008 x 680: 1 is the size at which the text is written (13 px), larger is more readable.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.map_layout import WINDOW
from tests.explorer.browsing import Watched, launched
from tests.explorer.sites import large_case, site_of

SCRIPTS: Final = ("elkjs/lib/elk.bundled.js", "dagre/dist/dagre.min.js", "cytoscape-dagre/dist/cytoscape-dagre.min.js")
LAYOUTS: Final = ("ELK layered", "dagre", "cose", "breadthfirst")
SLOWEST: Final = {"cose": 500}
"""Claims beyond which a layout is not tried: it takes minutes."""
OPENED: Final = """    const { modelOf, overview } = CRUXMAP_LAYOUT;
    const model = modelOf(JSON.parse(document.getElementById("map-data").textContent));
    const context = document.createElement("canvas").getContext("2d");
    const measure = (text, font) => { context.font = font; return context.measureText(text).width; };
    const state = { open: new Set(), wanted: null }, lay = () => overview(model, state, measure, model.questions[0], 1008);
    for (let folded; (folded = lay().boxes.filter((one) => (one.fold || one.openable) && !state.open.has(one.key))).length;)
        for (const one of folded) state.open.add(one.key);"""
"""Unfolds the whole map of the page: ``model``, and ``lay()`` for where ours puts what."""
PLACED: Final = (
    f"async (name) => {{\n{OPENED}"
    """
    const boxes = new Map(lay().boxes.filter((one) => one.id).map((one) => [one.id, { id: one.id, width: 216, height: one.height }]));
    const bearing = [...model.lines.values()].filter((one) => boxes.has(one.target));
    const lines = bearing.flatMap((one) => one.premises.map((premise) => [premise, one.target]));
    const start = performance.now();
    let places;
    if (name === "ELK layered") {
        const edges = lines.map(([from, to], at) => ({ id: `e${at}`, sources: [to], targets: [from] }));
        const options = { "elk.algorithm": "layered", "elk.direction": "DOWN" };
        places = (await new ELK().layout({ id: "root", layoutOptions: options, children: [...boxes.values()], edges })).children;
    } else {
        const nodes = [...boxes.values()].map((data) => ({ data }));
        const edges = lines.map(([from, to], at) => ({ data: { id: `e${at}`, source: to, target: from } }));
        const style = [{ selector: "node", style: { shape: "rectangle", width: "data(width)", height: "data(height)" } }];
        const graph = cytoscape({ headless: true, styleEnabled: true, elements: [...nodes, ...edges], style });
        const boundingBox = { x1: 0, y1: 0, w: 1008, h: 680 }, options = {
            dagre: { rankDir: "TB" },
            cose: { randomize: true },
            breadthfirst: { directed: true, spacingFactor: 1, roots: model.questions[0].heads, boundingBox },
        };
        const layout = graph.layout({ name, fit: false, animate: false, ...options[name] });
        const stopped = layout.promiseOn("layoutstop");
        layout.run();
        await stopped;
        places = graph.nodes().map((one) => {
            const width = one.width(), height = one.height(), at = one.position();
            return { x: at.x - width / 2, y: at.y - height / 2, width, height };
        });
    }
    const took = performance.now() - start;
    const end = (of, most) => places.reduce((found, one) => (most ? Math.max : Math.min)(found, of(one)), most ? -Infinity : Infinity);
    const width = end((one) => one.x + one.width, true) - end((one) => one.x);
    const height = end((one) => one.y + one.height, true) - end((one) => one.y);
    return { took, width, height, boxes: places.length };
}"""
)
"""Place all boxes of the inquiry by one layout; how long that took, in milliseconds, and how large it is, in pixels."""


def main(modules: Path, sizes: list[int]) -> None:
    """Print a line for each size and layout."""
    with tempfile.TemporaryDirectory(prefix="cruxmap-layouts-") as scratch:
        sites = [(size, site_of(large_case(size), Path(scratch) / str(size))) for size in sizes]
        with launched() as browser, Watched(browser, bypass_csp=True) as watched:
            for size, site in sites:
                page = watched.open(site / "map.html")
                for script in SCRIPTS:
                    page.add_script_tag(path=modules / script)
                for name in LAYOUTS:
                    if size <= SLOWEST.get(name, size):
                        found = page.evaluate(PLACED, name)
                        scale = min(1, WINDOW[0] / found["width"], WINDOW[1] / found["height"])
                        print(
                            f"{size} claims, {name}: {found['boxes']} boxes, {found['width']:.0f} x {found['height']:.0f} px, "
                            f"all fits at {scale:.3f}, laid out in {found['took']:.0f} ms",
                            flush=True,
                        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(one) for one in sys.argv[2:]] or [50, 500, 2000])
