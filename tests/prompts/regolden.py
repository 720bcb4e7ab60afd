"""Write the golden files anew, to be read as a diff before they are kept: uv run python -m tests.prompts.regolden."""

from __future__ import annotations

from pathlib import Path

from tests.prompts.examples import EXAMPLES, shown

if __name__ == "__main__":
    for task, inputs in EXAMPLES:
        file = Path(__file__).parent / "golden" / f"{task.name.replace('/', '-')}.txt"
        file.write_text(shown(task, inputs), encoding="utf-8")
