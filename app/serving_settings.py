"""Settings of how the service listens: connections, processes, proxies, other origins."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings


def _prefix(path: str) -> str:
    path = path.rstrip("/")
    if path and not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)+", path):
        raise ValueError("a path such as /feeder")
    return path


def _origin(origin: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", origin):
        raise ValueError("origins such as https://maps.example, each in full; * stands for nothing here")
    return origin


class ServingSettings(BaseSettings):
    """What is set of connections and processes."""

    server_workers: int = Field(default=1, ge=1, le=64, description="Processes that answer requests.")
    root_path: Annotated[str, AfterValidator(_prefix)] = Field(
        default="", description="Path under which a proxy serves everything, such as /feeder."
    )
    forwarded_allow_ips: tuple[str, ...] = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed (JSON"
        " list); by default nobody's.",
    )
    header_timeout_s: float = Field(default=10, gt=0, description="Seconds in which the head of a request must arrive.")
    body_timeout_s: float = Field(
        default=30, gt=0, description="Seconds after which a body must have arrived at 500 bytes a second or more."
    )
    keep_alive_timeout_s: float = Field(default=15, ge=1, description="Seconds that a connection may be idle.")
    maximum_connections: int = Field(default=2000, ge=10, description="Connections of one process.")
    maximum_silent_connections: int = Field(
        default=100, ge=1, description="Connections of one address that have sent no whole head of a request yet."
    )
    stop_timeout_s: float = Field(
        default=3, ge=1, description="Seconds that requests have to end when the service stops."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Form of the log's lines.")
    cors_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = Field(
        default=(), description="Origins whose pages may read answers (JSON list); by default none."
    )
    metrics_key: str = Field(
        default="",
        max_length=200,
        description="Bearer key for /metrics; without one, only this machine may read it.",
    )
    telemetry: bool = Field(
        default=False,
        description="Send traces by OpenTelemetry, as OTEL_EXPORTER_OTLP_ENDPOINT says; needs the extra telemetry.",
    )
