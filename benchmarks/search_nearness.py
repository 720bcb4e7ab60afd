"""How near real documents lie to what a run would search for: those of the dispute, and those of other disputes.

    uv run cruxmap run cases/eggs --reasoner baseline --run-id near
    uv run python -m benchmarks.search_nearness near ../shared/corpus/eggs ../shared/corpus/covid-origins ../shared/corpus/lhc-black-holes

For each folder, the largest cosine of each document (its title and opening) with any of the planned queries, sorted. `agents.choosing`
leaves out what lies below `NEAR_ENOUGH`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np

from agents.choosing import COMPARED, NEAR_ENOUGH
from agents.known import known_documents
from agents.queries import plan
from cruxmap.opening import opened_run
from knowledge.vocabulary import SearchAim
from sources.embedding import Embedder
from sources.searching.folders import Folder
from sources.searching.queries import Query


def main(run: str, folders: list[Path]) -> None:
    """Print each folder's nearness."""
    with opened_run(run) as opened:
        planned = plan(opened.view, known_documents(opened.view, opened.store.text))
    embedder = Embedder()
    wanted = embedder.embed([one.near for one in planned])
    for folder in folders:
        index = Folder(folder)
        asyncio.run(index.search(Query(SearchAim.GAP, "", must=("any",))))
        found = embedder.embed([f"{lead.title}. {lead.summary}"[:COMPARED] for lead in index.leads])
        nearest = np.sort((found @ wanted.T).max(axis=1))
        out = int((nearest < NEAR_ENOUGH).sum())
        print(f"{folder.name}: {len(nearest)} documents, {out} left out, {' '.join(f'{one:.2f}' for one in nearest)}")


if __name__ == "__main__":
    main(sys.argv[1], [Path(folder) for folder in sys.argv[2:]])
