"""The report: one Markdown file, and one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from explorer.entries import claim_entries
from explorer.rendering import render
from explorer.summaries import Summary
from knowledge.views import View


def write_report(folder: Path, summary: Summary, view: View, text_of: Callable[[str], str]) -> tuple[Path, Path]:
    """Write ``report.md`` and ``report.html`` into a folder, each at once, and return their paths."""
    shown = {"summary": summary, "claims": claim_entries(view, summary, text_of)}
    return render("report.md", folder / "report.md", shown), render("report.html", folder / "report.html", shown)
