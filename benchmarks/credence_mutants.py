"""Mutation test of the credence engine: break it in one place at a time and see whether the tests notice.

    uv run python benchmarks/credence_mutants.py            # all, two at a time
    uv run python benchmarks/credence_mutants.py --only gate

Each mutant is made in a copy of the repository, where `pytest tests/credence -x` must fail. The test files about the broken module run
first (`NEAREST`), so that most mutants die within seconds; only one that all tests pass has survived. Exits with 1 if one has. Before a
whole run the tests are run without a mutant: were they to fail then, each would seem killed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COPIED: Final = ("credence", "knowledge", "tests/credence", "tests/conftest.py", "benchmarks", "pyproject.toml")
PATIENCE: Final = 900
"""Seconds; a mutant that makes the tests run longer is killed by that."""

NEAREST: Final = {
    "arguments.py": ("steps", "model", "engine"),
    "calibration.py": ("calibration",),
    "circles.py": ("circles",),
    "cliques.py": ("inference",),
    "coherence.py": ("model",),
    "compiling.py": ("steps", "model", "engine", "cruxes"),
    "disputed.py": ("disputed",),
    "engine.py": ("disputed", "cruxes", "settling", "cases"),
    "explaining.py": ("explaining", "unnumbered", "feeding"),
    "inference.py": ("inference",),
    "judgments.py": ("perspectives", "model"),
    "leaning.py": ("leaning",),
    "loops.py": ("inference",),
    "maps.py": ("steps",),
    "network.py": ("cruxes",),
    "noise.py": ("robustness", "unnumbered"),
    "objections.py": ("model", "engine"),
    "observations.py": ("observations",),
    "overlaps.py": ("model",),
    "perspectives.py": ("perspectives", "cases"),
    "positions.py": ("positions",),
    "premises.py": ("model", "engine"),
    "regions.py": ("inference",),
    "robustness.py": ("robustness",),
    "rings.py": ("circles",),
    "sampling.py": ("inference",),
    "scores.py": ("engine", "cruxes", "model"),
    "settling.py": ("settling",),
    "standing.py": ("settling",),
    "steps.py": ("steps", "verdicts"),
    "tables.py": ("model", "engine", "circles"),
    "testimony.py": ("engine", "model"),
    "trees.py": ("inference",),
    "unnumbered.py": ("unnumbered",),
    "upstreams.py": ("model",),
    "wording.py": ("model",),
}
"""For a module of credence/, the test files (`tests/credence/test_<name>.py`) that run first, the likeliest to fail first of all."""


@dataclass(frozen=True)
class Mutant:
    """One break: in a file of credence/, what stands and what stands instead."""

    name: str
    file: str
    before: str
    after: str


MUTANTS: Final = (
    Mutant("confuse a colour's states (Gibbs)", "sampling.py", "(own - own[0])", "(own - own[-1])"),
    Mutant(
        "halve a table's joint at the wrong place", "loops.py", "heard[:, middle:], shapes[1])", "heard[:, middle:][:, ::-1], shapes[1])"
    ),
    Mutant("take no sureness from pooled judgments", "judgments.py", "noise = max(said, spread)", "noise = 0.5"),
    Mutant("drop the downward pass (trees)", "trees.py", "+= np.log(told)", "+= 0 * np.log(told)"),
    Mutant("send a message back to its sender (trees)", "trees.py", ": message.shape[1]] - message[:, None]", ": message.shape[1]]"),
    Mutant("drop the division on the way back (cliques)", "cliques.py", "(above / up.sent[at])[:, None]", "above[:, None]"),
    Mutant("forget to clamp (propagation)", "loops.py", "self.fixed[0, 1:, : graph.answers] = graph.clamps()", "pass"),
    Mutant("sample the wrong way round (Gibbs)", "sampling.py", "draws > np.cumsum", "draws < np.cumsum"),
    Mutant(
        "take links in the forward direction",
        "tables.py",
        "np.log(expected / mean)[:",
        "np.log(expected / expected.sum(axis=1, keepdims=True) / mean)[:",
    ),
    Mutant(
        "sum reciprocal links",
        "circles.py",
        "ratio = logit(back.expected[1]) - logit(back.expected[0])\n",
        "ratio = sum(logit(one.expected[1]) - logit(one.expected[0]) for one in (onward, back))\n",
    ),
    Mutant(
        "let ancestors lead back to themselves",
        "circles.py",
        "            if parent in below:\n                return False\n",
        "            if parent in below:\n                return True\n",
    ),
    Mutant("take chains that never meet at their word (Gibbs)", "sampling.py", "> STRANGERS", "> 2.0"),
    Mutant("let no chains meet (Gibbs)", "sampling.py", "> STRANGERS", "> -1.0"),
    Mutant(
        "take the first weights for P(answer) (Gibbs)",
        "sampling.py",
        "weights = np.abs(found - weights).max() < SOLVED, found",
        "weights = True, weights",
    ),
    Mutant(
        "count what a testimony weighed before the critic was heard too", "faults.py", "if is_heard(one) == (one.judge in judges)", "if one"
    ),
    Mutant("hear findings of low severity", "faults.py", "one.severity is not Severity.LOW and ", ""),
    Mutant("hear findings on our own wording", "faults.py", "one.fault_of is not Fault.RECORD and ", ""),
    Mutant("go on hearing a finding that was withdrawn", "faults.py", "if is_heard(one) and one.record in faulty}", "if is_heard(one)}"),
    Mutant(
        "take what restates the contrary for the same", "verdicts.py", "found[claim] if same else tuple", "found[claim] if True else tuple"
    ),
    Mutant(
        "let an observation restate a conclusion",
        "verdicts.py",
        ">= AS_GOOD_AS_THE_ANSWER and material.echo(bond.premises[0].variable) >= ITS_WORDS",
        ">= AS_GOOD_AS_THE_ANSWER",
    ),
    Mutant("correct no answer", "inference.py", "answers = sampled.answers if (off", "answers = answers if (off"),
    Mutant("let a circle speak for itself", "rings.py", "fields[at] = fields[at] + step", "fields[at] = fields[at]"),
    Mutant("pass nothing round a circle", "rings.py", "logs = logs + _spread(one, sizes)", "logs = logs + 0 * _spread(one, sizes)"),
    Mutant("ignore a gate inside a circle", "rings.py", "[np.zeros_like(term), term]", "[term, term]"),
    Mutant("sum no gate out of a circle", "tables.py", "np.array(warrants[gate])", "np.array(1.0)"),
    Mutant("cut every circle", "circles.py", "LARGEST_BLOCK: Final = 14.0", "LARGEST_BLOCK: Final = 0.0"),
    Mutant("let a circle attack its own steps", "circles.py", "unit.get(attacker, attacker) for attacker", "attacker for attacker"),
    Mutant("let a premise attack its own step", "circles.py", "if moved and moved.isdisjoint(", "if moved or moved.isdisjoint("),
    Mutant(
        "let any perspective become the main one",
        "judgments.py",
        "-judged[one.id], one.id",
        "0 * judged[one.id], one.id",
    ),
    Mutant(
        "take silence for a difference",
        "perspectives.py",
        "for place, value in theirs.items() if place not in mine",
        "for place, value in ()",
    ),
    Mutant("rank by nothing but names", "scores.py", "np.lexsort((-rounded, unnamed, later))", "np.lexsort((rounded, unnamed, later))"),
    Mutant("let a reading's name count more than the dispute", "scores.py", "-rounded, unnamed, later))", "-rounded, later, unnamed))"),
    Mutant("count one reading as both", "disputed.py", "return len(reasons) if", "return bool(reasons) if"),
    Mutant("let readings lead with what changes nothing", "disputed.py", "worst_case >= NOTICEABLE", "worst_case >= 0"),
    Mutant("name a step by its own link alone", "engine.py", "bond.gate: named[bond.link]", "bond.link: named[bond.link]"),
    Mutant("name what a sub-question turns on", "disputed.py", "if question.parent is not None", "if not question"),
    Mutant("name a claim that was merged away", "disputed.py", "return view.representative(record)[0]", "return record"),
    Mutant(
        "name one telling of a step",
        "disputed.py",
        "return frozenset(map(view.representative, link.premises))",
        "return link.id",
    ),
    Mutant("choose a set of cruxes without the readings", "settling.py", "-named[one],", "0,"),
    Mutant("leave what is named behind for being unlikely", "disputed.py", "and not readings", ""),
    Mutant("tell both sides of a sub-question as cruxes", "engine.py", "question not in told", "question"),
    Mutant("name the words of which most is said", "arguments.py", "-len(decisive.get(one.claim, ())), ", ""),
    Mutant("take one reading's word that it is a conclusion", "disputed.py", "times > 1", "times > 0"),
    Mutant("tell what nobody disputes among what is disputed", "disputed.py", "not disputed or (shift", "(shift"),
    Mutant("put what hardly moves first for being disputed", "disputed.py", "shift < OF_THE_LARGEST * largest", "False"),
    Mutant("look a gate up in the wrong block", "network.py", "by_block[place.block].append", "by_block[0].append"),
    Mutant("say nothing across a region's border (Gibbs)", "regions.py", "shape[2])), told)", "shape[2])), 0 * told)"),
    Mutant("trust sampling noise over propagation", "inference.py", "SURELY: Final = 5.0", "SURELY: Final = 0.0"),
    Mutant("count the same step twice", "arguments.py", "kept += steps.values() or several", "kept += several"),
    Mutant(
        "ignore a gate that was summed out",
        "tables.py",
        "links - 1 - link: warrants[link]",
        "links - 1 - link: 0 * warrants[link] + 1",
    ),
    Mutant(
        "ignore a gate that is a variable",
        "compiling.py",
        "self.put([self.number[name]], self.reference[name])",
        "self.put([self.number[name]], np.array([1e-9, 1, 1e-9]))",
    ),
    Mutant("ignore undercuts", "objections.py", "return own, (low, low, high)", "return own, (low, low, low)"),
    Mutant(
        "let unknown objections weaken a warrant",
        "compiling.py",
        "states_of(self._warrants[gate])",
        "states_of(0.5 * self._warrants[gate])",
    ),
    Mutant("let refuted objections take all doubt away", "objections.py", "doubt * (1 - OBJECTED_DOUBT), 1 - doubt", "0.0, 1 - doubt"),
    Mutant(
        "let an objection defeat by half", "objections.py", "chance * (1 - defeat) / (1 - defeat * chance)", "chance * (1 - 0.5 * defeat)"
    ),
    Mutant("tie targets by premises of which nothing is known", "premises.py", "decided[1 : 1 + states] = stays[0]", "pass"),
    Mutant(
        "prune what a step ties together",
        "arguments.py",
        "yield from permutations(bond.variables, 2) if len(bond.premises) > 1 else ()",
        "pass",
    ),
    Mutant(
        "prune what a told objection objects to",
        "arguments.py",
        "yield from product(undercut.variables, moved.get(undercut.attacked, ()))",
        "pass",
    ),
    Mutant(
        "let a link that says nothing lend a reference",
        "tables.py",
        "return math.fsum(map(mul, odds, weights)) / total",
        "return math.fsum(odds) / len(odds)",
    ),
    Mutant("let a link that is off lend a reference", "tables.py", "there[0] = LEFT", "pass"),
    Mutant("take any of several premises for a conjunction", "coherence.py", "elif place[0] not in any_of and known", "elif known"),
    Mutant("let any of several premises be less likely than one", "coherence.py", "if place[0] in any_of and known and", "if False and"),
    Mutant("refuse nothing out of range", "coherence.py", "*_out_of_range(values), ", ""),
    Mutant(
        "swap the chances of a log-odds shift",
        "scores.py",
        "columns.chance[:, None] * moved[0] + (1 - columns.chance[:, None]) * moved[1]",
        "(1 - columns.chance[:, None]) * moved[0] + columns.chance[:, None] * moved[1]",
    ),
    Mutant(
        "take the true side for the worst case",
        "scores.py",
        "np.maximum(*self._moves)",
        "self._moves[0]",
    ),
    Mutant(
        "temper after mixing",
        "scores.py",
        "return np.asarray((1 - self.error) * self.temper(modelled) + self.error * np.array(self.unsound))",
        "return self.temper((1 - self.error) * modelled + self.error * np.array(self.unsound))",
    ),
    Mutant("let each of several upstreams carry the whole", "leaning.py", "(upstream, 1 / parts)", "(upstream, 1.0)"),
    Mutant(
        "drop the floor under what shares a datum",
        "testimony.py",
        "return max(through, strongest, key=abs) if agree else through",
        "return through",
    ),
    Mutant("let overlap add more than independence", "overlaps.py", "abs(strongest)), abs(total))", "abs(strongest)), 1e9)"),
    Mutant(
        "keep the weakest targets",
        "arguments.py",
        "    for bond in sorted(bonds, key=strongest_first):\n        if any(",
        "    for bond in sorted(bonds, key=strongest_first, reverse=True):\n        if any(",
    ),
    Mutant("let no judgments lean together", "noise.py", "LEANING: Final = 0.25", "LEANING: Final = 0.0"),
    Mutant("count copies", "testimony.py", "connected(_without_copies(spoken), ", "connected(spoken, "),
    Mutant(
        "add up what shares an upstream", "testimony.py", "Piece(_joint_weight(group), ", "Piece(math.fsum(one.weight for one in group), "
    ),
    Mutant("let no upstream fail", "upstreams.py", "[:MOST_UPSTREAMS]", "[:0]"),
    Mutant("let a failed upstream still speak", "compiling.py", "reference * math.exp(weight) + 1 - reference)", "1.0)"),
    Mutant("take an opposite for the claim", "testimony.py", "-weight if one.negated else weight", "weight"),
    Mutant("call any sample precise", "sampling.py", "means.std(axis=1, ddof=1)", "0 * means.std(axis=1, ddof=1)"),
    Mutant("drop the floor under overlapping pieces", "overlaps.py", "abs(strongest)), abs(total)", "0.0), abs(total)"),
    Mutant(
        "take any premise for all",
        "compiling.py",
        "any_suffices=bond.any_suffices)\n        switched",
        "any_suffices=False)\n        switched",
    ),
    Mutant(
        "take all premises for any",
        "compiling.py",
        "any_suffices=bond.any_suffices)\n        switched",
        "any_suffices=True)\n        switched",
    ),
    Mutant("fall silent where a premise leaves a step open", "compiling.py", "which != bond.any_suffices", "which == bond.any_suffices"),
    Mutant(
        "forget that a wide claim speaks through a narrower",
        "arguments.py",
        "_unlike(_qualified(material, bonds), left_out)",
        "_unlike(bonds, left_out)",
    ),
    Mutant(
        "keep sub-questions apart",
        "wording.py",
        "said or self._worded.get(representative) or (representative, (1,))",
        "(representative, (1,))",
    ),
    Mutant("invert Bayes' rule without the prior", "scores.py", "(1 - true_if) * answers", "(1 - true_if)"),
    Mutant("double the shift", "scores.py", "moves = [0.5 * np.abs", "moves = [np.abs"),
    Mutant(
        "publish without model error",
        "scores.py",
        "(1 - self.error) * self.temper(modelled) + self.error * np.array(self.unsound)",
        "self.temper(modelled)",
    ),
    Mutant("temper the wrong way", "scores.py", "** self.temperature", "** (1 / self.temperature)"),
    Mutant("use the prior where the model is unsound", "judgments.py", "self._value(answer.id, Quantity.PRIOR, question, prior)", "prior"),
    Mutant(
        "choose sets by what each does alone",
        "settling.py",
        "weight * crux.expected_shift",
        "weight * bench.candidates[crux.subject].expected_shift",
    ),
    Mutant(
        "take any story for the cheapest",
        "settling.py",
        "best = min((*stories,",
        "best = max((*stories,",
    ),
    Mutant("try no longer stories", "settling.py", "for length in range(LONGEST_STORY)", "for length in range(2)"),
    Mutant("keep what a story doesn't need", "settling.py", "if without and _leader(bench, without) != leader:", "if False:"),
    Mutant(
        "overturn what is modelled, not what is published",
        "settling.py",
        "return int(bench.publication.publish(bench.examine(_told(bench, steps))[0]).argmax())",
        "return int(bench.examine(_told(bench, steps))[0].argmax())",
    ),
    Mutant("rest on the leading answer's own risk", "standing.py", "by_risk(scored, rival)", "by_risk(scored, varied.leader)"),
    Mutant("take any answer for the challenger", "engine.py", "(not one.answers[at].something_else, one.published[at], -at)", "(-at,)"),
    Mutant("prefer no named challenger", "engine.py", "(not one.answers[at].something_else, ", "("),
    Mutant("call what nothing moves settled", "engine.py", "bool(one.network.claims) and sure and", "bool(one.network.claims) and"),
    Mutant("call what nobody argues settled", "engine.py", "bool(one.network.claims) and sure and", "sure and"),
    Mutant("forget whose step an objection disputes", "engine.py", "if bond.link in objected)", "if bond.link in ())"),
    Mutant(
        "go by the first of several favoured answers",
        "maps.py",
        "tuple([rate > most for rate in expected])",
        "expected.index(max(expected))",
    ),
    Mutant("take a negation's step for another", "maps.py", "if states == (0,) and not", "if False and not"),
    Mutant(
        "count an objection for each link that shares a step",
        "steps.py",
        "gates.get(attacked, attacked)",
        "attacked",
    ),
    Mutant(
        "let an objection that is answered speak on",
        "objections.py",
        "max(rate - (1 - own) * flat, 0) / own for rate in (unless, if_so)",
        "rate for rate in (unless, if_so)",
    ),
    Mutant(
        "leave what attacks an objection out",
        "maps.py",
        "standing, left = {undercut.link for undercut in near}, others",
        "standing, left = set(), others",
    ),
    Mutant("let no objection say that any premise suffices", "compiling.py", "warrant, undercut.any_suffices)", "warrant, False)"),
    Mutant("let a claim object without end", "arguments.py", "if most > OBJECTING or", "if"),
    Mutant("take a circle for a variable alone", "compiling.py", "(heads.get(target, target) in linked_units)", "(target in self._linked)"),
    Mutant(
        "count a document's own pool twice",
        "leaning.py",
        "len(named | self._of_document(assertion)) + 1",
        "len(named) + len(self._of_document(assertion)) + 1",
    ),
    Mutant("name any claim on a sub-question for its answer", "explaining.py", "if one.states == states)", ")"),
    Mutant("call what-if cruxes what no evidence settles", "explaining.py", "without = {*varied.without, *present}", "without = present"),
    Mutant(
        "read a result turned round",
        "observations.py",
        "graph.with_evidence(place, (1 - test.specificity, test.sensitivity))",
        "graph.with_evidence(place, (test.sensitivity, 1 - test.specificity))",
    ),
    Mutant("lose the world in which a test isn't done", "observations.py", "[*worlds, (weight * (1 - test.done), graph)]", "worlds"),
    Mutant(
        "forget cost", "observations.py", "(-round(shifts[test] / test.cost, 12), test.subject)", "(-round(shifts[test], 12), test.subject)"
    ),
    Mutant(
        "take an opposite for the claim (what-if)",
        "explaining.py",
        "        subject: 1 - credences[record] if",
        "        subject: credences[record] if",
    ),
    Mutant(
        "weigh outcomes the wrong way round",
        "perspectives.py",
        "mean * abs(mine_true - theirs_true) + (1 - mean) * abs(mine_false - theirs_false)",
        "(1 - mean) * abs(mine_true - theirs_true) + mean * abs(mine_false - theirs_false)",
    ),
    Mutant(
        "swap judgments on one side only",
        "perspectives.py",
        "0.5 * (abs(after[0] - now[1]) + abs(now[0] - after[1]))",
        "abs(after[0] - now[1])",
    ),
    Mutant("tell double cruxes by credences alone", "perspectives.py", "-round(one.closing, 12)", "-round(one.closes, 12)"),
    Mutant("forget specificity", "observations.py", "(1 - test.specificity) * (1 - given)", "0 * given"),
    Mutant(
        "swap credences with oneself",
        "perspectives.py",
        "first = theirs * mine_true + (1 - theirs) * mine_false",
        "first = mine * mine_true + (1 - mine) * mine_false",
    ),
    Mutant(
        "weigh all subsets alike (Shapley)",
        "perspectives.py",
        "weight = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(players))",
        "weight = 0.5 ** len(others)",
    ),
    Mutant("turn what-if round", "explaining.py", "return against / top, in_favour / top", "return in_favour / top, against / top"),
    Mutant(
        "accept incoherent priors",
        "coherence.py",
        "*_priors(view, values), ",
        "",
    ),
    Mutant("see no other table after an edit", "inference.py", "found[mine.scope[different]] = True", "pass"),
    Mutant(
        "see no other evidence after an edit",
        "inference.py",
        "(self.graph.evidence != graph.evidence)",
        "(graph.evidence != graph.evidence)",
    ),
    Mutant("take what doesn't fit for the same graph", "inference.py", "np.array_equal(one.scope, other.scope)", "True"),
    Mutant("turn no judgment round", "robustness.py", "if lead < now - 1e-9:", "if lead < now - 1e9:"),
    Mutant("try no combination of directions", "robustness.py", "len(keys) > MOST_TRIED", "len(keys) > 0"),
    Mutant("number what no evidence settles", "noise.py", "decisive=self.decisive, without=self.without", "without=()"),
    Mutant("take any false premise for the question's", "unnumbered.py", "one.about == question and ", ""),
    Mutant("take any double crux for one of evidence", "perspectives.py", "(one for one in found if one.subject not in without)", "found"),
    Mutant("take every position to speak beside", "positions.py", "question not in self.questions", "True"),
    Mutant("take a denial for silence", "positions.py", "claim not in said and not", "not"),
    Mutant("fit no temperature", "calibration.py", "return math.exp((low + high) / 2)", "return 1.0"),
    Mutant("bins of one width", "calibration.py", 'order = np.argsort(forecasts, kind="stable")', "order = np.arange(len(forecasts))"),
)


def copy(origin: Path, folder: Path) -> None:
    """Copy what the tests need."""
    for part in COPIED:
        source, target = origin / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def broken(mutant: Mutant, folder: Path) -> str:
    """Return the text of a mutant's file, broken; exit where the list of mutants no longer fits the code."""
    text = (folder / "credence" / mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.before) != 1:
        raise SystemExit(f"{mutant.name}: {mutant.file} holds {mutant.before!r} {text.count(mutant.before)} times, not once; mend the list")
    return text.replace(mutant.before, mutant.after)


def in_order(mutant: Mutant | None, folder: Path) -> list[str]:
    """Return all test files of the engine, those first that are about the module that the mutant breaks."""
    nearest = [f"tests/credence/test_{name}.py" for name in NEAREST.get(mutant.file if mutant else "", ())]
    present = sorted(f"tests/credence/{path.name}" for path in (folder / "tests/credence").glob("test_*.py"))
    return [*nearest, *(path for path in present if path not in nearest)]


def killed_by(mutant: Mutant | None, origin: Path) -> tuple[str, float]:
    """Return the first test that fails under a mutant, or under none ("" if none does), and the seconds it took."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        copy(origin, folder)
        if mutant is not None:
            (folder / "credence" / mutant.file).write_text(broken(mutant, folder), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", *in_order(mutant, folder), "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no"]
        environment = {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return f"no end within {PATIENCE} s", time.perf_counter() - begun
    failed = [line.split("::")[-1].split(" ")[0] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (failed or ["" if done.returncode == 0 else done.stdout[-200:]])[0], time.perf_counter() - begun


def main() -> None:
    """Try all mutants and say which survive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="mutants whose name contains this")
    parser.add_argument("--after", default="", help="only the mutants that come after the one of this name")
    parser.add_argument("--at-once", type=int, default=2)
    arguments = parser.parse_args()
    names = [mutant.name for mutant in MUTANTS]
    first = names.index(arguments.after) + 1 if arguments.after else 0
    chosen = [mutant for mutant in MUTANTS[first:] if arguments.only in mutant.name]
    for mutant in chosen:
        broken(mutant, ROOT)
    survived = 0
    with tempfile.TemporaryDirectory(prefix="origin-") as name, ThreadPoolExecutor(arguments.at_once) as pool:
        origin = Path(name)
        copy(ROOT, origin)
        if not arguments.only and (problem := killed_by(None, origin)[0]):
            raise SystemExit(f"{problem} fails without any mutant: nothing can be learnt")
        for mutant, (test, seconds) in zip(chosen, pool.map(lambda one: killed_by(one, origin), chosen), strict=True):
            print(f"{'killed  ' if test else 'SURVIVED'}  {mutant.name:<52} {seconds:5.1f} s  {test}", flush=True)
            survived += not test
    print(f"{len(chosen) - survived} of {len(chosen)} killed")
    raise SystemExit(1 if survived else 0)


if __name__ == "__main__":
    main()
