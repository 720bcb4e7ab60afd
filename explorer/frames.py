"""What a site is made from, and what every page of it shows around its own content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from credence.results import Assessment
from explorer.comparisons import Comparison
from explorer.histories import History
from explorer.methods import Methods
from explorer.question_summaries import QuestionSummary
from explorer.standings import Weighed
from explorer.summaries import Summary
from explorer.wording import noise_of
from knowledge.records import Perspective
from knowledge.views import View

Band = tuple[float, float] | None
"""The least and the most of nine in ten; None: not worked out."""


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
    credences: tuple[tuple[float, Band], ...]


@dataclass(frozen=True)
class Beside:
    """A position that speaks to another question and takes no side on the one asked: its page, who leads it, how many voices it has."""

    address: str
    led_by: str
    voices: int
    question: str


@dataclass(frozen=True)
class Frame:
    """What every page shows around its own content."""

    title: str
    summary: Summary
    main: QuestionSummary | None
    perspectives: tuple[PerspectiveSummary, ...]
    pages: tuple[tuple[str, str], ...]
    weighed: Weighed
    bands: tuple[Band, ...]
    """Of the inquiry's answers, in their order: where nine in ten credences lie if judged again."""
    beside: tuple[Beside, ...]


def frame_of(inputs: SiteInputs, *, positions: bool, beside: Sequence[Beside] = ()) -> Frame:
    """Say what surrounds every page; ``positions``: whether there are pages of positions; ``beside``: those that answer something else."""
    summary = inputs.summary
    main = summary.questions[0] if summary.questions else None
    pages = [
        ("index.html", "Answer"),
        ("cruxes.html", "Cruxes"),
        ("double-cruxes.html", "Double cruxes"),
        ("map.html", "Map"),
        ("positions.html", "Positions"),
        ("claims.html", "Claims"),
        ("sources.html", "Sources"),
        ("speakers.html", "Speakers"),
        ("findings.html", "Findings"),
        ("missing.html", "Missing"),
        ("timeline.html", "Timeline"),
        ("methods.html", "Methods"),
        ("compare.html", "Compare"),
    ]
    there = {"double-cruxes.html": bool(inputs.weighed.disputes), "positions.html": positions, "compare.html": inputs.other is not None}
    shown = tuple(page for page in pages if there.get(page[0], True))
    perspectives = tuple(_perspectives(inputs))
    return Frame(summary.facts.title, summary, main, perspectives, shown, inputs.weighed, _main_bands(inputs), tuple(beside))


def _main_bands(inputs: SiteInputs) -> tuple[Band, ...]:
    """Return the bands of the inquiry's answers: the summary's own where it has them, which the report tells too."""
    answers = inputs.summary.questions[0].answers if inputs.summary.questions else ()
    weighed = inputs.weighed.bands[0] if inputs.weighed.bands else (None,) * len(answers)
    return tuple(noise_of(answer) or band for answer, band in zip(answers, weighed, strict=True))


def _perspectives(inputs: SiteInputs) -> Iterator[PerspectiveSummary]:
    for number, assessment in enumerate(inputs.assessments):
        if assessment.perspective and assessment.questions:
            record = inputs.view.get(assessment.perspective, Perspective)
            credences = [answer.probability for answer in assessment.questions[0].answers]
            bands = (
                _main_bands(inputs) if number == 0 else inputs.weighed.bands[number] if inputs.weighed.bands else (None,) * len(credences)
            )
            yield PerspectiveSummary(record.id, record.name, record.description, tuple(zip(credences, bands, strict=True)))
