"""Recording: the answers of a finished run as a file that replays it."""

from __future__ import annotations

from pathlib import Path

from cruxmap.registry import Registry, RunRecord, Status
from prompts.tasks.base import Role
from reasoners.recordings import write_recording


def record_run(registry: Registry, record: RunRecord, path: Path) -> str:
    """Write a run's recording, if it is done, and say so."""
    if record.status is not Status.DONE:
        return f"Not recorded: the run is {record.status.value}. Resume it with --record {path}"
    journal = registry.open_journal(record.run)
    try:
        header = {
            "case": record.case,
            "recorded": record.finished[:10],
            "models": {role: record.models[role.value] for role in Role},
            "settings": {role: record.asked_with.get(role.value, {}) for role in Role},
            "fingerprint": record.fingerprint,
        }
        count = write_recording(path, journal, header)
    finally:
        journal.close()
    return f"Recorded: {count} answers, {path.stat().st_size / 1000:.0f} kB in {path}"
