"""A simulated provider, shipped so that users can test against it: a server on loopback that speaks OpenAI's protocol, with faults."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = str
"""``429``, ``500``, ``cut`` (mid-body), ``garbage`` (no JSON), ``schema`` (JSON of another form), ``refusal``, ``filter``, ``length``,
``401``, ``404``, ``overflow``, ``quota`` (429 for want of money), ``no_schema`` (refuses response_format), ``fence`` (answers inside
```json), ``thought`` (thinks aloud first), ``empty``, ``huge``, ``slow`` (half a second), ``echo`` (quotes the key),
``router`` (a 502 told in a body of 200), ``ok``."""
_LIKE: dict[Fault, tuple[int, str]] = {
    "404": (404, "the model does not exist"),
    "overflow": (400, "maximum context length exceeded"),
    "quota": (429, "you exceeded your current quota: insufficient_quota"),
    "no_schema": (400, "response_format json_schema is not supported"),
}


class SimulatedProvider:
    """Counts what it served.

    ``answer``: from request body to JSON. ``script``: faults for the next requests in order; then ``faults`` decides from the body, and
    without it all is well.
    """

    def __init__(self, answer: Callable[[dict[str, Any]], str], faults: Callable[[dict[str, Any]], Fault] | None = None) -> None:
        self.answer, self.faults = answer, faults
        self.script: list[Fault] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.input_tokens = self.output_tokens = 0
        self.refuses: set[str] = set()
        """What this server never takes: ``json_schema``, ``tools``, ``json_object``, ``temperature``."""
        self.breaks_on = ""
        """Words on which this server always fails."""
        self.now = self.peak = 0
        self.pause = 0.0
        """Seconds that each request takes. ``now`` and ``peak``: requests being answered, and the most at once."""
        self.busy = threading.Event()
        """Set once a request is being answered."""
        self.retry_after = "7"
        self.served: list[str] = []
        """The contents of all answers that were sent whole."""
        self.lock = threading.Lock()
        self.url = ""

    def _next_fault(self, body: dict[str, Any]) -> Fault:
        if self.breaks_on and self.breaks_on in json.dumps(body):
            return "500"
        if self.script:
            return self.script.pop(0)
        return self.faults(body) if self.faults else "ok"

    def reply(self, body: dict[str, Any], key: str) -> tuple[int, dict[str, str], bytes, bool]:
        """Return status, headers, body, and whether to cut the connection half-way."""
        with self.lock:
            self.requests.append(body)
            self.keys.append(key)
            fault = self._next_fault(body)
            if fault == "429":
                return 429, {"Retry-After": self.retry_after}, b'{"error": {"message": "slow down"}}', False
            if fault in {"500", "401"}:
                return int(fault), {}, json.dumps({"error": {"message": f"fault for key {key}"}}).encode(), False
            unwanted = self.refuses & {*body, body.get("response_format", {}).get("type")}
            if fault in _LIKE or unwanted:
                code, told = _LIKE.get(fault) or (
                    400,
                    f"{'response_format ' if 'json' in str(unwanted) else ''}{min(unwanted)}: not supported",
                )
                return code, {}, json.dumps({"error": {"message": told}}).encode(), False
            if fault == "router":
                return 200, {}, b'{"error": {"message": "upstream failed", "code": 502}}', False
            self.input_tokens += 11
            self.output_tokens += 7
            wrong = {
                "garbage": "I think { so",
                "schema": '{"groups": "many"}',
                "empty": "",
                "huge": "[" * 2_100_000,
                "echo": json.dumps({"error": f"incorrect key {key}"}),
            }
            content = wrong[fault] if fault in wrong else self.answer(body)
            if fault == "fence":
                content = f"Sure!\n```json\n{content}\n```"
            if fault == "thought":
                content = f"<think>Perhaps {{}}?</think>\n{content}\nI hope that this helps."
            message: dict[str, Any] = {"role": "assistant", "content": content}
            if body.get("tools"):
                call = {"name": body["tools"][0]["function"]["name"], "arguments": content}
                message = {"role": "assistant", "content": None, "tool_calls": [{"id": "t1", "type": "function", "function": call}]}
            if fault == "refusal":
                message = {"role": "assistant", "content": None, "refusal": f"I can't help with that{key and f', {key}'}"}
            reason = {"length": "length", "filter": "content_filter"}.get(fault, "stop")
            whole = {
                "id": "c1",
                "object": "chat.completion",
                "created": 0,
                "model": "fake-1",
                "choices": [{"index": 0, "message": message, "finish_reason": reason}],
                "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
            }
            if fault != "cut":
                self.served.append(content)
            return 200, {}, json.dumps(whole).encode(), fault == "cut"


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed, also in the middle of a request."""
        if not isinstance(sys.exc_info()[1], ConnectionError | json.JSONDecodeError):
            super().handle_error(request, client_address)


@contextmanager
def simulated_provider(
    answer: Callable[[dict[str, Any]], str], faults: Callable[[dict[str, Any]], Fault] | None = None, *, retry_after: str = "7"
) -> Iterator[SimulatedProvider]:
    """Serve on a free port of loopback."""
    fake = SimulatedProvider(answer, faults)
    fake.retry_after = retry_after

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with fake.lock:
                fake.now += 1
                fake.busy.set()
                fake.peak = max(fake.peak, fake.now)
                slow = fake.script[:1] == ["slow"]
                del fake.script[:slow]
            time.sleep(0.5 if slow else fake.pause)
            status, headers, content, cut = fake.reply(body, self.headers.get("Authorization", ""))
            with fake.lock:
                fake.now -= 1
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            with suppress(ConnectionError):  # whoever waited for a slow answer may have gone
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if cut else content)
            if cut:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
