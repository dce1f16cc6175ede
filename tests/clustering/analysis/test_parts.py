"""Analyses in parts that an executor works out: the same tables, to the last byte."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pandas as pd
import pytest

from clustering import (
    ZonePlanner,
    explain_reach,
    measure_replacement_cost,
    measure_selection_frequency,
    measure_stability,
    table_bytes,
    trace_trade_off,
)
from clustering.zones.parts import work_out
from tests.examples.toy_district import toy_scenario


class Sent(Executor):
    """Calls each function on what another process would get of its arguments."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        fn, args, kwargs = ForkingPickler.loads(ForkingPickler.dumps((fn, args, kwargs)))
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    ("analyse", "asked"),
    [
        (explain_reach, {}),
        (measure_replacement_cost, {}),
        (measure_selection_frequency, {"within_share": 0.1}),
        (trace_trade_off, {"maximum_schools": [3, 5]}),
        (measure_stability, {"resamples": 5}),
    ],
)
def test_parts_have_the_same_bytes(analyse: Callable[..., pd.DataFrame], asked: dict[str, Any]) -> None:
    scenario, request, executor = toy_scenario(), {"identification": "official:designation=CSI"}, Sent()
    alone = analyse(ZonePlanner(scenario), request, **asked)
    assert len(alone)
    assert table_bytes(analyse(ZonePlanner(scenario, executor=executor), request, **asked)) == table_bytes(alone)
    assert executor.calls > 1


def test_every_variant_is_worked_out_once_and_stays_in_order() -> None:
    done: list[float] = []
    found = work_out(squares, 40, lambda numbers: (numbers,), executor=Sent(), report=done.append)
    assert found == [number**2 for number in range(40)]
    assert done == [part / 16 for part in range(1, 17)]


def squares(numbers: range) -> list[int]:
    return [number**2 for number in numbers]
