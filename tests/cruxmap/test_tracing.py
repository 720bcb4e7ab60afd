"""The trace: what a run did, as lines, as JSON, call by call, and as spans for a collector."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.cruxmap.conftest import SMALL, SMALL_CALLS, Program


@pytest.fixture
def run(program: Program) -> str:
    """A finished run of the small case."""
    assert program("run", SMALL, "--run-id", "traced")[0] == 0
    return "traced"


@contextmanager
def collector(status: int = 200) -> Iterator[tuple[str, list[Span]]]:
    """A server that takes spans as OTLP over HTTP: its URL, and what it got."""
    spans: list[Span] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in body.resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", spans
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_trace_tells_steps_and_calls_in_order(program: Program, run: str) -> None:
    """Every line of --json is an event or a call, sorted by time, and the sum at the end of the plain form is theirs."""
    lines = [json.loads(line) for line in program("trace", run, "--json")[1].splitlines()]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert {line["event"] for line in lines} == {"started", "step", "call", "done"}
    assert sum(line["event"] == "call" for line in lines) == SMALL_CALLS
    plain = program("trace", run)[1]
    assert f"in all: {SMALL_CALLS} calls, {SMALL_CALLS} attempts, 0+0 tokens, $0.0000, 0 lost in flight" in plain
    assert "critic: 4 calls" in plain


@pytest.mark.parametrize(
    ("options", "tasks", "count"),
    [
        (("--task", "critic"), {"critic/examine", "critic/survey"}, 4),
        (("--task", "ingestion/extract"), {"ingestion/extract"}, 3),
        (("--step", "find_cruxes"), {"cruxes/links", "cruxes/soundness", "cruxes/testimony"}, 6),
        (("--step", "structure", "--task", "structuring/relate"), {"structuring/relate"}, 1),
        (("--outcome", "refusal"), set(), 0),
    ],
)
def test_a_filter_shows_those_calls_alone(program: Program, run: str, options: tuple[str, ...], tasks: set[str], count: int) -> None:
    """By task, step and outcome, alone or together; no other events then."""
    lines = [json.loads(line) for line in program("trace", run, "--json", *options)[1].splitlines()]
    assert {line["task"] for line in lines} == tasks
    assert len(lines) == count


def test_a_call_is_shown_whole(program: Program, run: str) -> None:
    """Its attempts, the rendered prompt and the raw answer; a number that isn't there is a usage error."""
    out = program("trace", run, "--call", "1")[1]
    assert "attempt 1: ok" in out
    parts = [out.index(f"--- {part}") for part in ("system", "user", "answer")]
    assert parts == sorted(parts)
    assert "assertions" in json.loads(out[parts[2] :].split("\n", 1)[1])
    code, _, err = program("trace", run, "--call", "999")
    assert code == 2
    assert "no call 999" in err


def test_a_collector_gets_a_span_for_each_call(program: Program, run: str) -> None:
    """By the conventions for generative AI: named after operation and model, below one span of the run, with times that fit."""
    with collector() as (url, spans):
        code, out, _ = program("trace", run, "--otlp", url)
    assert code == 0
    assert f"{SMALL_CALLS + 1} spans sent" in out
    root = next(span for span in spans if not span.parent_span_id)
    calls = [span for span in spans if span.parent_span_id]
    assert root.name == "investigate small"
    assert len(calls) == SMALL_CALLS
    for span in calls:
        attributes = {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
        assert span.parent_span_id == root.span_id
        assert span.trace_id == root.trace_id
        assert span.name == f"chat {attributes['gen_ai.request.model']}"
        assert attributes["gen_ai.operation.name"] == "chat"
        assert attributes["cruxmap.task"]
        assert root.start_time_unix_nano <= span.end_time_unix_nano <= root.end_time_unix_nano
        assert span.start_time_unix_nano <= span.end_time_unix_nano
    assert not any("egg" in str(span) or "week" in str(span.attributes) for span in calls), "prompts and answers stay here"


def test_a_collector_that_refuses_is_told(program: Program, run: str) -> None:
    """Exit 1 and how many spans it didn't take."""
    with collector(status=400) as (url, _):
        code, _, err = program("trace", run, "--otlp", url)
    assert code == 1
    assert f"{SMALL_CALLS + 1} of {SMALL_CALLS + 1} spans were not taken" in " ".join(err.split())
