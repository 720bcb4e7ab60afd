"""Judgments of one perspective, pooled and made coherent, with the defaults where there are none."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from credence import defaults
from credence.faults import faults, is_heard, standing
from knowledge.records import Alias, Answer, Assertion, Judgment, Link, Perspective, Tag
from knowledge.views import View
from knowledge.vocabulary import Quantity, Relation

OVER: Final = "over"
"""A tag on a perspective: it judges as the one whose id is the value does, but for its own judgments."""
NEVER_CERTAIN: Final = 1e-9
DEFAULT_NOISE: Final = 0.7
"""Standard deviation, in nats, of a number that nobody judged."""


def perspectives_of(view: View) -> tuple[Perspective, ...]:
    """Return the perspectives: those that judge for themselves first, and of these the one that judges most.

    The first is the main one, under which results are told and whose numbers the others take where they are silent. It is not the first by
    id: a person's perspective on three numbers, added later, would become the run's own wherever its id came to stand first.
    """
    there = view.all(Perspective)
    if len(there) < 2:
        return there
    over = {tag.record for tag in view.all(Tag) if tag.name == OVER}
    judged = Counter(judgment.perspective for judgment in view.all(Judgment))
    return tuple(sorted(there, key=lambda one: (one.id in over, -judged[one.id], one.id)))


class Key(NamedTuple):
    """What a judgment is about: see `knowledge.records.Judgment`."""

    record: str
    quantity: Quantity
    given: str | None


class Pooled(NamedTuple):
    """The value used for a key, its standard deviation in nats, and how many judgments it was pooled from (0: a default)."""

    value: float
    noise: float
    judged: int


Place = tuple[str, Quantity, str | None]
"""A key's parts: equal to the key and of the same hash, but four times as fast to make, and a large map has a hundred thousand."""
Numbers = dict[Place, float]
_EXPECTED_IF: Final = {one: [defaults.expectedness(one, favoured=favoured) for favoured in (False, True)] for one in Relation}
_Doubts = dict[Place, Judgment | Pooled]
"""Of each number, the judgment that it is, or what several were pooled to: either has its ``noise``."""


class Judgments:
    """Looks local numbers up, and remembers what was asked for.

    What a perspective doesn't judge it takes from the main one, so that a person who differs about three numbers differs about no other.
    What-if questions, noise and swaps of perspectives are made of others with some values replaced, whatever was judged (`otherwise`).
    """

    def __init__(self, view: View, perspective: str | None, *, heard: bool = True) -> None:
        """Pool a perspective's judgments (None: the main one's). ``heard`` False: as before the critic was heard (`credence.faults`)."""
        over = {tag.record: tag.value for tag in view.all(Tag) if tag.name == OVER}
        perspectives = [one.id for one in perspectives_of(view)]
        main = perspectives[0] if perspectives else ""
        self.perspective = perspective or main
        self._values, self._doubts = _pooled(view, self.perspective, heard=heard)
        if self.perspective != main:
            values, doubts = _pooled(view, over.get(self.perspective, main), heard=heard)
            self._values, self._doubts = values | self._values, doubts | self._doubts
        self._instead: Numbers = {}
        self._asked: list[tuple[Place, float]] = []
        self._missing: set[Place] = set()

    def otherwise(self, instead: Mapping[Key, float]) -> Judgments:
        """Return the same judgments with some values replaced, beside those replaced already."""
        other = Judgments.__new__(Judgments)
        other.perspective, other._values, other._doubts = self.perspective, self._values, self._doubts
        other._asked, other._missing = [], set()
        other._instead = self._instead | dict[Place, float](instead.items())
        return other

    def judged(self) -> Mapping[Place, float]:
        """Return every judged value, pooled."""
        if not self._instead:
            return self._values
        return self._values | {place: value for place, value in self._instead.items() if place in self._values}

    @property
    def used(self) -> dict[Key, Pooled]:
        """What was asked for so far."""
        return {
            Key(*place): self._doubted(place)._replace(value=self._instead.get(place, self._values.get(place, default)))
            for place, default in dict(self._asked).items()
        }

    def _doubted(self, place: Place) -> Pooled:
        found = self._doubts.get(place)
        if isinstance(found, Judgment):
            return Pooled(found.value, found.noise, 1)
        return found or Pooled(0.0, DEFAULT_NOISE, 0)

    def noise(self, place: Place) -> float:
        """Return how uncertain a number is, in log-odds or nats."""
        return self._doubted(place).noise

    @property
    def assumed(self) -> int:
        """How many of the numbers used nobody judged."""
        return len(self._missing)

    def _value(self, record: str, quantity: Quantity, given: str | None, default: float) -> float:
        place = (record, quantity, given)
        self._asked.append((place, default))
        judged = self._values.get(place)
        if judged is None:
            self._missing.add(place)
        if self._instead and place in self._instead:
            return self._instead[place]
        return default if judged is None else judged

    def evidence(self, assertion: Assertion) -> float:
        """Return an assertion's weight for its claim, in nats."""
        return self._value(assertion.id, Quantity.EVIDENCE, None, defaults.TESTIMONY[assertion.stance])

    def priors(self, answers: Sequence[Answer]) -> list[float]:
        """Return the answers' prior probabilities, summing to 1."""
        return _scaled([self._value(answer.id, Quantity.PRIOR, None, even) for answer, even in _even(answers)])

    def unsound(self, answers: Sequence[Answer], question: str, priors: Sequence[float]) -> list[float]:
        """Return P(answer | the modelled argument is unsound), summing to 1: as judged (a prior given the question), else the prior."""
        return _scaled([self._value(answer.id, Quantity.PRIOR, question, prior) for answer, prior in zip(answers, priors, strict=True)])

    def expected_under(self, link: Link, answers: Sequence[Answer]) -> list[float]:
        """Return P(premises | answer) for each answer of the question that the link's target answers."""
        found = []
        for answer in answers:
            default = (
                defaults.EXPECTED_ELSE
                if answer.something_else and answer.id != link.target
                else defaults.expectedness(link.relation, favoured=answer.id == link.target)
            )
            found.append(self._value(link.id, Quantity.EXPECTEDNESS, answer.id, default))
        return found

    def expected_if(self, link: Link) -> list[float]:
        """Return P(premises | the target claim false) and P(premises | it true)."""
        unless, if_true = _EXPECTED_IF[link.relation]
        return [
            self._value(link.id, Quantity.EXPECTEDNESS, None, unless),
            self._value(link.id, Quantity.EXPECTEDNESS, link.target, if_true),
        ]

    def warrant(self, link: Link) -> float:
        """Return P(the premises bear on the target as stated)."""
        return self._value(link.id, Quantity.WARRANT, None, defaults.WARRANT)

    def sound(self, upstream: str) -> float:
        """Return P(an upstream can be relied on)."""
        return self._value(upstream, Quantity.WARRANT, None, defaults.UPSTREAM_SOUND)

    def defeat(self, undercut: Link) -> float:
        """Return how completely an undercut defeats its link if it is true."""
        assert undercut.relation is Relation.UNDERCUTS
        return self._value(undercut.id, Quantity.DEFEAT, None, defaults.DEFEAT)

    def model_error(self, question: str) -> float:
        """Return P(the whole modelled argument about a question is unsound)."""
        return self._value(question, Quantity.MODEL_ERROR, None, defaults.MODEL_ERROR)


def _even(answers: Sequence[Answer]) -> list[tuple[Answer, float]]:
    """Return each answer with the prior that it has where nobody judged: "something else" its own, the others the rest evenly."""
    named = sum(not answer.something_else for answer in answers)
    even = (1 - (len(answers) - named) * defaults.SOMETHING_ELSE_PRIOR) / max(named, 1)
    return [(answer, defaults.SOMETHING_ELSE_PRIOR if answer.something_else else even) for answer in answers]


def _scaled(raw: Sequence[float]) -> list[float]:
    kept = [max(value, NEVER_CERTAIN) for value in raw]
    total = math.fsum(kept)
    return [value / total for value in kept]


def _pooled(view: View, perspective: str, *, heard: bool) -> tuple[Numbers, _Doubts]:
    """Return all that a perspective judges itself, repeated judgments pooled: the values, and what says how sure they are."""
    values: Numbers = {}
    doubts: _Doubts = {}
    repeated: dict[Place, list[Judgment]] = defaultdict(list)
    origin = view.origin if view.all(Alias) else str
    for one in view.all(Judgment) if perspective else ():
        if one.perspective == perspective:
            place = (origin(one.record), one.quantity, one.given)  # what is judged of an upstream under one name holds under all
            if place in values:
                repeated[place].append(one)
            else:
                values[place], doubts[place] = one.value, one
    weighed_again = any(is_heard(one) for others in repeated.values() for one in others)
    faulty = faults(view) if heard and weighed_again else {}
    for place, others in repeated.items():
        several = standing([one for one in (doubts[place], *others) if isinstance(one, Judgment)], faulty)
        doubts[place] = several[0] if len(several) == 1 else _pool(place[1], several)
        values[place] = doubts[place].value
    return values, doubts


def _pool(quantity: Quantity, judgments: Sequence[Judgment]) -> Pooled:
    """Average repeated judgments, ratios in nats, probabilities in log-odds.

    The noise of one is what they say on average, or their spread (sample standard deviation) if that is more; the mean's is that over the
    root of the number of judges. What one judge says again in other words shares the judge's leaning, and makes nothing surer.
    """
    number = len(judgments)
    scaled = sorted(one.value if quantity is Quantity.EVIDENCE else logit(one.value) for one in judgments)
    mean = math.fsum(scaled) / number
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in scaled) / (number - 1))
    said = math.fsum(sorted(one.noise for one in judgments)) / number
    noise = max(said, spread) / math.sqrt(len({one.judge for one in judgments}))
    return Pooled(mean if quantity is Quantity.EVIDENCE else expit(mean), noise, number)


def logit(probability: float) -> float:
    """Return the log-odds, in nats, of a probability kept a billionth away from 0 and 1."""
    bounded = min(max(probability, NEVER_CERTAIN), 1 - NEVER_CERTAIN)
    return math.log(bounded / (1 - bounded))


def expit(odds: float) -> float:
    """Return the probability of log-odds, without overflow."""
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))
