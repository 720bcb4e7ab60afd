"""Queries: what to search for next, from what is missing, what is undecided, and which works are named but not read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, zip_longest
from typing import Final

from agents.citations import parts_of
from agents.known import unfilled
from credence.engine import assess, main_question
from credence.results import QuestionAssessment
from credence.wording import answers_of
from knowledge.records import UNKNOWN, Answer, Claim, Lead, Link, Reliance, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import SearchAim, SourceKind, UpstreamKind
from sources.searching.copies import Known, bare, same_title
from sources.searching.keywords import Keywords, content_words, folded
from sources.searching.leads import doi_in
from sources.searching.queries import Query

UNVALUED: Final = 0.5
"""The weight of what has no value of finding out of its own, beside 1 for the leading crux: a gap, a side, a work that bears on no crux."""
CRUXES: Final = 3
WORKS: Final = 5
CITED: Final = 3
"""Leading cruxes, works and works whose citations are followed, a round."""
MUST: Final = 3
EITHER: Final = 4
"""Words that must all stand in what is found, and words of which one is enough."""
AGAINST: Final = ("limitations", "critique", "confounding", "refuted")
"""What is written by those who doubt a claim, beside the claim's own words."""


@dataclass(frozen=True)
class Planned:
    """A query, what a find would be near to, and how much finding it could change: 1 as much as the leading crux."""

    query: Query
    near: str
    weight: float


def plan(view: View, known: Mapping[str, Known]) -> list[Planned]:
    """Say what to search for: one query of each aim in turn, so that none starves; within an aim what could change most first.

    The order is the same for the same records. ``known``: what `agents.known.known_documents` says of the view.
    """
    planner = _Planner(view, known)
    planned = [*planner.cruxes(), *planner.gaps(), *planner.sides(), *planner.works(), *planner.citations()]
    by_aim = {aim: [one for one in planned if one.query.aim is aim] for aim in _ORDER}
    for several in by_aim.values():
        several.sort(key=lambda one: (-round(one.weight, 6), one.query.about, one.query.words, one.query.doi))
    return [one for one in chain.from_iterable(zip_longest(*by_aim.values())) if one is not None]


_ORDER: Final = tuple(map(SearchAim, ("crux", "gap", "for", "against", "work", "citing", "cited")))


class _Planner:
    """Reads one revision."""

    def __init__(self, view: View, known: Mapping[str, Known]) -> None:
        self._view, self._known = view, known
        self._question = main_question(view)
        self._answers = [answer for answer in answers_of(view, self._question.id) if not answer.something_else]
        topic = [self._question.text, *(text for answer in self._answers for text in (answer.text, *answer.also_called))]
        self._keywords = Keywords(topic, (claim.text for claim in view.all(Claim)))
        self._assessed = assess(view).questions[0]
        leading = max((crux.expected_shift for crux in self._assessed.cruxes), default=0.0)
        self._values = {crux.subject: crux.expected_shift / leading for crux in self._assessed.cruxes} if leading > 0 else {}
        self._worth = _worth(view, self._values)

    def cruxes(self) -> Iterator[Planned]:
        """Ask for more on each leading crux."""
        for crux in self._assessed.cruxes[:CRUXES]:
            words = _crux_words(self._view, crux.subject)
            yield Planned(self._worded(SearchAim.CRUX, crux.subject, words), words, self._values.get(crux.subject, 0.0))

    def gaps(self) -> Iterator[Planned]:
        """Ask for what is missing, in the gap's own words."""
        for gap in unfilled(self._view):
            weight = self._values.get(gap.about or "", UNVALUED)
            query = self._worded(SearchAim.GAP, gap.id, f"{gap.how} {gap.text}", looking=True)
            if query.must:
                yield Planned(query, f"{gap.text} {gap.how}", weight)

    def sides(self) -> Iterator[Planned]:
        """Ask for what speaks for and against each answer that leads or that something supports; with nothing read, for each."""
        spoken = {answer.id: content_words(" ".join((answer.text, *answer.also_called))) for answer in self._answers}
        for answer in _in_question(self._view, self._answers, self._assessed):
            others = {folded(word) for other, words in spoken.items() if other != answer.id for word in words}
            own = tuple(word for word in spoken[answer.id] if folded(word) not in others)
            shared = " ".join(word for word in spoken[answer.id] if folded(word) in others)
            must = self._keywords.of(shared or answer.text, MUST)
            query = Query(SearchAim.FOR, answer.id, must, own[:EITHER])
            yield Planned(query, answer.text, UNVALUED)
            yield Planned(replace(query, aim=SearchAim.AGAINST, either=(*own[:1], *AGAINST)), answer.text, UNVALUED)

    def works(self) -> Iterator[Planned]:
        """Ask for works that sources report or cite and that aren't here themselves, what bears on cruxes first."""
        here = [source for source in self._view.all(Source) if source.kind is not SourceKind.BRIEF]
        users = Counter(self._view.origin(reliance.upstream) for reliance in self._view.all(Reliance))
        found: list[Planned] = []
        for work in self._view.all(Upstream):
            named = parts_of(work)
            title = named.title
            if work.kind is not UpstreamKind.WORK or len(title.split()) < 3 or self._view.origin(work.id) != work.id:
                continue
            if any(same_title(title, source.title) or (work.url != UNKNOWN and bare(work.url) == bare(source.url)) for source in here):
                continue
            query = Query(SearchAim.WORK, work.id, title=title, author=named.author, doi=self._dois.get(work.id, ""))
            found.append(Planned(query, title, self._worth.get(work.id, UNVALUED)))
        yield from sorted(found, key=lambda one: (-one.weight, -users[one.query.about], one.query.about))[:WORKS]

    def citations(self) -> Iterator[Planned]:
        """Ask for what cites, and what is cited by, the works with a DOI on which most depends."""
        dois: dict[str, tuple[float, str, str]] = {}
        for record, title, doi in self._with_dois():
            weight = self._worth.get(record, UNVALUED)
            if doi not in dois or weight > dois[doi][0]:
                dois[doi] = weight, record, title
        leading = sorted(dois.items(), key=lambda one: (-one[1][0], one[0]))[:CITED]
        for doi, (weight, record, _) in leading:
            for aim in (SearchAim.CITING, SearchAim.CITED):
                yield Planned(Query(aim, record, doi=doi), self._question.text, weight * UNVALUED)

    def _worded(self, aim: SearchAim, about: str, text: str, *, looking: bool = False) -> Query:
        words = self._keywords.of(text, MUST + EITHER, looking=looking)
        return Query(aim, about, must=words[:MUST], either=words[MUST:])

    @cached_property
    def _dois(self) -> Mapping[str, str]:
        """Works' DOIs by their ids: from their addresses, or from leads that were found under their titles."""
        leads = [lead for lead in self._view.all(Lead) if lead.doi != UNKNOWN]
        found = {}
        for work in (one for one in self._view.all(Upstream) if one.kind is UpstreamKind.WORK):
            title = parts_of(work).title
            if doi := doi_in(work.url) or next((lead.doi for lead in leads if same_title(lead.title, title)), ""):
                found[work.id] = doi
        return found

    def _with_dois(self) -> Iterator[tuple[str, str, str]]:
        for record, known in self._known.items():
            if known.doi != UNKNOWN:
                yield record, known.title, known.doi
        for work, doi in self._dois.items():
            yield work, self._view.get(work, Upstream).name, doi


def _worth(view: View, values: Mapping[str, float]) -> Mapping[str, float]:
    """Return the value of the weightiest crux that each source and work speaks on."""
    found: dict[str, float] = defaultdict(float)
    for subject, value in values.items():
        claims = view.get(subject, Link).premises if subject.startswith("link-") else (subject,)
        for claim in claims if not subject.startswith("upstream-") else ():
            for assertion, _ in view.assertions_of(view.representative(claim)[0]):
                source = view.source_of(assertion)
                for record in (source.id, *(upstream.id for one in (assertion.id, source.id) for upstream, _ in view.upstreams_of(one))):
                    found[record] = max(found[record], value)
    return found


def _crux_words(view: View, subject: str) -> str:
    if subject.startswith("link-"):
        return " ".join(view.get(claim, Claim).text for claim in view.get(subject, Link).premises)
    return view.get(subject, Claim).text


def _in_question(view: View, answers: list[Answer], assessed: QuestionAssessment) -> list[Answer]:
    """Return the answers that lead or are supported; all of them while nothing was read."""
    supported = {link.target for link in view.all(Link)}
    leading = max(assessed.answers, key=lambda one: one.probability).answer
    return [answer for answer in answers if not supported or answer.id in supported or answer.id == leading]
