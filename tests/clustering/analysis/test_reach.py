"""What forcing a school the other way costs, against trying everything, and the sentences that say so."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from clustering import InputError, ZonePlanner, explain_reach, parse_parameters, read_scenario
from clustering.errors import InfeasibleError
from clustering.zones.solver import ExactSearch, Resources, value_if
from tests.examples.toy_district import (
    EAST,
    ELM,
    EXACT,
    OAK,
    PINE,
    WEST,
    toy_flows,
    toy_planner,
    toy_scenario,
    toy_schools,
)
from tests.oracles.brute_force import all_by_brute_force, best_plan, random_instance


@pytest.mark.parametrize("block", range(4))
def test_the_value_with_a_school_forced_the_other_way_is_that_of_brute_force(block: int) -> None:
    tried = 0
    for seed in range(5000 + block * 25, 5025 + block * 25):
        graph, candidates, request = random_instance(seed, plain=seed % 2 == 0)
        search = ExactSearch(candidates, request, Resources())
        try:
            search.solve(lambda fraction: None, with_costs=False)
        except InfeasibleError:
            continue
        plans = list(all_by_brute_force(graph, candidates, request))
        for each in candidates:
            for school in each.schools:
                for inside in (True, False):
                    anchor = each.anchor_id
                    best = best_plan(
                        plans,
                        lambda zones, a=anchor, s=school, i=inside: (s in zones.get(a, ())) == i,  # type: ignore[misc]
                    )
                    value = value_if(search, anchor, school, inside=inside)
                    expected = -math.inf if best is None else best
                    assert value == pytest.approx(expected, abs=1e-3), (seed, anchor, school, inside)
                    tried += 1
    assert tried > 50


def test_the_toy_district_by_hand() -> None:
    # Both anchors: West with Oak, Elm and E1 to E4 scores 278.75, East with Pine, E5 and E6 166.25: 445 in all.
    parameters = parse_parameters({**EXACT, "identification": "graduation_rate<0.9"})
    table = explain_reach(toy_planner(), parameters).set_index(["anchor_id", "school_id"])
    oak, pine, e4 = table.loc[(WEST, OAK)], table.loc[(WEST, PINE)], table.loc[(EAST, "0004")]
    assert oak["decision"] == "in"
    assert oak["bound_by"] == "score"
    # Without Oak, E1 has no way and of E2's students 9 of 50 arrive, which is too few: 50 + 30 + 28.75 less. In East,
    # Oak, E1 and E2 add 25 + 15 + 7.5 again.
    assert oak["loss_students"] == pytest.approx(108.75 - 47.5, abs=0.001)
    # Of Pine's 120 students 20 go to West, and of those who go to Pine as few.
    assert (pine["decision"], pine["zone_id"]) == ("another Zone", f"zone-{EAST}")
    assert pine["bound_by"] == "minimum_arrival_share"
    # It sends 20 of 120 into the Zone, and as many arrive. A limit excludes it: no score has it in the Zone.
    assert pine[["students_to_zone", "promoted_students", "kept_share", "arrival_share"]].tolist() == [
        *(20.0, 120.0),
        *(0.166667, 0.166667),
    ]
    assert pine[["marginal_students", "loss_students"]].isna().all()
    # All of E5's 50 go to Pine, none into the Zone; with Pine in it a sixth would arrive.
    e5 = table.loc[(WEST, "0005")]
    assert e5[["students_to_zone", "promoted_students", "kept_share", "arrival_share"]].tolist() == [
        *(0.0, 50.0),
        *(0.0, 0.166667),
    ]
    assert "at most 17% of those it promotes could reach it" in pine["reason"]
    assert "minimum_arrival_share is 0.2." in pine["reason"]
    assert table.loc[(WEST, "0005"), "bound_by"] == "minimum_arrival_share"
    # E4 adds 30 to West and 1.25 * 20 * 5 / 6 - 15 to East.
    assert (e4["decision"], e4["zone_id"], e4["bound_by"]) == ("another Zone", f"zone-{WEST}", "another Zone")
    assert e4["loss_students"] == pytest.approx(24.167, abs=0.001)
    assert "24.2 students a year lower" in e4["reason"]
    assert table.loc[(EAST, PINE), "decision"] == "in"
    assert (WEST, ELM) in table.index


def test_only_anchors_of_the_request_and_the_exact_method_can_be_explained() -> None:
    planner = toy_planner()
    with pytest.raises(InputError, match="not an anchor"):
        explain_reach(planner, parse_parameters({}), anchors=["0001"])
    with pytest.raises(InputError, match="exact"):
        explain_reach(planner, parse_parameters({"method": "greedy"}))


def test_out_of_time_the_reasons_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    planner, parameters = ZonePlanner(toy_scenario()), parse_parameters({"identification": "graduation_rate<0.9"})
    search = planner.search(parameters)
    search.deadline = 0.0
    # Not yet solved with E4 in East, and no time is left to.
    assert value_if(search, EAST, "0004", inside=True) is None
    monkeypatch.setattr("clustering.analysis.reach.value_if", lambda *given, **others: None)
    table = explain_reach(planner, parameters)
    assert table["loss_students"].isna().all()
    # West has six candidates and East seven (see ``toy_district``); of the others a limit decides.
    candidates = table[table["bound_by"] != "minimum_arrival_share"]
    assert len(candidates) == 13
    assert candidates["reason"].str.contains("Time ran out before it was known").all()


def test_limits_are_named_by_what_was_asked() -> None:
    times = pd.DataFrame({"origin": [OAK, ELM], "destination": [WEST, WEST], "minutes": ["5", "5"]})
    scenario = read_scenario(schools=[toy_schools()], flows=[toy_flows()], travel_times=[times])
    table = explain_reach(ZonePlanner(scenario), parse_parameters({"maximum_travel_minutes": 10}))
    # The files give no time for Pine and none for the elementary schools; only those one step away are met.
    by_school = table.set_index("school_id")
    assert by_school.loc[PINE, "bound_by"] == "maximum_travel_minutes"
    weighted = explain_reach(ZonePlanner(scenario), parse_parameters({"travel_weight": 0.1})).set_index("school_id")
    assert weighted.loc[PINE, "bound_by"] == "travel_weight"


def test_a_catchment_that_touches_no_member_binds_before_the_size(tmp_path: Path) -> None:
    # The catchments of West, Elm and E3 hang together; Oak's lies apart. Three schools fill the Zone.
    squares = {WEST: 0, ELM: 1, "0003": 2, OAK: 9, "0001": 10, PINE: 20}
    catchments = gpd.GeoDataFrame(
        {"school_id": list(squares), "geometry": [box(-98 + x, 38, -97 + x, 39) for x in squares.values()]}, crs=4326
    )
    catchments.to_file(tmp_path / "catchments.geojson", driver="GeoJSON")
    files = {"schools": [toy_schools()], "flows": [toy_flows()], "catchments": [tmp_path / "catchments.geojson"]}
    scenario = read_scenario(**files)
    parameters = parse_parameters({"contiguous": True, "maximum_schools": 3})
    table = explain_reach(ZonePlanner(scenario), parameters).set_index("school_id")
    assert list(table.index[table["decision"] == "in"]) == ["0003", ELM]
    assert table.loc[OAK, "bound_by"] == "contiguous"
    assert "left out of this Zone" in table.loc[ELM, "reason"]


def test_what_decides_is_no_matter_of_names() -> None:
    # Oak must keep together with a school that is two steps away, whose name has a word of another reason in it.
    schools = toy_schools()
    schools.loc[4, "name"] = "Pine Midlevel School"
    parameters = parse_parameters({"maximum_steps": 1, "keep_together": f"{OAK}+0005"})
    oak = explain_reach(toy_scenario(schools), parameters).set_index("school_id").loc[OAK]
    assert oak["bound_by"] == "keep_together"
    expected = "It must keep together with Pine Midlevel School (0005), which is not within reach of the anchor."
    assert oak["reason"] == expected
