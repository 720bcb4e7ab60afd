"""What is carried over the seams of long documents: uv run python benchmarks/seams.py FOLDER (each file below it is read)."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from agents.ingestion import parted
from sources.errors import Unreadable
from sources.reading import list_documents, read_file
from sources.seams import seam


def main() -> None:
    """Count the parts that are asked about and don't begin their document, and what each is told of the text before it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    shown: list[int] = []
    speakers: list[str] = []
    for path in list_documents(folder, within=folder):
        try:
            text = read_file(path).text
        except Unreadable as problem:
            print(problem)
            continue
        for part in parted(text).asked:
            above = seam(text, part.start)
            if part.start:
                shown.append(part.start - above.before)
            if above.speaker:
                speakers.append(f"{path.name}: {above.speaker}")
    told = [length for length in shown if length]
    print(f"{len(shown)} later parts; last words before {len(told)}, median {median(told or [0]):.0f} characters, {sum(told):,} in all")
    print(f"a speaker at {len(speakers)}:", *speakers, sep="\n  ")


if __name__ == "__main__":
    main()
