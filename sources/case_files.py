"""Case files: the question to investigate and where to start looking, from ``case.yaml``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, field_validator, model_validator

from knowledge.records import UNKNOWN, Date
from knowledge.vocabulary import SourceKind
from sources.errors import CaseUnreadable
from sources.headers import close_to

SOMETHING_ELSE: Final = "something_else"
"""The key of the answer that every question has without naming it."""
CASE_FILE: Final = "case.yaml"
WORKS: Final = tuple(kind for kind in SourceKind if kind is not SourceKind.BRIEF)
"""The kinds that a work in a bibliography can be of."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=2000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerEntry(_Part):
    """One of the mutually exclusive answers, as a proposition. ``also_called``: names by which people refer to it."""

    key: Key
    text: Line
    also_called: tuple[Line, ...] = ()


class QuestionEntry(_Part):
    """A question with at least two answers; "something else" is added to them. ``prior`` maps answer keys to probabilities."""

    key: Key
    text: Line
    answers: tuple[AnswerEntry, ...]
    prior: dict[str, float] | None = None
    prior_reason: str = ""

    @model_validator(mode="after")
    def _has_alternatives(self) -> Self:
        keys = [answer.key for answer in self.answers]
        if len(keys) < 2:
            raise ValueError(
                f"question {self.key!r} has {len(keys)} answer(s); a dispute needs at least two. 'Something else' is always added"
            )
        if len(set(keys)) < len(keys):
            raise ValueError(f"question {self.key!r} has two answers with one key")
        if SOMETHING_ELSE in keys:
            raise ValueError(f"question {self.key!r}: {SOMETHING_ELSE!r} is added by itself, leave it out of answers")
        if self.prior is not None:
            self._check_prior(self.prior, {*keys, SOMETHING_ELSE})
        return self

    def _check_prior(self, prior: dict[str, float], keys: set[str]) -> None:
        if set(prior) != keys:
            raise ValueError(f"the prior of question {self.key!r} must name exactly {', '.join(sorted(keys))}")
        if any(value <= 0 or value >= 1 for value in prior.values()) or not math.isclose(sum(prior.values()), 1, abs_tol=1e-6):
            raise ValueError(f"the prior of question {self.key!r} must be probabilities between 0 and 1 that sum to 1")
        if not self.prior_reason.strip():
            raise ValueError(f"the prior of question {self.key!r} needs a prior_reason")


class MainQuestion(QuestionEntry):
    """The inquiry, with its sub-questions."""

    sub_questions: tuple[QuestionEntry, ...] = ()


class BibliographyEntry(_Part):
    """A real source: what it is and, where it has an address, where it can be read."""

    key: Key
    title: Line
    authors: tuple[Line, ...] = ()
    publisher: Line = UNKNOWN
    published: Date = UNKNOWN
    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+|unknown)$", max_length=2000)] = UNKNOWN
    kind: SourceKind = SourceKind.UNKNOWN
    note: str = ""

    @field_validator("published", mode="before")
    @classmethod
    def _unquoted_date(cls, value: object) -> object:
        """Take YAML's dates and bare years for what they look like."""
        return str(value)

    @field_validator("kind")
    @classmethod
    def _no_brief(cls, value: SourceKind) -> SourceKind:
        """Refuse the kind of what reports works."""
        if value not in WORKS:
            raise ValueError(f"a {value} is what reports a work, not a work; there are {', '.join(WORKS)}")
        return value


class Case(_Part):
    """A whole case file. ``documents``: files and folders inside the case's folder.

    ``search_folder``: one whose documents are not all read, but searched for what is missing, from the second round on.
    """

    name: Key
    title: Line
    question: MainQuestion
    documents: tuple[Line, ...] = ("documents",)
    search_folder: str = ""
    bibliography: tuple[BibliographyEntry, ...] = ()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        for what, keys in (
            ("question", [self.question.key, *(question.key for question in self.question.sub_questions)]),
            ("bibliography entry", [entry.key for entry in self.bibliography]),
        ):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{what} key {twice[0]!r} stands twice")
        return self

    @property
    def questions(self) -> tuple[QuestionEntry, ...]:
        """The inquiry and its sub-questions."""
        return (self.question, *self.question.sub_questions)


def load_case(folder: Path) -> Case:
    """Read and check a case folder's ``case.yaml``.

    Raises:
        CaseUnreadable: it is missing, no YAML, or says something that a case can't; the message names the place and the mend.
    """
    path = folder / CASE_FILE
    if not path.is_file():
        raise CaseUnreadable(str(path), "there is no case file", f"Make one with: cruxmap new {folder}")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise CaseUnreadable(str(path), "it is a link that leads out of the case's folder", "Put the file itself there.")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as problem:
        raise CaseUnreadable(str(path), f"it can't be read as YAML: {problem}", "Mend the line that is named.") from problem
    if not isinstance(raw, dict):
        raise CaseUnreadable(str(path), "it holds no mapping", "Start from: cruxmap new DIR")
    try:
        return Case.model_validate(raw)
    except ValidationError as problem:
        raise CaseUnreadable(str(path), _in_words(problem, raw), "Mend these lines; `cruxmap new` writes a commented example.") from problem


def _in_words(problem: ValidationError, raw: object) -> str:
    """Name each wrong place of a case file by its keys, and for an unknown word the one that was probably meant."""
    lines = []
    for error in problem.errors():
        place, field = _place(error["loc"], raw), str(error["loc"][-1]) if error["loc"] else ""
        if error["type"] == "extra_forbidden":
            lines.append(f"{place}: unknown key{_meant(error['loc'])}")
        elif error["type"] == "missing":
            lines.append(f"{place}: missing")
        elif error["type"] == "enum":
            lines.append(f"{place}: there is no {error['input']!r}{close_to(error['input'], WORKS)}; there are {', '.join(WORKS)}")
        elif field in {"url", "published"} and error["type"] == "string_pattern_mismatch":
            form = "http:// or https:// begins it; or leave it out" if field == "url" else "write YYYY, YYYY-MM, YYYY-MM-DD or unknown"
            lines.append(f"{place}: {error['input']!r} is none; {form}")
        else:
            lines.append(f"{place}: {error['msg'].removeprefix('Value error, ')}")
    return "; ".join(lines)


def _place(location: tuple[int | str, ...], raw: object) -> str:
    """Say where in a case file: what has a key is called by it, a work by that alone ("doe-2024: url")."""
    names: list[str] = []
    here: object = raw
    for part in location:
        here = here[part] if isinstance(here, list) and isinstance(part, int) else here.get(part) if isinstance(here, dict) else None
        keyed = isinstance(part, int) and isinstance(here, dict) and isinstance(here.get("key"), str)
        names.append(str(here["key"]) if keyed and isinstance(here, dict) else str(part))
    if len(names) > 2 and names[0] == "bibliography":
        return f"{names[1]}: {'.'.join(names[2:])}" if not names[1].isdigit() else f"bibliography, entry {int(names[1]) + 1}: {names[2]}"
    return ".".join(names) or "the file"


def _meant(location: tuple[int | str, ...]) -> str:
    """Ask for the key that was meant: in a bibliography one of its own, elsewhere any that a case file has."""
    parts = (BibliographyEntry,) if location[0] == "bibliography" else (Case, MainQuestion, QuestionEntry, AnswerEntry, BibliographyEntry)
    known = {name for part in parts for name in part.model_fields}
    return " (known, but not in this place)" if location[-1] in known else close_to(location[-1], known)
