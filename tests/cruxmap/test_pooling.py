"""Exchange over a batch: one file with the questions of all trials, one import, and each trial gets its own answers only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cruxmap.conftest import Program
from tests.cruxmap.oracle import IN_WORDS, answer_to, answers_of, plain, write

CASES = ("otters", "null-bus")
WHAT = ("gold", *(one for case in CASES for one in ("--case", case)))


def scores(result: Path) -> dict[str, Any]:
    """The scores of a result by trial, without what they cost: answers without figures have no known cost."""
    trials = json.loads((result / "result.json").read_text(encoding="utf-8"))["trials"]
    return {
        f"{one['case']} {one['configuration']}": {name: score for name, score in one["scores"].items() if "per verified claim" not in name}
        for one in trials
    }


def characters(body: Mapping[str, Any]) -> int:
    """What a request gives to read: its messages and the schema of its answer, once, though a batch file has it in words as well."""
    system, user = (message["content"] for message in body["messages"])
    return len(system) + len(user.rpartition(IN_WORDS)[0]) + len(json.dumps(body["response_format"]["json_schema"]["schema"]))


def asked(file: Path) -> list[dict[str, Any]]:
    """The requests of a batch file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def known(program: Program, tmp_path: Path) -> Mapping[tuple[str, str], str]:
    """What the baseline answers to all prompts of the batch; its result is in ``base``."""
    assert program("eval", "run", *WHAT, "--config", "default", "--config", "no-critic", "--out", tmp_path / "base")[0] == 0
    homes = sorted((tmp_path / "base" / "homes").glob("*/*/0"))
    return {words: answer for home in homes for words, answer in answers_of(home, "trial").items()}


def test_a_batch_over_the_exchange_comes_to_what_it_comes_to_without(
    program: Program, known: Mapping[tuple[str, str], str], tmp_path: Path
) -> None:
    """Two configurations on two cases: a file and an import a round, no question twice in a trial, the scores of the run without exchange, and all characters counted."""
    given = ("eval", "run", *WHAT, "--config", "default", "--config", "no-critic", "--reasoner", "exchange", "--out", tmp_path / "ex")
    batch, rounds = tmp_path / "batch.jsonl", 0
    code, out, _ = program(*given)
    seen: set[str] = set()
    sent = 0
    while code == 75:
        rounds += 1
        assert f"cruxmap eval export {tmp_path / 'ex'} -o FILE" in out
        assert program("eval", "export", tmp_path / "ex", "-o", batch)[0] == 0
        requests = asked(batch)
        names = [request["custom_id"] for request in requests]
        assert len(set(names)) == len(names)
        assert not seen & set(names)
        assert all(len(name) <= 64 for name in names)
        seen |= set(names)
        answers = write(tmp_path / "answers.jsonl", [plain(request, answer_to(request, known)) for request in requests])
        sent += sum(characters(request["body"]) + len(answer_to(request, known)) for request in requests)
        code, told, _ = program("eval", "import", tmp_path / "ex", answers, "--model", "a person")
        assert (code, f"{len(requests)} answers taken, 0 known already, 0 given up, 0 questions still wait" in told) == (0, True)
        code, out, _ = program(*given)
    assert code == 0
    assert rounds <= 8
    assert scores(tmp_path / "ex") == scores(tmp_path / "base")
    trials = json.loads((tmp_path / "ex" / "result.json").read_text(encoding="utf-8"))["trials"]
    assert sum(trial["characters"] for trial in trials) == sent


def test_a_trial_gets_its_own_answers_and_wrong_ones_are_asked_again(
    program: Program, known: Mapping[tuple[str, str], str], tmp_path: Path
) -> None:
    """Alike questions of two configurations are told and stay apart; rubbish, strangers and repeated files are told and change nothing."""
    given = ("eval", "run", *WHAT, "--config", "default", "--config", "no-critic", "--reasoner", "exchange", "--out", tmp_path / "ex")
    batch = tmp_path / "batch.jsonl"
    code, out, _ = program(*given)
    assert (code, "12 questions of 4 trials wait for answers: 12 ingestion/extract" in out) == (75, True)
    assert "6 of them are word for word like another trial's" in out
    program("eval", "export", tmp_path / "ex", "-o", batch)
    requests = asked(batch)
    bodies = [json.dumps(request["body"], sort_keys=True) for request in requests]
    assert len(set(bodies)) == 6
    twins = [place for place, body in enumerate(bodies) if body == bodies[0]]
    lines = [plain(requests[place], answer_to(requests[place], known)) for place in range(12) if place != twins[1]]
    lines[0] = plain(requests[0], '{"injected": 1}')
    file = write(tmp_path / "some.jsonl", [*lines, plain({"custom_id": "0" * 40}, "{}"), "rubbish"])
    _, told, _ = program("eval", "import", tmp_path / "ex", file, "--model", "m")
    assert "10 answers taken, 0 known already, 0 given up, 2 questions still wait" in told
    assert "can't be used, asked again (1):" in told
    assert "no answers, passed over (1):" in told
    assert "not asked (1):" in told
    _, told, _ = program("eval", "import", tmp_path / "ex", file, "--model", "m")
    assert "0 answers taken, 11 known already, 0 given up, 2 questions still wait" in told
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all,\nplease find the answers attached.\n", encoding="utf-8")
    _, told, _ = program("eval", "import", tmp_path / "ex", letter, "--model", "m")
    assert told.startswith(f"Nothing was taken from {letter}: no answer in it could be used.")
    assert ("no answers, passed over (2):" in told, "asked again" in told) == (True, False)
    _, told, _ = program("eval", "export", tmp_path / "ex", "-o", batch)
    assert "1 of them are asked again, with what was wrong" in told
    again = asked(batch)
    assert {len(request["body"]["messages"]) for request in again} == {2, 4}
    assert {request["custom_id"][:10] for request in again} == {requests[place]["custom_id"][:10] for place in twins}


def test_the_flags_judge_only_where_a_configuration_names_nobody(program: Program, tmp_path: Path) -> None:
    """With --reasoner exchange the baseline stays the baseline and is done at once; a finished result has nothing to export."""
    given = ("eval", "run", "gold", "--case", "otters", "--reasoner", "exchange", "--out")
    assert program(*given, tmp_path / "base", "--config", "baseline")[0] == 0
    code, _, err = program("eval", "export", tmp_path / "base", "-o", tmp_path / "none.jsonl")
    assert (code, "wait for answers" in err) == (2, True)
    code, out, _ = program(*given, tmp_path / "both", "--config", "baseline", "--config", "default", "--model", "openai:gpt-5")
    assert (code, "3 questions of 1 trial " in out) == (75, True)


def test_a_flaw_and_its_twin_wait_in_one_round(program: Program, tmp_path: Path) -> None:
    """Both runs of a planted flaw ask together: an operator isn't kept waiting for the second."""
    code, out, _ = program(
        *(
            "eval",
            "run",
            "planted",
            "--case",
            "hedge-lost-in-restatement",
            "--config",
            "default",
            "--reasoner",
            "exchange",
            "--out",
            tmp_path / "ex",
        )
    )
    assert (code, "6 questions of 1 trial " in out) == (75, True)


def test_a_judge_asks_over_the_exchange_and_its_error_is_told(program: Program, tmp_path: Path) -> None:
    """Refused where it is of the judged family, unless allowed and then told; its questions come in one file; its verdicts stand in the report."""
    result, batch = tmp_path / "one", tmp_path / "batch.jsonl"
    assert program("eval", "run", *WHAT, "--config", "baseline", "--config", "no-critic", "--out", result)[0] == 0
    code, _, err = program("eval", "judge", result, "--reasoner", "exchange", "--model", "baseline")
    assert (code, "would judge its own family, or may (baseline)" in err) == (2, True)
    given = ("eval", "judge", result, "--reasoner", "exchange", "--model", "openai:gpt-sage", "--each", 6, "--checks", 1)
    code, out, _ = program(*given)
    assert (code, "questions of 1 judge wait for answers" in out) == (75, True)
    assert program("eval", "export", result, "-o", batch)[0] == 0
    requests = asked(batch)
    assert not any(name in json.dumps(request) for request in requests for name in ("no-critic", "baseline"))
    lines = []
    for request in requests:
        items = request["body"]["messages"][1]["content"].count("\nRecord: ")
        verdicts = [{"number": at, "why": "it says so", "entailed": True} for at in range(1, items + 1)]
        lines.append(plain(request, {"verdicts": verdicts}))
    assert program("eval", "import", result, write(tmp_path / "answers.jsonl", lines))[0] == 0
    code, out, _ = program(*given)
    assert (code, "Judged by openai:gpt-sage" in out) == (0, True)
    assert "its verdicts are not used" in out
    assert "its verdicts are not used" in (result / "report.html").read_text(encoding="utf-8")
    given = ("eval", "judge", result, "--reasoner", "exchange", "--model", "baseline", "--name", "own", "--allow-same-family")
    assert program(*given)[0] == 75
