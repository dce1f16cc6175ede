"""The parts of every Zone's numbers add up, on the sample state and on random Zones, whatever the request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clustering import ZoneMetrics, parse_parameters, read_scenario
from clustering.zones.metrics import evaluate_zones
from clustering.zones.planner import ZonePlanner
from tests.examples.split_city import ALDER, CROSS, FAR, FAR_MIDDLE, HOME, HOME_MIDDLE, split_city

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
SETTINGS: list[dict[str, object]] = [
    {},
    {"score_by": "moves", "minimum_arrival_share": 0},
    {"shared_feeders": True, "count_exits": True},
    {"merge_shared_share": 0.1, "minimum_arrival_share": 0},
]


def assert_parts_add_up(metrics: ZoneMetrics, *, count_exits: bool) -> None:
    leaked = (
        metrics.leaked_to_other_zones_students
        + metrics.leaked_to_other_schools_students
        + metrics.leaked_to_unlisted_students
        + metrics.leaked_to_unknown_students
        + metrics.leaked_further_on_students
    )
    assert metrics.promoted_students - metrics.retained_students == pytest.approx(leaked, abs=2e-3)
    counted = metrics.promoted_students + count_exits * metrics.exit_students
    assert metrics.leakage == pytest.approx((leaked + count_exits * metrics.exit_students) / counted, abs=1e-5)
    entering = (
        metrics.entering_from_feeders_students
        + metrics.entering_from_other_zones_students
        + metrics.entering_from_other_schools_students
        + metrics.entering_from_unlisted_students
    )
    assert metrics.entering_students == pytest.approx(entering, abs=2e-3)
    parts = (
        *(metrics.leaked_to_other_zones_students, metrics.leaked_to_other_schools_students),
        *(metrics.leaked_further_on_students, metrics.entering_from_other_schools_students),
    )
    assert min(parts) >= -1e-3


@pytest.fixture(scope="module")
def sample() -> ZonePlanner:
    return ZonePlanner(read_scenario(schools=[SAMPLE / "schools.csv"], flows=[SAMPLE / "promotions.csv"]))


@pytest.mark.parametrize("settings", SETTINGS)
def test_parts_add_up_on_the_sample_state(settings: dict[str, object], sample: ZonePlanner) -> None:
    parameters = parse_parameters({"check_suppressed": False, **settings})
    proposal = sample.propose(parameters)
    assert len(proposal.zones) >= 3
    for zone in proposal.zones:
        assert_parts_add_up(zone.metrics, count_exits=parameters.count_exits)
        metrics = zone.metrics
        assert metrics.retention is not None
        assert metrics.retention_low is not None
        assert metrics.retention_high is not None
        assert metrics.retention_low - 1e-6 <= metrics.retention <= metrics.retention_high + 1e-6
        # Members with their students and Zones with their levels tell the same number.
        if parameters.score_by == "arrival" and not zone_is_merged(zone.members):
            arriving = sum(member.arriving_students or 0.0 for member in zone.members)
            assert arriving == pytest.approx(metrics.retained_students, abs=0.02)
    further_on = [zone.metrics.leaked_further_on_students for zone in proposal.zones]
    assert (max(further_on) > 0) == (parameters.score_by == "arrival")


def zone_is_merged(members: object) -> bool:
    return sum(member.role == "anchor" for member in members) > 1  # type: ignore[attr-defined]


def test_who_leaves_further_on_by_hand() -> None:
    planner = ZonePlanner(split_city())
    solved = planner.solve(planner.select_anchors(parse_parameters({"disclosure": "exact"})), 5.0)
    feeders = (CROSS, FAR, FAR_MIDDLE, HOME, HOME_MIDDLE)
    found = evaluate_zones(solved.tables, {ALDER: feeders}, solved.request)[ALDER]
    # Far Middle's 300 leave at once; six of seven of the 120 and the 40 who go there leave after that.
    assert found.leaked_to_other_schools_students == 300
    assert found.leaked_further_on_students == pytest.approx(160 * 6 / 7, abs=1e-3)
    near = evaluate_zones(solved.tables, {ALDER: (CROSS, HOME, HOME_MIDDLE)}, solved.request)[ALDER]
    # 200 of 250 enter from the Zone; Cross Elementary's 40 leave at once.
    assert (near.leaked_to_other_schools_students, near.leaked_further_on_students) == (40, 0)
    assert (near.coverage, near.entering_from_other_schools_students) == (0.8, 50)


def test_what_is_retained_on_a_way_with_a_suppressed_count_is_suppressed() -> None:
    planner = ZonePlanner(split_city())
    solved = planner.solve(planner.select_anchors(parse_parameters({"disclosure": "exact"})), 5.0)
    links = solved.tables.links
    is_cross = ((links["origin"] == CROSS) & (links["destination"] == HOME_MIDDLE)).to_numpy()
    tables = replace(solved.tables, is_suppressed=is_cross)
    found = evaluate_zones(tables, {ALDER: (CROSS, HOME, HOME_MIDDLE)}, solved.request)[ALDER]
    # Cross Elementary's 60 of 360.
    assert found.suppressed_share == round(60 / 360, 6)
    to_alder = (links["destination"] == ALDER).to_numpy()
    tables = replace(solved.tables, is_suppressed=to_alder)
    found = evaluate_zones(tables, {ALDER: (CROSS, HOME, HOME_MIDDLE)}, solved.request)[ALDER]
    assert found.suppressed_share == 1
