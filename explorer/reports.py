"""The report: one Markdown file, and one HTML file that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup, escape

from credence.words import percent
from explorer.summaries import Summary, step_words
from knowledge.records import UNKNOWN, Assertion, Claim, Finding, Link, Passage, Variant, Warrant
from knowledge.views import View

CONTEXT: Final = 200
"""Characters of the source shown on either side of a quotation."""
MOST_IN_FULL: Final = 1500
"""Claims shown with all their quotations; beyond that a page gets too heavy to open."""


@dataclass(frozen=True)
class Quotation:
    """An assertion with its words in their context."""

    id: str
    speaker: str
    reporters: tuple[str, ...]
    stance: str
    hedge: str
    said: str
    before: str
    words: str
    after: str
    source: str
    source_id: str
    url: str
    wording: str


@dataclass(frozen=True)
class Step:
    """A link as its claim's entry tells it. ``other`` is what to jump to."""

    id: str
    text: str
    warrant: str
    other: str


@dataclass(frozen=True)
class ClaimEntry:
    """All that is shown of a claim."""

    id: str
    text: str
    quotations: tuple[Quotation, ...]
    reasons: tuple[Step, ...]
    bears_on: tuple[Step, ...]
    variants: tuple[tuple[str, str, str, str], ...]
    weight: int


def write_report(folder: Path, summary: Summary, view: View, text_of: Callable[[str], str]) -> tuple[Path, Path]:
    """Write ``report.md`` and ``report.html`` into a folder, each at once, and return their paths."""
    claims = _claims(view, summary, text_of)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("explorer"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "link": _link,
        "plain": _plain_markdown,
        "words": _words,
        "tenth": lambda value: round(1000 * value) / 10,
    }
    shown = {"summary": summary, "claims": claims[:MOST_IN_FULL], "rest": claims[MOST_IN_FULL:]}
    written = []
    for name in ("report.md", "report.html"):
        path = folder / name
        aside = path.with_suffix(path.suffix + ".tmp")
        aside.touch(mode=0o600)
        aside.write_text(environment.get_template(name).render(shown), encoding="utf-8")
        aside.replace(path)  # at once: a reader sees the old page or the new
        written.append(path)
    return written[0], written[1]


def _link(url: str, text: str) -> Markup:
    """Link to an address of the web; anything else stays text."""
    if re.match(r"https?://", url):
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, text)
    return escape(text)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plain_markdown(text: str) -> str:
    """Keep a source's words from being read as Markdown or HTML."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|!~$])", r"\\\1", flat)


def _claims(view: View, summary: Summary, text_of: Callable[[str], str]) -> list[ClaimEntry]:
    """Build the entries, those that bear on a question or carry a finding first."""
    links = view.all(Link)
    outgoing: dict[str, list[Link]] = {}
    incoming: dict[str, list[Link]] = {}
    for link in links:
        for claim in link.premises:
            outgoing.setdefault(view.representative(claim)[0], []).append(link)
        if link.target.startswith("claim-"):
            incoming.setdefault(view.representative(link.target)[0], []).append(link)
    variants: dict[str, list[Variant]] = {}
    for variant in view.all(Variant):
        for claim in variant.claims:
            variants.setdefault(view.representative(claim)[0], []).append(variant)
    cruxes = {crux.subject for question in summary.questions for crux in question.cruxes}
    flagged = {finding.about for finding in view.all(Finding)}
    works = {source.id: source.url for source in summary.sources}
    entries = []
    for claim in view.members:
        quotations = tuple(_quotation(view, assertion, text_of, works, negated=negated) for assertion, negated in view.assertions_of(claim))
        if not quotations:
            continue
        out, into = outgoing.get(claim, []), incoming.get(claim, [])
        weight = 4 * (claim in cruxes) + 2 * bool(out or into) + any(one.id in flagged for one in quotations)
        entries.append(
            ClaimEntry(
                id=claim,
                text=view.get(claim, Claim).text,
                quotations=tuple(sorted(quotations, key=lambda one: (one.source, one.id))),
                reasons=tuple(_step(view, link, link.premises[0]) for link in into),
                bears_on=tuple(_step(view, link, link.target) for link in out),
                variants=tuple(_variant(view, variant, claim) for variant in variants.get(claim, [])),
                weight=weight,
            )
        )
    return sorted(entries, key=lambda entry: (-entry.weight, -len(entry.quotations), entry.id))


def _quotation(view: View, assertion: Assertion, text_of: Callable[[str], str], works: dict[str, str], *, negated: bool) -> Quotation:
    passage = view.get(assertion.passage, Passage)
    source = view.source_of(assertion)
    text = text_of(source.text)
    wording = view.get(assertion.claim, Claim).text
    return Quotation(
        id=assertion.id,
        speaker=assertion.speaker,
        reporters=assertion.reporters,
        stance=assertion.stance.value,
        hedge=assertion.hedge.value,
        said=assertion.said,
        before=text[max(0, passage.start - CONTEXT) : passage.start],
        words=passage.text,
        after=text[passage.end : passage.end + CONTEXT],
        source=source.title,
        source_id=source.id,
        url=works.get(source.id, UNKNOWN),
        wording=f"the opposite: {wording}" if negated else wording,
    )


def _step(view: View, link: Link, other: str) -> Step:
    return Step(
        link.id,
        step_words(view, link),
        view.get(link.warrant, Warrant).text,
        view.representative(other)[0] if other.startswith("claim-") else other,
    )


def _variant(view: View, variant: Variant, claim: str) -> tuple[str, str, str, str]:
    other = next((one for one in variant.claims if view.representative(one)[0] != claim), variant.claims[0])
    return view.representative(other)[0], view.get(other, Claim).text, variant.differs_in.value, variant.explanation
