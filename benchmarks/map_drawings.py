"""How fast two libraries move the map's boxes, all of them in view, at the same places: Cytoscape.js, which draws the map, and sigma.

    npm install --prefix /tmp/layouts sigma@3.0.3 graphology@0.26
    uv run python -m benchmarks.map_drawings /tmp/layouts/node_modules 50 500 2000

Frame times are those of sixty steps of moving the view, in milliseconds: the median, and that which one in twenty exceeds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.map_layouts import OPENED
from tests.explorer.browsing import Watched, launched
from tests.explorer.sites import large_case, site_of

SCRIPTS: Final = ("graphology/dist/graphology.umd.min.js", "sigma/dist/sigma.min.js")
FRAMES: Final = (
    f"async (name) => {{\n{OPENED}"
    """
    const boxes = new Map(lay().boxes.filter((one) => one.id).map((one) => [one.id, { ...one, text: model.nodes.get(one.id).text }]));
    const bearing = [...model.lines.values()].filter((one) => boxes.has(one.target));
    const lines = bearing.flatMap((one) => one.premises.map((premise) => [premise, one.target]));
    const holder = Object.assign(document.createElement("div"), { id: "bench" });
    document.body.replaceChildren(holder);
    Object.assign(holder.style, { width: "1008px", height: "680px" });
    let move;
    if (name === "cytoscape") {
        const placed = ({ id, text, width, height, x, y }) => ({ data: { id, text, width, height }, position: { x, y } });
        const nodes = [...boxes.values()].map(placed);
        const edges = lines.map(([from, to], at) => ({ data: { id: `e${at}`, source: from, target: to } }));
        const words = { label: "data(text)", "text-wrap": "wrap", "text-max-width": "data(width)", "text-valign": "center" };
        const box = { shape: "round-rectangle", width: "data(width)", height: "data(height)" };
        const style = [{ selector: "node", style: { ...box, ...words, "font-size": 13 } }];
        const graph = cytoscape({ container: holder, elements: [...nodes, ...edges], style, layout: { name: "preset" }, pixelRatio: 1 });
        graph.fit();
        move = (step) => graph.panBy({ x: step % 2 ? 5 : -5, y: step % 4 < 2 ? 3 : -3 });
    } else {
        const graph = new graphology.MultiDirectedGraph();
        for (const one of boxes.values()) graph.addNode(one.id, { x: one.x, y: -one.y, size: 5, label: one.text });
        for (const [from, to] of lines) graph.addEdge(from, to);
        const drawn = new Sigma(graph, holder), camera = drawn.getCamera();
        move = (step) => camera.setState({ x: 0.5 + (step % 2 ? 0.01 : -0.01), y: 0.5 + (step % 4 < 2 ? 0.01 : -0.01) });
    }
    const next = () => new Promise((done) => requestAnimationFrame(done)), times = [];
    for (let step = 0; step < 10; step++) { move(step); await next(); }
    for (let step = 0; step < 60; step++) {
        const start = performance.now();
        move(step);
        await next();
        times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return { nodes: boxes.size, median: times[30], slow: times[56] };
}"""
)
"""Draw every claim and answer once, all in view, and move the view."""


def main(modules: Path, sizes: list[int]) -> None:
    """Print a line for each size and library."""
    with tempfile.TemporaryDirectory(prefix="cruxmap-drawings-") as scratch:
        sites = [(size, site_of(large_case(size), Path(scratch) / str(size))) for size in sizes]
        with launched() as browser:
            for size, site in sites:
                for name in ("cytoscape", "sigma"):
                    with Watched(browser, bypass_csp=True, viewport={"width": 1100, "height": 800}) as watched:
                        page = watched.open(site / "map.html")
                        for script in SCRIPTS:
                            page.add_script_tag(path=modules / script)
                        found = page.evaluate(FRAMES, name)
                    times = f"median {found['median']:.0f} ms, one in twenty over {found['slow']:.0f} ms"
                    print(f"{size} claims, {name}: {found['nodes']} nodes, {times}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(one) for one in sys.argv[2:]] or [50, 500, 2000])
