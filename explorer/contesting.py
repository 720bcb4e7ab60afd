"""What speakers here contradict each other about: by denying a claim, or by what they say against it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from agents.critic import contested
from credence.voices import voice
from explorer.question_summaries import voices
from knowledge.records import UNKNOWN, Claim, Link
from knowledge.views import View
from knowledge.vocabulary import Relation, side_of


@dataclass(frozen=True)
class ContestedSummary:
    """A claim that some hold, or think possible, and others deny, or answer with an objection. ``objections``: (claim, text, speakers).

    ``granted_by`` think it possible, and no more.
    """

    claim: str
    text: str
    held_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    granted_by: tuple[str, ...]
    objections: tuple[tuple[str, str, tuple[str, ...]], ...]


def contested_claims(view: View) -> tuple[ContestedSummary, ...]:
    """Return the claims on which two speakers differ, in the order of their ids: those denied first, then those only objected to."""
    objections = _objections(view)
    denied = contested(view)
    found = []
    for claim in [*denied, *sorted(objections.keys() - set(denied))]:
        heard = voices(view, claim)
        speak_for = {voice(one) for one in (*heard.hold, *heard.grant)}
        apart = [(one, text, tuple(name for name in names if voice(name) not in speak_for)) for one, text, names in objections[claim]]
        others = [one for one in apart if one[2]]
        # Who takes a thing back contradicts nobody; speakers that no document names may be two.
        against = {voice(one) for one in heard.deny}
        differ = claim in denied and not len(speak_for | against) == len(speak_for) == len(against) == 1
        if differ or (speak_for and others):
            found.append(ContestedSummary(claim, view.get(claim, Claim).text, *heard, tuple(others)))
    return tuple(found)


@dataclass(frozen=True)
class ChangedMind:
    """A claim on both sides of which one speaker stands, in documents or at times that differ. ``told``: (date, side, source), in order.

    A side is "for" or "against"; dates that are unknown come first.
    """

    claim: str
    text: str
    speaker: str
    told: tuple[tuple[str, str, str], ...]


def changed_minds(view: View) -> tuple[ChangedMind, ...]:
    """Return who takes both sides of a claim, by claim and speaker: whoever changed their mind, or is told to have said both.

    Within one document at one time somebody weighs a thing from both sides; that is no change.
    """
    found = []
    for claim in view.members:
        by_voice: dict[str, dict[tuple[str, str, str], str]] = defaultdict(dict)
        for one, negated in view.assertions_of(claim):
            side = side_of(one.stance, opposite=negated, hedge=one.hedge)
            if side and voice(one.speaker):
                told = (one.said if one.said != UNKNOWN else "", "for" if side > 0 else "against", view.source_of(one).title)
                by_voice[voice(one.speaker)].setdefault(told, one.speaker)
        for said in by_voice.values():
            times = {(date, source) for date, _, source in said}
            if len({side for _, side, _ in said}) == 2 and len(times) > 1:
                found.append(ChangedMind(claim, view.get(claim, Claim).text, max(said.values(), key=len), tuple(sorted(said))))
    return tuple(sorted(found, key=lambda one: (one.claim, one.speaker)))


def _objections(view: View) -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """Map each claim to the claims that are offered against it and that somebody by name holds, or thinks possible."""
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
    for link in view.all(Link):
        if link.relation is not Relation.ATTACKS or not link.target.startswith("claim-"):
            continue
        target, turned = view.representative(link.target)
        premise, negated = view.representative(link.premises[0])
        heard = voices(view, premise)
        speakers = tuple(sorted(set(heard.deny if negated else (*heard.hold, *heard.grant)) - {UNKNOWN}))
        if len(link.premises) == 1 and not turned and speakers:
            found[target].append((premise, view.get(link.premises[0], Claim).text, speakers))
    return found
