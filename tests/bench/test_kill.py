"""Killed at random moments, the service has everything that it acknowledged."""

from __future__ import annotations

from bench.kill import kill_often


def test_nothing_that_was_acknowledged_is_lost_when_the_service_is_killed() -> None:
    assert kill_often(1, seed=3, on_postgresql=False) == []
