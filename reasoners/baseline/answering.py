"""The baseline as an answerer: one function a task."""

from __future__ import annotations

from typing import Final

from prompts.tasks.critic import ACCUSE, EXAMINE, SURVEY
from prompts.tasks.cruxes import ARGUE, DECISIVE, LINKS, SOUNDNESS, TESTIMONY
from prompts.tasks.ingestion import EXTRACT, GROUNDS, MATCH, UPSTREAMS
from prompts.tasks.structuring import QUESTIONS, RELATE
from reasoners.baseline.criticising import accuse, examine, survey
from reasoners.baseline.extracting import extract
from reasoners.baseline.grounding import ground
from reasoners.baseline.judging import judge_links, judge_soundness, name_cruxes, weigh_testimonies
from reasoners.baseline.matching import Matcher
from reasoners.baseline.naming import match_upstreams
from reasoners.baseline.posing import pose_questions
from reasoners.baseline.relating import Relater
from reasoners.local import LocalAnswerer
from sources.embedding import Embedder

NAME: Final = "baseline 6"
"""Counted up when its answers change, so that a resumed run doesn't mix two."""


def baseline(embedder: Embedder) -> LocalAnswerer:
    """Make the baseline answerer. It needs no model, no key and no network."""
    return LocalAnswerer(
        NAME,
        {
            EXTRACT.name: extract,
            GROUNDS.name: ground,
            MATCH.name: Matcher(embedder).match,
            UPSTREAMS.name: match_upstreams,
            QUESTIONS.name: pose_questions,
            RELATE.name: Relater(embedder).relate,
            EXAMINE.name: examine,
            ACCUSE.name: accuse,
            SURVEY.name: survey,
            TESTIMONY.name: weigh_testimonies,
            LINKS.name: judge_links,
            ARGUE.name: judge_links,
            SOUNDNESS.name: judge_soundness,
            DECISIVE.name: name_cruxes,
        },
    )
