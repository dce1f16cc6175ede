"""Traces for OpenTelemetry: a span for each request, with the template of its route and nothing of what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from app.errors import ServiceError

Span = Callable[[str, dict[str, Any]], None]


def request_spans(*, is_on: bool, exporter: Any = None) -> Callable[[], AbstractContextManager[Span | None]]:
    """
    Make what traces requests.

    Parameters
    ----------
    is_on
        Whether traces are sent at all.
    exporter
        Where to; without one, over HTTP as ``OTEL_EXPORTER_OTLP_ENDPOINT`` says.

    Returns
    -------
    spans
        Gives a context for a request; what it yields names the span and takes its facts.

    Raises
    ------
    ServiceError
        The extra ``telemetry`` is not installed.
    """
    if not is_on:
        return nullcontext
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ServiceError(500, "The setting telemetry needs the extra: pip install feeder-zones[telemetry].") from None
    provider = TracerProvider(resource=Resource.create({"service.name": "feeder-zones"}))
    processor = BatchSpanProcessor(OTLPSpanExporter()) if exporter is None else SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("app")

    @contextmanager
    def span() -> Iterator[Span]:
        """
        Trace one request.

        Yields
        ------
        name
            Names the span, with its facts.
        """
        with tracer.start_as_current_span("request") as current:

            def name(text: str, facts: dict[str, Any]) -> None:
                current.update_name(text)
                current.set_attributes({key: value for key, value in facts.items() if value is not None})

            yield name

    return span
