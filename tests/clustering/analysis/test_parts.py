"""Analyses in parts that an executor works out: the same tables, to the last byte."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.reduction import ForkingPickler
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from clustering import (
    Scenario,
    ZonePlanner,
    explain_reach,
    generate_state,
    measure_replacement_cost,
    measure_selection_frequency,
    measure_stability,
    read_scenario,
    table_bytes,
    trace_trade_off,
    write_state,
)
from clustering.zones import parts
from clustering.zones.parts import work_out


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    folder = tmp_path_factory.mktemp("state")
    write_state(generate_state(schools=300, years=2), folder)
    return read_scenario(schools=folder / "schools.csv", flows=folder / "promotions.csv")


class Sent(Executor):
    """Calls each function on what another process would get of its arguments."""

    call_costs_s = 0.0

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        fn, args, kwargs = ForkingPickler.loads(ForkingPickler.dumps((fn, args, kwargs)))
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    ("analyse", "options"),
    [
        (explain_reach, {}),
        (measure_replacement_cost, {}),
        (measure_selection_frequency, {"maximum_plans": 20}),
        (trace_trade_off, {"maximum_schools": [3, 5]}),
        (measure_stability, {"resamples": 5}),
    ],
)
def test_parts_have_the_same_bytes(
    scenario: Scenario, analyse: Callable[..., pd.DataFrame], options: dict[str, Any]
) -> None:
    request, executor = {"minimum_link_share": 0.05}, Sent()
    alone = analyse(ZonePlanner(scenario), request, **options)
    assert len(alone)
    assert table_bytes(analyse(ZonePlanner(scenario, executor=executor), request, **options)) == table_bytes(alone)
    assert executor.calls > 1


def test_every_variant_is_worked_out_once_and_stays_in_order() -> None:
    done: list[float] = []
    found = work_out(squares, 40, lambda numbers: (numbers,), executor=Sent(), report=done.append)
    assert found == [number**2 for number in range(40)]
    assert done == [part / 16 for part in range(1, 17)]


def squares(numbers: range) -> list[int]:
    return [number**2 for number in numbers]


def test_slow_calls_are_made_only_if_they_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    executor, clock = Sent(), iter([0.0, 1.0, 5.0, 6.0])
    executor.call_costs_s = 0.75
    monkeypatch.setattr(parts, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    # The first takes a second, and 3 seconds are worth a call: so 3 calls for the 9 that are left, none for 3.
    assert work_out(squares, 10, lambda numbers: (numbers,), executor=executor) == [each**2 for each in range(10)]
    assert executor.calls == 3
    assert work_out(squares, 4, lambda numbers: (numbers,), executor=executor) == [0, 1, 4, 9]
    assert executor.calls == 3
