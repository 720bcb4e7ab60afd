"""Gold: what a case holds when read with care, from ``gold.yaml`` beside its ``case.yaml``. Spans that aren't in the text are refused."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.errors import SuiteUnusable
from knowledge.records import UNKNOWN
from knowledge.vocabulary import Difference, FindingKind, GapKind, Hedge, Relation, Stance, UpstreamKind
from sources.case_files import CASE_FILE, Case, load_case
from sources.errors import SourceError
from sources.reading import read_file

GOLD_FILE: Final = "gold.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldAssertion(_Part):
    """One stance on one claim. ``quote`` stands once in ``document`` (a file's name); ``claim`` is a key of the gold's claims."""

    document: str
    quote: str = Field(min_length=8)
    claim: str
    speaker: str = UNKNOWN
    reporters: tuple[str, ...] = ()
    stance: Stance = Stance.ASSERTS
    hedge: Hedge = Hedge.PLAIN


class GoldLink(_Part):
    """Claims (keys) for or against ``target``: a claim, ``answer:KEY``, or for an undercut ``link:KEY``."""

    key: str = ""
    premises: tuple[str, ...] = Field(min_length=1)
    target: str
    relation: Relation = Relation.SUPPORTS


class GoldUpstream(_Part):
    """What several documents lean on. ``also``: other names by which the texts call it."""

    name: str
    kind: UpstreamKind
    also: tuple[str, ...] = ()
    documents: tuple[str, ...] = Field(min_length=1)


class GoldFinding(_Part):
    """A flaw: where its words stand, and the kinds of finding that name it rightly."""

    document: str
    quote: str
    kinds: tuple[FindingKind, ...] = Field(min_length=1)


class GoldVariant(_Part):
    """Two claims that are alike and not the same."""

    claims: tuple[str, str]
    differs_in: Difference


class GoldGap(_Part):
    """What is missing."""

    kind: GapKind
    text: str


class Gold(_Part):
    """All that a case holds.

    ``crux``: claims or ``link:KEY``, the most decisive first. ``answer``: the key of the answer that a careful reader ends with, where
    there is one. ``control``: a null control, in which nothing is wrong and nothing in dispute. ``resolved``: claims whose truth is known,
    from the case itself or from the world, and whether they are true.
    """

    version: int
    annotator: str
    control: bool = False
    answer: str = ""
    claims: dict[str, str]
    assertions: tuple[GoldAssertion, ...]
    links: tuple[GoldLink, ...] = ()
    variants: tuple[GoldVariant, ...] = ()
    upstreams: tuple[GoldUpstream, ...] = ()
    findings: tuple[GoldFinding, ...] = ()
    gaps: tuple[GoldGap, ...] = ()
    crux: tuple[str, ...] = ()
    resolved: dict[str, bool] = {}

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        links = {f"link:{link.key}" for link in self.links if link.key}
        for link in self.links:
            undercuts = link.target.startswith("link:")
            if undercuts != (link.relation is Relation.UNDERCUTS):
                raise ValueError(f"the link to {link.target!r} has the relation {link.relation}: only undercuts attack links")
            if undercuts and link.target not in links:
                raise ValueError(f"there is no {link.target!r}")
        named = [(f"assertion {one.quote[:40]!r}", one.claim) for one in self.assertions]
        named += [(f"link to {link.target}", claim) for link in self.links for claim in link.premises]
        named += [("link", link.target) for link in self.links if ":" not in link.target]
        named += [("variant", claim) for variant in self.variants for claim in variant.claims]
        named += [("crux", one) for one in self.crux if one not in links]
        named += [("resolved", claim) for claim in self.resolved]
        for where, claim in named:
            if claim not in self.claims:
                raise ValueError(f"{where}: there is no claim {claim!r}")
        unsaid = set(self.claims) - {one.claim for one in self.assertions}
        if unsaid:
            raise ValueError(f"nobody asserts or denies the claims {', '.join(sorted(unsaid))}")
        if self.control and (self.findings or self.crux):
            raise ValueError("a null control has no findings and no crux")
        return self


class GoldCase(BaseModel):
    """A case with its gold, and its texts by file name as the program itself reads them. ``described``: titles and authors."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, ignored_types=(cached_property,))
    folder: Path
    case: Case
    gold: Gold
    texts: dict[str, str]
    described: str = ""

    @property
    def name(self) -> str:
        """The case's name."""
        return self.case.name

    @cached_property
    def digest(self) -> str:
        """Hex sha256 over case, gold and documents: an edit makes it another case."""
        files = [self.folder / CASE_FILE, self.folder / GOLD_FILE, *(self.folder / "documents" / name for name in sorted(self.texts))]
        return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()

    def span(self, document: str, quote: str) -> tuple[int, int]:
        """Return where a quotation stands in a document's text, as code points, end exclusive."""
        start = self.texts[document].index(quote)
        return start, start + len(quote)


def load_gold_case(folder: Path, file: str = GOLD_FILE) -> GoldCase:
    """Read a case folder with its gold, or another annotator's ``file``, and check every quotation against its document.

    Raises:
        SuiteUnusable: something can't be read, or a quotation isn't in its text or stands there more than once.
    """
    path = folder / file
    try:
        case = load_case(folder)
        gold = Gold.model_validate(_yaml(path))
        documents = {file.name: read_file(file) for file in sorted((folder / "documents").iterdir())}
    except (OSError, SourceError, yaml.YAMLError, ValidationError) as problem:
        raise SuiteUnusable(f"{path}: {problem}") from problem
    texts = {name: document.text for name, document in documents.items()}
    for document, quote in [(one.document, one.quote) for one in gold.assertions] + [(one.document, one.quote) for one in gold.findings]:
        if document not in texts:
            raise SuiteUnusable(f"{path}: there is no document {document!r}; there are {', '.join(texts)}")
        times = texts[document].count(quote)
        if times != 1:
            raise SuiteUnusable(f"{path}: {quote!r} stands {times} times in {document}; quote what stands there once")
    answers = {answer.key for answer in case.question.answers} | {"something_else"}
    named = {link.target.removeprefix("answer:") for link in gold.links if link.target.startswith("answer:")}
    wrong = (named | ({gold.answer} - {""})) - answers
    if wrong:
        raise SuiteUnusable(f"{path}: the question has no answer {', '.join(sorted(wrong))}")
    described = " ".join(f"{one.title} {' '.join(one.authors)} {one.publisher}" for one in documents.values())
    return GoldCase(folder=folder, case=case, gold=gold, texts=texts, described=described)


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
