"""Sending a run's trace to an OpenTelemetry collector, by the semantic conventions for generative AI. Needs the extra ``tracing``.

https://opentelemetry.io/docs/specs/semconv/gen-ai/ : a span for each call, named "chat MODEL", below one for the run.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from cruxmap.errors import RunError
from cruxmap.opening import OpenRun
from reasoners.journal import Call


class _Counting(SpanExporter):
    """Counts what the collector took, and remembers that it refused."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner, self.sent, self.failed = inner, 0, 0

    def export(self, spans: Any) -> SpanExportResult:
        """Send, and count."""
        result = self._inner.export(spans)
        if result is SpanExportResult.SUCCESS:
            self.sent += len(spans)
        else:
            self.failed += len(spans)
        return result


def send_trace(opened: OpenRun, url: str) -> int:
    """Send a run with all its calls as spans to ``url`` (…/v1/traces); return how many spans were taken.

    Raises:
        RunError: the collector can't be reached or refuses.
    """
    exporter = _Counting(OTLPSpanExporter(endpoint=url, timeout=10))
    provider = TracerProvider(resource=Resource.create({"service.name": "cruxmap", "service.instance.id": opened.record.run}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("cruxmap")
    calls = opened.journal.calls()
    begun = _nanoseconds(opened.record.started)
    root = tracer.start_span(f"investigate {opened.record.case}", start_time=begun, attributes={"cruxmap.run": opened.record.run})
    context = trace.set_span_in_context(root)
    for call in calls:
        _span(tracer, context, call)
    root.end(max([begun, *(_nanoseconds(call.finished) for call in calls)]))
    provider.shutdown()
    if exporter.failed:
        raise RunError(f"{exporter.failed} of {exporter.failed + exporter.sent} spans were not taken by {url}: is the collector there?")
    return exporter.sent


def _span(tracer: Tracer, context: Any, call: Call) -> None:
    attributes: dict[str, str | int | float] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": call.model.partition(":")[0],
        "gen_ai.request.model": call.model,
        "gen_ai.response.model": call.model,
        "gen_ai.usage.input_tokens": call.input_tokens,
        "gen_ai.usage.output_tokens": call.output_tokens,
        "cruxmap.task": call.task,
        "cruxmap.step": call.step,
        "cruxmap.outcome": call.outcome,
        "cruxmap.attempts": call.attempts,
        "cruxmap.prompt": call.prompt,
    }
    if call.cost_usd is not None:
        attributes["cruxmap.cost_usd"] = call.cost_usd
    span = tracer.start_span(
        f"chat {call.model}", context=context, kind=SpanKind.CLIENT, start_time=_nanoseconds(call.started), attributes=attributes
    )
    if call.outcome != "ok":
        span.set_attribute("error.type", call.outcome)
        span.set_status(Status(StatusCode.ERROR, call.problem))
    span.end(_nanoseconds(call.finished))


def _nanoseconds(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp() * 1_000_000_000)
