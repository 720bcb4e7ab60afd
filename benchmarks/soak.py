"""A soak: runs of a case on a simulated provider with faults, killed -9 every few seconds, resumed until done, and compared.

uv run python benchmarks/soak.py cases/eggs --minutes 120
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from cruxmap.crashing import Kind, Victims, provider_of, result_of, uninterrupted


def soak(case: Path, minutes: float, *, seed: int, between: tuple[float, float], latency: float) -> None:
    """Print a line for each run that came to its end, and the sums."""
    chance = random.Random(seed)  # noqa: S311  # not a secret
    victims = Victims()
    sums: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="cruxmap-soak-") as scratch, provider_of(case, Path(scratch), victims) as provider:
        job = {"case": str(case), "kind": Kind.CHAT.value, "url": provider.url}
        whole = uninterrupted({**job, "home": str(Path(scratch) / "whole")}, victims)
        provider.pause = latency
        deadline = time.monotonic() + 60 * minutes
        while time.monotonic() < deadline:
            home = Path(scratch) / f"run-{sums['runs']}"
            served = len(provider.served)
            kills = 0
            while not (result := result_of(home)):
                process = victims.begin({**job, "home": str(home), "resume": True})
                process.join(chance.uniform(*between))
                if process.is_alive():
                    os.kill(process.pid or 0, signal.SIGKILL)
                    process.join()
                    kills += 1
            wanted = Counter(whole.answers.values())
            good = Counter(text for text in provider.served[served:] if text in wanted)
            sums.update(
                runs=1,
                kills=kills,
                same=int(result["digest"] == whole.digest),
                served=len(provider.served) - served,
                repeated=(good - wanted).total(),
                lost=int(result["lost"]),
                answered=int(result["answered"]),
            )
            print(f"{dict(sums)}", flush=True)
            shutil.rmtree(home)


def main() -> None:
    """Read the arguments and soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds that each answer takes")
    given = parser.parse_args()
    soak(given.case, given.minutes, seed=given.seed, between=(2.0, 6.0), latency=given.latency)


if __name__ == "__main__":
    main()
