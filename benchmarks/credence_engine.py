"""How fast the credence engine is, and how far from pyAgrum: in time, as a ratio, and in the numbers.

    OMP_NUM_THREADS=1 uv run python -m benchmarks.credence_engine    # a table in Markdown
    OMP_NUM_THREADS=1 uv run python -m benchmarks.credence_engine --plot docs/credence-speed.svg
    OMP_NUM_THREADS=1 uv run python -m benchmarks.credence_engine --memory    # what each size takes, each in a process of its own

"All cruxes" is P(answers), P(claim | answer) of every claim, and every claim's expected shift. pyAgrum's time is for the same numbers:
LazyPropagation, one thread, unclamped and with each answer clamped. Times are this process's own (CPU) seconds, so that other work on the
machine counts less, and the best of three (of one beyond ten seconds); set OMP_NUM_THREADS=1 so that no thread is hidden in them.
"""

from __future__ import annotations

import argparse
import gc
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyagrum

from benchmarks.credence_graphs import as_pyagrum, random_graph
from credence import cliques, loops
from credence.engine import assess
from credence.factors import Array, Beliefs, Graph
from credence.inference import Method, expected_shifts, infer
from credence.tables import Gate, Lent, Shape, claim_tables, pull
from knowledge.blobs import digest_of_text
from knowledge.records import Answer, Assertion, Claim, Judgment, Link, Passage, Perspective, Question, Record, Source, Warrant
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    kind: str
    claims: int
    seconds: float
    method: str
    oracle: float | None = None
    difference: float | None = None
    note: str = ""

    def __str__(self) -> str:
        ratio = f"{self.oracle / self.seconds:,.0f} x" if self.oracle else ""
        oracle = f"{1000 * self.oracle:,.0f}" if self.oracle else ""
        difference = f"{self.difference:.0e}" if self.difference is not None else ""
        own = f"{self.claims:,} | {1000 * self.seconds:,.1f}"
        return f"| {self.kind} | {own} | {oracle} | {ratio} | {difference} | {self.method} | {self.note} |"


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return a result and the best time of three."""
    best = math.inf
    for _ in range(3):
        gc.collect()
        begun = time.process_time()
        result = work()
        best = min(best, time.process_time() - begun)
        if best > 10:
            break
    return result, best


def all_cruxes(graph: Graph) -> tuple[Method, Beliefs, Array]:
    """Do what the table measures."""
    found = infer(graph, check=False)
    return found.method, found.beliefs, expected_shifts(found.beliefs)


def by_pyagrum(graph: Graph) -> tuple[Array, float]:
    """Return P(answers) by pyAgrum and its time for all clamped marginals."""
    model, evidence = as_pyagrum(graph)
    names = list(evidence)

    def run() -> Array:
        answers: Array = np.zeros(graph.answers)
        for clamp in (None, *range(graph.answers)):
            inference = pyagrum.LazyPropagation(model)
            inference.setNumberOfThreads(1)
            inference.setEvidence(evidence if clamp is None else {**evidence, names[0]: clamp})
            inference.makeInference()
            marginals = [inference.posterior(name)[:] for name in names]
            if clamp is None:
                answers = np.array(marginals[0])
        return answers

    return timed(run)


def measure(kind: str, graph: Graph, *, compare: bool = True, note: str = "") -> Row:
    """Measure one graph."""
    (method, beliefs, _), seconds = timed(lambda: all_cruxes(graph))
    oracle, difference = None, None
    if compare:
        answers, oracle = by_pyagrum(graph)
        difference = float(np.abs(answers - beliefs.answers).max())
    return Row(kind, len(graph.states) - 1, seconds, method.value, oracle, difference, note or _gauge(beliefs))


def _gauge(beliefs: Beliefs) -> str:
    return "" if beliefs.exact else f"gauge {beliefs.gauge:.3f}"


def edited(graph: Graph) -> Row:
    """Measure inference after an edit to one claim, going on from that of before."""
    before = infer(graph, check=False)
    other = graph.with_evidence(len(graph.states) // 2, (0.3, 0.9))
    found, seconds = timed(lambda: infer(other, check=False, after=before))
    return Row("the same after one edit", len(graph.states) - 1, seconds, found.method.value, note=_gauge(found.beliefs))


def tables(claims: int) -> Row:
    """Measure the making of tables with five gated links each."""
    random = np.random.default_rng(1)
    shape = Shape((2,) * 5, (0, 1, 2, 3, 4), (Gate.SUMMED,) * 5, 2)
    rates = random.uniform(0.2, 0.8, size=(claims, 5, 2))
    base = np.log(np.full((claims, 2), 0.5))
    held = np.repeat([[False, True]], claims, axis=0)
    pulls = [pull(rates[:, link], rates[:, link].mean(axis=1), held) for link in range(5)]
    warrants = [random.uniform(0.5, 0.95, size=claims) for _ in range(5)]
    means = [rates[:, link].mean(axis=1) for link in range(5)]
    lent = [Lent(np.log(mean / (1 - mean)), warrant) for mean, warrant in zip(means, warrants, strict=True)]
    _, seconds = timed(lambda: claim_tables(shape, base, pulls, warrants, lent=lent))
    return Row("tables of 5 gated links", claims, seconds, "", note="part of compiling")


def records(claims: int, links: int, seed: int = 0) -> View:
    """Make a knowledge base: each claim bears on ``links`` earlier claims or answers, with every number judged."""
    random = np.random.default_rng(seed)
    reader = Perspective(name="reader", description="benchmark")
    question = Question(name="q", text="Which?")
    answers = [Answer(question=question.id, name=name, text=f"Answer {name}.") for name in "ab"]
    warrant = Warrant(text="It bears on it.")
    made: list[Record] = [reader, question, *answers, warrant]
    text = "Somebody says it."
    source = Source(title="s", text=digest_of_text(text))
    passage = Passage(source=source.id, start=0, end=len(text), text=text)
    made += [source, passage]

    def judged(record: str, quantity: Quantity, value: float, given: str | None = None) -> None:
        made.append(Judgment(record=record, quantity=quantity, value=value, given=given, perspective=reader.id, judge="b", reason="b"))

    known: list[Claim] = []
    for number in range(claims):
        claim = Claim(text=f"claim {number}")
        assertion = Assertion(claim=claim.id, passage=passage.id, speaker=f"Witness{number}")
        made += [claim, assertion]
        judged(assertion.id, Quantity.EVIDENCE, float(random.normal()))
        targets: list[Answer | Claim] = [answers[number % 2]] if number < max(3, claims // 100) else []
        targets += (
            [known[at] for at in random.choice(len(known), size=min(links - len(targets), len(known)), replace=False)] if known else []
        )
        for target in targets:
            link = Link(premises=(claim.id,), target=target.id, relation=Relation.SUPPORTS, warrant=warrant.id)
            made.append(link)
            judged(link.id, Quantity.WARRANT, float(random.uniform(0.5, 0.95)))
            states = [answer.id for answer in answers] if isinstance(target, Answer) else [target.id, None]
            for given, rate in zip(states, random.uniform(0.25, 0.75, size=2).tolist(), strict=True):
                judged(link.id, Quantity.EXPECTEDNESS, rate, given)
        known.append(claim)
    return View.of(made)


def whole(claims: int, links: int) -> Row:
    """Measure `assess` of a knowledge base: records in, cruxes out, with the run without dependence declarations."""
    view = records(claims, links)
    result, seconds = timed(lambda: assess(view).questions[0])
    return Row(f"assess, {links} links a claim", claims, seconds, result.method, note="from records")


def plot(rows: Sequence[Row], path: Path) -> None:
    """Draw time against size, both logarithmic, a line for each kind."""
    kinds = sorted({row.kind for row in rows if sum(other.kind == row.kind for other in rows) > 1})
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="12">']
    parts.append('<rect width="640" height="400" fill="white"/>')

    def at(claims: float, seconds: float) -> tuple[float, float]:
        return 60 + 420 * (math.log10(claims) - 1) / 5, 360 - 320 * (math.log10(seconds) + 4) / 6

    for power in range(1, 7):
        x, _ = at(10**power, 1)
        parts.append(f'<path d="M{x:.0f} 40V360" stroke="#ddd"/><text x="{x - 14:.0f}" y="378">{10**power:,}</text>')
    for power in range(-4, 3):
        _, y = at(10, 10**power)
        label = f"{10**power:g} s"
        parts.append(f'<path d="M60 {y:.0f}H480" stroke="#ddd"/><text x="8" y="{y + 4:.0f}">{label}</text>')
    for number, kind in enumerate(kinds):
        colour = ("#1b6ca8", "#c1440e", "#3a7d44", "#7b4b94")[number % 4]
        for oracle in (False, True):
            series = [(row.claims, row.oracle if oracle else row.seconds) for row in rows if row.kind == kind]
            dots = [at(claims, seconds) for claims, seconds in series if seconds]
            if dots:
                line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in dots)
                dashes = 'stroke-dasharray="5 4" ' if oracle else ""
                parts.append(f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="2" {dashes}/>')
                x, y = dots[-1]
                label = f"{kind}, pyAgrum" if oracle else kind
                parts.append(f'<text x="{x + 6:.0f}" y="{y + 4:.0f}" fill="{colour}">{label}</text>')
    parts.append('<text x="230" y="396">claims</text></svg>')
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def memory(links: int, claims: int) -> str:
    """Return a line on the memory of one graph: the peak of a process that makes it and finds all cruxes, less that of one claim."""
    program = "import resource; from benchmarks.credence_engine import all_cruxes, random_graph; "
    program += f"all_cruxes(random_graph({{}}, {links}, strength=0.6, seed=3)); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    runs = [[sys.executable, "-c", program.format(size + 1)] for size in (10, claims)]
    peaks = [int(subprocess.run(run, capture_output=True, text=True, check=True).stdout) for run in runs]
    more = 1024 * (peaks[1] - peaks[0])
    return f"| {links} | {claims:,} | {more / 1e6:,.0f} | {more / claims / 1000:.1f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--largest", type=int, default=1_000_000, help="size of the largest tree")
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    if arguments.memory:
        print("| links a claim | claims | MB | kB a claim |\n|---|---|---|---|")
        for links, sizes in ((1, (10_000, 100_000, 1_000_000)), (5, (1_000, 10_000, 100_000))):
            for size in sizes:
                print(memory(links, size), flush=True)
        return
    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append(row)
        print(row, flush=True)

    print("| what | claims | ms | pyAgrum ms | ratio | largest difference of P(answer) | method | |\n|---|---|---|---|---|---|---|---|")
    add(measure("50-variable map", random_graph(50, 2, seed=4, near=12)))
    add(whole(50, 2))
    for size in (100, 1000, 3000, 10_000, 100_000, 1_000_000):
        if size <= arguments.largest:
            add(measure("tree", random_graph(size + 1, 1, seed=3), compare=size <= 3000))
    for size in (100, 300, 1000, 3000, 10_000):
        add(measure("small treewidth", random_graph(size + 1, 2, seed=3, near=8), compare=size <= 3000))
    exact = random_graph(61, 5, strength=0.6, seed=1, near=12)
    truth = cliques.calibrate(exact, cliques.plan(exact, widest=22) or [])
    loopy = loops.propagate(exact)[0]
    difference = float(np.abs(truth.answers - loopy.answers).max())
    add(
        Row(
            "5 links a claim, near, by propagation",
            60,
            timed(lambda: loops.propagate(exact))[1],
            Method.LOOPY.value,
            None,
            difference,
            _gauge(loopy),
        )
    )
    for size in (1000, 10_000, 100_000):
        add(measure("5 links a claim", random_graph(size + 1, 5, strength=0.6, seed=3), compare=False))
        print(f"|  | | | | | | | peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB |")
    add(measure("5 strong links a claim", random_graph(10_001, 5, strength=1.5, seed=3), compare=False))
    add(edited(random_graph(10_001, 5, strength=0.6, seed=3)))
    add(tables(10_000))
    add(whole(1000, 5))
    add(whole(10_000, 5))
    if arguments.plot:
        plot(rows, arguments.plot)


if __name__ == "__main__":
    main()
