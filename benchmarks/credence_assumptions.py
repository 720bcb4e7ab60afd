"""How far the answers of finished runs hang on numbers that no source gives.

    uv run python -m benchmarks.credence_assumptions RUN...    # three tables in Markdown, of runs in $CRUXMAP_HOME

That a shared upstream can be relied on, all together, where nobody judged it; and that a question's whole argument is unsound (model
error), which one judgment says where it was asked. Each is taken at several probabilities. And how wide the bands are with more and less of
the judgments' noise in common.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final

from credence.defaults import MODEL_ERROR, UPSTREAM_SOUND
from credence.engine import coherent_judgments, main_question, material_of, model_question
from credence.noise import LEANING, Varied, stability
from credence.words import span, told_apart
from cruxmap.opening import opened_run
from knowledge.views import View
from knowledge.vocabulary import Quantity

TAKEN: Final = {
    Quantity.WARRANT: ("a shared upstream can be relied on), where nobody judged it", "upstream-", (0.7, 0.8, UPSTREAM_SOUND, 0.95, 0.99)),
    Quantity.MODEL_ERROR: ("the argument is unsound), instead of what was judged", "question-", (0.0, 0.01, MODEL_ERROR, 0.2, 0.4)),
}
LEANINGS: Final = (0.0, LEANING, 0.46)


def rows(case: str, view: View, quantity: Quantity) -> list[str]:
    """Return a line for each answer of a view's inquiry."""
    _, kind, taken = TAKEN[quantity]
    judgments, _ = coherent_judgments(view, None)
    material, fresh = material_of(view, main_question(view)), judgments.otherwise({})
    answers = model_question(material, fresh, check=False).answers
    varied = [(key, one) for key, one in fresh.used.items() if key.quantity is quantity and key.record.startswith(kind)]
    assumed = [key for key, one in varied if quantity is Quantity.MODEL_ERROR or not one.judged]
    models = [model_question(material, judgments.otherwise(dict.fromkeys(assumed, one)), check=False) for one in taken]
    worlds = [model.published.tolist() for model in models]
    return [
        f"| {case} | {len(assumed)} | {answer.name} | {' | '.join(told([world[at] for world in worlds]))} |"
        for at, answer in enumerate(answers)
    ]


def bands(case: str, view: View) -> list[str]:
    """Return a line for each answer of a view's inquiry: its band for each share of noise in common."""
    judgments, _ = coherent_judgments(view, None)
    varied = Varied(view, main_question(view), judgments)
    found = [stability(varied, leaning=leaning).bands for leaning in LEANINGS]
    return [
        f"| {case} | {answer.name} | {' | '.join(span(*one[at]) for one in found)} |" for at, answer in enumerate(varied.modelled.answers)
    ]


def told(chances: Sequence[float]) -> Sequence[str]:
    """Write probabilities so that they can be told apart."""
    return told_apart(*chances) if max(chances) > 0.01 else [f"{chance:.2g}" for chance in chances]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+")
    runs = parser.parse_args().runs
    for quantity, (what, _, taken) in TAKEN.items():
        print(f"\nP({what}:\n")
        print(f"| case | how many | answer | {' | '.join(f'{one:g}' for one in taken)} |\n|{'---|' * (3 + len(taken))}")
        for run in runs:
            with opened_run(run) as opened:
                print("\n".join(rows(opened.record.case, opened.view, quantity)))
    print("\nBands, by the share of the variance that judgments under one answer have in common:\n")
    print(f"| case | answer | {' | '.join(f'{one:g}' for one in LEANINGS)} |\n|{'---|' * (2 + len(LEANINGS))}")
    for run in runs:
        with opened_run(run) as opened:
            print("\n".join(bands(opened.record.case, opened.view)))


if __name__ == "__main__":
    main()
