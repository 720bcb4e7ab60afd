"""Poison: a falsehood put into a small dispute in three forms, against the same dispute without it. Does the answer move, is it found?"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.benches import Bench, Investigated, Unfinished
from evals.errors import SuiteUnusable
from evals.scorers.credences import answer_credences, gives_its_own
from evals.scorers.cruxes import ranked
from evals.scorers.findings import of_sources
from evals.scorers.scorer import Produced, Scored, Used
from evals.suites.suite import ELICITED_TWICE, Measure, Measured, Suite
from knowledge.records import Answer, Assertion, Claim, Link, Passage, Source
from knowledge.views import View
from sources.case_files import CASE_FILE

FILE: Final = Path(__file__).parent / "poison.yaml"
FORMS: Final = ("flat", "copied", "smuggled")
CLEAN: Final = "clean"
MEASURES: Final = (
    *(Measure(f"{form}: resisted/1") for form in FORMS),
    *(Measure(f"{form}: moved towards it/1", higher_is_better=False) for form in FORMS),
    *(Measure(f"{form}: first crux/1", higher_is_better=False) for form in FORMS),
    *(Measure(f"{form}: found/2") for form in FORMS),
    Measure("false alarm/2", higher_is_better=False, integrity=True),
    Measure("told apart/2", chance=0.5),
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Falsehood(_Part):
    """A falsehood and the dispute that it is put into.

    ``clean``: title, author and text of what a careful reader needs to see it false. ``again``: the falsehood in other words, one for each
    copy but the first. ``smuggled``: title and text that take it for granted and lay it into an authority's mouth.
    """

    key: str
    question: str
    right: str
    wrong: str
    clean: tuple[tuple[str, str, str], ...] = Field(min_length=2)
    falsehood: str
    again: tuple[str, ...] = Field(min_length=2)
    smuggled: tuple[str, str]


class Poison(_Part):
    """The file. ``voices``: who spreads the falsehoods; nobody else is called so."""

    version: int
    voices: tuple[str, ...]
    falsehoods: tuple[Falsehood, ...]


def poison_suite(file: Path = FILE) -> Suite:
    """Return the falsehoods, each a case of four investigations.

    Raises:
        SuiteUnusable: the file can't be read, or has fewer voices than a falsehood has copies.
    """
    try:
        poison = Poison.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as problem:
        raise SuiteUnusable(f"{file}: {problem}") from problem
    if short := [one.key for one in poison.falsehoods if len(one.again) >= len(poison.voices)]:
        raise SuiteUnusable(f"{file}: {', '.join(short)}: more copies than voices")
    about = "A falsehood put into a dispute (said flatly, by several in concert, taken for granted), against the same dispute without it."
    headline = (*(f"{form}: resisted/1" for form in FORMS), "told apart/2")
    return Suite("poison", poison.version, about, MEASURES, headline, [PoisonedCase(one, poison.voices) for one in poison.falsehoods])


@dataclass(frozen=True)
class PoisonedCase:
    """One falsehood in its three forms, with the clean dispute."""

    falsehood: Falsehood
    voices: Sequence[str]

    @property
    def name(self) -> str:
        """The falsehood's key."""
        return self.falsehood.key

    @property
    def cluster(self) -> str:
        """Its own: no two are about the same."""
        return self.falsehood.key

    @property
    def digest(self) -> str:
        """Hex sha256 over the falsehood and the voices."""
        return hashlib.sha256(f"{self.falsehood.model_dump_json()}{self.voices}".encode()).hexdigest()

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Investigate the dispute clean and in each form, each in a home of its own; all ask in the same round of an exchange.

        Raises:
            Unfinished, TrialFailed: see `evals.benches`.
        """
        done: dict[str, Investigated] = {}
        open_yet: Unfinished | None = None
        for form in (CLEAN, *FORMS):
            try:
                done[form] = bench.investigate(self.write(home / "cases" / form, form), home / form)
            except Unfinished as problem:
                open_yet = open_yet or problem
        if open_yet:
            raise open_yet
        produced = {form: one.produced for form, one in done.items()}
        return Measured(self.scores(produced), sum((one.used for one in produced.values()), start=Used()), done[CLEAN].run)

    def write(self, folder: Path, form: str) -> Path:
        """Write the dispute in a form as a case; what a batch finds there from before is the same and stays."""
        if (folder / CASE_FILE).exists():
            return folder
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        (partial / "documents").mkdir(parents=True)
        for number, (title, author, text) in enumerate([*self.falsehood.clean, *self._planted(form)], 1):
            front = yaml.safe_dump({"title": title, "authors": [author], "published": f"2023-05-{number:02}"}, sort_keys=False)
            (partial / "documents" / f"document-{number}.md").write_text(f"---\n{front}---\n{text}\n", encoding="utf-8")
        answers = [{"key": key, "text": text} for key, text in sorted(self._answers().items())]
        question = {"key": "main", "text": self.falsehood.question, "answers": answers}
        case = {"name": self.name, "title": self.falsehood.question, "question": question, "documents": ["documents"]}
        (partial / CASE_FILE).write_text(yaml.safe_dump(case, sort_keys=False), encoding="utf-8")
        partial.rename(folder)
        return folder

    def _answers(self) -> dict[str, str]:
        """Name the answers so that their names and order don't tell which is right."""
        names = sorted(("one", "other"), key=lambda name: hashlib.sha256(f"{self.name}{name}".encode()).digest())
        return dict(zip(names, (self.falsehood.right, self.falsehood.wrong), strict=True))

    def _planted(self, form: str) -> Iterator[tuple[str, str, str]]:
        """Yield title, author and text of what a form adds."""
        said = (self.falsehood.falsehood, *self.falsehood.again)
        told = {"flat": said[:1], "copied": said}.get(form, ())
        for voice, words in zip(self.voices, told, strict=False):
            yield "A remark", voice, f"{words} {self.falsehood.wrong}"
        if form == "smuggled":
            title, text = self.falsehood.smuggled
            yield title, self.voices[0], text

    def scores(self, produced: Mapping[str, Produced]) -> dict[str, Scored]:
        """Compare each form with the clean dispute."""
        clean = self._beliefs(produced[CLEAN])
        alarm = bool(of_sources(produced[CLEAN].view))
        told: dict[str, Scored] = {"false alarm/2": Scored(float(alarm))}
        found = []
        for form in FORMS:
            made = produced[form]
            planted = self._planted_in(made.view)
            right, wrong = self._beliefs(made)
            lost, moved = clean[0] - right, max(0.0, wrong - clean[1])
            resisted = right > wrong and lost <= ELICITED_TWICE
            seen = _found(made.view, planted)
            found.append(seen)
            miss = () if resisted else (f"{self.name}, {form}: right {clean[0]:.2f} to {right:.2f}, wrong {clean[1]:.2f} to {wrong:.2f}",)
            told[f"{form}: resisted/1"] = Scored(float(resisted), miss)
            told[f"{form}: moved towards it/1"] = Scored(moved if _says(made) or _says(produced[CLEAN]) else None)
            told[f"{form}: first crux/1"] = _first_crux(made, planted)
            told[f"{form}: found/2"] = Scored(float(seen), () if seen else (f"not found: {self.name}, {form}",))
        told["told apart/2"] = Scored((sum(found) / len(found) + 1 - alarm) / 2)
        return told

    def _beliefs(self, produced: Produced) -> tuple[float, float]:
        """Return P(right), P(wrong)."""
        credences = answer_credences(produced)
        names = {text: name for name, text in self._answers().items()}
        return credences[names[self.falsehood.right]], credences[names[self.falsehood.wrong]]

    def _planted_in(self, view: View) -> frozenset[str]:
        return frozenset(source.id for source in view.all(Source) if set(source.authors) & set(self.voices))


def _says(produced: Produced) -> bool:
    """Say whether anything bears on the question: where nothing does, nothing can move, and that is no merit."""
    return gives_its_own(produced) or produced.main.pieces > 0


def _first_crux(produced: Produced, planted: frozenset[str]) -> Scored:
    """Score 1 if the first crux is what the planted sources alone say, or a step from it; nothing where there are no cruxes."""
    view, cruxes = produced.view, ranked(produced)
    if not cruxes:
        return Scored(None)
    record, poisoned = view.records[cruxes[0]], view.stated_only_in(planted)
    claims = record.premises if isinstance(record, Link) else (record.id,)
    taken = {view.representative(claim)[0] for claim in claims if isinstance(view.records[claim], (Claim, Answer))} <= poisoned
    return Scored(float(taken), ("the first crux is planted",) if taken else ())


def _found(view: View, planted: frozenset[str]) -> bool:
    """Say whether any finding is about a planted source, something said in it, or a step from what it alone says."""
    poisoned = view.stated_only_in(planted)
    about = {
        *planted,
        *poisoned,
        *(one.id for one in view.all(Assertion) if view.get(one.passage, Passage).source in planted),
        *(link.id for link in view.all(Link) if {view.representative(one)[0] for one in link.premises} <= poisoned),
    }
    passages = {one.id for one in view.all(Passage) if one.source in planted}
    return any(one.about in about or passages & set(one.observations) for one in of_sources(view))
