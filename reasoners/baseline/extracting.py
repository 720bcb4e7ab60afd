"""Extraction by cues: sentences that assert something, cut into clauses, with who says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from knowledge.records import UNKNOWN
from knowledge.vocabulary import Stance, UpstreamKind
from prompts.tasks.ingestion import SEVERAL, ExtractedAssertion, ExtractedUpstream, ExtractInputs, Extraction
from reasoners.baseline.attributing import attribute, resolve
from reasoners.baseline.clauses import affirmed, clauses, worded
from reasoners.baseline.lexicons import CONTENT, SAYING, any_of, hedge_of, stems
from sources.segmenting import Segment, segments

LONGEST: Final = 90
"""Words of a sentence beyond which it is a list or a broken table."""
_UPSTREAM: Final = re.compile(
    r"\b((?:[A-Z][\w'-]+|[A-Z]{2,})(?:[ -](?:[A-Z][\w'-]*|of|and|the|on|in|for|II|III|IV|\d{1,4})){0,6}? "
    r"(?P<head>Studies|Study|Survey|Cohort|Trial|Registry|Biobank|Database|Project|Consortium|Experiment|Detector|Telescope|Observatory|Collaboration|Model|Database|Satellite|Mission))\b"
)
_PLAIN_UPSTREAM: Final = re.compile(
    r"\b((?:\w+[- ]){0,2}(?:case list|line list|case data|genome sequences?|environmental samples?|cosmic[- ]ray (?:data|flux|measurements?|observations?)|white[- ]dwarf (?:data|ages?|observations?)|"
    r"neutron[- ]star (?:data|ages?|observations?)|food[- ]frequency questionnaires?|Hawking radiation|Hawking evaporation))\b",
    re.IGNORECASE,
)
_ATTRIBUTED: Final = any_of(*SAYING.values())
"""Verbs of saying: who says something is asserting something, whatever the words."""
_NUMBER_WORD: Final = any_of(
    "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\\w+)?", "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen", "half",
    "thirds?", "quarters?", "dozens?", "hundreds?", "thousands?", "millions?", "twice", "double[ds]?", "\\w+fold",
)  # fmt: skip
_HEADS: Final = {
    "Trial": UpstreamKind.DATASET, "Survey": UpstreamKind.DATASET, "Registry": UpstreamKind.DATASET, "Database": UpstreamKind.DATASET,
    "Experiment": UpstreamKind.INSTRUMENT, "Detector": UpstreamKind.INSTRUMENT, "Telescope": UpstreamKind.INSTRUMENT,
    "Observatory": UpstreamKind.INSTRUMENT, "Satellite": UpstreamKind.INSTRUMENT, "Mission": UpstreamKind.INSTRUMENT,
    "Collaboration": UpstreamKind.ORGANISATION, "Consortium": UpstreamKind.ORGANISATION, "Model": UpstreamKind.MODEL,
}  # fmt: skip
_KINDS: Final = (
    ("causal", re.compile(r"\b(?:caus|lead|led to|because of|due to|result(?:s|ed)? in|raise|lower|increase|reduce)\w*", re.IGNORECASE)),
    ("statistical", re.compile(r"\d|\b(?:hazard|odds|relative) ratio|\bmedian\b|\bmean\b|\bper ?cent\b", re.IGNORECASE)),
    ("predictive", re.compile(r"\bwill\b|\bwould\b", re.IGNORECASE)),
    ("normative", re.compile(r"\bshould\b|\bought\b|\brecommend", re.IGNORECASE)),
    ("methodological", re.compile(r"\b(?:bias|confound|sample|questionnaire|adjust|method|design|analysis)\w*", re.IGNORECASE)),
    ("definitional", re.compile(r"\b(?:is defined as|means that|refers to)\b", re.IGNORECASE)),
)


def extract(inputs: ExtractInputs) -> Extraction:
    """Find the assertions of a part. What has no cue of a claim, can't stand alone, or is no prose is left out; so is another language."""
    if inputs.language:
        return Extraction(skipped=(f"all of it: it is in another language ({inputs.language}), and the baseline translates nothing",))
    several = inputs.reports.startswith(SEVERAL)
    authors = inputs.authors if not inputs.reports else "" if several else inputs.reports.split(":")[0]
    own_voice = _short(authors)
    found: list[ExtractedAssertion] = []
    last_named = ""
    previous_paragraph = -1
    for segment in segments(inputs.text):
        if segment.paragraph != previous_paragraph and not segment.in_quote:
            last_named = ""
        previous_paragraph = segment.paragraph
        sentence = inputs.text[segment.start : segment.end]
        if _is_prose(segment, sentence):
            antecedent = last_named or (own_voice if inputs.reports else "")
            for assertion in _assertions(sentence, own_voice, antecedent, quoted=segment.in_quote):
                found.append(assertion)
                if assertion.speaker not in {UNKNOWN, own_voice} and assertion.speaker[0].isupper():
                    last_named = assertion.speaker
    return Extraction(assertions=tuple(found))


def _short(authors: str) -> str:
    """Name several authors by the first and the others; "" if there are none."""
    names = [name.strip() for name in authors.split(",") if name.strip() and name.strip() != "authors unknown"]
    if not names:
        return ""
    surnames = [name if len(name.split()) > 3 else name.split()[-1] for name in names if name != "others"]
    if len(names) == 1:
        return names[0]
    return f"{surnames[0]} and {surnames[1]}" if len(names) == 2 and len(surnames) == 2 else f"{surnames[0]} and others"


def _is_prose(segment: Segment, sentence: str) -> bool:
    if segment.is_heading or segment.is_table or segment.boilerplate or sentence.rstrip("\"')").endswith("?"):
        return False
    words = sentence.split()
    least = 4 if _ATTRIBUTED.search(sentence) else 6
    letters = sum(letter.isalpha() or letter.isspace() for letter in sentence)
    return (
        least <= len(words) <= LONGEST
        and letters > 0.75 * len(sentence)
        and sentence[0] not in "|["
        and (CONTENT.search(sentence) or _ATTRIBUTED.search(sentence) or _NUMBER_WORD.search(sentence)) is not None
    )


def _assertions(sentence: str, own_voice: str, last_named: str, *, quoted: bool) -> Iterator[ExtractedAssertion]:
    """Yield an assertion for each clause; an attribution at the start holds for the clauses after it as well."""
    speaker, stance = UNKNOWN if quoted else own_voice or UNKNOWN, Stance.ASSERTS
    reporters: tuple[str, ...] = ()
    for clause in clauses(sentence):
        words = sentence[clause.start : clause.end].strip()
        lead = re.match(
            r"(?:(?:But|And|Yet|So|However|Moreover|Furthermore|Therefore|Thus|Still|Nevertheless|Although|While|Because|because|although|but|yet|while)\b,?\s*)?",
            words,
        )
        said = attribute(words[lead.end() :] if lead else words)
        if said.speaker:
            speaker = resolve(said.speaker, authors=own_voice, last_named=last_named)
            reporters = tuple(resolve(name, authors=own_voice, last_named=last_named) for name in said.reporters)
            stance = said.stance
        what = said.what
        if said.speaker and what.startswith(said.speaker) and speaker != UNKNOWN:
            what = speaker + what[len(said.speaker) :]
        claim = worded(what)
        if not claim or not stems(claim):
            continue
        affirmative, turned = affirmed(claim, stance)
        yield ExtractedAssertion(
            quotation=words,
            claim=affirmative[:600],
            speaker=speaker,
            reporters=tuple(name for name in reporters if name not in {UNKNOWN, speaker}),
            stance=turned,
            hedge=hedge_of(words),
            claim_kind=next((kind for kind, pattern in _KINDS if pattern.search(claim)), "empirical"),
            upstreams=tuple(_upstreams(sentence)),
        )


def _upstreams(sentence: str) -> Iterator[ExtractedUpstream]:
    """Yield the data sets, cohorts and instruments that a sentence names."""
    seen: set[str] = set()
    for match in _UPSTREAM.finditer(sentence):
        name = re.sub(r"^(?:The|In|From|Of|And|For|On|By|Both|This|That|While|But|A)\s+", "", match[1])
        kind = _HEADS.get(match["head"], UpstreamKind.COHORT)
        if len(name.split()) > 1 and name.casefold() not in seen and not re.match(r"(?:Our|Their|One|Each|New|Previous|Present)\b", name):
            seen.add(name.casefold())
            yield ExtractedUpstream(name=name, kind=kind)
    for match in _PLAIN_UPSTREAM.finditer(sentence):
        name = re.sub(
            r"^(?:the|of|on|in|same|a|an|that|this|and|from|these|by|with|to|for)\s+",
            "",
            re.sub(r"^(?:the|of|on|in|same|a|an|that|this|and|from|these|by|with|to|for)\s+", "", match[1].casefold()),
        )
        if name not in seen:
            seen.add(name)
            yield ExtractedUpstream(
                name=name.replace("cosmic ray", "cosmic-ray").replace("white dwarf", "white-dwarf"), kind=UpstreamKind.DATASET
            )
