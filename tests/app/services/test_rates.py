"""Limits that all worker processes share."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.services.rates import SharedRates


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000_020.0]  # 20 seconds after the beginning of a minute, by 60: 1,000,020 = 16,667 * 60
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def test_two_workers_together_keep_to_a_limit(tmp_path: Path, stopped_clock: list[float]) -> None:
    workers = [SharedRates(tmp_path / "rates.sqlite") for _ in range(2)]
    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(lambda number: workers[number % 2].take("key", 200), range(600)))
    assert given.count(None) == 200
    assert {wait for wait in given if wait is not None} == {60.0}
    assert workers[0].take("another", 1) is None
    stopped_clock[0] += 60
    assert workers[1].take("key", 200) is None
    for each in workers:
        each.close()


def test_a_worker_gives_up_what_it_has_not_used_only_at_the_end_of_the_window(tmp_path: Path) -> None:
    first, second = (SharedRates(tmp_path / "rates.sqlite") for _ in range(2))
    assert first.take("key", 100) is None  # takes a batch of two
    assert [second.take("key", 100) for _ in range(98)] == [None] * 98
    assert second.take("key", 100) is not None
    assert first.take("key", 100) is None
    assert first.take("key", 100) is not None
    assert first.is_spent("key", 100, window_s=60) == 60.0
    assert first.is_spent("other", 100, window_s=60) is None


def test_no_limit_costs_nothing(tmp_path: Path) -> None:
    shared = SharedRates(tmp_path / "rates.sqlite")
    shared.close()
    assert shared.take("key", 0) is None
