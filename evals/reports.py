"""The report of a result: report.html for people, result.json for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import jinja2

from evals.calibrating import told
from evals.choosing import choose, cost_unit
from evals.comparing import Comparison, Verdict
from evals.drawing import cost_and_quality, differences, overview, reliability
from evals.judging import load_judged
from evals.results import Result, advice, budgets, comparisons, cost_of, idle, in_common, means, spread
from evals.statistics import Interval

REPORT: Final = "report.html"
RESULT: Final = "result.json"


def write_report(result: Result, *, since: Sequence[Comparison] = (), before: str = "") -> tuple[Path, Path]:
    """Write both; ``since``: what changed against an earlier result, called ``before``. Returns (HTML, JSON)."""
    found = comparisons(result)
    choice, table = choose(result, found), means(result)
    cautions = [*budgets(result), *idle(result, found)]
    body = to_json(result, found, since=since, before=before)
    (result.folder / RESULT).write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("evals"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = number
    page = environment.get_template("report.html").render(
        result=result,
        plan=result.plan,
        choice=choice,
        advice=[line for line in advice(result, found) if line not in cautions],
        cautions=cautions,
        overview=_overview(result, choice.use),
        means=table,
        scored=[measure for measure in result.plan.measures if any(one.n for one in table[measure.id].values())],
        pairs=[(first, second, _between(found, first, second)) for first, second in combinations(result.configurations, 2)],
        draw=lambda found: differences([one for one in found if one.verdict is not Verdict.IDENTICAL]),
        same=lambda found: [one.scorer for one in found if one.verdict is Verdict.IDENTICAL],
        costs={name: cost_of(result.of(name)) for name in result.configurations},
        cost_picture=_picture(result),
        variance=_variance(result),
        trials=sorted(result.trials, key=lambda trial: (trial.case, trial.configuration, trial.repeat)),
        since=[one for one in since if one.verdict is not Verdict.IDENTICAL],
        before=before,
        judges=load_judged(result.folder),
        calibrations=_calibrations(result),
    )
    (result.folder / REPORT).write_text(page, encoding="utf-8")
    return result.folder / REPORT, result.folder / RESULT


def _calibrations(result: Result) -> list[tuple[str, str, str, str]]:
    """Return of each configuration, for answers and for claims: a sentence and a drawing."""
    kinds = [(name, of, one) for name, found in result.calibrations.items() for of, one in found.items()]
    return [(name, of, told(one), reliability(one)) for name, of, one in kinds]


def number(value: float | None) -> str:
    """Write a number short, or a dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"


def to_json(result: Result, found: Sequence[Comparison], *, since: Sequence[Comparison], before: str) -> dict[str, Any]:
    """Put a result into plain values; nan and infinity become null."""
    body = {
        "plan": result.plan.model_dump(mode="json"),
        "complete": result.complete,
        "choice": asdict(choose(result, found)),
        "advice": advice(result, found),
        "means": {measure: {name: asdict(one) for name, one in columns.items()} for measure, columns in means(result).items()},
        "costs": {name: cost_of(result.of(name)) for name in result.configurations},
        "comparisons": [_told(one) for one in found],
        "since": {"before": before, "comparisons": [_told(one) for one in since]},
        "calibration": {name: {of: asdict(one) for of, one in kinds.items()} for name, kinds in result.calibrations.items()},
        "judges": {name: one.model_dump(mode="json") for name, one in load_judged(result.folder).items()},
        "trials": [trial.model_dump(mode="json") for trial in result.trials],
    }
    plain: dict[str, Any] = _plain(body)
    return plain


def _told(one: Comparison) -> dict[str, Any]:
    return {**asdict(one), "verdict": one.verdict.value, "by_case": dict(one.by_case), "sentence": one.told}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _between(found: Sequence[Comparison], first: str, second: str) -> list[Comparison]:
    return [one for one in found if (one.first, one.second) == (first, second)]


def _picture(result: Result) -> str:
    """Draw the first headline measure against what it costs."""
    costs, unit = {name: cost_of(trials) for name, trials in in_common(result, result.configurations).items()}, cost_unit(result)
    headline = result.plan.headline[0]
    quality: dict[str, Interval] = means(result)[headline]
    return cost_and_quality(quality, {name: one[unit] for name, one in costs.items()}, of=headline, in_=unit)


def _overview(result: Result, use: str) -> str:
    """Draw the headline measures and the cost of all configurations."""
    table, unit = means(result), cost_unit(result)
    return overview(
        {name: table[name] for name in result.plan.headline if any(one.n for one in table[name].values())},
        {name: cost_of(result.of(name))[unit] for name in result.configurations},
        unit=unit,
        use=use,
        chance={name: result.measure(name).chance for name in result.plan.headline},
    )


def _variance(result: Result) -> list[str]:
    """Say what more cases and what more repeats would bring, for each headline measure of the first two configurations."""
    if len(result.configurations) < 2:
        return []
    first, second = result.configurations[:2]
    lines = []
    for measure in result.plan.headline:
        found = spread(result, measure, first, second)
        cases, repeats = len({trial.cluster for trial in result.trials}), result.plan.repeats
        if cases < 2 or found.between + found.within == 0:
            continue
        now, more_cases, more_repeats = (
            found.standard_error(c, r) for c, r in ((cases, repeats), (2 * cases, repeats), (cases, 2 * repeats))
        )
        unknown = " (repeats were not tried, so their share is not known)" if repeats == 1 else ""
        told = f"twice the cases {more_cases:.3f}, twice the repeats {more_repeats:.3f}{unknown}"
        lines.append(f"{measure}: standard error of the difference {now:.3f}; {told}.")
    return lines
