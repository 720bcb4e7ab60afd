"""The journal keeps what was paid for, and says when it can't."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasoners.errors import JournalUnusable
from reasoners.journal import Journal
from reasoners.requests import Attempt, Completion, Usage
from tests.reasoners.questions import GOOD, request

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAID = Completion(
    GOOD, "fake-1", (Attempt("retry", "500", wait=1.5), Attempt("invalid", "no", Usage(3, 2, 0.1)), Attempt("ok", "", Usage(5, 1, 0.2)))
)


def test_a_call_comes_back_as_it_was_put(journal: Journal) -> None:
    """Answer, model, and each attempt with its usage and its wait."""
    asked = request()
    assert journal.get(asked.key) is None
    journal.put(asked, PAID, started=NOW)
    assert journal.get(asked.key) == PAID
    assert journal.words(1) == (asked.rendered.system, asked.rendered.user, GOOD)
    assert journal.words(2) is None


def test_what_is_written_is_never_changed(journal: Journal) -> None:
    """The first answer to a question stays, and a second one doesn't count."""
    journal.put(request(), PAID, started=NOW)
    journal.put(request(), replace(PAID, text="{}"), started=NOW)
    found = journal.get(request().key)
    assert found == PAID
    assert journal.totals().calls == 1


def test_totals_count_failed_attempts_and_unknown_prices(journal: Journal) -> None:
    """What a wrong answer used was paid for as well; a call without a price is counted and not taken as free."""
    journal.put(request(), PAID, started=NOW)
    journal.put(request(repeat=1), Completion("", "fake-1", (Attempt("refusal", "no", Usage(4, 4, None)),), "refusal", "no"), started=NOW)
    totals = journal.totals()
    assert (totals.calls, totals.attempts, totals.input_tokens, totals.output_tokens) == (2, 4, 12, 7)
    assert totals.cost_usd == pytest.approx(0.3)
    assert totals.unpriced_calls == 1


def test_totals_by_step_add_up_to_the_whole(journal: Journal) -> None:
    """Who used how much, and nothing twice."""
    for repeat, step in enumerate(["ingest", "ingest", "structure"]):
        journal.put(request(repeat=repeat, step=step), PAID, started=NOW)
    by_step = journal.totals_by("step")
    assert {step: totals.calls for step, totals in by_step.items()} == {"ingest": 2, "structure": 1}
    assert sum(totals.input_tokens for totals in by_step.values()) == journal.totals().input_tokens
    assert journal.totals_by("task")["ingestion/match"].attempts == journal.totals().attempts


def test_a_call_that_stopped_the_run_counts_and_stays_open(journal: Journal) -> None:
    """Its tokens are in the totals; its question has no answer; it can happen again."""
    for _ in range(2):
        journal.put_stopped(request(), (Attempt("invalid", "no", Usage(3, 2, 0.5)),), "no key", started=NOW)
    assert journal.get(request().key) is None
    assert journal.totals().input_tokens == 6
    assert journal.calls()[0].outcome == "stopped"


def test_time_adds_up_over_processes_also_killed_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends well says how long it took; one that is killed has counted up to its last call."""
    clock = [100.0]
    monkeypatch.setattr("reasoners.journal.time.monotonic", lambda: clock[0])
    for killed in (True, False):
        opened = Journal.at(tmp_path / "journal.db", "run")
        clock[0] += 30
        opened.put(request(repeat=int(killed)), PAID, started=NOW)
        clock[0] += 10
        if not killed:
            opened.add_seconds(41.0)
        opened.close()
    opened = Journal.at(tmp_path / "journal.db", "run")
    assert opened.totals().seconds == pytest.approx(30 + 41)
    opened.close()


def test_reading_a_journal_takes_no_time(journal: Journal) -> None:
    """Looking at a run from another process changes nothing in it."""
    journal.put(request(), PAID, started=NOW)
    before = journal.totals()
    other = Journal(journal.engine.url, "run")
    assert other.totals() == before
    assert other.calls() == journal.calls()
    other.close()


def test_threads_may_write_at_once(journal: Journal) -> None:
    """Forty calls from eight threads are forty calls."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda repeat: journal.put(request(repeat=repeat), PAID, started=NOW), range(40)))
    assert journal.totals().calls == 40
    assert [call.seq for call in journal.calls()] == list(range(1, 41))


def test_only_its_user_can_read_it_and_writes_are_synced(file_journal: Journal, tmp_path: Path) -> None:
    """Prompts hold sources; an answer is on disk before it is used."""
    file_journal.put(request(), PAID, started=NOW)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.glob("journal.db*"))
    with file_journal.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_half_made_journal_is_refused(tmp_path: Path) -> None:
    """A column that a broken migration left out is named; nothing goes on as if it were there."""
    path = tmp_path / "journal.db"
    Journal.at(path, "run").close()
    with sqlite3.connect(path) as broken:
        broken.execute("ALTER TABLE attempts DROP COLUMN wait")
    broken.close()
    with pytest.raises(JournalUnusable, match="lacks the column wait of table attempts"):
        Journal.at(path, "run")


@pytest.mark.parametrize("broken", ["folder", "garbage", "absent"])
def test_a_journal_that_cannot_be_used_says_so(tmp_path: Path, broken: str) -> None:
    """Never an empty journal in place of one that can't be read."""
    path = tmp_path / "journal.db"
    if broken == "folder":
        path.mkdir()
    elif broken == "garbage":
        path.write_bytes(b"no database at all" * 100)
    else:
        path = tmp_path / "nowhere" / "journal.db"
    with pytest.raises(JournalUnusable, match=r"journal\.db"):
        Journal.at(path, "run")


def test_the_key_is_of_what_is_asked_and_of_nothing_else() -> None:
    """Model, settings, repeat and prompt make another question; who asks doesn't."""
    one = request()
    assert one.key == request(step="elsewhere").key
    others = [request(model="n"), request(repeat=1), request(temperature=0.5), replace(one, rendered=replace(one.rendered, user="?"))]
    assert len({one.key, *(other.key for other in others)}) == 5
    again = replace(one, rendered=replace(one.rendered, prompt="another file with the same words"))
    assert again.key == one.key


USAGES = st.builds(Usage, st.integers(0, 1000), st.integers(0, 1000), st.none() | st.integers(0, 100).map(float))


@given(USAGES, USAGES, USAGES)
def test_usage_adds_up_in_any_order(one: Usage, two: Usage, three: Usage) -> None:
    """Addition is associative and commutative, has a zero, and an unknown price stays unknown."""
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + Usage() == one
    assert ((one + two).cost_usd is None) == (one.cost_usd is None or two.cost_usd is None)
