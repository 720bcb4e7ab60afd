"""Inference against pyAgrum: exact where it says so, near where it says how near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.credence_graphs import random_graph
from credence import cliques, inference, loops, sampling, trees
from credence.factors import Beliefs, Block, Graph
from credence.inference import Inferred, Method, expected_shifts, infer
from credence.regions import region_around
from tests.credence.builders import oracle

few = settings(max_examples=12, deadline=None)


def assert_agrees(graph: Graph, beliefs: Beliefs, *, within: float) -> None:
    """All marginals, clamped and not, and the answers, are the oracle's."""
    free = oracle(graph)
    assert beliefs.answers == pytest.approx(free[0, : graph.answers], abs=within)
    assert np.abs(beliefs.mixed() - free).max() < within
    for answer in range(graph.answers):
        assert np.abs(beliefs.given[answer] - oracle(graph, answer)).max() < within


@few
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(2, 4))
def test_trees_are_exact(seed: int, size: int, answers: int) -> None:
    """Two passes over a tree give pyAgrum's marginals, and belief propagation finds the same."""
    graph = random_graph(size, 1, answers=answers, strength=1.5, seed=seed)
    found = infer(graph)
    assert found.method is Method.TREE
    assert found.error == 0
    assert_agrees(graph, found.beliefs, within=1e-9)
    assert_agrees(graph, loops.propagate(graph)[0], within=1e-3)
    assert_agrees(graph, cliques.calibrate(graph, cliques.plan(graph) or []), within=1e-9)


@few
@given(st.integers(0, 10_000), st.integers(4, 40), st.integers(2, 4))
def test_small_treewidth_is_exact(seed: int, size: int, answers: int) -> None:
    """A bucket tree gives pyAgrum's marginals on graphs with circles."""
    graph = random_graph(size, 3, answers=answers, strength=1.5, seed=seed, near=5)
    found = infer(graph)
    assert found.method is Method.CLIQUES
    assert_agrees(graph, found.beliefs, within=1e-9)


@few
@given(st.integers(0, 10_000))
def test_polytrees_are_exact(seed: int) -> None:
    """Claims with several targets, as long as no two paths join the same claims, need no more than the two passes."""
    random = np.random.default_rng(seed)
    graph = random_graph(8, 1, seed=seed)
    other = random_graph(4, 1, seed=seed + 1)
    joint = random.dirichlet(np.ones(2), size=(1, 2, 2))
    shifted = [type(block)(block.scope + 8, block.tables, block.gated, block.open) for block in other.blocks]
    bridge = type(graph.blocks[0]).plain([[5, 10, 12]], joint)
    single = Graph(
        np.concatenate([graph.states, other.states, [2]]),
        (*graph.blocks, *shifted, bridge),
        np.concatenate([graph.evidence, other.evidence, [[0.0, 1.3]]]),
    )
    assert infer(single).method is Method.TREE
    assert_agrees(single, infer(single).beliefs, within=1e-9)


@pytest.mark.parametrize(("strength", "within"), [(0.5, 0.02), (1.2, 0.1)])
def test_belief_propagation_is_near_and_its_gauge_is_honest(strength: float, within: float) -> None:
    """On woven graphs the answers are within what facts/credence.md 3.2 measured, and a gauge of 0 is never claimed."""
    for seed in range(4):
        graph = random_graph(60, 5, strength=strength, seed=seed, near=12)
        exact = cliques.calibrate(graph, cliques.plan(graph, widest=22) or [])
        beliefs, messages = loops.propagate(graph)
        assert messages.converged
        assert np.abs(beliefs.answers - exact.answers).max() < within
        assert 0 < beliefs.gauge < within
        ranked, true = expected_shifts(beliefs), expected_shifts(exact)
        assert len(set(np.argsort(-ranked)[:5].tolist()) & set(np.argsort(-true)[:5].tolist())) >= 4


def test_gibbs_sampling_finds_what_is_exact() -> None:
    """The check that stands beside belief propagation agrees with exact inference to its own error."""
    graph = random_graph(40, 4, strength=0.8, seed=3, near=10)
    exact = cliques.calibrate(graph, cliques.plan(graph) or [])
    wanted = np.argsort(-expected_shifts(exact))[:10]
    sampled = sampling.sample(graph, wanted)
    assert np.abs(sampled.given[:, wanted] - exact.given[:, wanted]).max() < 6 * sampled.error[:, wanted].max() + 0.002
    assert np.array_equal(sampling.sample(graph, wanted).given, sampled.given), "the same graph gives the same numbers"


@pytest.mark.parametrize(("answers", "seed"), [(2, 3), (3, 4), (4, 5)])
def test_gibbs_sampling_tells_the_answers_themselves(answers: int, seed: int) -> None:
    """The clamped chains alone give P(answer), to its own error, for two answers and for more."""
    graph = random_graph(30, 3, answers=answers, strength=0.8, seed=seed, near=8)
    exact = cliques.calibrate(graph, cliques.plan(graph) or [])
    sampled = sampling.sample(graph, np.array([1]))
    assert sampled.answers is not None
    assert sampled.answers_error is not None
    assert sampled.answers.sum() == pytest.approx(1)
    assert (np.abs(sampled.answers - exact.answers) < 4 * sampled.answers_error + 0.002).all()
    assert 0 < sampled.answers_error.max() < 0.03


def test_answers_that_propagation_misses_are_corrected_and_the_miss_is_told() -> None:
    """Where sampling surely finds P(answer) elsewhere its number stands, which is nearer to the exact one; the difference is in the error."""
    graph = random_graph(60, 5, strength=1.5, seed=0, near=12)
    exact = cliques.calibrate(graph, cliques.plan(graph, widest=22) or []).answers
    propagated, _ = loops.propagate(graph)
    found = infer_loopy(graph)
    missed = np.abs(propagated.answers - exact).max()
    assert missed > 0.02
    assert np.abs(found.beliefs.answers - exact).max() < 0.5 * missed
    assert found.check is not None
    assert found.check.answers == pytest.approx(missed, abs=0.01)
    assert found.error >= found.check.answers
    assert f", of the answers {found.check.answers:.3f}" in str(found)


@pytest.mark.parametrize("answers", [2, 3])
def test_chains_that_never_meet_say_nothing_of_the_answers(answers: int) -> None:
    """What all but follows from each answer makes strangers of the clamped chains: propagation's number stands, and no even one."""
    woven = random_graph(30, 3, answers=answers, strength=0.8, seed=2, near=8)
    telling = np.arange(30, 42)
    follows = np.full((len(telling), answers, 2), 1e-4)
    follows[np.arange(len(telling)), np.arange(len(telling)) % answers] = 1 - 1e-4
    follows[..., 0] = 1 - follows[..., 1]
    evidence = np.vstack([woven.evidence, np.zeros((len(telling), woven.evidence.shape[1]))])
    evidence[telling, 2:] = -np.inf
    evidence[telling[0], 1] = 6.0
    factors = Block.plain([[0, one] for one in telling.tolist()], follows)
    graph = Graph(np.append(woven.states, np.full(len(telling), 2)), (*woven.blocks, factors), evidence)
    exact = cliques.calibrate(graph, cliques.plan(graph) or []).answers
    assert sampling.sample(graph, telling).answers is None
    found = infer_loopy(graph)
    assert found.beliefs.answers == pytest.approx(exact, abs=0.01)
    assert ", of the answers" not in str(found)


def test_a_graph_too_woven_is_propagated_checked_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where exact inference is too dear the result names the method and its error, and the top 20 are checked by sampling."""
    monkeypatch.setattr(sampling, "MOST_SWEEPS", 200)
    graph = random_graph(150, 5, strength=1.0, seed=1)
    found = infer(graph)
    assert found.method is Method.LOOPY
    assert found.check is not None
    assert found.error >= found.check.difference
    assert "gauge" in str(found)
    assert "Gibbs" in str(found)


def test_sampling_corrects_propagation_only_where_it_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the top 20 those that sampling surely finds elsewhere take its numbers; the others keep theirs, free of its noise."""
    monkeypatch.setattr(sampling, "MOST_SWEEPS", 400)
    graph = random_graph(60, 5, strength=1.5, seed=5)
    propagated, _ = loops.propagate(graph)
    leading = np.argsort(-expected_shifts(propagated), kind="stable")[:20]
    sampled = sampling.sample(graph, leading)
    apart = np.abs(sampled.given[:, leading] - propagated.given[:, leading])
    surely = (apart > inference.SURELY * sampled.error[:, leading]).any(axis=(0, 2))
    beliefs = infer_loopy(graph).beliefs
    assert 0 < surely.sum() < 20
    assert np.array_equal(beliefs.given[:, leading[surely]], sampled.given[:, leading[surely]])
    assert np.array_equal(beliefs.given[:, leading[~surely]], propagated.given[:, leading[~surely]])


def infer_loopy(graph: Graph) -> Inferred:
    """Infer by propagation, with the check, where exact methods would do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inference, "plan", lambda _: None)
        return infer(graph)


def test_a_graph_too_large_to_sample_is_checked_around_what_leads() -> None:
    """Of 3,000 claims those nearest to the question and the top 20 are sampled, and the result says how many and how surely."""
    found = infer(random_graph(3001, 5, strength=0.6, seed=3))
    assert found.check is not None
    assert found.check.region == inference.REGION
    assert found.check.answers is None
    assert f"{inference.REGION} nearest" in str(found)
    assert "give or take" in str(found)


@pytest.mark.parametrize("size", [8, 20])
def test_a_region_with_its_border_is_the_whole_on_a_tree(size: int) -> None:
    """Messages across the border carry all that lies beyond, so on a tree the region is exact whatever its size."""
    whole = random_graph(60, 1, answers=3, strength=1.2, seed=4)
    beliefs, messages = loops.propagate(whole)
    shifts = expected_shifts(beliefs)
    cut = region_around(whole, messages, seeds=np.argsort(-shifts)[:3], worth=shifts, size=size)
    assert len(cut.variables) == size
    for answer in range(3):
        told = replace(cut.graph, evidence=cut.graph.evidence + cut.border[answer])
        exact = infer(told).beliefs.given[answer]
        assert np.abs(exact - beliefs.given[answer, cut.variables]).max() < 1e-4


def test_an_edit_starts_from_the_messages_of_before() -> None:
    """Evidence added to one claim of 3,000 costs a fraction of the work, and ends where a fresh run does."""
    graph = random_graph(3000, 5, strength=0.6, seed=2, near=60)
    _, messages = loops.propagate(graph)
    edited = graph.with_evidence(1500, (0.2, 0.9))
    changed = np.zeros(3000, dtype=bool)
    changed[1500] = True
    run = loops.Propagation(edited, loops.Messages([block.copy() for block in messages.blocks]))
    worked = 0
    restless = changed
    while restless.any():
        worked += sum(int(restless[block.scope].any(axis=1).sum()) for block in edited.blocks)
        restless = run.sweep(restless)
    fresh, fresh_messages = loops.propagate(edited)
    assert worked < 0.5 * fresh_messages.sweeps * 3000
    assert np.abs(run.beliefs().answers - fresh.answers).max() < 1e-3
    warm, _ = loops.propagate(edited, start=messages, changed=changed)
    assert np.abs(warm.answers - fresh.answers).max() < 1e-3


@pytest.mark.parametrize("links", [1, 2, 5])
@pytest.mark.parametrize("edit", ["evidence", "table"])
def test_inference_after_an_edit_ends_where_a_fresh_one_does(links: int, edit: str) -> None:
    """Other evidence or another table gives what inference from nothing gives: exactly where it is exact, else within its tolerance."""
    graph = random_graph(300, links, strength=0.6, seed=2, near=12 if links == 2 else None)
    graph = graph.with_evidence(299, (0.3, 0.9))
    before = infer(graph, check=False)
    if edit == "evidence":
        edited = graph.with_evidence(150, (0.2, 0.9))
    else:
        block = next(one for one in graph.blocks if 299 in one.scope)
        tables = block.tables.copy()
        tables[(block.scope == 299).any(axis=1)] = tables[(block.scope == 299).any(axis=1)][..., ::-1]
        edited = replace(graph, blocks=tuple(replace(one, tables=tables) if one is block else one for one in graph.blocks))
    fresh, after = infer(edited, check=False), infer(edited, check=False, after=before)
    assert (fresh.method, after.method) == (before.method, before.method)
    assert np.abs(fresh.beliefs.given - before.beliefs.given).max() > 0.01
    assert np.abs(after.beliefs.given - fresh.beliefs.given).max() <= (1e-4 if fresh.method is Method.LOOPY else 0)
    assert np.abs(infer(graph, check=False, after=after).beliefs.given - before.beliefs.given).max() < 1e-4


def test_what_does_not_fit_is_inferred_anew() -> None:
    """After a graph with other variables or other factors nothing is taken over."""
    graph = random_graph(40, 2, seed=1)
    for other in (random_graph(41, 2, seed=1), random_graph(40, 2, seed=2)):
        assert np.array_equal(infer(graph, after=infer(other)).beliefs.given, infer(graph).beliefs.given)


def test_messages_of_another_graph_are_refused() -> None:
    """Starting from messages that don't fit is an error, not a wrong number."""
    _, messages = loops.propagate(random_graph(20, 2, seed=1))
    with pytest.raises(ValueError, match="another shape"):
        loops.propagate(random_graph(21, 2, seed=1), start=messages)


def test_the_tree_pass_sees_every_circle() -> None:
    """A graph with a circle the question can reach is no tree, at whatever distance the circle closes."""
    for seed in range(10):
        assert trees.levels(random_graph(12, 2, seed=seed)) is None
        assert trees.levels(random_graph(12, 1, seed=seed)) is not None


def test_a_shift_is_the_mean_change_of_the_answers() -> None:
    """The one-sweep formula for all claims equals clamping each claim both ways."""
    graph = random_graph(15, 2, answers=3, seed=5)
    beliefs = infer(graph).beliefs
    shifts = expected_shifts(beliefs)
    free = oracle(graph)
    for variable in range(1, 15):
        total = 0.0
        for value in range(2):
            clamped = oracle(graph.with_evidence(variable, np.eye(2)[value].tolist()))
            total += free[variable, value] * 0.5 * np.abs(clamped[0] - free[0]).sum()
        assert shifts[variable] == pytest.approx(total, abs=1e-9)
