"""Score the baseline's links as published work does: uv run python benchmarks/pooled_links.py --datasets FOLDER."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from evals.scorers.scorer import f1
from evals.suites.structures import Structure, abstract_structures, microtext_structures, relate_inputs
from reasoners.baseline.relating import Relater
from sources.embedding import Embedder


def main() -> None:
    """Print for each corpus the F1 of links, and its mean with that of pairs without a link, over all ordered pairs of units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=Path, required=True)
    datasets = parser.parse_args().datasets
    relater = Relater(Embedder())
    for name, structures in (("microtexts", microtext_structures(datasets)), ("abstracts", abstract_structures(datasets))):
        print(name, *(f"{value:.3f}" for value in pooled(structures, relater)))


def pooled(structures: Iterable[Structure], relater: Relater) -> tuple[float, float]:
    """Return both F1. An undercut counts as a link to the premise of the step that it undercuts, as in the published work."""
    hits = given = wanted = pairs = 0
    for gold in structures:
        found = relater.relate(relate_inputs(gold))
        links = {(premise, link.conclusion) for link in found.links for premise in link.premises if link.conclusion}
        links |= {(one.premise, premise) for one in found.undercuts for premise in found.links[one.link - 1].premises}
        true = {step[:2] for step in gold.steps} | {(premise, undercut) for premise, undercut, _ in gold.undercuts}
        hits, given, wanted = hits + len(links & true), given + len(links), wanted + len(true)
        pairs += len(gold.units) * (len(gold.units) - 1)
    linked = f1(hits, given, wanted) or 0.0
    apart = f1(pairs - given - wanted + hits, pairs - given, pairs - wanted) or 0.0
    return linked, (linked + apart) / 2


if __name__ == "__main__":
    main()
