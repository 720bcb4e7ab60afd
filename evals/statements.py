"""Statements for a judge: what trials recorded, and records of the gold that are known to be entailed, or not.

The false ones are the gold's own with one thing changed (a number, a hedge dropped, a scope widened, the side turned), on the same passage:
they are as long as the true ones and tell how often the judge errs each way.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from evals.gold import GoldAssertion, GoldCase
from evals.scorers.scorer import Produced
from knowledge.records import Assertion, Claim, Passage
from knowledge.vocabulary import Hedge, Stance

AROUND: Final = 300
"""Characters before and after a passage that a judge sees, so that "it" and "since then" can be understood."""
_NUMBERS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fourteen", "fifteen")
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_PARTS: Final = ("half", "a third", "a quarter", "a fifth", "a tenth")
_WIDER: Final = {
    "most": "all",
    "many": "all",
    "some": "all",
    "several": "all",
    "often": "always",
    "sometimes": "always",
    "usually": "always",
}
_HEDGED: Final = re.compile(r"\b(may|might|could|can|possibly|perhaps|probably|likely|about|seems?)\b", re.IGNORECASE)
_GRANTING: Final = frozenset({Stance.ASSERTS, Stance.CONCEDES, Stance.REPORTS})
"""Stances that grant the claim's number: who denies one number may deny another as well."""
_TURNED: Final = {Stance.ASSERTS: Stance.DENIES, Stance.DENIES: Stance.ASSERTS}


class Statement(BaseModel):
    """A record as a judge sees it: nothing in it says which configuration made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    claim: str
    stance: str
    hedge: str
    passage: str
    around: str

    @property
    def id(self) -> str:
        """Hex digest: the same record made by two configurations is judged once."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def words(self) -> int:
        """How long it is: words of claim and passage."""
        return len(self.claim.split()) + len(self.passage.split())


class Known(BaseModel):
    """A statement of the gold of which it is known whether it is entailed. ``flaw``: what was changed; "" if nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    case: str
    flaw: str
    statement: Statement

    @property
    def entailed(self) -> bool:
        """Whether the passage says at least what the statement says."""
        return not self.flaw


def stated(produced: Produced) -> list[Statement]:
    """Return all that a trial recorded, each once."""
    found = {}
    for one in produced.view.all(Assertion):
        passage = produced.view.get(one.passage, Passage)
        text = produced.texts[passage.source]
        claim = produced.view.get(one.claim, Claim).text
        statement = _statement(claim, one.stance, one.hedge, text, (passage.start, passage.end))
        found[statement.id] = statement
    return list(found.values())


def _statement(claim: str, stance: Stance, hedge: Hedge, text: str, span: tuple[int, int]) -> Statement:
    start, end = max(0, span[0] - AROUND), min(len(text), span[1] + AROUND)
    return Statement(claim=claim, stance=stance.value, hedge=hedge.value, passage=text[slice(*span)], around=text[start:end])


def known(case: GoldCase, each: int, rng: random.Random) -> list[Known]:
    """Draw from a gold case up to ``each`` true statements, and up to as many false ones of each kind of flaw."""
    kinds: dict[str, list[Known]] = {}
    for one in case.gold.assertions:
        for flaw, statement in _variants(case, one):
            kinds.setdefault(flaw, []).append(Known(case=case.name, flaw=flaw, statement=statement))
    return [drawn for _, made in sorted(kinds.items()) for drawn in rng.sample(made, min(each, len(made)))]


def _variants(case: GoldCase, one: GoldAssertion) -> Iterator[tuple[str, Statement]]:
    """Yield a gold assertion as it is, and as it is not."""
    claim, text, span = case.gold.claims[one.claim], case.texts[one.document], case.span(one.document, one.quote)

    def made(*, claim: str = claim, stance: Stance = one.stance, hedge: Hedge = one.hedge) -> Statement:
        return _statement(claim, stance, hedge, text, span)

    yield "", made()
    if (other := _other_number(claim)) != claim and one.stance in _GRANTING:
        yield "number changed", made(claim=other)
    if (wider := _wider(claim)) != claim and one.stance is Stance.ASSERTS:
        yield "scope widened", made(claim=wider)
    if one.hedge in {Hedge.LIKELY, Hedge.POSSIBLE, Hedge.DOUBTFUL} and not _HEDGED.search(claim):
        yield "hedge dropped", made(hedge=Hedge.CERTAIN)
    if one.stance in _TURNED:
        yield "side turned", made(stance=_TURNED[one.stance])


def _other_number(claim: str) -> str:
    """Change a claim's first number into another of its kind; return it as it is if it has none."""
    digits = re.search(r"\d+", claim)
    if digits:
        step = 20 if 1000 <= int(digits[0]) <= 2100 else max(2, int(digits[0]) // 10)  # a year, a decade, or a quantity
        return claim[: digits.start()] + str(int(digits[0]) + step) + claim[digits.end() :]
    for names in (_TENS, _NUMBERS, _PARTS):
        named = re.search(rf"\b({'|'.join(names)})\b", claim, re.IGNORECASE)
        if named:
            other = names[(names.index(named[0].lower()) + 3) % len(names)]
            return claim[: named.start()] + (other.capitalize() if named[0][0].isupper() else other) + claim[named.end() :]
    return claim


def _wider(claim: str) -> str:
    """Say of all what a claim says of some."""
    found = re.search(rf"(?<!\bas )\b({'|'.join(_WIDER)})\b", claim, re.IGNORECASE)
    if not found:
        return claim
    other = _WIDER[found[0].lower()]
    return claim[: found.start()] + (other.capitalize() if found[0][0].isupper() else other) + claim[found.end() :]


def matched(made: Mapping[str, Sequence[Statement]], most: int, rng: random.Random) -> dict[str, list[Statement]]:
    """Draw up to ``most`` statements of each configuration of a case, equally long ones of each: as many from each third of all lengths.

    A judge grants long passages more readily, so configurations that quote at different length would not be judged alike.
    """
    lengths = sorted(one.words for several in made.values() for one in several)
    if not lengths or not all(made.values()):
        return {name: [] for name in made}
    bounds = [lengths[len(lengths) // 3], lengths[2 * len(lengths) // 3]]
    drawn: dict[str, list[Statement]] = {name: [] for name in made}
    for place in range(3):
        bins = {name: [one for one in several if sum(one.words >= bound for bound in bounds) == place] for name, several in made.items()}
        size = min(-(-most // 3), *(len(several) for several in bins.values()))
        for name, several in bins.items():
            drawn[name] += rng.sample(sorted(several, key=lambda one: one.id), size)
    return drawn
