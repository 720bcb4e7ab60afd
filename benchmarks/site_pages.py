"""Open every page of sites in Chromium and check every link: what complains, what is dead, what is too wide, how long it takes.

    uv run cruxmap run cases/eggs --run-id eggs && uv run cruxmap site eggs -o /tmp/eggs
    uv run python -m benchmarks.site_pages /tmp/eggs --claims 2000

``--claims`` adds the site of a generated knowledge base of so many claims. Exit status 1 if anything was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.explorer.browsing import launched
from tests.explorer.sites import dead_links, large_case, site_of
from tests.explorer.visiting import visit


def check(browser: Browser, site: Path, *, width: int, scheme: str) -> int:
    """Print what one site's links and pages show; return how many things are wrong."""
    start = time.perf_counter()
    dead = list(dead_links(site))
    print(f"{site.name}: {len(dead)} dead links, checked in {time.perf_counter() - start:.0f} s", flush=True)
    visited = visit(browser, sorted(site.glob("*.html")), width=width, scheme=scheme)
    print(f"{site.name}: {visited} ({width} pixels wide, {scheme})", flush=True)
    for one in [*dead, *visited.complaints]:
        print(f"  {one}")
    return len(dead) + len(visited.complaints)


def main() -> int:
    """Read the arguments and check each site; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sites", nargs="*", type=Path)
    parser.add_argument("--claims", type=int, default=0)
    parser.add_argument("--width", type=int, default=390)
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cruxmap-pages-") as scratch:
        sites = [*given.sites, *([site_of(large_case(given.claims), Path(scratch) / f"{given.claims}-claims")] if given.claims else [])]
        with launched() as browser:
            wrong = sum(check(browser, site, width=given.width, scheme=given.scheme) for site in sites)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
