"""How many students of each member arrive, how that is known, and the sums by level: by hand."""

from __future__ import annotations

import pytest

from clustering import parse_parameters, propose_zones
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables
from clustering.zones.member_arrival import Arrival, arrival_by_level, measure_member_arrival
from clustering.zones.proposal import LevelArrival
from clustering.zones.request import ZoneRequest, build_request
from tests.examples.split_city import ALDER, BIRCH, CROSS, FAR, FAR_MIDDLE, HOME, HOME_MIDDLE, split_city, with_paths

NEAR = (CROSS, HOME, HOME_MIDDLE)
ALL_FIVE = (CROSS, FAR, FAR_MIDDLE, HOME, HOME_MIDDLE)


def city_request() -> ZoneRequest:
    return build_request(split_city(), parse_parameters({}))


def measure(feeders: tuple[str, ...], tables: FeederTables | None = None) -> dict[str, Arrival]:
    tables = tables or build_feeder_tables(split_city())
    found = measure_member_arrival(tables, {ALDER: feeders}, city_request())
    return {school: arrival for (_, school), arrival in found.items()}


def bases(feeders: tuple[str, ...], tables: FeederTables | None = None) -> dict[str, str | None]:
    return {school: arrival.basis for school, arrival in measure(feeders, tables).items()}


def test_students_come_with_their_share() -> None:
    assert measure(NEAR)[CROSS] == Arrival(
        promoted_students=100, arriving_students=60, share=0.6, basis="chained shares"
    )
    # 120 * 50 / 350.
    assert measure(ALL_FIVE)[FAR].arriving_students == pytest.approx(17.143)


def test_who_goes_straight_into_the_anchor_needs_no_path() -> None:
    assert bases(NEAR) == {HOME_MIDDLE: "direct", HOME: "chained shares", CROSS: "chained shares"}


@pytest.mark.parametrize("basis", ["catchments", "student records"])
def test_known_paths_are_named_alone_or_with_the_shares_of_other_ways(basis: str) -> None:
    tables = with_paths({(CROSS, FAR_MIDDLE, ALDER): 40}, basis=basis)
    # To Far Middle by a known path, to Home Middle by its shares.
    assert bases(ALL_FIVE, tables) == {
        CROSS: f"{basis} and chained shares",
        FAR: "chained shares",
        FAR_MIDDLE: "direct",
        HOME: "chained shares",
        HOME_MIDDLE: "direct",
    }
    assert bases((CROSS, FAR_MIDDLE), tables) == {CROSS: basis, FAR_MIDDLE: "direct"}


def test_a_way_on_which_nobody_arrives_is_not_named() -> None:
    # All of the 40 go on to Birch High: who arrives comes by way of Home Middle.
    tables = with_paths({(CROSS, FAR_MIDDLE, BIRCH): 40})
    assert measure(ALL_FIVE, tables)[CROSS].share == 0.6
    assert bases(ALL_FIVE, tables)[CROSS] == "chained shares"


def test_a_school_that_promotes_nobody_has_no_share() -> None:
    found = measure((BIRCH, HOME_MIDDLE))
    assert (found[BIRCH].promoted_students, found[BIRCH].share) == (0, None)


def test_levels_are_sums_of_their_feeders() -> None:
    levels = arrival_by_level(measure(NEAR), city_request())
    # 100 of 100 and 60 of 100 elementary students, 200 of 200 middle ones.
    assert levels == (
        LevelArrival(
            level="elementary", school_count=2, promoted_students=200, arriving_students=160, arrival_share=0.8
        ),
        LevelArrival(level="middle", school_count=1, promoted_students=200, arriving_students=200, arrival_share=1.0),
    )
    assert arrival_by_level({}, city_request()) == ()


def test_members_and_zones_of_a_proposal_show_the_same() -> None:
    (zone,) = propose_zones(split_city(), {"disclosure": "exact"}).zones
    assert {
        member.school_id: (
            member.promoted_students,
            member.arriving_students,
            member.arrival_share,
            member.arrival_basis,
        )
        for member in zone.members
    } == {
        ALDER: (None, None, None, None),
        HOME_MIDDLE: (200, 200, 1, "direct"),
        HOME: (100, 100, 1, "chained shares"),
        CROSS: (100, 60, 0.6, "chained shares"),
    }
