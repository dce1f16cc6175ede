"""What isolated processes do for registers, matches and year plans: library calls on plain values, nothing else."""

from __future__ import annotations

from typing import Any

from app.queries.analysis import Progress
from app.store import RenderedResult


def match(
    progress: Progress, scenario: bytes, document: bytes, register: bytes, parameters: dict[str, Any]
) -> RenderedResult:
    raise NotImplementedError


def plan(
    progress: Progress, scenario: bytes, document: bytes, register: bytes, parameters: dict[str, Any]
) -> RenderedResult:
    raise NotImplementedError
