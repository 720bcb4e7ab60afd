"""The exchange: questions go out in few files, answers come back in any form, and nothing is believed that isn't an answer."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from cruxmap.registry import Registry
from tests.conftest import ROOT
from tests.cruxmap.conftest import SMALL, Program
from tests.cruxmap.oracle import answer_to, answers_of, in_anthropic, in_openai, plain, requests_of, rounded, write
from tests.cruxmap.processes import cruxmap as started
from tests.cruxmap.processes import ended, events

INVENTED = "Wheelbarrows were forbidden by the synod of the marmots."
Known = dict[tuple[str, str], str]
EGGS = ROOT / "cases" / "eggs"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the baseline's run of the small case, and one that waits for its first answers."""
    home = tmp_path_factory.mktemp("begun") / "home"
    ended(started(home, "run", str(SMALL), "--run-id", "base", "--reasoner", "baseline"), code=0)
    ended(started(home, "run", str(SMALL), "--run-id", "ex", "--reasoner", "exchange"), code=75)
    return home


@pytest.fixture
def waiting(begun: Path, home: Path) -> str:
    """The run that waits, in a home of this test's own."""
    shutil.copytree(begun, home)
    return "ex"


@pytest.fixture
def known(waiting: str, home: Path) -> Known:
    """What the baseline answers to the small case's prompts."""
    return answers_of(home, "base")


def outcome(program: Program, run: str) -> dict[str, Any]:
    """What `show --json` says of a run."""
    return json.loads(program("show", run, "--json")[1])


def finish(program: Program, home: Path, known: Known, tmp_path: Path, code: int = 75) -> tuple[int, str]:
    """Answer rounds with the known answers until the run ends; return the last exit code and output."""
    out = ""
    while code == 75:
        lines = [plain(request, answer_to(request, known)) for request in requests_of(home, "ex")]
        code, out, _ = program("exchange", "import", "ex", write(tmp_path / "rest.jsonl", lines), "--model", "a person")
    return code, out


def test_a_whole_run_goes_over_the_exchange_in_few_rounds(program: Program, home: Path, tmp_path: Path) -> None:
    """Each round's file holds all prompts that can be asked; three formats of answers end with the baseline's answers and cruxes."""
    assert program("run", EGGS, "--run-id", "base", "--reasoner", "baseline")[0] == 0
    known = answers_of(home, "base")
    code, out, _ = program("run", EGGS, "--run-id", "ex", "--reasoner", "exchange")
    assert "Round 1: 12 prompts wait: 12 ingestion/extract" in out
    asked: list[int] = []
    while code == 75:
        requests = requests_of(home, "ex")
        assert all(request["url"] == "/v1/chat/completions" and request["body"]["response_format"] for request in requests)
        asked.append(len(requests))
        forms = (in_openai, in_anthropic, plain)
        lines = [forms[place % 3](request, answer_to(request, known)) for place, request in enumerate(requests)]
        code, out, err = program("exchange", "import", "ex", write(tmp_path / "answers.jsonl", lines), "--model", "a person")
        assert f"{len(lines)} answers taken" in err
    assert code == 0
    assert f"{len(asked)} rounds of the exchange were needed" in out
    assert len(asked) <= 8
    assert sum(asked) == len(known), "every prompt is asked once"
    base, exchanged = outcome(program, "base"), outcome(program, "ex")
    for part in ("answers", "cruxes", "counts", "findings", "gaps"):
        assert rounded(exchanged[part]) == rounded(base[part]), part
    journal = Registry(home).open_journal("ex")
    assert {call.model for call in journal.calls()} == {"gpt-5-2026", "claude-opus-5", "a person"}
    journal.close()


def test_a_run_that_waits_has_no_result_in_json_either(program: Program, waiting: str) -> None:
    """What waits is told; answers, which are no more than the case's priors yet, are not."""
    code, out, _ = program("resume", waiting, "--json")
    told = json.loads(out)
    assert (code, told["status"], told["waiting"]["round"]) == (75, "waiting", 1)
    assert not {"answers", "cruxes", "findings"} & told.keys()


GOOD = '{"assertions": [], "lost": []}'
WRONG: dict[str, tuple[Any, str]] = {
    "bad JSON": (lambda request: plain(request, "I think { so"), "Invalid JSON"),
    "an injected field": (lambda request: plain(request, {"assertions": [], "credence": 1}), "credence: Extra inputs"),
    "a number out of range": (
        lambda request: plain(request, {"assertions": [{"quotation": "long enough", "claim": "long enough", "hedge": "99"}]}),
        "assertions.0.hedge",
    ),
    "an answer that is cut off": (lambda request: in_openai(request, GOOD[:9], reason="length"), "cut off"),
    "Anthropic's cut off": (lambda request: in_anthropic(request, GOOD, reason="max_tokens"), "cut off"),
    "a quotation of what isn't there": (
        lambda request: plain(request, {"assertions": [{"quotation": INVENTED, "claim": "Nothing of this was said."}]}),
        f"the only quotation isn't in the text; copy them from it word for word: {INVENTED!r}",
    ),
    "10 MB": (lambda request: plain(request, " " * 10_000_000 + GOOD + "x" * 10_000_000), " characters"),
    "emptiness": (lambda request: plain(request, ""), "the answer was empty"),
    "half a surrogate pair": (lambda request: plain(request, '{"assertions": [], "lost": [3, "\ud800"]}'), "lost.0"),
    "NUL": (lambda request: plain(request, '{"assertions": \0}'), "Invalid JSON"),
}
FAILED: dict[str, tuple[Any, str]] = {
    "a service error": (
        lambda request: {"custom_id": request["custom_id"], "response": None, "error": {"code": "batch_expired"}},
        "the service failed: {'code': 'batch_expired'}",
    ),
    "a status of 500": (
        lambda request: {"custom_id": request["custom_id"], "response": {"status_code": 500, "body": {}}, "error": None},
        "the service failed",
    ),
    "Anthropic's error": (
        lambda request: {"custom_id": request["custom_id"], "result": {"type": "errored", "error": {"type": "overloaded"}}},
        "overloaded",
    ),
    "a line of rubbish": (lambda request: "]]> rubbish", "line 1: it is no JSON of an answer"),
    "a line of NULs": (lambda request: b"\0" * 100, "line 1: it is no JSON of an answer"),
    "bytes that are no text": (lambda request: b'{"id": \xff\xfe', "line 1: it is no JSON of an answer"),
    "a list": (lambda request: [1, 2], "line 1: it is not an OpenAI"),
    "depth": (lambda request: '{"id": ' + "[" * 100_000, "line 1: it is no JSON of an answer"),
    "tokens below zero": (
        lambda request: json.dumps(in_openai(request, GOOD)).replace('"prompt_tokens": 100', '"prompt_tokens": -100'),
        "-100 is no number of tokens",
    ),
    "tokens without end": (
        lambda request: json.dumps(in_openai(request, GOOD)).replace('"prompt_tokens": 100', '"prompt_tokens": 1e999'),
        "inf is no number of tokens",
    ),
    "no choices": (lambda request: {"custom_id": "x", "response": {"status_code": 200, "body": {"choices": []}}}, "not an OpenAI"),
}


@pytest.mark.parametrize("what", [*WRONG, *FAILED])
def test_what_is_no_answer_is_told_and_asked_again(
    program: Program, home: Path, known: Known, waiting: str, tmp_path: Path, what: str
) -> None:
    """It is listed with its line, the others of its file count, the next file asks again (with what was wrong), and the end is the same."""
    made, told = {**WRONG, **FAILED}[what]
    requests = requests_of(home, waiting)
    lines = [made(requests[0]), *(plain(request, answer_to(request, known)) for request in requests[1:])]
    _, _, err = program("exchange", "import", waiting, write(tmp_path / "bad.jsonl", lines), "--model", "m", "--no-resume")
    assert "2 answers taken, 0 known already, 0 given up, 1 questions still wait" in err
    assert told in err
    assert len(err) < 5_000
    out = program("exchange", "export", waiting)[1]
    again = requests_of(home, waiting)
    turns = [message["content"] for message in again[0]["body"]["messages"]]
    assert len(again) == 1
    if what in WRONG:
        assert "1 of them again, with what was wrong" in out
        assert "can't be used" in turns[-1]
        assert len(turns) == 4
        assert len(again[0]["custom_id"]) <= 64
    else:
        assert again == requests[:1]


def test_a_run_with_useless_answers_ends_as_without(program: Program, home: Path, known: Known, waiting: str, tmp_path: Path) -> None:
    """In every round one answer is wrong at first and one line is rubbish: all is asked again, and the end is the baseline's."""
    code = 75
    while code == 75:
        requests = requests_of(home, waiting)
        mended = any(len(request["body"]["messages"]) > 2 for request in requests)
        lines: list[Any] = [plain(request, answer_to(request, known)) for request in requests]
        if not mended:
            lines[0] = plain(requests[0], '{"injected": 1}')
            lines.append("rubbish")
        code, _, _ = program("exchange", "import", waiting, write(tmp_path / "some.jsonl", lines), "--model", "a person")
    assert code == 0
    assert rounded(outcome(program, waiting)["answers"]) == rounded(outcome(program, "base")["answers"])


@pytest.mark.parametrize("refused", [{"content": None, "refusal": "I won't"}, {"content": "", "reason": "content_filter"}])
def test_a_refusal_is_an_incident(
    program: Program, home: Path, known: Known, waiting: str, tmp_path: Path, refused: dict[str, Any]
) -> None:
    """A model that won't answer isn't asked again and again: the run goes on without, and says so."""
    requests = requests_of(home, waiting)
    lines = [in_openai(requests[0], **refused), *(plain(request, answer_to(request, known)) for request in requests[1:])]
    code, _, err = program("exchange", "import", waiting, write(tmp_path / "no.jsonl", lines), "--model", "m")
    assert "2 answers taken, 0 known already, 1 given up" in err
    while code == 75:  # fewer claims give other prompts than the baseline's
        lines = [in_openai(request, None, refusal="no") for request in requests_of(home, waiting)]
        code, _, _ = program("exchange", "import", waiting, write(tmp_path / "no.jsonl", lines))
    assert code == 0
    assert any("refused" in incident["problem"] for incident in outcome(program, waiting)["incidents"])


def test_a_question_is_given_up_after_three_useless_answers(
    program: Program, home: Path, known: Known, waiting: str, tmp_path: Path
) -> None:
    """It isn't asked for ever; the same useless file imported again is no further try."""
    for tries in (1, 2, 3):
        first = requests_of(home, waiting)[0]
        file = write(tmp_path / f"{tries}.jsonl", [plain(first, "no")])
        _, _, err = program("exchange", "import", waiting, file, "--model", "m")
        assert ("1 given up" in err) == (tries == 3)
        _, _, err = program("exchange", "import", waiting, file, "--model", "m")
        assert "0 answers taken, 1 known already, 0 given up" in err
    assert len(requests_of(home, waiting)) == 2


def test_invented_quotations_end_in_an_incident_that_names_the_document(
    program: Program, home: Path, known: Known, waiting: str, tmp_path: Path
) -> None:
    """An answer that quotes only what isn't in the text is asked again twice; then the result says which document and which words."""
    code = 75
    while code == 75:
        lines = [
            plain(request, {"assertions": [{"quotation": INVENTED, "claim": "Nothing of this was said."}]})
            if at == 0 and "assertions" in answer_to(request, known)
            else plain(request, answer_to(request, known))
            for at, request in enumerate(requests_of(home, waiting))
        ]
        code, _, err = program("exchange", "import", waiting, write(tmp_path / "some.jsonl", lines), "--model", "m")
        if "1 given up" in err:
            break
    while code == 75:  # one document less gives other prompts than the baseline's
        lines = [in_openai(request, None, refusal="no") for request in requests_of(home, waiting)]
        code, _, _ = program("exchange", "import", waiting, write(tmp_path / "no.jsonl", lines), "--model", "m")
    (incident,) = [one for one in outcome(program, waiting)["incidents"] if INVENTED in one["problem"]]
    assert incident["stage"] == "ingest"
    assert "characters 0 to" in incident["subject"]


def test_importing_twice_changes_nothing(program: Program, home: Path, known: Known, waiting: str, tmp_path: Path) -> None:
    """The second time every answer is known, and what wasn't asked is told each time."""
    lines = [plain(request, answer_to(request, known)) for request in requests_of(home, waiting)]
    file = write(tmp_path / "answers.jsonl", [*lines, {"id": "0" * 64, "content": "{}"}, {"id": "short", "content": "{}"}])
    assert "3 answers taken, 0 known already" in program("exchange", "import", waiting, file, "--model", "m", "--no-resume")[2]
    database = home / "runs" / waiting / "journal.db"
    before = database.read_bytes()
    _, _, err = program("exchange", "import", waiting, file, "--model", "another", "--no-resume")
    assert "0 answers taken, 3 known already" in err
    assert "not asked (2)" in err
    assert database.read_bytes() == before


def test_a_windows_file_is_read(program: Program, home: Path, known: Known, waiting: str, tmp_path: Path) -> None:
    """A byte order mark, CRLF, empty lines and no newline at the end are no obstacle."""
    lines = [json.dumps(plain(request, answer_to(request, known))) for request in requests_of(home, waiting)]
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(lines).encode())
    assert "3 answers taken" in program("exchange", "import", waiting, file, "--model", "m")[2]


def test_nobody_is_made_up(program: Program, home: Path, known: Known, waiting: str, tmp_path: Path) -> None:
    """Where neither the file nor the operator says who answered, nothing is taken; what an answer says of itself doesn't count."""
    lines = [plain(request, answer_to(request, known)) for request in requests_of(home, waiting)]
    code, _, err = program("exchange", "import", waiting, write(tmp_path / "answers.jsonl", lines))
    assert code == 1
    assert "--model NAME" in err
    assert outcome(program, waiting)["calls"] == 0


def test_a_run_without_answers_still_waits(program: Program, home: Path, waiting: str) -> None:
    """Resumed with nothing new it waits for the same, and its file is the same."""
    before = requests_of(home, waiting)
    code, out, _ = program("resume", waiting)
    assert code == 75
    assert "Round 1: 3 prompts wait" in out
    assert requests_of(home, waiting) == before
    assert outcome(program, waiting)["status"] == "waiting"


def test_a_run_that_is_killed_before_it_waits_waits_after_the_resume(program: Program, home: Path) -> None:
    """Kill -9 while questions are collected loses none of them."""
    process = started(home, "run", str(SMALL), "--run-id", "ex", "--reasoner", "exchange")
    while events(home, "ex") < 2:
        assert process.poll() is None
    process.kill()
    process.communicate()
    code, out, _ = program("resume", "ex")
    assert code == 75
    assert "3 prompts wait" in out


def test_partial_answers_leave_the_rest_waiting(program: Program, home: Path, known: Known, waiting: str, tmp_path: Path) -> None:
    """One of three answers: two still wait, and the first is not asked again."""
    first = requests_of(home, waiting)[0]
    code, out, _ = program(
        "exchange", "import", waiting, write(tmp_path / "one.jsonl", [plain(first, answer_to(first, known))]), "--model", "m"
    )
    assert code == 75
    assert "2 prompts wait" in out
    assert first["custom_id"] not in {request["custom_id"] for request in requests_of(home, waiting)}


def test_anthropic_requests_name_the_same_questions(program: Program, home: Path, waiting: str, tmp_path: Path) -> None:
    """`exchange export --format anthropic` has the ids of OpenAI's file, the system text apart, and a limit."""
    assert program("exchange", "export", waiting, "--format", "anthropic", "-o", tmp_path / "out.jsonl")[0] == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["custom_id"] for line in lines] == [request["custom_id"] for request in requests_of(home, waiting)]
    assert all(line["params"]["system"] and line["params"]["max_tokens"] for line in lines)
    assert program("exchange", "export", waiting, "--format", "xml")[0] == 2


def test_a_limit_of_calls_holds_over_the_exchange(program: Program, home: Path, known: Known, tmp_path: Path) -> None:
    """Only so many prompts are put out as may be asked; with their answers the run is incomplete, and goes on with a larger limit."""
    shutil.rmtree(home / "runs" / "ex")
    code, out, _ = program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange", "--max-calls", "2")
    assert code == 75
    assert "2 prompts wait" in out
    code, out = finish(program, home, known, tmp_path)
    assert code == 3
    assert "2 of 2 calls are used" in out
    code, _, _ = program("resume", "ex", "--max-calls", "1000")
    assert finish(program, home, known, tmp_path, code)[0] == 0


def test_an_edited_prompt_is_asked_anew(
    program: Program, home: Path, known: Known, waiting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers to what was asked before the edit are refused with the reason; after --accept-changes only the new prompts wait."""
    from reasoners import requests  # noqa: PLC0415

    lines = [plain(request, answer_to(request, known)) for request in requests_of(home, waiting)]
    file = write(tmp_path / "answers.jsonl", lines)
    plain_key = requests.Request.key.func  # type: ignore[attr-defined]
    monkeypatch.setattr(requests.Request, "key", property(lambda self: plain_key(self)[::-1]))
    code, _, err = program("exchange", "import", waiting, file, "--model", "m")
    assert code == 1
    assert "was edited while the run waits" in err
    assert program("resume", waiting, "--accept-changes")[0] == 75
    again = {request["custom_id"] for request in requests_of(home, waiting)}
    assert again == {line["id"][::-1] for line in lines}


def test_wait_goes_on_by_itself_when_files_appear(program: Program, home: Path, known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files dropped into the run's folder carry it to its end, also one that is written slowly, after rubbish and an empty file."""
    shutil.rmtree(home / "runs" / "ex")
    polls = 0

    def answer_meanwhile(_: float) -> None:
        nonlocal polls
        polls += 1
        assert polls < 100, "the run doesn't go on"
        folder = home / "runs" / "ex" / "exchange" / "answers"
        (folder / "empty.jsonl").touch()
        (folder / "rubbish.jsonl").write_text("rubbish\n")
        body = "".join(json.dumps(plain(request, answer_to(request, known))) + "\n" for request in requests_of(home, "ex"))
        name = folder / f"{requests_of(home, 'ex')[0]['custom_id']}.jsonl"
        written = name.stat().st_size if name.exists() else 0
        with name.open("ab") as file:
            file.write(body.encode()[written : written + len(body) // 3 + 1])

    monkeypatch.setattr("cruxmap.exchanging.time.sleep", answer_meanwhile)
    code, out, err = program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange", "--model", "person:ada", "--wait")
    assert code == 0, err
    assert "rounds of the exchange" in out
    assert rounded(outcome(program, "ex")["answers"]) == rounded(outcome(program, "base")["answers"])


def test_ctrl_c_ends_the_watch_and_the_run_still_waits(program: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops watching is told how to import."""

    def interrupt(_: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("cruxmap.exchanging.time.sleep", interrupt)
    code, out, _ = program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange", "--wait")
    assert code == 75
    assert "cruxmap exchange import ex" in out


def test_a_run_that_waits_shows_no_result(program: Program, home: Path, waiting: str) -> None:
    """Three lines: what waits, where, how to go on. Numbers from no answer at all would be quoted."""
    code, out, _ = program("resume", waiting)
    assert code == 75
    assert [line.partition(":")[0] for line in out.splitlines()] == ["Round 1", "Prompts", "When they are answered"]


def test_an_import_of_which_nothing_can_be_used_says_so_first(program: Program, home: Path, waiting: str, tmp_path: Path) -> None:
    """Rubbish and an empty file are no round, and nothing is said to be asked again that could not be."""
    for content, told in (("Dear cruxmap,\nno.\n", "no answer in it could be used"), ("", "it is empty")):
        file = tmp_path / "letter.jsonl"
        file.write_text(content, encoding="utf-8")
        code, out, err = program("exchange", "import", waiting, file, "--model", "m")
        assert code == 75
        assert err.startswith(f"Nothing was taken from {file}: {told}.")
        assert "asked again" not in err
        assert "Round 1: 3 prompts wait" in out
    code, _, err = program("exchange", "import", waiting, tmp_path / "anwsers.jsonl", "--model", "m")
    assert code == 2
    assert "there is no file" in err


def test_the_round_rises_only_when_something_new_is_asked(program: Program, home: Path, known: Known, waiting: str, tmp_path: Path) -> None:
    """One answer of three leaves round 1; one that is asked again with what was wrong begins round 2."""
    first, second, _ = requests_of(home, waiting)
    file = write(tmp_path / "one.jsonl", [plain(first, answer_to(first, known))])
    assert "Round 1: 2 prompts wait: " in program("exchange", "import", waiting, file, "--model", "m")[1]
    file = write(tmp_path / "two.jsonl", [plain(second, "no")])
    assert "Round 2: 2 prompts wait (1 of them again" in program("exchange", "import", waiting, file, "--model", "m")[1]


def test_without_a_model_the_requests_name_none_and_the_run_says_so(program: Program, home: Path, tmp_path: Path) -> None:
    """Before anything is written; a name that is no model's would be refused by a service without a word of why."""
    _, _, err = program("run", SMALL, "--run-id", "ex", "--reasoner", "exchange")
    assert "no model is named" in err.splitlines()[0]
    assert all("model" not in request["body"] for request in requests_of(home, "ex"))
    _, _, err = program("run", SMALL, "--run-id", "named", "--reasoner", "exchange", "--model", "openai:gpt-5")
    assert "no model is named" not in err
    assert {request["body"]["model"] for request in requests_of(home, "named")} == {"gpt-5"}
