"""Planted flaws: a gold case with one thing wrong, and its clean twin, so that flagging everything earns nothing."""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from credence.engine import main_question
from evals.alignment import overlap
from evals.benches import Bench, Unfinished
from evals.errors import SuiteUnusable
from evals.gold import GOLD_FILE, GoldCase, load_gold_case
from evals.scorers.credences import DENIAL
from evals.scorers.findings import of_sources, premise_grade
from evals.scorers.linking import source_of
from evals.scorers.saying import same_speaker
from evals.scorers.scorer import Produced, Scored
from evals.suites.golds import FOLDER
from evals.suites.suite import ELICITED_TWICE, Measure, Measured, Suite
from knowledge.records import UNKNOWN, Answer, Assertion, Claim, Finding, Gap, Link, Passage, Reliance, Source, Tag, Variant
from knowledge.views import View
from knowledge.vocabulary import AGAINST, LOST, Difference, FindingKind
from sources.case_files import CASE_FILE
from sources.headers import split_header
from sources.locating import locate
from sources.normalising import normalise

FILE: Final = Path(__file__).parent / "planted.yaml"
_QUOTED: Final = re.compile(r"\u201c([^\u201d]{20,})\u201d")
"""What a finding quotes, if it is long enough to show where it stands."""
MEASURES: Final = (
    Measure("told apart/4", chance=0.5),
    Measure("caught/4"),
    Measure("false alarm/4", higher_is_better=False, integrity=True),
    Measure("credences held/3"),
    Measure("false premise/1"),
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edit(_Part):
    """One replacement in a document; ``find`` stands there once."""

    document: str
    find: str
    replace: str


class Place(_Part):
    """Where the flaw shows, and what stands there in the twin."""

    document: str
    flawed: str
    clean: str


class Signs(_Part):
    """What catches the flaw, any one of them.

    ``findings``: of these kinds at the place, or quoting it (for an instruction, also on its source), but for those that blame our own
    record and not the page; ``gap``: a gap that says this; ``variant``: one of these kinds with a claim of the place; ``speaker``: the
    place is this person's, and they deny it (``denied``) by the report of ``reporter``; ``correlated``: evidence of two or more of the
    added documents is found to be correlated (in the twin an alarm is a finding that joins no two documents of one upstream); ``lost``:
    the page is said to have lost something; ``premise``: the question's premise is rejected; ``read``: something is read at the place,
    and no word of its claim mixes scripts.
    """

    findings: tuple[FindingKind, ...] = ()
    gap: str = ""
    variant: tuple[Difference, ...] = ()
    speaker: str = ""
    reporter: str = ""
    denied: bool = False
    correlated: bool = False
    lost: bool = False
    premise: bool = False
    read: bool = False


class Copies(_Part):
    """A document given several times over, under other names."""

    of: str
    times: int


class Flaw(_Part):
    """A flaw and how it shows."""

    key: str
    base: str
    edits: tuple[Edit, ...] = ()
    documents: dict[str, str] = {}
    question: str = ""
    copies: Copies | None = None
    at: Place | None = None
    signs: Signs | None = None
    held: bool = False


class Flaws(_Part):
    """The file."""

    version: int
    flaws: tuple[Flaw, ...]


def planted_suite(file: Path = FILE, folder: Path = FOLDER) -> Suite:
    """Return the flaws with their twins.

    Raises:
        SuiteUnusable: a flaw can't be planted where it should be.
    """
    try:
        flaws = Flaws.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as problem:
        raise SuiteUnusable(f"{file}: {problem}") from problem
    cases = [PlantedCase(flaw, load_gold_case(folder / flaw.base)) for flaw in flaws.flaws]
    for case in cases:
        case.check()
    about = "A flaw planted in a gold case, against the same case without it."
    return Suite("planted", flaws.version, about, MEASURES, ("told apart/4", "credences held/3"), cases)


@dataclass(frozen=True)
class PlantedCase:
    """One flaw."""

    flaw: Flaw
    twin: GoldCase

    @property
    def name(self) -> str:
        """The flaw's key."""
        return self.flaw.key

    @property
    def cluster(self) -> str:
        """The case in which it is planted: flaws of one base share a twin."""
        return self.flaw.base

    @property
    def digest(self) -> str:
        """Hex sha256 over flaw and twin."""
        return hashlib.sha256(f"{self.flaw.model_dump_json()}{self.twin.digest}".encode()).hexdigest()

    def check(self) -> None:
        """Make sure that every edit has its place.

        Raises:
            SuiteUnusable: a place is not there, or there twice.
        """
        for edit in self.flaw.edits:
            path = self.twin.folder / "documents" / edit.document
            times = path.read_text(encoding="utf-8").count(edit.find) if path.is_file() else 0
            if times != 1:
                raise SuiteUnusable(f"the flaw {self.flaw.key}: {edit.find[:60]!r} stands {times} times in {edit.document}")

    def plant(self, folder: Path) -> Path:
        """Write the flawed case into a folder; what a batch finds there from before stays if it is the same."""
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(self.twin.folder, partial, ignore=shutil.ignore_patterns(GOLD_FILE))
        documents = partial / "documents"
        for edit in self.flaw.edits:
            path = documents / edit.document
            path.write_text(path.read_text(encoding="utf-8").replace(edit.find, edit.replace), encoding="utf-8")
        for name, text in self.flaw.documents.items():
            (documents / name).write_text(text, encoding="utf-8")
        if self.flaw.copies:
            for number in range(1, self.flaw.copies.times + 1):
                shutil.copyfile(documents / self.flaw.copies.of, documents / f"copy-{number}-{self.flaw.copies.of}")
        if self.flaw.question:
            case: dict[str, Any] = yaml.safe_load((partial / CASE_FILE).read_text(encoding="utf-8"))
            case["question"]["text"] = self.flaw.question
            (partial / CASE_FILE).write_text(yaml.safe_dump(case, sort_keys=False), encoding="utf-8")
        if folder.exists() and _content(folder) == _content(partial):
            shutil.rmtree(partial)
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
        return folder

    def measure(self, bench: Bench, home: Path) -> Measured:
        """Investigate the flawed case and its twin, each in a home of its own, and compare.

        Raises:
            Unfinished, TrialFailed: see `evals.benches`.
        """
        home.mkdir(parents=True, exist_ok=True)
        try:
            flawed = bench.investigate(self.plant(home / "case"), home / "flawed")
        except Unfinished:
            bench.investigate(self.twin.folder, home / "clean")  # asks what it can in the same round of an exchange
            raise
        clean = bench.investigate(self.twin.folder, home / "clean")
        used = flawed.produced.used + clean.produced.used
        return Measured(self.scores(flawed.produced, clean.produced), used, flawed.run)

    def scores(self, flawed: Produced, clean: Produced) -> Mapping[str, Scored]:
        """Say whether the flaw was caught, whether its twin raised the same alarm, and whether credences held."""
        told: dict[str, Scored] = {}
        if self.flaw.signs:
            caught = self._shown(self.flaw.signs, flawed)
            alarm = not self.flaw.signs.read and self._alarmed(self.flaw.signs, clean)
            told["told apart/4"] = Scored((caught + 1 - alarm) / 2, () if caught else (f"not caught: {self.flaw.key}",))
            told["caught/4"] = Scored(float(caught))
            told["false alarm/4"] = Scored(float(alarm), (f"false alarm in the twin of {self.flaw.key}",) if alarm else ())
            if self.flaw.signs.premise:
                told["false premise/1"] = premise_grade(flawed)
        if self.flaw.held:
            told["credences held/3"] = _held(flawed, clean)
        return told

    def _shown(self, signs: Signs, flawed: Produced) -> bool:
        """Say whether any sign of the flaw shows in the flawed case."""
        if signs.correlated:
            added = {_body(text) for text in self.flaw.documents.values()}
            return any(sum(flawed.texts[source].strip() in added for source in joined) > 1 for joined in _joined(flawed.view))
        return _signs(signs, flawed, self.flaw.at.flawed if self.flaw.at else "")

    def _alarmed(self, signs: Signs, clean: Produced) -> bool:
        """Say whether a sign of the flaw shows where there is none."""
        if signs.correlated:
            documents = clean.documents(self.twin)
            shared = [set(upstream.documents) for upstream in self.twin.gold.upstreams]
            named = ({documents.get(source, source) for source in joined} for joined in _joined(clean.view))
            return any(not any(len(names & together) > 1 for together in shared) for names in named)
        return _signs(signs, clean, self.flaw.at.clean if self.flaw.at else "")


def _content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _body(document: str) -> str:
    """Return a document's text without its front matter, as the program reads it."""
    return normalise(split_header(document)[1])[0].strip()


def _signs(signs: Signs, produced: Produced, words: str) -> bool:
    view = produced.view
    here = _assertions_at(produced, words) if words else []
    if signs.read:
        return bool(here) and not any(mixes_scripts(view.get(one.claim, Claim).text) for one in here)
    if signs.premise and _premise_rejected(view):
        return True
    if signs.lost and any(tag.name == LOST for tag in view.all(Tag)):
        return True
    if signs.gap and any(signs.gap.casefold() in f"{gap.text} {gap.why} {gap.how}".casefold() for gap in view.all(Gap)):
        return True
    if signs.speaker and any(_attributed(signs, one, view) for one in here if one.speaker != UNKNOWN):
        return True
    claims = {one.claim for one in here}
    if any(set(variant.claims) & claims for variant in view.all(Variant) if variant.differs_in in signs.variant):
        return True
    return bool(signs.findings) and _found(signs, produced, words, {one.id for one in here})


def _attributed(signs: Signs, one: Assertion, view: View) -> bool:
    """Say whether an assertion is the right person's, as a denial and by report where it is one."""
    reported = not signs.reporter or any(same_speaker(name, signs.reporter) for name in one.reporters)
    denied = (one.stance in AGAINST) != bool(DENIAL.search(view.get(one.claim, Claim).text))
    return same_speaker(one.speaker, signs.speaker) and reported and (denied or not signs.denied)


def _span(produced: Produced, raw: str) -> tuple[str, tuple[int, int]] | None:
    """Find the source and the place of some words, which the program reads in its plain form, homoglyphs folded."""
    words = normalise(raw)[0].strip()
    for source, text in produced.texts.items():
        start = text.find(words)
        if start >= 0:
            return source, (start, start + len(words))
        if (found := locate(words, text)) is not None and found.difference == "":
            return source, (found.start, found.end)
    return None


def _assertions_at(produced: Produced, words: str) -> list[Assertion]:
    place = _span(produced, words)
    if place is None:
        return []
    source, span = place
    passages = {one.id: one for one in produced.view.all(Passage) if one.source == source}
    return [
        one
        for one in produced.view.all(Assertion)
        if one.passage in passages and overlap((passages[one.passage].start, passages[one.passage].end), span) > 0
    ]


def _found(signs: Signs, produced: Produced, words: str, assertions: set[str]) -> bool:
    view, place = produced.view, _span(produced, words)
    for finding in of_sources(view):
        if finding.kind not in signs.findings:
            continue
        if finding.about in assertions:
            return True
        if place is None:
            continue
        source, span = place
        if finding.kind is FindingKind.HIDDEN_INSTRUCTION and finding.about == source:
            return True
        passages = [view.records.get(observed) for observed in finding.observations]
        spans = [(one.start, one.end) for one in passages if isinstance(one, Passage) and one.source == source]
        quoted = (locate(words, produced.texts[source]) for words in _QUOTED.findall(finding.flawed_case))
        spans += [(one.start, one.end) for one in quoted if one is not None and one.difference == ""]
        if any(overlap(one, span) > 0 for one in spans):
            return True
    return False


def mixes_scripts(text: str) -> bool:
    """Say whether letters of several scripts stand in one word, as homoglyphs do."""
    return any(len({unicodedata.name(letter, "?").split()[0] for letter in word}) > 1 for word in re.findall(r"[^\W\d_]+", text))


def _premise_rejected(view: View) -> bool:
    question = main_question(view).id
    return any(one.kind is FindingKind.FALSE_PREMISE and one.about == question for one in view.all(Finding))


def _joined(view: View) -> list[set[str]]:
    """Return of each finding of correlated evidence the sources that it joins: by its records, and by the titles that it names."""
    found = []
    for one in view.all(Finding):
        if one.kind is FindingKind.CORRELATED_EVIDENCE:
            records = {one.about, *(leans.record for leans in view.all(Reliance) if view.origin(leans.upstream) == view.origin(one.about))}
            about = view.records.get(one.about)
            claims = set(about.premises) if isinstance(about, Link) else {one.about}
            records |= {said.id for said in view.all(Assertion) if said.claim in claims}
            seen = {view.get(observed, Passage).source for observed in one.observations}
            seen |= {source.id for source in view.all(Source) if source.title and source.title in one.verdict}
            found.append(seen | {source for record in records if (source := source_of(view, record))})
    return found


def _held(flawed: Produced, clean: Produced) -> Scored:
    """Compare credences by answer; where nothing bears on the question nothing can move, and there is nothing to score."""
    before, after = clean.main, flawed.main
    if not before.pieces:
        return Scored(None)
    names = {one.id: one.text for produced in (flawed, clean) for one in produced.view.all(Answer)}
    was = {names[one.answer]: one.probability for one in before.answers}
    moved = max(abs(one.probability - was[names[one.answer]]) for one in after.answers)
    return Scored(float(moved <= ELICITED_TWICE), () if moved <= ELICITED_TWICE else (f"a credence moved by {moved:.3f}",))
