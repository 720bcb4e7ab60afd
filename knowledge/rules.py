"""The rules that every changeset meets, whoever proposes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from knowledge.changesets import Author, Changeset
from knowledge.errors import Refusal, UnknownBlob
from knowledge.records import Alias, Equivalence, Finding, Gap, Incident, Judgment, Link, Passage, Record, Retraction, Source
from knowledge.views import View
from knowledge.vocabulary import Relation

TextOf = Callable[[str], str]
CRITIC_MAY_ADD: Final = (Finding, Gap, Incident)


def broken_rules(
    changeset: Changeset,
    base: View,
    text_of: TextOf,
    known: Callable[[str], Record | None],
    *,
    said_by_people: frozenset[str] = frozenset(),
) -> list[Refusal]:
    """List every record of a changeset that breaks a rule.

    ``known`` finds any record of the history, live or not; ``said_by_people`` are the ids of what an agent may not overrule.
    """
    new = {record.id: record for record in changeset.records}
    check = _Check(changeset.author, new, base, text_of, known, retracted=_retracted(new, base))
    alone = [Refusal(record.id, reason) for record in check.new.values() for reason in check.reasons(record)]
    overruled = _overruled(new, base, said_by_people) if said_by_people else ()
    return [*alone, *overruled, *_self_support(new, base), *_chains(new, base)]


def _overruled(new: Mapping[str, Record], base: View, said_by_people: frozenset[str]) -> Iterator[Refusal]:
    """Refuse what would undo a person's record, or be averaged with a person's judgment of the same number."""
    judged = {_judged(record) for one in said_by_people if isinstance(record := base.find(one), Judgment)}
    for record in new.values():
        if record.id in said_by_people:
            continue
        if isinstance(record, Retraction) and record.record in said_by_people:
            yield Refusal(record.id, f"a person added {record.record}: an agent doesn't retract it")
        if isinstance(record, Judgment) and _judged(record) in judged:
            yield Refusal(record.id, f"a person has judged {record.quantity} of {record.record}: an agent doesn't overrule it")


def _judged(judgment: Judgment) -> tuple[str, str, str | None, str]:
    return judgment.record, judgment.quantity, judgment.given, judgment.perspective


def _retracted(new: Mapping[str, Record], base: View) -> frozenset[str]:
    """Collect what the base has retracted and the changeset doesn't bring back: adding it anew doesn't make it count."""
    undone = {record.record for record in new.values() if isinstance(record, Retraction)}
    return frozenset(retraction.record for retraction in base.all(Retraction) if retraction.id not in undone)


@dataclass(frozen=True)
class _Check:
    """What a record is held against, one record at a time."""

    author: Author
    new: Mapping[str, Record]
    base: View
    text_of: TextOf
    known: Callable[[str], Record | None]
    retracted: frozenset[str]

    def reasons(self, record: Record) -> Iterator[str]:
        """Yield what is wrong with a record by itself and in what it names."""
        if self.author is Author.CRITIC:
            yield from self._beyond_critic(record)
        if isinstance(record, Retraction):
            if self.known(record.record) is None and record.record not in self.new:
                yield f"retracts {record.record}, which was never here"
            return
        for field, named, kinds in record.named():
            if named not in self.new and named not in self.base:
                yield f"its {field} names {named}, which is not in this revision"
            elif named in self.retracted:
                yield f"its {field} names {named}, which was retracted"
            elif kinds and named.split("-", 1)[0] not in kinds:
                yield f"its {field} names {named}, where a {' or '.join(kinds)} belongs"
        if isinstance(record, Source):
            yield from self._missing_text(record)
        if isinstance(record, Passage):
            yield from self._misquotation(record)

    def _beyond_critic(self, record: Record) -> Iterator[str]:
        touched = self.known(record.record) if isinstance(record, Retraction) else record
        if not isinstance(touched, CRITIC_MAY_ADD):
            yield "the critic adds findings and gaps only"

    def _missing_text(self, source: Source) -> Iterator[str]:
        try:
            self.text_of(source.text)
        except UnknownBlob:
            yield "its text is not in the store"

    def _misquotation(self, passage: Passage) -> Iterator[str]:
        source = self.new.get(passage.source) or self.base.find(passage.source)
        if not isinstance(source, Source):
            return
        try:
            words = self.text_of(source.text)[passage.start : passage.end]
        except UnknownBlob:
            return
        if words != passage.text:
            yield f"the source reads {words[:80]!r} at {passage.start}, not {passage.text[:80]!r}"


def _self_support(new: Mapping[str, Record], base: View) -> Iterator[Refusal]:
    """Refuse support whose premises stand only in the passages that state its target: one passage is no evidence twice."""
    links = [record for record in new.values() if isinstance(record, Link)]
    if not any(_offered_for_a_claim(link) for link in links):
        return
    both = base.extended(new.values()) or View.of([*base.records.values(), *new.values()])
    for link in links:
        if supports_itself(both, link):
            yield Refusal(link.id, "its premises stand only in the passage that states its target: that is no further support")


def supports_itself(view: View, link: Link) -> bool:
    """Say whether a claim is supported by what stands only in the passages that state it."""
    if not _offered_for_a_claim(link):
        return False
    stated, *basis = (
        {assertion.passage for assertion, _ in view.assertions_of(view.representative(claim)[0])} for claim in (link.target, *link.premises)
    )
    return any(basis) and set().union(*basis) <= stated


def _offered_for_a_claim(link: Link) -> bool:
    return link.relation is Relation.SUPPORTS and link.target.startswith("claim-")


def _chains(new: Mapping[str, Record], base: View) -> Iterator[Refusal]:
    """Refuse samenesses that would make a representative a member, or give a claim or an upstream two representatives or two signs."""
    added = [record for record in new.values() if isinstance(record, Equivalence | Alias)]
    if not added:
        return
    gone = {record.record for record in new.values() if isinstance(record, Retraction)}
    touched = {one for record in added for one in (record.member, record.representative)}
    aliases = [one for one in base.all(Alias) if not touched.isdisjoint((one.member, one.representative))]
    known: list[Equivalence | Alias] = [*base.samenesses(touched), *aliases]
    kept = [record for record in known if gone.isdisjoint((record.id, record.member, record.representative))]
    every = {record.id: record for record in (*kept, *added)}
    members = {record.member for record in every.values()}
    represented = {record.representative for record in kept}
    chosen: dict[str, set[str]] = {}
    signs: dict[str, set[bool]] = {}
    for record in every.values():
        chosen.setdefault(record.member, set()).add(record.representative)
        signs.setdefault(record.member, set()).add(isinstance(record, Equivalence) and record.negated)
    for record in added:
        if record.representative in members:
            yield Refusal(record.id, f"{record.representative} is itself a member: sameness doesn't travel along chains")
        elif record.member in represented:
            yield Refusal(record.id, f"{record.member} represents others: sameness doesn't travel along chains")
        elif len(chosen[record.member]) > 1:
            yield Refusal(record.id, f"{record.member} has another representative already")
        elif len(signs[record.member]) > 1:
            yield Refusal(record.id, f"{record.member} would be both the same as {record.representative} and its opposite")
