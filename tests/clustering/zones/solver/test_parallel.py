"""Groups of anchors spread over processes: the same answer, to the last digit."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from clustering import generate_state, parse_parameters, read_scenario, write_state
from clustering.zones.planner import ZonePlanner
from clustering.zones.solver import decomposition as exact


def test_answers_of_other_processes_are_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("state")
    write_state(generate_state(schools=600, years=1), folder)
    scenario = read_scenario(schools=folder / "schools.csv", flows=folder / "promotions.csv")
    parameters = parse_parameters({"check_suppressed": False, "minimum_link_share": 0.05})
    alone = ZonePlanner(scenario).propose(parameters)
    label: list[int] = []
    with (
        ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(exact, "_LEAST_PARALLEL", 1)
        sent = executor.submit

        def submit(*given: object) -> object:
            label.append(len(given))
            return sent(*given)  # type: ignore[arg-type]

        patch.setattr(executor, "submit", submit)
        spread = ZonePlanner(scenario, executor=executor).propose(parameters)
        executor.call_costs_s = 100.0  # type: ignore[attr-defined]
        number = len(label)
        mostly_here = ZonePlanner(scenario, executor=executor).propose(parameters)
    assert number  # otherwise nothing was spread
    assert len(label) == number
    assert mostly_here.solution == alone.solution
    assert spread.zones == alone.zones
    assert spread.anchors == alone.anchors
    assert spread.solution == alone.solution
