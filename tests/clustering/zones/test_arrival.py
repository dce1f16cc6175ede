"""Arrival: the example of docs/model.md by hand, and every member of whole states by plain pandas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clustering import parse_parameters, propose_zones, read_scenario
from clustering.zones.audit import audit, score_zone
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables, graph_of_tables
from clustering.zones.member_arrival import measure_member_arrival
from clustering.zones.parameters import ProposalParameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.request import ZoneRequest, build_request
from clustering.zones.solver import ZoneSolution, solve
from clustering.zones.zone_flows import flows_of_zones
from tests.examples.split_city import ALDER, CROSS, FAR, FAR_MIDDLE, HOME, HOME_MIDDLE, split_city, with_paths
from tests.examples.toy_district import EXACT, MOVES
from tests.oracles.brute_force import random_instance_of_tables
from tests.oracles.plain_arrival import arrival_by_pandas, arriving_students

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
ALL_FIVE = (CROSS, FAR, FAR_MIDDLE, HOME, HOME_MIDDLE)
NEAR = (CROSS, HOME, HOME_MIDDLE)


def city_request(**settings: object) -> ZoneRequest:
    return build_request(split_city(), parse_parameters(settings))


def shares(feeders: tuple[str, ...], tables: FeederTables | None = None, **settings: object) -> dict[str, float | None]:
    tables = tables or build_feeder_tables(split_city())
    arrivals = measure_member_arrival(tables, {ALDER: feeders}, city_request(**settings))
    return {school: arrival.share for (_, school), arrival in arrivals.items()}


def solve_city(tables: FeederTables, **settings: object) -> ZoneSolution:
    request = city_request(**settings)
    return solve(generate_candidates(tables, [ALDER], request), request, tables=tables)


def test_the_example_of_the_guide_has_its_shares() -> None:
    assert shares(ALL_FIVE) == pytest.approx(
        {HOME_MIDDLE: 1, HOME: 1, FAR_MIDDLE: 50 / 350, FAR: 50 / 350, CROSS: 0.6 + 0.4 * 50 / 350}, abs=1e-6
    )
    assert shares(NEAR) == pytest.approx({HOME_MIDDLE: 1, HOME: 1, CROSS: 0.6})


def test_the_example_of_the_guide_has_its_scores() -> None:
    graph, request = graph_of_tables(build_feeder_tables(split_city()), split_city().schools), city_request()
    retained = 200 + 100 + 50 + 120 / 7 + 60 + 40 / 7
    assert retained == pytest.approx(432.9, abs=0.05)
    assert score_zone(graph, ALDER, ALL_FIVE, request) == pytest.approx(retained - 0.25 * (870 - retained))
    assert score_zone(graph, ALDER, ALL_FIVE, request) == pytest.approx(323.6, abs=0.05)
    assert score_zone(graph, ALDER, NEAR, request) == pytest.approx(360 - 0.25 * 40)


def test_far_schools_stay_out_by_arrival_and_come_in_by_moves() -> None:
    for least in (0.2, 0):
        (zone,) = propose_zones(split_city(), {**EXACT, "minimum_arrival_share": least}).zones
        assert {member.school_id for member in zone.members} == {ALDER, *NEAR}
        assert zone.metrics.score == 350
    (zone,) = propose_zones(split_city(), {**EXACT, **MOVES}).zones
    assert {member.school_id for member in zone.members} == {ALDER, *ALL_FIVE}
    # All stay for a school but the 300 who go from Far Middle to Birch High.
    assert zone.metrics.score == 570 - 0.25 * 300


def test_of_two_middle_schools_with_one_elementary_each_only_the_home_side_is_in() -> None:
    (zone,) = propose_zones(split_city(without=(CROSS,)), EXACT).zones
    assert {member.school_id for member in zone.members} == {ALDER, HOME_MIDDLE, HOME}
    # In moves Far Elementary's 120 pay for the 300 whom Far Middle loses: 1.25 * (50 + 120) - 0.25 * 470 is 95 more.
    (by_moves,) = propose_zones(split_city(without=(CROSS,)), {**EXACT, **MOVES}).zones
    assert by_moves.metrics.score == zone.metrics.score + 95


def test_a_known_path_tells_who_of_a_split_middle_school_arrives() -> None:
    # All of the 40 from Cross Elementary live on Alder's side, none of the 120 from Far Elementary.
    tables = with_paths({(CROSS, FAR_MIDDLE, ALDER): 40, (FAR, FAR_MIDDLE, "BH"): 120})
    assert shares(ALL_FIVE, tables) == pytest.approx(
        {HOME_MIDDLE: 1, HOME: 1, FAR_MIDDLE: 50 / 350, FAR: 0, CROSS: 1}, abs=1e-6
    )
    # Far Middle itself still has one in seven, so that Cross Elementary has Home Middle's 60 only.
    assert solve_city(tables).membership == {ALDER: NEAR}
    assert solve_city(tables).bound == pytest.approx(350, abs=1e-3)
    # Without a limit it comes in if that pays: 1.25 * (50 + 40) - 0.25 * 350 = 25, and Far Elementary stays out.
    free = solve_city(tables, minimum_arrival_share=0)
    assert free.membership == {ALDER: (CROSS, FAR_MIDDLE, HOME, HOME_MIDDLE)}
    assert free.bound == pytest.approx(375, abs=1e-3)


def test_all_students_of_one_elementary_live_on_one_side_of_a_split_middle_school() -> None:
    # With a limit of one in ten, Far Middle may be in. Chained, Far Elementary has 14%; by its paths, half.
    settings = {"minimum_arrival_share": 0.1, "leakage_weight": 0.1}
    chained = solve_city(build_feeder_tables(split_city()), **settings)
    assert chained.membership == {ALDER: ALL_FIVE}
    elsewhere = with_paths({(FAR, FAR_MIDDLE, "BH"): 120})
    assert solve_city(elsewhere, **settings).membership == {ALDER: (CROSS, FAR_MIDDLE, HOME, HOME_MIDDLE)}
    half = with_paths({(FAR, FAR_MIDDLE, ALDER): 60, (FAR, FAR_MIDDLE, None): 60})
    assert shares(ALL_FIVE, half)[FAR] == 0.5
    # At 0.1: 1.1 * (200 + 100 + 60 + 50 + 40 / 7 + 60) - 0.1 * 870.
    assert solve_city(half, **settings).bound == pytest.approx(1.1 * (470 + 40 / 7) - 87, abs=1e-3)


@pytest.mark.parametrize(("least", "expected"), [(0.14, ALL_FIVE), (50 / 350, ALL_FIVE), (0.15, NEAR)])
def test_the_least_share_is_a_limit(least: float, expected: tuple[str, ...]) -> None:
    # At a weight of 0.1 one in eleven pays. One in seven of the students of Far Middle and Far Elementary arrive.
    settings = {"minimum_arrival_share": least, "leakage_weight": 0.1}
    assert solve_city(build_feeder_tables(split_city()), **settings).membership == {ALDER: expected}
    graph = graph_of_tables(build_feeder_tables(split_city()), split_city().schools)
    faults = audit(graph, {ALDER: ALL_FIVE}, city_request(**settings))
    assert [FAR in fault or FAR_MIDDLE in fault for fault in faults] == ([True, True] if expected == NEAR else [])


def test_a_school_that_is_forced_in_need_not_reach_the_least_share() -> None:
    tables = build_feeder_tables(split_city())
    answer = solve_city(tables, force_in=FAR_MIDDLE)
    # Far Middle loses 25 of the score; of Cross Elementary's students 40 / 7 more arrive. Far Elementary stays out: it
    # is not forced in, and one in seven of its students arrive.
    assert answer.membership == {ALDER: (CROSS, FAR_MIDDLE, HOME, HOME_MIDDLE)}
    assert answer.bound == pytest.approx(350 + 1.25 * 50 - 0.25 * 350 + 1.25 * 40 / 7, abs=1e-3)
    both = solve_city(tables, force_in=f"{FAR_MIDDLE},{FAR}")
    assert both.membership == {ALDER: ALL_FIVE}


@pytest.fixture(scope="module")
def sample() -> ZonePlanner:
    return ZonePlanner(read_scenario(schools=[SAMPLE / "schools.csv"], flows=[SAMPLE / "promotions.csv"]))


@pytest.mark.parametrize("settings", [{}, {"minimum_arrival_share": 0, "count_exits": True, "shared_feeders": True}])
def test_the_arrival_of_every_member_of_the_sample_state_is_that_of_plain_pandas(
    settings: dict[str, object], sample: ZonePlanner
) -> None:
    parameters = parse_parameters({"check_suppressed": False, **settings})
    proposal = sample.propose(parameters)
    tables = proposal_tables(sample, parameters)
    promoted = tables.totals["promoted_students"] + parameters.count_exits * tables.totals["exit_students"]
    members = pd.DataFrame(
        [
            (zone.anchor_id, member.school_id, member.role == "anchor")
            for zone in proposal.zones
            for member in zone.members
        ],
        columns=["zone", "school_id", "is_anchor"],
    )
    expected = arrival_by_pandas(tables.links, promoted, members)
    assert len(members) > 20
    for zone in proposal.zones:
        retained = 0.0
        for member in zone.members:
            if member.role == "feeder":
                share = expected[zone.anchor_id, member.school_id]
                assert member.arrival_share == pytest.approx(share, abs=1e-6)
                assert share >= parameters.minimum_arrival_share - 1e-9
                retained += share * promoted[member.school_id]
        assert zone.metrics.retained_students == pytest.approx(retained, abs=1e-3)
        leaked = zone.metrics.promoted_students + parameters.count_exits * zone.metrics.exit_students - retained
        assert zone.metrics.score == pytest.approx(retained - 0.25 * leaked, abs=2e-3)


def proposal_tables(planner: ZonePlanner, parameters: ProposalParameters) -> FeederTables:
    return planner.solve(planner.select_anchors(parameters)).tables


@pytest.mark.parametrize("block", range(4))
def test_arrival_on_random_instances_is_that_of_a_plain_recursion(block: int) -> None:
    known = 0
    for seed in range(block * 40, block * 40 + 40):
        tables, candidates, request = random_instance_of_tables(seed, plain=seed % 4 == 0)
        membership = {each.anchor_id: each.schools for each in candidates}
        flows = flows_of_zones(tables, membership, request)
        exits = request.parameters.count_exits * tables.totals["exit_students"]
        promoted = (tables.totals["promoted_students"] + exits).to_dict()
        for number, each in enumerate(sorted(candidates, key=lambda one: one.anchor_id)):
            expected = arriving_students(
                links_of(tables), promoted, {*each.anchors, *each.schools}, each.anchors, paths_of(tables)
            )
            found = flows.members[flows.members["zone"] == number]
            for place, position in found["position"].items():
                school = tables.totals.index[position]
                if promoted[school] > 0 and school not in each.anchors:
                    arriving = flows.arrival[place] * promoted[school]
                    assert arriving == pytest.approx(expected[school], abs=1e-9), (seed, school)
        known += tables.known_paths is not None
    assert known > 5


def links_of(tables: FeederTables) -> dict[tuple[str, str], float]:
    rows = tables.links[["origin", "destination", "students"]].itertuples(index=False)
    return {(origin, destination): students for origin, destination, students in rows}


def paths_of(tables: FeederTables) -> dict[tuple[str, str], dict[str, float]]:
    if tables.paths is None:
        return {}
    found: dict[tuple[str, str], dict[str, float]] = {}
    for (origin, via), rows in tables.paths.groupby(["origin", "via"]):
        followed = float(rows["students"].sum())
        if followed > 0:
            sums = rows.groupby("destination")["students"].sum()
            found[str(origin), str(via)] = dict(zip(map(str, sums.index), (sums / followed).tolist(), strict=True))
    return found


def test_the_audit_lets_schools_be_that_no_minimum_or_no_choice_binds() -> None:
    graph = graph_of_tables(build_feeder_tables(split_city()), split_city().schools)
    assert audit(graph, {ALDER: ALL_FIVE}, city_request(minimum_arrival_share=0)) == ()
    request = replace(city_request(), parameters=parse_parameters({"keep_together": f"{ALDER}+{FAR_MIDDLE}+{FAR}"}))
    assert audit(graph, {ALDER: ALL_FIVE}, request) == ()
