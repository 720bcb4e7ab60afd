"""What two elicitations of the same judgments differ by, and what that does to answers and cruxes.

    uv run python -m benchmarks.judged_twice RUN          # a finished run: its second wording of each link against its first
    uv run python -m benchmarks.judged_twice RUN OTHER    # two finished runs of one case in one home, links judged apart in each

Says of each quantity of links that was judged in both under the main perspective the standard deviation of one elicitation (that of the
differences over the root of two, in nats). Then what the second numbers make of a knowledge base that had the first (of two runs: the
first's numbers in the second's): its answers beside the bands that `credence.noise` foretold, and how many of the first cruxes stay,
beside how many it foretold.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

import numpy as np

from credence.engine import coherent_judgments, main_question
from credence.judgments import Key, logit, perspectives_of
from credence.noise import Varied, stability
from credence.wording import answers_of
from cruxmap.opening import opened_run
from knowledge.records import Judgment
from knowledge.views import View


def judged(view: View, wording: int = 0) -> dict[Key, float]:
    """Return what the main perspective judges of links, asked in one wording."""
    main = perspectives_of(view)[0].id
    return {
        Key(one.record, one.quantity, one.given): one.value
        for one in view.all(Judgment)
        if one.perspective == main and one.record.startswith("link-") and one.wording == wording
    }


def once_only(view: View) -> View:
    """Return the view without what was judged of links again."""
    return View.of(
        one for one in view.records.values() if not (isinstance(one, Judgment) and one.record.startswith("link-") and one.wording > 0)
    )


def noise(first: dict[Key, float], second: dict[Key, float]) -> None:
    """Print what the two differ by."""
    apart = defaultdict[str, list[float]](list)
    for key in first.keys() & second.keys():
        apart[key.quantity].append(logit(first[key]) - logit(second[key]))
    print(
        "| quantity | judged twice | mean difference, nats | standard deviation of one, nats | same to the digit |\n|---|---|---|---|---|"
    )
    for quantity, several in sorted(apart.items()):
        differences = np.array(several)
        one = differences.std() / np.sqrt(2)
        same = (np.abs(differences) < 1e-9).mean()
        print(f"| {quantity} | {len(several)} | {differences.mean():+.2f} | {one:.2f} | {same:.0%} |")


def consequences(view: View, first: dict[Key, float]) -> None:
    """Print what the first numbers make of answers and cruxes."""
    question = main_question(view)
    varied = Varied(view, question, coherent_judgments(view, None)[0])
    other = varied.under({key: value for key, value in first.items() if key in varied.used})
    foretold = stability(varied)
    bands = zip(answers_of(view, question.id), varied.modelled.published, other.published, foretold.bands, strict=True)
    print("\n| answer | as judged now | with the other judgments of links | band foretold |\n|---|---|---|---|")
    for answer, now, then, (low, high) in bands:
        print(f"| {answer.name} | {now:.3f} | {then:.3f} | {low:.3f} to {high:.3f} |")
    ranked = [[crux.subject for crux in cruxes] for cruxes in (varied.cruxes(), varied.cruxes(other))]
    kept = {size: len({*ranked[0][:size]} & {*ranked[1][:size]}) for size in (3, 5, 10)}
    chance = sum(foretold.in_top.get(subject, 0.0) for subject in ranked[0][:3])
    print(f"\nOf the first 3, 5 and 10 cruxes {kept[3]}, {kept[5]} and {kept[10]} stay; of the first 3 {chance:.1f} were foretold to.")


def main() -> None:
    """Compare two runs, or two wordings of one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("other", nargs="?")
    given = parser.parse_args()
    with opened_run(given.run) as run:
        if given.other is None:
            once = once_only(run.view)
            noise(judged(run.view), judged(run.view, wording=1))
            consequences(once, judged(run.view, wording=1))
            again = judged(run.view, wording=2)
            thirds, links = ({key.record for key in some} for some in (again, judged(run.view)))
            print(f"\n{len(thirds)} of {len(links)} links were judged a third time.")
            return
        with opened_run(given.other) as other:
            noise(judged(run.view), judged(other.view))
            consequences(once_only(other.view), judged(run.view))


if __name__ == "__main__":
    main()
