"""What noise in the judgments does to answers, ranks and the leader."""

from __future__ import annotations

from itertools import product

import pytest

from credence.engine import coherent_judgments
from credence.judgments import Key
from credence.noise import Stability, Varied, moved, stability, tornado
from credence.robustness import Radius, robustness_radius
from knowledge.vocabulary import Quantity
from tests.credence.builders import NO, QUESTION, YES, Argument, three_claims


def test_noise_gives_bands_ranks_and_bars() -> None:
    """Without noise nothing moves; with it the bands hold the answer, the leader's rank is a frequency, and bars come widest first."""
    argument = three_claims()
    one = argument.varied
    now = one.modelled.published
    found = stability(one, samples=40)
    assert all(low <= value <= high for (low, high), value in zip(found.bands, now.tolist(), strict=True))
    assert found.bands[0][1] - found.bands[0][0] > 0.05
    assert sum(found.first.values()) == pytest.approx(1)
    assert stability(one, samples=40) == found
    bars = tornado(one)
    assert [bar.width for bar in bars] == sorted((bar.width for bar in bars), reverse=True)
    widest = bars[0]
    lower = one.leading({widest.key: moved(widest.key, widest.value, -widest.noise)})
    assert widest.if_lower == pytest.approx(lower)
    still = Varied(argument.view, QUESTION, one.judgments)
    still.used = {key: type(pooled)(pooled.value, 0.0, pooled.judged) for key, pooled in still.used.items()}
    assert stability(still, samples=3).bands[0] == pytest.approx((now[0], now[0]))


def test_the_judgments_that_are_moved_are_those_of_the_cruxes_told_first() -> None:
    """A disputed crux is told before one that moves more and that nobody disputes: its judgments are the ones that are moved."""
    argument = Argument()
    argument.priors(0.5, 0.48, 0.02)
    strong, weak = argument.claim("strong", 1.0), argument.claim("weak", 1.0)
    argument.bears(strong, YES, 0.8, 0.2)
    link = argument.bears(weak, YES, 0.6, 0.3)
    objection = argument.claim("objection", 0.5)
    argument.bears(objection, weak, 0.3, 0.5)
    one = argument.varied
    first, largest = one.cruxes()[0], one.scored()[0]
    assert largest.subject == strong.id
    assert first.subject != strong.id
    moved_records = {bar.key.record for bar in tornado(one, bars=100, subjects=1)}
    assert moved_records == {key.record for key in one.keys_of([first])}
    assert link.id in {bar.key.record for bar in tornado(one, bars=100, subjects=3)}


def test_the_radius_is_where_the_worst_case_flips() -> None:
    """Just inside the radius the answer stands against every judgment moving for the worse, just beyond it falls."""
    argument = Argument()
    argument.priors(0.5, 0.48, 0.02)
    claim = argument.claim("s", 1.0)
    link = argument.bears(claim, YES, 0.7, 0.4, warrant=0.9)
    radius = robustness_radius(argument.varied, precision=0.002).nats
    assert radius is not None
    evidence = next(key for key in argument.varied.used if key.quantity is Quantity.EVIDENCE)

    def leads(delta: float) -> bool:
        worse = {evidence: 1.0 - delta}
        worse |= {Key(link.id, Quantity.WARRANT, None): moved(Key(link.id, Quantity.WARRANT, None), 0.9, -delta)}
        priors = {YES.id: (0.5, -delta), NO.id: (0.48, delta), "": (0.02, delta)}
        for answer, (value, step) in priors.items():
            if answer:
                key = Key(answer, Quantity.PRIOR, None)
                worse[key] = moved(key, value, step)
        rates = {YES.id: (0.7, -delta), NO.id: (0.4, delta)}
        for answer, (value, step) in rates.items():
            key = Key(link.id, Quantity.EXPECTEDNESS, answer)
            worse[key] = moved(key, value, step)
        published = argument.varied.under(worse).published
        return int(published.argmax()) == 0

    assert leads(radius - 0.02)
    assert not leads(radius + 0.02)


@pytest.mark.parametrize(("prior", "weight", "given_yes"), [(0.5, 1.5, 0.8), (0.4, 1.0, 0.7), (0.52, -0.4, 0.3)])
def test_the_radius_of_few_judgments_is_exact(prior: float, weight: float, given_yes: float) -> None:
    """Of all ways in which the judgments can be off, each in either direction, none overturns the answer sooner, and the result says so."""
    argument = Argument()
    argument.priors(prior, 0.95 - prior, 0.05)
    argument.bears(argument.claim("s", weight), YES, given_yes, 0.4, warrant=0.9)
    one = argument.varied
    keys = one.keys_of(one.cruxes())
    assert len(keys) == 8

    def falls(delta: float) -> bool:
        ways = product((-delta, delta), repeat=len(keys))
        worlds = ({key: moved(key, one.used[key].value, step) for key, step in zip(keys, way, strict=True)} for way in ways)
        return any(int(one.under(world).published.argmax()) != one.leader for world in worlds)

    found = robustness_radius(one, precision=0.005)
    assert found.exact
    assert found.nats is not None
    assert falls(found.nats)
    assert not falls(found.nats - 0.006)


def test_judgments_that_help_alone_and_hurt_together_are_turned_round() -> None:
    """That a step holds helps while its claim is likely and hurts once that is off too: the answer falls sooner than each alone tells."""
    argument = Argument()
    argument.priors(0.6, 0.35, 0.05)
    for number in range(3):
        argument.bears(argument.claim(f"c{number}", 0.1), YES, 0.9, 0.1, warrant=0.5)
    one = argument.varied
    found = robustness_radius(one, precision=0.01)
    assert not found.exact
    assert found.nats is not None
    now = one.leading({})
    keys = one.keys_of(one.cruxes())
    alone = {key: -1 if one.leading({key: moved(key, one.used[key].value, 0.25)}) > now else 1 for key in keys}

    beyond = 1.1 * found.nats

    def leads(ways: dict[Key, int]) -> bool:
        world = {key: moved(key, one.used[key].value, way * beyond) for key, way in ways.items()}
        return int(one.under(world).published.argmax()) == one.leader

    assert leads(alone)
    assert not leads({key: 1 if key.quantity is Quantity.WARRANT else way for key, way in alone.items()})


def test_an_answer_that_nothing_up_to_the_widest_overturns_has_no_radius() -> None:
    """With so strong a prior that every judgment being off by three nats changes nothing, and every combination tried, it is exactly none."""
    argument = Argument()
    argument.priors(0.99999, 0.000005, 0.000005)
    argument.bears(argument.claim("s", 0.5), YES, 0.6, 0.4, warrant=0.9)
    assert robustness_radius(argument.varied) == Radius(None, exact=True)


def test_judgments_that_lean_together_widen_the_band() -> None:
    """Sixteen links whose expectedness is off the same way under one answer don't average out: the default band is the wider."""
    argument = Argument()
    argument.priors(0.5, 0.45, 0.05)
    for number in range(16):
        argument.bears(argument.claim(f"c{number}", 1.5), YES if number % 2 else NO, 0.6, 0.4, warrant=0.95)
    one = Varied(argument.view, QUESTION, coherent_judgments(argument.view, None)[0])

    def width(found: Stability) -> float:
        return found.bands[0][1] - found.bands[0][0]

    assert width(stability(one)) > 1.05 * width(stability(one, leaning=0.0))
