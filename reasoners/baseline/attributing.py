"""Attribution: who says a clause, through whom, and what they do with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from knowledge.records import UNKNOWN
from knowledge.vocabulary import Stance
from reasoners.baseline.lexicons import SAYING, VERB

_NAME: Final = r"(?:[A-Z][\w.'-]*|de|van|von|der|of|the|for|on)"
_PEOPLE: Final = rf"(?:[Tt]he |[Dd]r\.? |[Pp]rofessor )?[A-Z][\w.'-]*(?:,? (?:and|&) (?:(?:his|her|their) )?(?:colleagues|co-?authors|others|co-?workers|[A-Z][\w'-]+)| et al\.?| {_NAME})*(?:'s (?:team|group|paper|study|article|post|review|report))?"
_ROLES: Final = (
    r"(?:[Tt]he|[Aa]n?|[Aa]nother|[Oo]ne|[Mm]ost|[Tt]hese|[Tt]hose|[Ss]ome|[Oo]ther|[Tt]wo|[Bb]oth|[Mm]any|[Ss]everal|[Tt]heir|[Hh]is|[Hh]er) (?:\w+ ){0,2}?"
    r"(?:authors?|researchers?|scientists?|investigators?|team|committee|panel|group|report|paper|study|review|article|critics?|proponents?|opponents?|"
    r"agency|agencies|analysts?|experts?|physicists?|virologists?|debaters?|judges?|advisory|guidelines?|column(?:ist)?|writers?|letter|post|statement|assessment|court|plaintiffs?|collaboration|experiment|site|page|blog|dossier|reviewers?|contributors?|commenters?|commentators?|bloggers?|book|advocates?|doctors?|virologist|scholars?|defenders?|opponent|proponent|author)"
)
_PRONOUN: Final = r"(?:[Hh]e|[Ss]he|[Tt]hey|I|[Ww]e)"
_ADVERB: Final = r"(?:\w+ly |also |then |now |further |later |even |still |instead |therefore |thus |however,? )?"
_DATED: Final = r"(?:\s*\((?:[^()]{0,40})\)|, (?:writing|speaking|in)\b[^,]{0,60},)?"
_ALL_SAYING: Final = "|".join(SAYING.values())
_SAYS: Final = re.compile(
    rf"^(?P<who>{_PEOPLE}|{_ROLES}|{_PRONOUN}){_DATED}\s+(?:have |has |had |did |do |does )?{_ADVERB}(?P<verb>{_ALL_SAYING})(?P<link>,? that| as|:|,)?\s+(?P<what>.+)$",
    re.DOTALL,
)
_ACCORDING: Final = re.compile(rf"^(?:According to|In the view of|For|To) (?P<who>{_PEOPLE}|{_ROLES}){_DATED},\s+(?P<what>.+)$", re.DOTALL)
_TRAILING: Final = re.compile(
    rf"^(?P<what>.+?),\s*[\"']?\s*(?:(?P<who>{_PEOPLE}|{_ROLES}|{_PRONOUN})\s+{_ADVERB}(?P<verb>{_ALL_SAYING})|according to (?P<whom>{_PEOPLE}|{_ROLES}))\s*\.?$",
    re.DOTALL,
)
_OWN: Final = re.compile(
    r"^(?:The (?:authors?|researchers?|investigators?|team|study|paper|review|report|article|letter|post|assessment|column(?:ist)?|statement|advisory|page|blog|dossier|committee|panel|group|collaboration|reviewer|contributor|blogger|book))$",
    re.IGNORECASE,
)
_NAMED_TURN: Final = re.compile(r"^(?P<who>[A-Z][a-z]+(?: [A-Z][a-z]+)?): (?P<what>[A-Z].+)$", re.DOTALL)
_SECTION: Final = re.compile(
    r"^(?:Claim|Note|Objectives?|Results?|Conclusions?|Background|Methods?|Design|Setting|Context|Purpose|Summary|Question|Answer|Source|Figure|Table|Box|"
    r"Keywords?|Importance|Findings|Meaning|Participants|Exposures?|Main|Primary|Pathogen|Status|Evidence|Example|Update|Edit|Warning|Definition)\b"
)
_NOT_PEOPLE: Final = re.compile(
    r"^(?:The |A |An )?(?:(?:We|I|You|They|He|She|It|That|There)'\w+|It|This|That|These|Those|There|In|On|At|If|When|While|Although|Because|However|But|And|So|As|For|Since|After|Before|During|What|Why|How|Eggs?|Evidence|Data|Results?|Figure|Table|Each|No|Most|Such|One|All|Only|Even|Yet|Thus|Hence|Therefore|Moreover|Furthermore|Nevertheless)\b"
)

_CLAIM_THAT: Final = re.compile(
    r"^(?:the |any )?(?:claim|idea|notion|view|suggestion|argument|theory|hypothesis|possibility|assumption) that ", re.IGNORECASE
)


@dataclass(frozen=True)
class Attribution:
    """What remains of a sentence once it is said who says it. ``speaker`` is "" where the sentence names nobody."""

    what: str
    speaker: str = ""
    stance: Stance = Stance.ASSERTS
    reporters: tuple[str, ...] = ()


def attribute(sentence: str) -> Attribution:
    """Peel off who says what, from the outside in: the innermost is the speaker, the others report."""
    speakers: list[str] = []
    stance = Stance.ASSERTS
    what = sentence
    while len(speakers) < 3:
        found = _peeled(what)
        if found is None:
            # "They report a ratio of 2": a speaker, but no clause to peel off.
            match = _SAYS.match(what)
            if match and not _NOT_PEOPLE.match(match["who"]):
                speakers.append(match["who"].strip())
                stance = Stance.ASSERTS
            break
        who, stance, what = found
        speakers.append(who)
        what = _CLAIM_THAT.sub("", what)
    return Attribution(what, speakers[-1] if speakers else "", stance if speakers else Stance.ASSERTS, tuple(speakers[:-1]))


def _peeled(sentence: str) -> tuple[str, Stance, str] | None:
    """Return (who, stance, what) of the outermost attribution."""
    if (match := _ACCORDING.match(sentence)) and not _NOT_PEOPLE.match(match["who"]):
        return match["who"].strip(), Stance.ASSERTS, match["what"]
    # "X finds eggs harmless" has no clause of its own; "X found that eggs are harmless" has.
    match = _SAYS.match(sentence)
    if match and not _NOT_PEOPLE.match(match["who"]) and ((match["link"] or "").strip(" ,") == "that" or _clause(match["what"])):
        return match["who"].strip(), _stance(match["verb"]), match["what"].strip(' "')
    turn = _NAMED_TURN.match(sentence)
    if turn and not _SECTION.match(turn["who"]):
        return turn["who"], Stance.ASSERTS, turn["what"]
    if match := _TRAILING.match(sentence):
        who = match["who"] or match["whom"]
        if not _NOT_PEOPLE.match(who):
            return who.strip(), _stance(match["verb"] or "says"), match["what"].strip(' "')
    return None


def _clause(words: str) -> bool:
    """Say whether what follows a verb of saying without "that" is a clause: it has a verb before its first turn."""
    head = re.split(r",|;|\bwhich\b|\bthat\b|\bwho\b", words, maxsplit=1)[0]
    return VERB.search(head) is not None and re.match(r"(?:of|for|on|in|with|at|to|from|by|as|against|into|about|over)\b", head) is None


def _stance(verb: str) -> Stance:
    for stance, verbs in SAYING.items():
        if re.fullmatch(rf"(?:{verbs})", verb, re.IGNORECASE):
            return stance
    return Stance.ASSERTS


def resolve(name: str, *, authors: str, last_named: str) -> str:
    """Turn "the authors", "they" and "I" into names, or `unknown` where the text doesn't tell.

    ``last_named`` is who "he", "she" and "they" refer to: the one named last, or in a report of one work its authors.
    """
    if name in {"I", "We", "we"} or _OWN.match(name):
        return authors or UNKNOWN
    if re.fullmatch(_PRONOUN, name):
        return last_named or UNKNOWN
    return re.sub(r"^(?:The|the) (?=[A-Z])", "the ", name.strip(" ,"))
