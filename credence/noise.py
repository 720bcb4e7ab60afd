"""What the judgments' own uncertainty does: bands, stability of ranks, tornado, robustness radius (facts/credence.md 2.10, 4.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from credence.disputed import in_dispute
from credence.engine import Modelled, material_of, model_question
from credence.factors import Array
from credence.judgments import Judgments, Key, Pooled, expit, logit
from credence.results import Crux
from credence.scores import score
from credence.unnumbered import beyond_evidence, no_cruxes
from knowledge.records import Assertion, Link, Question
from knowledge.views import View
from knowledge.vocabulary import Quantity

SEED: Final = 20_191_210
SAMPLES: Final = 100
MOST_VARIED: Final = 5_000
"""Judgments; to vary more takes minutes, which only who asks for it should wait for."""
TOP: Final = 3
BAND: Final = (0.05, 0.95)
SUBJECTS_VARIED: Final = 12
"""Leading cruxes whose judgments the tornado and the radius vary: over all judgments, bounds at corners say nothing (2.10)."""
LEANING: Final = 0.25
"""Share of the variance of judgments of one kind under one answer that they have in common: who finds things too expected under an answer
does so in every link. Chosen between what was seen where two sides of eggs judged 20 links anew (docs/credence.md): 0.15 under answers that
are not the side's own, 0.46 with these. On the three recordings 0 and 0.46 give the same bands within two points."""


@dataclass(frozen=True)
class Stability:
    """What repeated elicitation would do, by Monte Carlo over every judgment's noise.

    ``bands`` are the 5% and 95% quantiles of each answer's published probability; ``in_top`` maps subjects to how often they are among the
    first three cruxes, ``first`` to how often they lead; ``same_leader`` is how often the same answer leads.
    """

    bands: tuple[tuple[float, float], ...]
    in_top: Mapping[str, float]
    first: Mapping[str, float]
    same_leader: float
    samples: int


@dataclass(frozen=True)
class Bar:
    """One judgment of a tornado chart: P(the leading answer) with it one standard deviation (``noise``, nats) lower, and higher."""

    key: Key
    value: float
    noise: float
    if_lower: float
    if_higher: float

    @property
    def width(self) -> float:
        """How far the answer moves between the two."""
        return abs(self.if_higher - self.if_lower)


def moved(key: Key, value: float, nats: float) -> float:
    """Move a judgment's value on its own scale: log ratios as they are, probabilities in log-odds."""
    return value + nats if key.quantity is Quantity.EVIDENCE else expit(logit(value) + nats)


class Varied:
    """One question, modelled again and again under other values of its judgments."""

    def __init__(self, view: View, question: Question, judgments: Judgments) -> None:
        self.material, self.judgments = material_of(view, question), judgments
        self.unnumbered = beyond_evidence(view)
        self.without = no_cruxes(view)
        fresh = judgments.otherwise({})
        self.modelled = model_question(self.material, fresh, check=False)
        self.disputed, self.decisive = self.modelled.disputed(in_dispute(view)), self.modelled.decisive(self.material.decisive)
        self.used: dict[Key, Pooled] = dict(
            sorted(fresh.used.items(), key=lambda item: (item[0].record, item[0].quantity, item[0].given or ""))
        )
        self.leader = int(self.modelled.published.argmax())

    def under(self, instead: Mapping[Key, float]) -> Modelled:
        """Model the question with some values replaced."""
        return model_question(self.material, self.judgments.otherwise(instead), check=False, after=self.modelled)

    def leading(self, instead: Mapping[Key, float]) -> float:
        """Return P(the answer that leads now), as published, with some values replaced."""
        return float(self.under(instead).published[self.leader])

    def keys_of(self, cruxes: Iterable[Crux]) -> list[Key]:
        """Return the judgments on which cruxes rest directly: their testimonies, links, warrants and upstreams, and the answers' priors."""
        subjects = {crux.subject for crux in cruxes}
        records = set(subjects)
        view = self.material.view
        for link in view.all(Link):
            if any(view.representative(claim)[0] in subjects for claim in link.premises):
                records.add(link.id)
        for key in self.used:
            record = view.records.get(key.record)
            if isinstance(record, Assertion) and view.representative(record.claim)[0] in subjects:
                records.add(key.record)
        records |= {answer.id for answer in self.modelled.answers}
        return [key for key in self.used if key.record in records and not (key.quantity is Quantity.PRIOR and key.given is not None)]

    def scored(self) -> list[Crux]:
        """Return what moves the answers most as they stand; nothing that no evidence settles."""
        one = self.modelled
        return score(one.network, one.inferred.beliefs, one.publication, without=self.without)

    def cruxes(self, modelled: Modelled | None = None) -> list[Crux]:
        """Return the same, or that of another model of the question, in the order in which cruxes are told: what is disputed first."""
        one = modelled or self.modelled
        beliefs, publication = one.inferred.beliefs, one.publication
        found = score(one.network, beliefs, publication, disputed=self.disputed, decisive=self.decisive, without=self.without)
        return list(one.once_a_question(found))


def stability(varied: Varied, *, samples: int = SAMPLES, seed: int = SEED, leaning: float = LEANING) -> Stability:
    """Vary every judgment by its own noise and see what stays. Whatever shows a band takes it from here: an answer has one."""
    generator = np.random.default_rng(seed)
    drawn, in_top, first, same = [], Counter[str](), Counter[str](), 0
    for _ in range(samples):
        steps = _steps(generator, list(varied.used), leaning)
        modelled = varied.under(
            {
                key: moved(key, pooled.value, step * pooled.noise)
                for (key, pooled), step in zip(varied.used.items(), steps.tolist(), strict=True)
            }
        )
        drawn.append(modelled.published)
        ranked = [crux.subject for crux in varied.cruxes(modelled)[:TOP]]
        in_top.update(ranked)
        first.update(ranked[:1])
        same += int(modelled.published.argmax()) == varied.leader
    low, high = np.quantile(np.stack(drawn), BAND, axis=0)
    return Stability(
        tuple(zip(low.tolist(), high.tolist(), strict=True)),
        {subject: count / samples for subject, count in in_top.most_common()},
        {subject: count / samples for subject, count in first.most_common()},
        same / samples,
        samples,
    )


def _steps(generator: np.random.Generator, keys: Sequence[Key], leaning: float) -> Array:
    """Draw how far each judgment is off, in its own standard deviations; those of one kind under one answer lean together."""
    own = generator.normal(size=len(keys))
    leans = [key.given or "" for key in keys if key.quantity is Quantity.EXPECTEDNESS and (key.given or "").startswith("answer-")]
    common = {answer: float(generator.normal()) for answer in dict.fromkeys(leans)}
    under = [common.get(key.given or "") if key.quantity is Quantity.EXPECTEDNESS else None for key in keys]
    share = np.array([0.0 if lean is None else leaning for lean in under])
    together = np.array([lean or 0.0 for lean in under])
    return np.asarray(np.sqrt(1 - share) * own + np.sqrt(share) * together)


def tornado(varied: Varied, *, bars: int = 12, subjects: int = SUBJECTS_VARIED) -> tuple[Bar, ...]:
    """Move each judgment behind the first ``subjects`` cruxes, as they are told, by its noise, one at a time, the widest bar first."""
    found = []
    for key in varied.keys_of(varied.cruxes()[:subjects]):
        value, noise = varied.used[key].value, varied.used[key].noise
        ends = [varied.leading({key: moved(key, value, step)}) for step in (-noise, noise)]
        found.append(Bar(key, value, noise, *ends))
    return tuple(sorted(found, key=lambda bar: (-round(bar.width, 12), bar.key.record, bar.key.quantity, bar.key.given or ""))[:bars])
