"""Pairs for a judge: what the gold says is missing, or is the crux, beside what a trial says; and pairs of which it is known.

The known ones are claims that two annotators put in their own words on the same passages, and claims of which the gold says that they
differ. Gaps stand on no passage, and only wording could tell which of two annotators' are one: their known pairs are made of claims.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from evals.agreement import same_claims
from evals.gold import GoldCase
from evals.scorers.cruxes import TOP, ranked
from evals.scorers.scorer import Work
from knowledge.records import Answer, Claim, Gap, Link, Warrant
from knowledge.vocabulary import Relation
from sources.case_files import Case

Kind = Literal["gap", "crux"]
NEAREST: Final = 3
"""Of a trial's gaps, as many as are asked about for each of the gold's: the nearest in wording."""
_VERBS: Final = {Relation.SUPPORTS: "speaks for", Relation.ATTACKS: "speaks against", Relation.UNDERCUTS: "undercuts"}


class Pair(BaseModel):
    """Two texts of which a judge says whether they say the same. ``made``: the trial's; "" if it has none, which nobody is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Kind
    question: str
    wanted: str
    made: str

    @property
    def id(self) -> str:
        """Hex digest: the same pair of two configurations is judged once."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def evident(self) -> float | None:
        """What needs no judge: 0 where the trial says nothing, 1 where it says the same word for word; None where one must be asked."""
        if not self.made:
            return 0.0
        return 1.0 if self.wanted.casefold().rstrip(". ") == self.made.casefold().rstrip(". ") else None


def paired(kind: Kind, work: Work) -> Iterator[Pair]:
    """Yield each of the gold's gaps or cruxes beside those of a trial that it may be; beside nothing if the trial has none."""
    wanted, made = (_gaps(work), _made_gaps(work)) if kind == "gap" else (_cruxes(work.case), _made_cruxes(work))
    for one in wanted:
        near = made
        if kind == "gap" and len(made) > NEAREST:
            nearness = work.embedder.embed(made) @ work.embedder.embed([one])[0]
            near = [made[at] for at in sorted(range(len(made)), key=lambda at: -float(nearness[at]))[:NEAREST]]
        for other in near or [""]:
            yield Pair(kind=kind, question=work.case.case.question.text, wanted=one, made=other)


def _gaps(work: Work) -> list[str]:
    return [gap.text for gap in work.case.gold.gaps]


def _made_gaps(work: Work) -> list[str]:
    """Return what a trial misses, without where to look for it: the gold says nothing of that, and its style would tell whose it is."""
    return sorted({gap.text for gap in work.view.all(Gap)})


def _cruxes(case: GoldCase) -> list[str]:
    gold = case.gold
    links = {f"link:{link.key}": link for link in gold.links if link.key}

    def words(name: str) -> str:
        if name in links:
            link = links[name]
            return _step([gold.claims[one] for one in link.premises], link.relation, words(link.target))
        return _answer(case.case, name.removeprefix("answer:")) if name.startswith("answer:") else gold.claims[name]

    return [words(name) for name in gold.crux]


def _answer(case: Case, key: str) -> str:
    return next((answer.text for answer in case.question.answers if answer.key == key), "something else")


def _made_cruxes(work: Work) -> list[str]:
    most = max(TOP, len(work.case.gold.crux))
    return list(dict.fromkeys(_words(work, subject) for subject in ranked(work.produced)[:most]))


def _words(work: Work, name: str) -> str:
    """Put a record that a dispute may turn on in words; of a link all of its step."""
    record = work.view.records[name]
    if isinstance(record, Link):
        step = _step([work.view.get(one, Claim).text for one in record.premises], record.relation, _words(work, record.target))
        return f"{step} (it takes for granted: {work.view.get(record.warrant, Warrant).text})"
    assert isinstance(record, (Claim, Answer))
    return record.text


def _step(premises: Sequence[str], relation: Relation, target: str) -> str:
    return f"whether this: {'; and '.join(premises)} - {_VERBS[relation]} this: {target}"


class KnownPair(BaseModel):
    """A pair of which it is known whether it says the same. ``flaw``: how the two differ; "" if they don't."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    case: str
    flaw: str
    statement: Pair


def known_pairs(kind: Kind, first: GoldCase, second: GoldCase, *, each: int, rng: random.Random) -> list[KnownPair]:
    """Draw up to ``each`` pairs in which two annotators of a case say the same, and as many of each kind of unlike ones."""
    claims, others = first.gold.claims, second.gold.claims
    same = {mine: theirs for theirs, mine in same_claims(first, second).items()}
    variants = [one.claims for one in first.gold.variants]
    alike = {pair for one in variants for pair in (one, one[::-1])}
    kinds: dict[str, list[tuple[str, str]]] = {
        "": [(claims[mine], others[theirs]) for mine, theirs in same.items() if claims[mine] != others[theirs]],
        "alike, not the same": [(claims[one], others[same[other]]) for one, other in variants if other in same],
        "another of the case": [
            (claims[one], others[same[other]]) for one in claims for other in same if one != other and (one, other) not in alike
        ],
    }
    known = {flaw: [_known(kind, first, *texts) for texts in rng.sample(made, min(each, len(made)))] for flaw, made in kinds.items()}
    if kind == "gap":
        question = first.case.question.text
        gaps = [Pair(kind=kind, question=question, wanted=a.text, made=b.text) for a, b in combinations(first.gold.gaps, 2)]
        known["another gap of the case"] = rng.sample(gaps, min(each, len(gaps)))
    return [KnownPair(case=first.name, flaw=flaw, statement=pair) for flaw, pairs in known.items() for pair in pairs]


def _known(kind: Kind, case: GoldCase, first: str, second: str) -> Pair:
    """Make a pair of two claims: as cruxes they stand for themselves, as gaps for what would show whether they hold."""
    texts = [f"Nothing shows whether this is so: {text}" if kind == "gap" else text for text in (first, second)]
    return Pair(kind=kind, question=case.case.question.text, wanted=texts[0], made=texts[1])
