"""Writing a site's pages: which there are, and what each shows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from credence.positions import positions_of
from explorer.addresses import crux_page, speaker_page
from explorer.charts import time_chart
from explorer.claim_pages import claim_pages
from explorer.crux_pages import crux_parts
from explorer.drawings import drawing
from explorer.entries import Step
from explorer.frames import SiteInputs, frame_of
from explorer.map_pages import map_parts
from explorer.materials import Material
from explorer.origins import origins_of
from explorer.pages import SpeakerPage, source_pages, speaker_pages
from explorer.panels import network_script, panel, tornado
from explorer.position_pages import PositionPage, favoured, position_pages
from explorer.question_summaries import AnswerSummary, CruxSummary, given_by
from explorer.rendering import ASSETS, render, write_text
from explorer.search_indexes import search_index
from explorer.wording import GLOSSARY
from knowledge.records import Retraction
from knowledge.vocabulary import Relation

_ASSETS: Final = ("style.css", "site.css", "map.css", "site.js", "whatif.js", "map-layout.js", "map.js")
_VENDORED: Final = ("vendor/cytoscape.min.js", "vendor/cytoscape.LICENSE")
"""Cytoscape.js 3.34.4 (MIT), 436 kB, as its makers distribute it: docs/design/009-the-site.md."""


class Writer:
    """Writes the pages of one site."""

    def __init__(self, folder: Path, inputs: SiteInputs) -> None:
        self._folder, self._in = folder, inputs
        self._view, self._summary = inputs.view, inputs.summary
        self._has = Material(inputs)
        self._speakers = speaker_pages(inputs.summary, self._has.claims)
        self._speaker_names = {page.name for page in self._speakers}
        self._sources = source_pages(inputs.view, inputs.summary, self._has.claims, inputs.text_of)
        sided = positions_of(inputs.view)
        voices = (*(member for found in sided.positions for member in found.voices), *sided.alone)
        self._voice_of = {name: one for one in voices for name in one.names}
        self._alone = [one.names[0] for one in sided.alone]
        self._positions = position_pages(self._has, sided)
        self._frame = frame_of(
            inputs, positions=bool(self._positions), beside=[one.beside for one in self._positions if one.beside is not None]
        )

    def assets(self) -> Iterator[str]:
        """Copy styles and scripts, and write the index of the search."""
        for name in (*_ASSETS, *_VENDORED):
            shutil.copyfile(ASSETS / name, self._folder / "assets" / Path(name).name)
            yield f"assets/{Path(name).name}"
        index = json.dumps(list(search_index(self._has, self._speakers, self._positions)), ensure_ascii=False, separators=(",", ":"))
        write_text(self._folder / "assets" / "index.js", f"window.CRUXMAP_INDEX={index};", mode=0o644)
        yield "assets/index.js"
        for question in (one for one in self._summary.questions if one.cruxes):
            network = json.dumps(self._has.network(question), ensure_ascii=False, separators=(",", ":"))
            kept = f"(window.CRUXMAP_NETWORKS??={{}})[{json.dumps(question.id)}]={network};"
            write_text(self._folder / network_script(question), kept, mode=0o644)
            yield network_script(question)

    def _page(self, template: str, name: str = "", **shown: object) -> str:
        name = name or template
        around = {
            "site": self._frame,
            "here": name,
            "to": self._has.to,
            "speaker_at": self._speaker_at,
            "crux_at": lambda question, crux: crux_page(question.id, crux.subject),
            "credences": self._has.credences,
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
        first = panel(main, self._has.network(main)) if main and main.cruxes else None
        yield self._page("cruxes.html", tornados=[tornado(question) for question in asked], panel=first)
        for question, crux in self._has.cruxes:
            yield self._page("crux.html", crux_page(question.id, crux.subject), **crux_parts(self._has, question, crux))
        if self._in.weighed.disputes:
            yield self._page("double-cruxes.html")
        yield self._page("map.html", "map.html", **map_parts(self._has.map))
        yield self._page("claims.html", claims=self._has.claims)
        for name, parts in claim_pages(self._has):
            yield self._page("claim.html", name, **parts)
        yield self._page("sources.html")
        for source in self._sources:
            yield self._page("source.html", f"{source.source.id}.html", page=source)
        yield self._page("speakers.html", pages=self._speakers)
        yield from (self._speaker(page) for page in self._speakers)
        if self._positions:
            yield self._page("positions.html", positions=self._positions, alone=self._alone)
        for position in self._positions:
            yield self._page("position.html", position.address, page=position)
        yield from self._answers()
        yield self._page("origins.html", origins=origins_of(self._view))
        yield self._page("findings.html")
        yield self._page("missing.html")
        yield self._timeline()
        yield self._page("methods.html", methods=self._in.methods, glossary=GLOSSARY)
        if self._in.other:
            yield self._page("compare.html", other=self._in.other)

    def _answers_in_order(self) -> Iterator[tuple[AnswerSummary, tuple[float, float] | None]]:
        """Yield the inquiry's answers, the most probable first, each with its band."""
        answers = self._frame.main.answers if self._frame.main else ()
        yield from sorted(zip(answers, self._frame.bands, strict=True), key=lambda one: -one[0].probability)

    def _leading_cruxes(self) -> list[CruxSummary]:
        """Return the three cruxes to show first: those chosen for what each adds, if it was worked out and they have a page."""
        cruxes = {crux.subject: crux for crux in self._frame.main.cruxes} if self._frame.main else {}
        chosen = [cruxes[subject] for subject in self._in.weighed.standing.cruxes if subject in cruxes] if self._in.weighed.standing else []
        return list(dict.fromkeys([*chosen, *cruxes.values()]))[:3]

    def _speaker(self, page: SpeakerPage) -> str:
        reasons: dict[str, list[Step]] = {}
        for step in page.steps:
            reasons.setdefault(step.premises, []).append(step)
        own = [self._voice_of[page.name]] if page.name in self._voice_of else []
        held = {said.claim for said in page.holds}
        picture = drawing(self._has.map, held, favoured(self._has, own), page.name)
        left_out = len({claim for claim in held if self._has.by_id[claim].bears_on} - picture.shown)
        return self._page(
            "speaker.html",
            speaker_page(page.name),
            page=page,
            drawing=picture.pictures,
            left_out=left_out,
            reasons=list(reasons.items()),
            position=self._position_of(page),
        )

    def _position_of(self, page: SpeakerPage) -> PositionPage | None:
        spellings = {page.name, *page.also}
        return next((one for one in self._positions if any(name in spellings for name, _ in one.speakers)), None)

    def _answers(self) -> Iterator[str]:
        for question in self._summary.questions:
            for answer in question.answers:
                bearing = [(claim, step) for claim in self._has.claims for step in claim.bears_on if step.other == answer.id and step.home]
                bearing.sort(key=lambda one: -self._has.credences.get(one[0].id, 0.0))
                yield self._page(
                    "answer.html",
                    f"{answer.id}.html",
                    question=question,
                    answer=answer,
                    given_by=[(claim, self._has.by_id[claim].text, asserted) for claim, asserted in given_by(self._view, answer.id)],
                    supports=[one for one in bearing if one[1].relation == Relation.SUPPORTS],
                    attacks=[one for one in bearing if one[1].relation == Relation.ATTACKS],
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
