"""Zones by proof and search together, against a search for all of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from clustering import ProposalParameters, ZonePlanner, read_scenario
from clustering.errors import InfeasibleError
from clustering.zones.audit import Membership
from clustering.zones.candidate_reach import find_reach
from clustering.zones.candidates import generate_candidates, group_anchors
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import ZoneRequest, anchors_of, build_request
from clustering.zones.solver import Resources, solve
from clustering.zones.solver.assignment_proof import prove_assignment
from clustering.zones.solving_ends import find_zones_at_end
from clustering.zones.suppressed_ends import End
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_scenario
from tests.oracles.brute_force import random_instance_of_tables


def by_search(tables: FeederTables, anchors: list[str], request: ZoneRequest) -> Membership | None:
    try:
        return solve(generate_candidates(tables, anchors, request), request, with_costs=False).membership
    except InfeasibleError:
        return None


def by_proof_first(tables: FeederTables, anchors: list[str], request: ZoneRequest) -> Membership | None:
    try:
        return find_zones_at_end(tables, anchors, request, resources=Resources()).membership
    except InfeasibleError:
        return None


def proved_anchors(tables: FeederTables, anchors: list[str], request: ZoneRequest) -> int:
    """Anchors with a Zone that no search is needed for."""
    reach = find_reach(group_anchors(anchors, request), tables, request)
    proof = prove_assignment(reach, tables, request)
    has_zone = np.zeros(len(reach.anchors), dtype=bool)
    has_zone[reach.pairs[proof.is_in] // len(tables.totals)] = True
    return int((has_zone & ~proof.with_dependent(proof.is_open)).sum())


@pytest.mark.parametrize("block", range(5))
def test_proof_and_search_find_what_a_search_finds_on_random_instances_with_every_option(block: int) -> None:
    proved = 0
    for seed in range(block * 100, block * 100 + 100):
        tables, candidates, request = random_instance_of_tables(seed, plain=seed % 2 == 0)
        anchors = [anchor for each in candidates for anchor in anchors_of(request, each.anchor_id)]
        assert by_proof_first(tables, anchors, request) == by_search(tables, anchors, request), seed
        proved += proved_anchors(tables, anchors, request)
    assert proved > 10


SAMPLE = Path(__file__).parents[3] / "data" / "sample"
MANY_ANCHORS = {"include_possible": True, "identification": "graduation_rate<0.8"}


@cache
def sample() -> ZonePlanner:
    names = ("schools.csv", "promotions.csv", "acgr_2223_sample.csv")
    schools, flows, performance = (SAMPLE / name for name in names)
    return ZonePlanner(read_scenario(schools=schools, flows=flows, performance=performance))


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"maximum_schools": 5},
        {"score_by": "moves", "maximum_schools": 30},
        {"minimum_schools": 6, "minimum_arrival_share": 0.5},
        {"shared_feeders": True},
        {"merge_shared_share": 0.05},
        {"maximum_zones": 3},
        {"leakage_weight": 1.0, "disclosure": "exact"},
        {"lock": True},
    ],
    ids=str,
)
def test_a_whole_state_has_the_same_zones_at_both_ends_as_a_search_for_all_finds(
    settings: dict[str, object], end: End
) -> None:
    planner = sample()
    parameters = parse_parameters({**MANY_ANCHORS, **settings_of(settings)})
    selection = planner.select_anchors(parameters)
    full = planner.solve(selection, end, resources=Resources()).solution.membership
    assert full
    assert planner.solve_end(selection, end, resources=Resources()).membership == full


def settings_of(settings: dict[str, object]) -> dict[str, object]:
    """``lock`` forces a school in that no Zone has, and one out that a Zone has."""
    if "lock" not in settings:
        return settings
    planner = sample()
    parameters = parse_parameters(MANY_ANCHORS)
    solved = planner.solve(planner.select_anchors(parameters), 5.0)
    members = {school for feeders in solved.solution.membership.values() for school in feeders}
    outside = sorted({school for each in solved.candidates.values() for school in each.schools} - members)
    return {"force_in": outside[:1], "force_out": sorted(members)[:1]}


def test_two_anchors_of_the_toy_district_need_no_search() -> None:
    # Worked out in ``toy_district``: Pine adds 95 to East and has no way to West, E4 adds 30 to West and 5.8 to East.
    tables, request = build_feeder_tables(toy_scenario()), build_request(toy_scenario(), ProposalParameters())
    groups = group_anchors([EAST, WEST], request)
    reach = find_reach(groups, tables, request)
    proof = prove_assignment(reach, tables, request)
    assert not proof.is_open.any()
    zone, school = np.divmod(reach.pairs[proof.is_in], len(tables.totals))
    held = {group[0]: [*tables.totals.index[school[zone == number]]] for number, group in enumerate(groups)}
    assert held == {WEST: ["0001", "0002", "0003", "0004", OAK, ELM], EAST: ["0005", "0006", PINE]}
    # West wants nothing of East's. East leaves Oak, E1, E2 and E4 to West: it is proved only if West is.
    west, east = (groups.index((anchor,)) for anchor in (WEST, EAST))
    assert {*zip(proof.dependent.tolist(), proof.holder.tolist(), strict=True)} == {(east, west)}
    assert proof.with_dependent(np.arange(2) == west).all()
    assert not proof.with_dependent(np.arange(2) == east)[west]


def test_what_a_limit_binds_in_other_ways_is_searched_for() -> None:
    tables = build_feeder_tables(toy_scenario())
    for settings in ({"maximum_enrolment_students": 3000}, {"maximum_zones": 1}, {"keep_together": [["0001", "0002"]]}):
        request = build_request(toy_scenario(), parse_parameters(settings))
        reach = find_reach(group_anchors([EAST, WEST], request), tables, request)
        assert prove_assignment(reach, tables, request).is_open.all(), settings
    # E6 feeds Pine alone, and Pine is not within reach of West.
    request = build_request(toy_scenario(), parse_parameters({"force_in": ["0006"]}))
    groups = group_anchors([EAST, WEST], request)
    is_open = prove_assignment(find_reach(groups, tables, request), tables, request).is_open
    assert dict(zip(groups, is_open.tolist(), strict=True)) == {(EAST,): True, (WEST,): False}
