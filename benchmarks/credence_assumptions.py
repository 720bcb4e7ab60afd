"""How far the answers of finished runs hang on one number that nobody judged: how surely a shared upstream can be relied on.

    uv run python -m benchmarks.credence_assumptions RUN...    # a table in Markdown, of runs in $CRUXMAP_HOME

Each shared upstream whose soundness nobody judged is taken at each of several probabilities, all of them together.
"""

from __future__ import annotations

import argparse
from typing import Final

from credence.defaults import UPSTREAM_SOUND
from credence.engine import coherent_judgments, main_question, material_of, model_question
from credence.judgments import Key
from credence.words import told_apart
from cruxmap.opening import opened_run
from knowledge.records import Quantity
from knowledge.views import View

TAKEN: Final = (0.7, 0.8, UPSTREAM_SOUND, 0.95, 0.99)


def rows(case: str, view: View) -> list[str]:
    """Return a line for each answer of a view's inquiry."""
    judgments, _ = coherent_judgments(view, None)
    material = material_of(view, main_question(view))
    fresh = judgments.otherwise({})
    model = model_question(material, fresh, check=False)
    used = fresh.used
    keys = [Key(upstream, Quantity.WARRANT, None) for upstream in model.network.upstreams]
    assumed = [key for key in keys if not used[key].judged]
    worlds = [model_question(material, judgments.otherwise(dict.fromkeys(assumed, taken)), check=False).published for taken in TAKEN]
    upstreams = f"{len(assumed)} of {len(keys)}"
    found = []
    for at, answer in enumerate(model.answers):
        chances = [float(world[at]) for world in worlds]
        told = told_apart(*chances) if max(chances) > 0.0001 else [f"{chance:.3g}" for chance in chances]
        found.append(f"| {case} | {upstreams} | {answer.name} | {' | '.join(told)} |")
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+")
    print(f"| case | upstreams that nobody judged | answer | {' | '.join(f'{taken:g}' for taken in TAKEN)} |\n|{'---|' * (3 + len(TAKEN))}")
    for run in parser.parse_args().runs:
        with opened_run(run) as opened:
            print("\n".join(rows(opened.record.case, opened.view)))


if __name__ == "__main__":
    main()
