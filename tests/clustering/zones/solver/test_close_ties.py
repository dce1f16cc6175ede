"""Ties between anchors: the lesser tie number decides, however close two of them are and whatever was solved before."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from clustering import read_scenario
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from clustering.zones.solver import Resources, SolutionCache, solve
from clustering.zones.solver.single_zone.build_problem import tie_number

WEST, EAST = "A1", "A2"


def close_schools(count: int) -> list[str]:
    """Schools whose two tie numbers differ by less than a hundredth, in costs by less than 1e-7 students."""

    def distance(school: str) -> float:
        return abs(tie_number(school, WEST) - tie_number(school, EAST))

    names = (f"S{number:06}" for number in itertools.count())
    return list(itertools.islice((name for name in names if 2e-4 < distance(name) < 8e-3), count))


@pytest.mark.parametrize("start", range(0, 24, 6))
def test_of_two_anchors_the_lesser_tie_number_takes_the_school(start: int) -> None:
    # Each close school sends 30 students to either anchor: only the tie numbers tell where it belongs.
    schools = close_schools(24)[start : start + 6]
    own = {"F1": WEST, "F2": WEST, "G1": EAST, "G2": EAST}
    rows = [(school, anchor, 8, 40) for school, anchor in own.items()]
    rows += [(school, anchor, 8, 30) for school in schools for anchor in (WEST, EAST)]
    ids = [WEST, EAST, *own, *schools]
    table = pd.DataFrame({"school_id": ids, "name": ids, "grades": ["9-12"] * 2 + ["6-8"] * (len(ids) - 2)})
    table = table.assign(lat=[f"{38 + 0.01 * number:.2f}" for number in range(len(ids))], lon="-98.0")
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students"]).astype(str)
    scenario = read_scenario(schools=table, flows=flows)
    tables, cache = build_feeder_tables(scenario), SolutionCache()

    def where(cache: SolutionCache, **settings: object) -> dict[str, str]:
        request = build_request(scenario, parse_parameters({"maximum_schools": 40, **settings}))
        candidates = generate_candidates(tables, [WEST, EAST], request)
        answer = solve(candidates, request, resources=Resources(cache=cache))
        return {school: anchor for anchor, feeders in answer.membership.items() for school in feeders}

    expected = {school: min((WEST, EAST), key=lambda anchor: tie_number(school, anchor)) for school in schools}
    assert {school: where(SolutionCache())[school] for school in schools} == expected
    # What was found with each school on the other side is a start for the next solution, and changes nothing in it.
    for school in schools:
        where(cache, keep_together=[[school, "F1" if expected[school] == EAST else "G1"]])
    assert {school: where(cache)[school] for school in schools} == expected
