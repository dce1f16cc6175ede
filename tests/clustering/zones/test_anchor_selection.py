"""Which low-performing high schools a Zone is proposed for."""

from __future__ import annotations

import pandas as pd

from clustering.zones.anchor_selection import AnchorSelection, select_anchors
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from tests.examples.toy_district import EAST, WEST, toy_scenario


def select(certainties: dict[str, str], **settings: object) -> AnchorSelection:
    decisions = pd.DataFrame(
        {"certainty": certainties.values(), "identified": [each == "certain" for each in certainties.values()]},
        index=pd.Index(certainties, name="school_id"),
    )
    return select_anchors(decisions, build_request(toy_scenario(), parse_parameters(settings)))


def test_those_identified_are_the_anchors() -> None:
    assert select({WEST: "certain", EAST: "no"}).anchors == (WEST,)


def test_those_possible_are_anchors_on_request_only() -> None:
    certainties = {WEST: "possible", EAST: "certain"}
    assert select(certainties).anchors == (EAST,)
    assert select(certainties, include_possible=True).anchors == (WEST, EAST)


def test_a_lock_or_a_limit_excludes_an_anchor_and_is_kept_with_it() -> None:
    selection = select({WEST: "certain", EAST: "certain"}, force_out=WEST)
    assert selection.anchors == (EAST,)
    assert {school: [rule.parameter for rule in rules] for school, rules in selection.excluded.items()} == {
        WEST: ["force_out"]
    }
