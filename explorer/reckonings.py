"""What the engine makes of one view under one perspective: each part worked out once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from credence.engine import assess, coherent_judgments, main_question
from credence.hearing import Hearing, hearings, pulls
from credence.noise import MOST_VARIED, Stability, Varied, stability
from credence.results import Assessment
from explorer.sensitivities import Sensitivities, sensitivities
from knowledge.records import Question
from knowledge.views import View


class Reckoning:
    """A view's credences and how firmly its inquiry stands, for whatever tells of them: a summary, a report, the pages of a site.

    ``perspective``: an id; None: the main one. What is unknown is told by whichever part is asked for first (`UnknownRecord`).
    """

    def __init__(self, view: View, perspective: str | None = None) -> None:
        self.view, self.perspective = view, perspective

    @cached_property
    def assessment(self) -> Assessment:
        """All questions with their credences and cruxes."""
        return assess(self.view, perspective=self.perspective)

    @cached_property
    def varied(self) -> Varied:
        """The inquiry's model, to be varied."""
        question = main_question(self.view)
        return Varied(self.view, question, coherent_judgments(self.view, self.perspective)[0])

    @property
    def quick(self) -> bool:
        """Whether there is an inquiry whose judgments can be varied without taking minutes."""
        return bool(self.view.all(Question)) and len(self.varied.used) <= MOST_VARIED

    @cached_property
    def stability(self) -> Stability:
        """What stays if the inquiry is judged again and again."""
        return stability(self.varied)

    @cached_property
    def heard(self) -> Mapping[str, Hearing]:
        """What hearing the critic changed of the inquiry, by testimony."""
        return hearings(self.varied)

    @cached_property
    def pulls(self) -> Mapping[str, tuple[float, ...]]:
        """P(the inquiry's answers) without what each source says."""
        return pulls(self.varied)

    @cached_property
    def sensitive(self) -> Sensitivities:
        """What each judgment behind the first three cruxes moves by itself."""
        return sensitivities(self.varied)
