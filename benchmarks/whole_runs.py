"""Count what whole runs asked of a model, reading and after it: the rows of `cruxmap.whole_runs`.

uv run python benchmarks/whole_runs.py [CASE...]: replays the recordings of cases; the three shipped ones if none is named.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from cruxmap.investigating import start
from cruxmap.registry import Registry
from cruxmap.settings import load_settings
from cruxmap.whole_runs import Asked, whole_run

CASES = Path(__file__).resolve().parents[1] / "cases"


def main() -> None:
    """Print a line for each case and role."""
    for folder in [Path(one) for one in sys.argv[1:]] or sorted(path.parent for path in CASES.glob("*/recording.jsonl.gz")):
        with tempfile.TemporaryDirectory() as home:
            settings = load_settings(None, {"home": Path(home), "reasoner": "recording"})
            start(folder, settings, run="replayed", note=lambda *_: None)
            with closing(Registry(Path(home), "").open_journal("replayed")) as journal:
                found = whole_run(journal)
        print(f"{folder.name}: questions, tokens read, tokens written")
        for name, asked in {"reading": found.reading, **found.after}.items():
            print(f"  {name:<10}{_told(asked)}")
        print(f"  after the reading, for each of its questions: {_told(sum(found.after.values(), Asked()) * (1 / found.reading.calls))}")


def _told(asked: Asked) -> str:
    return f"{asked.calls:>8,.1f}{asked.read:>12,.0f}{asked.written:>12,.0f}"


if __name__ == "__main__":
    main()
