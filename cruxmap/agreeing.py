"""Agreement on the command line: two annotators of one gold case, or of many, and one table of how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cruxmap.errors import UsageError
from evals.agreement import LAYERS, Agreement, agreement, shared_f1
from evals.gold import GOLD_FILE, load_gold_case
from evals.reliability import cohen_kappa, kappa_interval, krippendorff_alpha, raw_agreement
from evals.reports import number

WIDTH: Final = 20


def agreements(cases: Path, other: str, *, first: str = GOLD_FILE) -> list[Agreement]:
    """Compare the ``first`` annotation of a case (the settled gold), or of each case of a folder, with another annotator's.

    Raises:
        UsageError: no case has both.
        SuiteUnusable: an annotation contradicts its texts.
    """
    folders = [cases] if (cases / first).is_file() else sorted(path for path in cases.iterdir() if (path / first).is_file())
    both = [(folder, file) for folder in folders if (file := _other(folder, other)) is not None]
    if not both:
        raise UsageError(f"{cases}: no case has both {first} and {other}")
    return [agreement(load_gold_case(folder, first), load_gold_case(folder, str(file))) for folder, file in both]


def _other(folder: Path, other: str) -> Path | None:
    """Find the other annotation of a case: in its folder, or under the case's name in a folder of annotations."""
    places = (folder / other, Path(other) / f"{folder.name}.yaml", Path(other) / folder.name / GOLD_FILE)
    return next((place.resolve() for place in places if place.is_file()), None)


def agreement_lines(found: Sequence[Agreement], *, listed: bool) -> list[str]:
    """Put the layers into one table, over all cases and by case; then what differs."""
    head = f"{'layer':<{WIDTH}}{'units':>7}{'alike':>7}  {'kappa':<24}{'alpha':<8}"
    columns = [one.case[:9] for one in found] if len(found) > 1 else []
    lines = [f"{len(found)} {'case' if len(found) == 1 else 'cases'}", "", head + "".join(f"{name:>10}" for name in columns)]
    for name, counts in (("spans", [one.spans for one in found]), ("claims", [one.claims for one in found])):
        total = tuple(map(sum, zip(*counts, strict=True)))
        f1s = [shared_f1(one) for one in counts] if columns else []
        told = f"{name:<{WIDTH}}{total[1]:>3}/{total[2]:<3}{'':>7}  {'F1 ' + number(shared_f1((total[0], total[1], total[2]))):<24}{'':<8}"
        lines.append(told + "".join(f"{number(one):>10}" for one in f1s))
    lines += [_row(layer, found, by_case=bool(columns)) for layer in LAYERS]
    lines += ["", "units: " + "; ".join(f"{layer}: {unit}" for layer, unit in LAYERS.items())]
    lines.append("kappa: Cohen's, chance reckoned within each case, 95% by bootstrap over cases; alpha: Krippendorff's; by case: kappa")
    if listed or not columns:
        lines += [line for one in found for line in ["", f"{one.case}:", *(f"  {told}" for told in one.disagreements)]]
    else:
        lines.append(f"{sum(len(one.disagreements) for one in found)} labels differ; --list lists them")
    return lines


def _row(layer: str, found: Sequence[Agreement], *, by_case: bool) -> str:
    tables = [one.tables[layer] for one in found]
    kappa = kappa_interval(tables)
    told = f"{number(kappa.estimate)} [{number(kappa.low)}, {number(kappa.high)}]"
    units = sum(table.total() for table in tables)
    row = f"{layer:<{WIDTH}}{units:>7}{number(raw_agreement(tables)):>7}  {told:<24}{number(krippendorff_alpha(tables)):<8}"
    return row + ("".join(f"{number(cohen_kappa([table])):>10}" for table in tables) if by_case else "")
