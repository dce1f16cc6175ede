"""What forcing a school the other way costs, against trying everything, and the sentences that say so."""

from __future__ import annotations

import math

import pytest

from clustering import InputError, ZonePlanner, explain_reach, parse_parameters
from clustering.errors import InfeasibleError
from clustering.solve import ExactSearch, Memory, value_if
from tests.clustering.random_instances import best_by_brute_force, random_instance
from tests.clustering.toy_district import EAST, ELM, OAK, PINE, WEST, toy_scenario


@pytest.mark.parametrize("block", range(4))
def test_the_value_with_a_school_forced_the_other_way_is_that_of_brute_force(block: int) -> None:
    tried = 0
    for seed in range(5000 + block * 20, 5020 + block * 20):
        graph, candidates, limits = random_instance(seed, plain=seed % 2 == 0)
        search = ExactSearch(candidates, limits, Memory())
        try:
            search.solve(lambda fraction: None, with_costs=False)
        except InfeasibleError:
            continue
        for each in candidates:
            for school in each.schools:
                for inside in (True, False):
                    anchor = each.anchor_id
                    best = best_by_brute_force(
                        graph,
                        candidates,
                        limits,
                        lambda zones, a=anchor, s=school, i=inside: (s in zones.get(a, ())) == i,  # type: ignore[misc]
                    )
                    value = value_if(search, anchor, school, inside=inside)
                    expected = -math.inf if best is None else best
                    assert value == pytest.approx(expected, abs=1e-3), (seed, anchor, school, inside)
                    tried += 1
    assert tried > 50


def test_the_toy_district_by_hand() -> None:
    # Both anchors: West with Oak, Elm and E1 to E4 scores 342.5, East with Pine, E5 and E6 185: 527.5 in all.
    asked = parse_parameters({"identification": "graduation_rate<0.9"})
    table = explain_reach(ZonePlanner(toy_scenario()), asked).set_index(["anchor_id", "school_id"])
    oak, pine = table.loc[(WEST, OAK)], table.loc[(WEST, PINE)]
    assert oak["decision"] == "in"
    assert oak["bound_by"] == "score"
    assert pine["decision"] == "another Zone"
    assert pine["zone_id"] == f"zone-{EAST}"
    # With Pine in West, East keeps no way for E5 and E6 and has no Zone: West alone with all nine scores 452.5.
    assert pine["loss_students"] == pytest.approx(75.0, abs=0.001)
    assert "75.0 lower" in pine["reason"]
    # E5 with West, beside Oak and Elm: none of its promotions leads into that Zone.
    assert table.loc[(WEST, "0005"), "bound_by"] == "another Zone"
    assert table.loc[(EAST, PINE), "decision"] == "in"
    assert (WEST, ELM) in table.index


def test_only_anchors_of_the_request_and_the_exact_method_can_be_explained() -> None:
    planner = ZonePlanner(toy_scenario())
    with pytest.raises(InputError, match="not an anchor"):
        explain_reach(planner, parse_parameters({}), anchors=["0001"])
    with pytest.raises(InputError, match="exact"):
        explain_reach(planner, parse_parameters({"method": "greedy"}))
