"""The commands site and serve: on real runs, finished or in progress."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cruxmap.exploring import Served
from cruxmap.registry import Registry, Status
from reasoners.leases import lease
from tests.conftest import ROOT
from tests.cruxmap.conftest import Program
from tests.cruxmap.test_cli import DOE, SMITH, case_with
from tests.explorer.browsing import CHROMIUM, Watched, launched
from tests.explorer.sites import Page, dead_links, kinds_of_pages


@contextmanager
def answering(served: Served) -> Iterator[int]:
    """A server on a free port, stopped afterwards."""
    with served.server(0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """Ask for a path as a browser would that believes to talk to this host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_site_writes_a_whole_site_of_a_run(program: Program, tmp_path: Path) -> None:
    """After a run, `cruxmap site -o DIR` says where the site is; no link in it is dead, and it tells prompts, calls and the timeline."""
    program("run", case_with(tmp_path / "case", doe=DOE, smith=SMITH), "--run-id", "small")
    code, out, _ = program("site", "small", "-o", tmp_path / "site")
    assert code == 0
    assert "index.html" in out
    assert list(dead_links(tmp_path / "site")) == []
    methods = Page(tmp_path / "site" / "methods.html").text
    assert "ingestion/extract" in methods
    assert "no language model" in methods
    assert "link claims to claims and answers" in Page(tmp_path / "site" / "timeline.html").text
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in (tmp_path / "site").glob("*.html"))


def test_a_site_compares_with_another_run_and_with_a_revision(program: Program, tmp_path: Path) -> None:
    """`--against` puts another run's answers, cruxes and claims beside this one's, or an earlier revision's."""
    program("run", case_with(tmp_path / "one", doe=DOE, smith=SMITH), "--run-id", "one")
    program("run", case_with(tmp_path / "two", doe=DOE), "--run-id", "two")
    assert program("site", "one", "-o", tmp_path / "site", "--against", "two")[0] == 0
    page = Page(tmp_path / "site" / "compare.html").text
    assert "Compared with run two" in page
    assert "there are fewer hours" in page.lower() or "only here (0)" not in page.lower()
    first = [line.split()[0] for line in program("log", "one")[1].splitlines() if line.startswith("revision-")][-1]
    assert program("site", "one", "-o", tmp_path / "site", "--against", first)[0] == 0
    assert f"Compared with {first}" in Page(tmp_path / "site" / "compare.html").text
    assert list(dead_links(tmp_path / "site")) == []


def test_a_site_never_overwrites_what_is_no_site(program: Program, tmp_path: Path) -> None:
    """A folder with other things in it is refused with a message and left as it was."""
    program("run", case_with(tmp_path / "case", doe=DOE), "--run-id", "small")
    code, _, err = program("site", "small", "-o", tmp_path / "case")
    assert code == 1
    assert "new or empty" in err
    assert sorted(path.name for path in (tmp_path / "case").iterdir()) == ["case.yaml", "documents"]


def test_a_finished_run_is_served_to_this_machine_only(program: Program, home: Path, tmp_path: Path) -> None:
    """The first page comes, other hosts' names and paths out of the folder are refused, and live.json says how the run stands."""
    program("run", case_with(tmp_path / "case", doe=DOE), "--run-id", "small")
    served = Served(Registry(home), "small")
    served.look()
    with answering(served) as port:
        assert "four-day week" in get(port, "/")[1]
        assert get(port, "/", host="evil.example")[0] == 403
        assert get(port, "/../run.json")[0] == 404
        assert get(port, "/%2e%2e/run.json")[0] == 404
        state = json.loads(get(port, "/live.json")[1])
    assert state["status"] == "done"
    assert state["revision"] == Registry(home).load("small").revision


def test_a_run_in_progress_is_served_at_its_last_checkpoint(program: Program, home: Path, tmp_path: Path) -> None:
    """While a process holds the run, its site shows what is committed so far and says that more is to come."""
    program("run", case_with(tmp_path / "case", doe=DOE, smith=SMITH), "--run-id", "small", "--max-calls", "4")
    registry = Registry(home)
    record = registry.load("small")
    assert record.status is Status.INCOMPLETE
    registry.save(record.model_copy(update={"status": Status.RUNNING, "revision": ""}))
    served = Served(registry, "small")
    with closing(registry.open_journal("small")) as journal, lease(journal):
        served.look()
    state = json.loads(served.told())
    assert state["status"] == "running"
    assert state["revision"] == record.revision
    assert "This run is running" in Page(served.folder / "index.html").text
    assert list(dead_links(served.folder)) == []


@pytest.mark.parametrize("text", ["", "half a li"])
def test_a_run_that_has_committed_nothing_asks_to_wait(program: Program, home: Path, tmp_path: Path, text: str) -> None:
    """Before the first revision, and with a line of the log half written, the page says to wait."""
    program("run", case_with(tmp_path / "case", doe=DOE), "--run-id", "small", "--max-calls", "0")
    registry = Registry(home)
    (registry.folder("small") / "checkpoints.db").unlink()
    (registry.folder("small") / "events.jsonl").write_text(text)
    registry.save(registry.load("small").model_copy(update={"revision": ""}))
    served = Served(registry, "small")
    served.look()
    with answering(served) as port:
        assert "committed nothing yet" in get(port, "/")[1]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
@pytest.mark.parametrize("name", ["eggs", "covid-origins", "lhc-black-holes"])
def test_the_baselines_site_of_each_shipped_case_opens_quietly(program: Program, tmp_path: Path, name: str) -> None:
    """As the baseline answers, each kind of page of a shipped case opens without a message, no link is dead, and the site is under 5 MB."""
    program("run", ROOT / "cases" / name, "--run-id", name, "--reasoner", "baseline")
    assert program("site", name, "-o", tmp_path / "site")[0] == 0
    assert list(dead_links(tmp_path / "site")) == []
    assert sum(path.stat().st_size for path in (tmp_path / "site").rglob("*") if path.is_file()) < 5e6
    with launched() as browser, Watched(browser) as watched:
        for path in kinds_of_pages(tmp_path / "site"):
            page = watched.open(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path.name
        assert watched.complaints == []
