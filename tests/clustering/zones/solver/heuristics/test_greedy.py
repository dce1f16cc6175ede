"""The greedy method on the toy district: schools forced in, sizes and enrolment, worked out by hand."""

from __future__ import annotations

import pytest

from clustering.errors import InfeasibleError
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from clustering.zones.solver import solve
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_scenario


def solve_toy(anchors: list[str], **settings: object) -> dict[str, tuple[str, ...]]:
    request = build_request(toy_scenario(), parse_parameters({"method": "greedy", **settings}))
    return dict(solve(generate_candidates(build_feeder_tables(toy_scenario()), anchors, request), request).membership)


def test_a_school_that_is_forced_in_comes_with_its_way_to_the_anchor() -> None:
    # Elm and E3 would add more, but E1 reaches West by way of Oak; with both, the Zone is full.
    assert solve_toy([WEST], maximum_schools=3) == {WEST: ("0003", ELM)}
    assert solve_toy([WEST], force_in="0001", maximum_schools=3) == {WEST: ("0001", OAK)}


def test_a_school_whose_way_does_not_fit_is_refused() -> None:
    with pytest.raises(InfeasibleError, match=r"E1 \(0001\) is forced in.*use method=exact"):
        solve_toy([WEST], force_in="0001", minimum_schools=2, maximum_schools=2)


def test_the_school_with_the_greatest_gain_goes_first_and_the_enrolment_limit_holds() -> None:
    # Elm adds 87.5 and Oak 50; West, 900, with Elm, 500, leaves no room for 300 more under 1500.
    assert solve_toy([WEST], minimum_schools=2, maximum_enrolment_students=1500) == {WEST: (ELM,)}


def test_the_first_anchor_takes_a_school_that_both_could_take() -> None:
    found = solve_toy([WEST, EAST], force_in=OAK)
    assert OAK in found[WEST]
    assert OAK not in found[EAST]


def test_shared_feeders_are_in_both_zones() -> None:
    # Everybody adds to the Zone of West by way of Oak or Elm, and to that of East by way of Oak or Pine.
    assert solve_toy([WEST, EAST], shared_feeders=True) == {
        WEST: ("0001", "0002", "0003", "0004", OAK, ELM),
        EAST: ("0001", "0002", "0004", "0005", "0006", OAK, PINE),
    }
