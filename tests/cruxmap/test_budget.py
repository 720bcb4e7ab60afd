"""Budgets hold over a whole run of a priced model: nothing is lost at the limit, nothing is counted twice after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cruxmap.registry import Registry
from reasoners.simulated import SimulatedProvider
from tests.cruxmap.conftest import KEY, SMALL, SMALL_CALLS, Program
from tests.cruxmap.processes import cruxmap as started

CALL_USD = 0.18
"""11 tokens in and 7 out at 10,000 dollars a million."""
IN_FLIGHT = 4


@pytest.fixture
def program(home: Path) -> Program:
    """Run each command in a process of its own: LangChain keeps its HTTP client for the first event loop of a process."""

    def run(*arguments: object) -> tuple[int, str, str]:
        process = started(home, *map(str, arguments), OPENAI_API_KEY=KEY)
        out, err = process.communicate(timeout=240)
        return process.returncode, out, err

    return run


def configured(folder: Path, **more: Any) -> Path:
    """Write a configuration in which the simulated model has a price."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({"prices": {"openai:simulated": {"input_usd": 10_000, "output_usd": 10_000}}, **more}))
    return path


def asked(provider: SimulatedProvider) -> tuple[str, ...]:
    """Say who is asked."""
    return ("--reasoner", "chat", "--model", "openai:simulated", "--base-url", provider.url)


def spent(home: Path) -> tuple[int, int, float]:
    """Return a run's calls, tokens and dollars."""
    journal = Registry(home).open_journal("paid")
    totals = journal.totals()
    journal.close()
    return totals.calls, totals.input_tokens + totals.output_tokens, totals.cost_usd


@pytest.mark.parametrize(
    ("limit", "most", "told", "more"),
    [
        ("--max-usd", "1", "of $1.00 are spent; resume with a larger --max-usd", "100"),
        ("--max-tokens", "100", "of 100 tokens are used; resume with a larger --max-tokens", "100000"),
        ("--max-calls", "5", "5 of 5 calls are used; resume with a larger --max-calls", "100"),
    ],
)
def test_a_run_stops_at_its_limit_and_goes_on_with_a_larger_one(
    program: Program, home: Path, tmp_path: Path, provider: SimulatedProvider, limit: str, most: str, told: str, more: str
) -> None:
    """Exit 3 with all that was bought committed and reported; the resume asks only what is missing; the sum is what was served."""
    code, out, _ = program("run", SMALL, "--run-id", "paid", *asked(provider), "--config", configured(tmp_path), limit, most)
    said = " ".join(out.split())
    assert code == 3
    assert told in said
    assert "cruxmap resume paid" in said
    calls, tokens, cost = spent(home)
    assert calls == len(provider.served) < SMALL_CALLS
    used = {"--max-usd": cost / CALL_USD, "--max-tokens": tokens / 18, "--max-calls": calls}[limit]
    allowed = {"--max-usd": 1 / CALL_USD, "--max-tokens": 100 / 18, "--max-calls": 5}[limit]
    assert allowed <= used < allowed + IN_FLIGHT
    shown = json.loads(program("show", "paid", "--json")[1])
    assert shown["status"] == "incomplete"
    assert shown["counts"]["claim"] > 0
    assert "incomplete" in (home / "runs" / "paid" / "report.md").read_text()
    assert program("resume", "paid")[0] == 3
    assert len(provider.served) == calls, "a resume under the same limit buys nothing"
    code, out, _ = program("resume", "paid", limit, more, "--json")
    result = json.loads(out)
    assert (code, result["status"]) == (0, "done")
    assert len(provider.served) == SMALL_CALLS, "no question is paid for twice"
    assert spent(home) == (SMALL_CALLS, SMALL_CALLS * 18, pytest.approx(SMALL_CALLS * CALL_USD))


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"max_calls": 2}, "2 of ingestion's 2 calls are used"),
        ({"max_tokens": 20}, "of ingestion's 20 tokens are used"),
        ({"max_usd": 0.2}, "of ingestion's $0.20 are spent"),
    ],
)
def test_an_agent_stops_at_its_own_limit(
    program: Program, home: Path, tmp_path: Path, provider: SimulatedProvider, limits: dict[str, float], told: str
) -> None:
    """The message names the agent and the key to raise; with a raised one in a configuration the resume ends the run."""
    config = configured(tmp_path, limits={"ingestion": limits})
    code, out, _ = program("run", SMALL, "--run-id", "paid", *asked(provider), "--config", config)
    assert code == 3
    assert told in " ".join(out.split())
    assert f"limits.ingestion.{next(iter(limits))} in --config FILE" in " ".join(out.split())
    raised = configured(tmp_path, limits={"ingestion": {name: 100 * most for name, most in limits.items()}})
    code, out, err = program("resume", "paid", "--config", raised)
    assert code == 0, out + err
    assert len(provider.served) == SMALL_CALLS
    assert spent(home)[0] == SMALL_CALLS


def test_an_unpriced_model_is_said_to_be_unpriced(program: Program, home: Path, provider: SimulatedProvider) -> None:
    """A limit of money can't be kept for it: it stops after the first calls with what to do, and never claims to be free."""
    code, out, _ = program("run", SMALL, "--run-id", "paid", *asked(provider), "--max-usd", "5")
    assert code == 3
    assert "no known price" in out
    assert len(provider.served) <= IN_FLIGHT
