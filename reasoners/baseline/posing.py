"""What questions are about, by cue words. New ones the baseline doesn't pose: what contradicts what it can't tell."""

from __future__ import annotations

import re
from typing import Final

from knowledge.vocabulary import Matter
from prompts.tasks.structuring import FramedQuestion, IssueTree, QuestionsInputs

_CUES: Final = (
    (Matter.DEFINITION, r"count as|definition|defined|mean by|in the sense|the word|the term|properly called"),
    (Matter.VALUE, r"should|ought|worth|acceptable|fair|justified|good enough|too (?:much|large|risky)|better to"),
    (Matter.FRAME, r"right question|burden of proof|has to prove|must prove"),
    (Matter.INFERENCE, r"shows?|proves?|points? to|evidence (?:for|of|that)|rather than|follows? from|explained by|mean that|establish"),
)
_MATTERS: Final = tuple((matter, re.compile(rf"\b(?:{cue})\b", re.IGNORECASE)) for matter, cue in _CUES)


def pose_questions(inputs: QuestionsInputs) -> IssueTree:
    """Say of each known question what its words ask for: what is the case, where nothing else is said."""
    return IssueTree(known=tuple(FramedQuestion(question=one.number, turns_on=_matter(one.text)) for one in inputs.questions))


def _matter(text: str) -> Matter:
    return next((matter for matter, cue in _MATTERS if cue.search(text)), Matter.FACT)
