"""Writing a site's pages: which there are, and what each shows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from credence.results import Assessment
from explorer.addresses import Addresses, crux_page, speaker_page
from explorer.charts import time_chart
from explorer.comparisons import Comparison
from explorer.drawings import drawing
from explorer.entries import ClaimEntry, Step, claim_entries
from explorer.histories import History, Stage
from explorer.maps import ArgumentMap, MapNode, Outline, argument_map
from explorer.methods import Methods
from explorer.networks import export_network
from explorer.pages import Said, SourcePage, SpeakerPage, source_pages, speaker_pages, spelled_out, users_of_origins
from explorer.panels import panel, tornado
from explorer.question_summaries import AnswerSummary, CruxSummary, QuestionSummary
from explorer.record_summaries import FindingSummary
from explorer.rendering import ASSETS, render, write_text
from explorer.standings import Weighed
from explorer.summaries import Summary
from explorer.wording import GLOSSARY, judged, most_moved, noise_of
from knowledge.layers import group
from knowledge.records import UNKNOWN, Claim, Equivalence, Gap, Judgment, Link, Perspective, Relation, Retraction, Source, Upstream, Variant
from knowledge.views import View

_ASSETS: Final = ("style.css", "site.css", "map.css", "site.js", "whatif.js", "map.js")
_VENDORED: Final = ("vendor/cytoscape.min.js", "vendor/cytoscape.LICENSE")
"""Cytoscape.js 3.34.4 (MIT), 436 kB, as its makers distribute it: docs/design/009-the-site.md."""
MOST_DRAWN: Final = 16
"""Boxes of a drawing on a page; more are read as a list, or on the map."""


@dataclass(frozen=True)
class SiteInputs:
    """What a site is made from. ``assessments``: one a perspective, that of the summary first; ``weighed``: the same perspectives."""

    view: View
    summary: Summary
    assessments: tuple[Assessment, ...]
    text_of: Callable[[str], str]
    history: History
    methods: Methods
    other: Comparison | None = None
    weighed: Weighed = field(default_factory=Weighed)


@dataclass(frozen=True)
class PerspectiveSummary:
    """A perspective and its credences in the inquiry's answers, in their order, each with its band if worked out."""

    id: str
    name: str
    description: str
    credences: tuple[tuple[float, tuple[float, float] | None], ...]


@dataclass(frozen=True)
class Frame:
    """What every page shows around its own content."""

    title: str
    summary: Summary
    main: QuestionSummary | None
    perspectives: tuple[PerspectiveSummary, ...]
    pages: tuple[tuple[str, str], ...]
    weighed: Weighed


class Writer:
    """Writes the pages of one site."""

    def __init__(self, folder: Path, inputs: SiteInputs) -> None:
        self._folder, self._in = folder, inputs
        self._view, self._summary = inputs.view, inputs.summary
        self._to = Addresses(inputs.view)
        self._claims = claim_entries(inputs.view, inputs.summary, inputs.text_of)
        self._by_id = {claim.id: claim for claim in self._claims}
        self._speakers = speaker_pages(inputs.summary, self._claims)
        self._sources = source_pages(inputs.view, inputs.summary, self._claims, inputs.text_of)
        self._frame = _frame(inputs)
        self._credences = _credences(inputs.assessments)
        self._speaker_names = {page.name for page in self._speakers}
        self._cruxes = list(_shown_cruxes(inputs.summary))
        self._networks: dict[str, dict[str, Any]] = {}
        self._map = self._argument_map()

    def assets(self) -> Iterator[str]:
        """Copy styles and scripts, and write the index of the search."""
        for name in (*_ASSETS, *_VENDORED):
            shutil.copyfile(ASSETS / name, self._folder / "assets" / Path(name).name)
            yield f"assets/{Path(name).name}"
        index = json.dumps(list(self._index()), ensure_ascii=False, separators=(",", ":"))
        write_text(self._folder / "assets" / "index.js", f"window.CRUXMAP_INDEX={index};", mode=0o644)
        yield "assets/index.js"

    def _index(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (kind, title, address, further words) of all that the search finds."""
        for question in self._summary.questions:
            yield "question", question.text, self._to(question.id), ""
            for answer in question.answers:
                yield "answer", answer.text, self._to(answer.id), answer.name
        for claim in self._claims:
            yield "claim", claim.text, self._to(claim.id), " ".join(dict.fromkeys(one.speaker for one in claim.quotations))
        for source in self._summary.sources:
            yield "source", source.title, self._to(source.id), f"{' '.join(source.authors)} {source.publisher} {source.published}"
        for page in self._speakers:
            yield "speaker", page.name, speaker_page(page.name), ""
        for finding in self._summary.findings:
            yield "finding", f"{finding.kind.replace('_', ' ')}: {finding.subject}", self._to(finding.id), finding.verdict
        for upstream in self._view.all(Upstream):
            yield "origin", upstream.name, self._to(upstream.id), upstream.kind.value

    def _page(self, template: str, name: str = "", **shown: object) -> str:
        name = name or template
        around = {
            "site": self._frame,
            "here": name,
            "to": self._to,
            "speaker_at": self._speaker_at,
            "crux_at": lambda question, crux: crux_page(question.id, crux.subject),
            "credences": self._credences,
        }
        render(f"site/{template}", self._folder / name, {**around, **shown}, mode=0o644)
        return name

    def _speaker_at(self, name: str) -> str:
        return speaker_page(name) if name in self._speaker_names else "speakers.html"

    def pages(self) -> Iterator[str]:
        """Write every page and yield its name."""
        main = self._frame.main
        yield self._page("index.html", answers=list(self._answers_in_order()), leading=self._leading_cruxes())
        if self._summary.questions[1:]:
            yield self._page("questions.html")
        asked = [question for question in self._summary.questions if question.cruxes]
        first = panel(main, self._network(main)) if main and main.cruxes else None
        yield self._page("cruxes.html", tornados=[tornado(question) for question in asked], panel=first)
        yield from (self._crux(question, crux) for question, crux in self._cruxes)
        if self._in.weighed.disputes:
            yield self._page("double-cruxes.html")
        yield self._map_page()
        yield self._page("claims.html", claims=self._claims)
        yield from self._claim_pages()
        yield self._page("sources.html")
        yield from (self._source(page) for page in self._sources)
        yield self._page("speakers.html", pages=self._speakers)
        yield from (self._speaker(page) for page in self._speakers)
        yield from self._answers()
        yield self._page("origins.html", origins=_origins(self._view))
        yield self._page("findings.html")
        yield self._page("missing.html")
        yield self._timeline()
        yield self._page("methods.html", methods=self._in.methods, glossary=GLOSSARY)
        if self._in.other:
            yield self._page("compare.html", other=self._in.other)

    def _answers_in_order(self) -> Iterator[tuple[AnswerSummary, tuple[float, float] | None]]:
        """Yield the inquiry's answers, the most probable first, each with its band."""
        answers = self._frame.main.answers if self._frame.main else ()
        bands = self._in.weighed.standing.bands if self._in.weighed.standing else (None,) * len(answers)
        told = [(answer, noise_of(answer) or other) for answer, other in zip(answers, bands, strict=True)]  # the summary's own first
        yield from sorted(told, key=lambda one: -one[0].probability)

    def _leading_cruxes(self) -> list[CruxSummary]:
        """Return the three cruxes to show first: those chosen for what each adds, if it was worked out and they have a page."""
        cruxes = {crux.subject: crux for crux in self._frame.main.cruxes} if self._frame.main else {}
        chosen = [cruxes[subject] for subject in self._in.weighed.standing.cruxes if subject in cruxes] if self._in.weighed.standing else []
        return list(dict.fromkeys([*chosen, *cruxes.values()]))[:3]

    def _network(self, question: QuestionSummary) -> dict[str, Any]:
        if question.id not in self._networks:
            self._networks[question.id] = export_network(self._view, question.id, settle=[crux.subject for crux in question.cruxes])
        return self._networks[question.id]

    def _crux(self, question: QuestionSummary, crux: CruxSummary) -> str:
        is_claim = crux.kind == "claim"
        premises = (crux.subject,) if is_claim else self._standing_for(self._view.get(crux.subject, Link).premises)
        entries = [self._by_id[claim] for claim in premises]
        said = [Said(entry.id, entry.text, one) for entry in entries for one in entry.quotations]
        steps = [step for entry in entries for step in entry.bears_on if step.id == crux.subject]
        about = {crux.subject, *premises, *(one.quotation.id for one in said)}
        return self._page(
            "crux.html",
            crux_page(question.id, crux.subject),
            question=question,
            crux=crux,
            panel=panel(question, self._network(question), first=crux),
            tornado=tornado(question, here=crux.subject),
            held=[one for one in said if not one.quotation.rejects],
            denied=[one for one in said if one.quotation.rejects],
            reasons_for=[step for entry in entries for step in entry.reasons if step.relation == Relation.SUPPORTS],
            reasons_against=[step for entry in entries for step in entry.reasons if step.relation != Relation.SUPPORTS],
            steps=steps,
            held_by=crux.held_by if is_claim else sorted({name for step in steps for name in step.offered_by}),
            objections=[objection for step in steps[:1] for objection in step.objections],
            opposing=_opposing(question, crux)[:3],
            gaps=[gap for gap in self._view.all(Gap) if gap.about in about],
            wider=[gap for gap in self._view.all(Gap) if gap.about == question.id],
            findings=self._findings_about(about | {one.quotation.source_id for one in said}),
        )

    def _standing_for(self, claims: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(self._view.representative(claim)[0] for claim in claims))

    def _findings_about(self, records: set[str]) -> list[FindingSummary]:
        return [finding for finding in self._summary.findings if finding.about in records]

    def _claim_pages(self) -> Iterator[str]:
        equivalences = group(self._view.all(Equivalence), lambda one: self._view.representative(one.member)[0])
        judgments = group(self._view.all(Judgment), lambda one: one.record)
        variants: dict[tuple[str, str], str] = {}
        for variant in self._view.all(Variant):
            one, other = (self._view.representative(claim)[0] for claim in variant.claims)
            variants[one, other] = variants[other, one] = variant.id
        crux_of: dict[str, list[tuple[QuestionSummary, CruxSummary]]] = {}
        for question, crux in self._cruxes:
            crux_of.setdefault(crux.subject, []).append((question, crux))
        for claim in self._claims:
            parts = {claim.id, *(one.id for one in claim.quotations), *(step.id for step in claim.bears_on if step.home)}
            yield self._page(
                "claim.html",
                f"{claim.id}.html",
                claim=claim,
                credence=self._credences.get(claim.id),
                crux_of=crux_of.get(claim.id, ()),
                members=[_member(self._view, one) for one in equivalences.get(claim.id, ())],
                variants=[(one, spelled_out(claim.text, one.text), variants[claim.id, one.claim]) for one in claim.variants],
                findings=self._findings_about(parts | {member for member, _ in self._view.members[claim.id]}),
                judgments=[judged(one, self._view) for record in sorted(parts) for one in judgments.get(record, ())],
                stages=self._stages_of(claim),
            )

    def _stages_of(self, claim: ClaimEntry) -> list[tuple[Stage, str]]:
        """Tell when the claim, what is said on it, its links and the findings on it first counted, the earliest first."""
        findings = self._findings_about({claim.id, *(one.id for one in claim.quotations)})
        groups = (
            ("the claim", [claim.id]),
            ("an assertion", [one.id for one in claim.quotations]),
            ("a reason for or against it", [one.id for one in claim.reasons]),
            ("a step from it", [one.id for one in claim.bears_on]),
            ("a finding", [one.id for one in findings]),
        )
        at: dict[int, list[str]] = {}
        for what, records in groups:
            for number in sorted({self._in.history.first[one] for one in records if one in self._in.history.first}):
                at.setdefault(number, []).append(what)
        return [(self._in.history.stages[number], ", ".join(what)) for number, what in sorted(at.items())]

    def _source(self, page: SourcePage) -> str:
        return self._page("source.html", f"{page.source.id}.html", page=page)

    def _speaker(self, page: SpeakerPage) -> str:
        reasons: dict[str, list[Step]] = {}
        for step in page.steps:
            reasons.setdefault(step.premises, []).append(step)
        shown = self._weightiest(page)
        left_out = len({said.claim for said in page.holds if self._by_id[said.claim].bears_on} - shown)
        picture = drawing(self._map, shown, f"How the reasons of {page.name} hang together")
        return self._page(
            "speaker.html", speaker_page(page.name), page=page, drawing=picture, left_out=left_out, reasons=list(reasons.items())
        )

    def _weightiest(self, page: SpeakerPage) -> set[str]:
        """Return what a speaker holds with what it is offered for, the weightiest claims first, as far as a drawing can hold."""
        held = {said.claim for said in page.holds}
        shown: set[str] = set()
        for claim in self._claims:  # sorted by weight
            more = shown | {claim.id, *(step.other for step in claim.bears_on)}
            if claim.id in held and claim.bears_on and len(more) <= MOST_DRAWN:
                shown = more
        return shown

    def _answers(self) -> Iterator[str]:
        for question in self._summary.questions:
            for answer in question.answers:
                bearing = [(claim, step) for claim in self._claims for step in claim.bears_on if step.other == answer.id and step.home]
                shown = {answer.id, *(claim.id for claim, _ in bearing)}
                picture = drawing(self._map, shown, f"The reasons for and against: {answer.text}") if len(shown) <= MOST_DRAWN else ""
                bearing.sort(key=lambda one: -self._credences.get(one[0].id, 0.0))
                yield self._page(
                    "answer.html",
                    f"{answer.id}.html",
                    question=question,
                    answer=answer,
                    supports=[one for one in bearing if one[1].relation == Relation.SUPPORTS],
                    attacks=[one for one in bearing if one[1].relation == Relation.ATTACKS],
                    drawing=picture,
                )

    def _argument_map(self) -> ArgumentMap:
        users = users_of_origins(self._view)
        leaning: dict[str, set[str]] = {}
        for claim in self._claims:
            for one in claim.quotations:
                leaning.setdefault(one.source_id, set()).add(claim.id)
        origins = {
            shared.id: (shared.name, frozenset(claim for source in users[shared.id] for claim in leaning.get(source, ())))
            for shared in self._summary.shared
        }
        addresses = {record: self._to(record) for record in self._view.records}
        return argument_map(self._view, self._summary, self._claims, self._credences, addresses, origins=origins)

    def _map_page(self) -> str:
        nodes = {node.id: node for node in self._map.nodes}
        return self._page(
            "map.html",
            data={
                "nodes": [_slim(node) for node in self._map.nodes],
                "edges": [(edge.source, edge.target, edge.relation, edge.crosses) for edge in self._map.edges],
                "first": self._map.first,
            },
            outline=_outline_parts(self._map.outline, nodes),
            speakers=sorted({name for node in self._map.nodes for name in node.speakers if name != UNKNOWN}),
            years=sorted({year for node in self._map.nodes for year in node.years}),
            origins=bool(self._summary.shared),
        )

    def _timeline(self) -> str:
        stages = self._in.history.stages
        names = [answer.name for answer in self._frame.main.answers] if self._frame.main else []
        retracted = [(one.id, one.reason) for one in self._view.all(Retraction)]
        return self._page(
            "timeline.html",
            history=self._in.history,
            chart=time_chart([stage.credences for stage in stages], names),
            legend=[(name, number % 5) for number, name in enumerate(names)],
            retracted=retracted,
        )


def _opposing(question: QuestionSummary, crux: CruxSummary) -> list[CruxSummary]:
    """Return the claims that, if true, would move the answer against a crux's own pull, the strongest first."""
    at = most_moved(question, crux)
    pull = crux.if_true[at] - crux.if_false[at]
    return [one for one in question.cruxes if one.kind == "claim" and (one.if_true[at] - one.if_false[at]) * pull < 0]


def _frame(inputs: SiteInputs) -> Frame:
    summary = inputs.summary
    main = summary.questions[0] if summary.questions else None
    pages = [
        ("index.html", "Answer"),
        ("cruxes.html", "Cruxes"),
        ("map.html", "Map"),
        ("claims.html", "Claims"),
        ("sources.html", "Sources"),
        ("speakers.html", "Speakers"),
        ("findings.html", "Findings"),
        ("missing.html", "Missing"),
        ("timeline.html", "Timeline"),
        ("methods.html", "Methods"),
    ]
    if inputs.weighed.disputes:
        pages.insert(2, ("double-cruxes.html", "Double cruxes"))
    if inputs.other:
        pages.append(("compare.html", "Compare"))
    return Frame(summary.facts.title, summary, main, tuple(_perspectives(inputs)), tuple(pages), inputs.weighed)


def _perspectives(inputs: SiteInputs) -> Iterator[PerspectiveSummary]:
    for number, assessment in enumerate(inputs.assessments):
        if assessment.perspective and assessment.questions:
            record = inputs.view.get(assessment.perspective, Perspective)
            credences = [answer.probability for answer in assessment.questions[0].answers]
            bands: tuple[tuple[float, float] | None, ...] = (
                inputs.weighed.bands[number] if inputs.weighed.bands else (None,) * len(credences)
            )
            if number == 0 and inputs.summary.questions:
                bands = tuple(noise_of(answer) or band for answer, band in zip(inputs.summary.questions[0].answers, bands, strict=True))
            yield PerspectiveSummary(record.id, record.name, record.description, tuple(zip(credences, bands, strict=True)))


def _credences(assessments: Sequence[Assessment]) -> Mapping[str, float]:
    """Return every claim's and link's probability: by the inquiry's network, or by a sub-question's if only that holds it."""
    found: dict[str, float] = {}
    for question in assessments[0].questions if assessments else ():
        for record, credence in question.credences.items():
            found.setdefault(record, credence)
    return found


def _shown_cruxes(summary: Summary) -> Iterator[tuple[QuestionSummary, CruxSummary]]:
    """Yield the cruxes that have a page: every one that is linked to."""
    for question in summary.questions:
        for crux in question.cruxes:
            yield question, crux


def _member(view: View, one: Equivalence) -> dict[str, object]:
    return {"id": one.id, "text": view.get(one.member, Claim).text, "negated": one.negated, "reason": one.reason}


@dataclass(frozen=True)
class _Origin:
    """An upstream and the sources that lean on it: (id, title, how)."""

    id: str
    name: str
    kind: str
    url: str
    users: tuple[tuple[str, str, str], ...]


def _origins(view: View) -> list[_Origin]:
    users = users_of_origins(view)
    found = [
        _Origin(
            upstream.id,
            upstream.name,
            upstream.kind.value,
            upstream.url,
            tuple(sorted((source, view.get(source, Source).title, ", ".join(sorted(how))) for source, how in users[upstream.id].items())),
        )
        for upstream in view.all(Upstream)
    ]
    return sorted(found, key=lambda one: (-len(one.users), one.name))


def _slim(node: MapNode) -> dict[str, object]:
    """Leave out what is empty: the map of two thousand claims travels in the page."""
    return {name: value for name, value in asdict(node).items() if value not in (None, False, (), "")}


@dataclass(frozen=True)
class _Line:
    """One line of the map as a list."""

    depth: int
    relation: str
    node: MapNode


@dataclass(frozen=True)
class _Part:
    """The list below one question."""

    title: str
    lines: list[_Line]


def _outline_parts(outline: Sequence[Outline], nodes: Mapping[str, MapNode]) -> list[_Part]:
    parts: list[_Part] = []
    for one in outline:
        if one.depth == 0:
            parts.append(_Part(nodes[one.node].text, []))
        else:
            parts[-1].lines.append(_Line(one.depth, one.relation, nodes[one.node]))
    return parts
