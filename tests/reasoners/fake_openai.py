"""A small server on loopback that speaks OpenAI's chat-completions protocol, with faults on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = str
"""``429``, ``500``, ``cut`` (mid-body), ``garbage`` (no JSON), ``schema`` (JSON of another form), ``refusal``, ``filter``, ``length``,
``401``, ``overflow``, ``no_schema`` (refuses response_format), ``fence`` (answers inside ```json), ``ok``."""


class FakeOpenAI:
    """Counts what it served. ``script``: faults for the next requests in order; then all is well. ``answer``: from request body to JSON."""

    def __init__(self, answer: Callable[[dict[str, Any]], str]) -> None:
        self.answer = answer
        self.script: list[Fault] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.input_tokens = self.output_tokens = 0
        self.lock = threading.Lock()
        self.url = ""

    def reply(self, body: dict[str, Any], key: str) -> tuple[int, dict[str, str], bytes, bool]:
        """Return status, headers, body, and whether to cut the connection half-way."""
        with self.lock:
            self.requests.append(body)
            self.keys.append(key)
            fault = self.script.pop(0) if self.script else "ok"
            if fault == "429":
                return 429, {"Retry-After": "7"}, b'{"error": {"message": "slow down"}}', False
            if fault in {"500", "401"}:
                return int(fault), {}, json.dumps({"error": {"message": f"fault for key {key}"}}).encode(), False
            if fault == "overflow":
                return 400, {}, b'{"error": {"message": "maximum context length exceeded", "code": "context_length_exceeded"}}', False
            if fault == "no_schema":
                return 400, {}, b'{"error": {"message": "response_format json_schema is not supported"}}', False
            self.input_tokens += 11
            self.output_tokens += 7
            content = {"garbage": "I think { so", "schema": '{"verdicts": "many"}'}.get(fault) or self.answer(body)
            if fault == "fence":
                content = f"Sure!\n```json\n{content}\n```"
            message: dict[str, Any] = {"role": "assistant", "content": content}
            if fault == "refusal":
                message = {"role": "assistant", "content": None, "refusal": "I can't help with that"}
            reason = {"length": "length", "filter": "content_filter"}.get(fault, "stop")
            whole = {
                "id": "c1",
                "object": "chat.completion",
                "created": 0,
                "model": "fake-1",
                "choices": [{"index": 0, "message": message, "finish_reason": reason}],
                "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
            }
            return 200, {}, json.dumps(whole).encode(), fault == "cut"


@contextmanager
def fake_openai(answer: Callable[[dict[str, Any]], str]) -> Iterator[FakeOpenAI]:
    """Serve on a free port of loopback."""
    fake = FakeOpenAI(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, content, cut = fake.reply(body, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)
            if cut:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
