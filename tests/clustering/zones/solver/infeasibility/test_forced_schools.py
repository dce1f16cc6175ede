"""Locks that no Zone can keep: the errors name every anchor, every limit and the school in the way."""

from __future__ import annotations

import pytest

from clustering import InfeasibleError, InputError, parse_parameters, propose_zones
from tests.examples.toy_district import EAST, OAK, PINE, WEST, toy_planner

BOTH = "official:designation=CSI"
FIFTH = "0005"


def violations(**settings: object) -> list[str]:
    with pytest.raises(InfeasibleError) as caught:
        propose_zones(toy_planner(), parse_parameters(settings))
    return list(caught.value.violations)


def test_too_many_steps() -> None:
    assert violations(force_in="0001", maximum_steps=1) == [
        "E1 (0001) is forced in, but reaches anchor West High (0010) in 2 steps, and maximum_steps is 1."
    ]


def test_a_school_too_few_of_whose_students_arrive_is_in_the_way() -> None:
    # Of Pine's 120 students 20 go on to West; protected, 22 (20 to 24) of 124.
    (label,) = violations(force_in=FIFTH)
    assert label == (
        "E5 (0005) is forced in, but reaches anchor West High (0010) through Pine Middle (0009), which sends too few"
        " students on to the anchor: at most 18% of those it promotes could reach it inside the Zone, and"
        " minimum_arrival_share is 0.2."
    )


def test_a_school_forced_out_is_in_the_way() -> None:
    assert violations(force_in=FIFTH, force_out=PINE) == [
        "E5 (0005) is forced in, but reaches anchor West High (0010) through Pine Middle (0009), which is forced out."
    ]


def test_every_limit_on_the_way_is_named() -> None:
    # Pine is 0.01 degrees from West, E5 0.05: about 1.1 and 5.5 km.
    (label,) = violations(force_in=FIFTH, maximum_distance_km=1, levels="high")
    middle, elementary = (
        f"of the level {level}, and the levels asked for are high" for level in ("middle", "elementary")
    )
    assert label == (
        "E5 (0005) is forced in, but reaches anchor West High (0010) through Pine Middle (0009),"
        f" which is {middle} and is 1.1 km away, and the limit is 1 km,"
        f" and is {elementary}, and is 5.5 km away, and the limit is 1 km."
    )


def test_every_anchor_is_named() -> None:
    west, east = violations(identification=BOTH, force_in=PINE, maximum_distance_km=1)
    assert west.startswith("Pine Middle (0009) is forced in, but for anchor West High (0010) it is 1.1 km away")
    assert east.startswith("Pine Middle (0009) is forced in, but for anchor East High (0011) it is 2.2 km away")


def test_the_school_to_keep_together_with_is_named() -> None:
    label = violations(identification=BOTH, keep_together=f"{OAK}+{PINE}", force_out=PINE, force_in=OAK)
    assert len(label) == 2
    assert all("it must keep together with Pine Middle (0009), which is forced out." in each for each in label)


def test_anchors_to_keep_together_are_sent_to_merge_anchors() -> None:
    parameters = parse_parameters({"identification": BOTH, "keep_together": f"{EAST}+{WEST}"})
    proposal = propose_zones(toy_planner(), parameters)
    remedy = "which is another anchor: name both in merge_anchors to give them one Zone."
    assert [anchor.reason_without_zone for anchor in proposal.anchors] == [
        f"West High (0010) must keep together with East High (0011), {remedy}",
        f"East High (0011) must keep together with West High (0010), {remedy}",
    ]


def test_merging_an_anchor_that_is_forced_out_says_so() -> None:
    parameters = parse_parameters({"identification": BOTH, "merge_anchors": f"{EAST}+{WEST}", "force_out": EAST})
    with pytest.raises(InputError, match="cannot be an anchor of this request: it is forced out"):
        propose_zones(toy_planner(), parameters)
