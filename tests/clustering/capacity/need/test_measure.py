"""The needs of the Zones of a proposal, on the toy district."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from clustering import (
    InputError,
    Scenario,
    ZoneNeeds,
    ZonePlanner,
    evaluate_plan,
    json_bytes,
    measure_zone_needs,
    proposal_document,
    propose_zones,
    read_plan,
)
from tests.clustering.capacity.need.rated_toy import PROFICIENT, rated_toy
from tests.examples.plans import BOTH, plan_table
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_flows, toy_planner, toy_scenario, toy_schools

ZONE = f"zone-{WEST}"
BOTH_ZONES = {"identification": BOTH}
MERGED = {**BOTH_ZONES, "merge_anchors": [[WEST, EAST]]}


def needs_of(scenario: Scenario, request: dict[str, object] | None = None, **options: bool) -> ZoneNeeds:
    return measure_zone_needs(scenario, propose_zones(scenario, request), **options)


def test_a_zone_as_proposed_has_the_students_of_its_schools() -> None:
    needs = needs_of(toy_scenario())
    # Four elementary schools of 300, Oak and Elm of 500, West of 900.
    row = needs.variants.loc[ZONE]
    assert (row["students"], row["students_low"], row["students_high"]) == (3100, 3100, 3100)
    assert row["school_ids"] == ("0001", "0002", "0003", "0004", OAK, ELM, WEST)
    assert (row["variant"], row["school_count"], row["district_ids"]) == ("as proposed", 7, ("01",))
    assert row["levels"] == ("elementary", "high", "middle")


def test_a_zone_has_the_place_and_rate_of_its_anchor() -> None:
    needs = needs_of(toy_scenario())
    zone = needs.zones.loc[ZONE]
    assert (zone["anchor_ids"], zone["latitude"], zone["longitude"]) == ((WEST,), 38.10, -98.0)
    assert (zone["anchor_rate"], zone["anchor_rate_low"], zone["anchor_rate_high"]) == (0.55, 0.55, 0.55)


def test_merged_anchors_have_the_lowest_of_their_rates() -> None:
    scenario = toy_scenario(toy_schools().assign(graduation_rate=[""] * 9 + ["50-59", "54"]), toy_flows())
    zone = needs_of(scenario, MERGED).zones.loc[ZONE]
    assert zone["anchor_ids"] == (WEST, EAST)
    assert (zone["anchor_rate"], zone["anchor_rate_low"], zone["anchor_rate_high"]) == (0.54, 0.5, 0.54)


def test_a_suppressed_rate_is_missing_between_its_ends() -> None:
    scenario = toy_scenario(toy_schools().assign(graduation_rate=[""] * 9 + ["PS", "80"]), toy_flows())
    zone = needs_of(scenario, BOTH_ZONES).zones.loc[ZONE]
    assert pd.isna(zone["anchor_rate"])
    assert (zone["anchor_rate_low"], zone["anchor_rate_high"]) == (0, 1)


def test_planning_can_start_after_the_newest_school_year() -> None:
    # Students of fall 2022 are seen again in fall 2023; fall 2024 is the first without data.
    assert needs_of(toy_scenario()).first_fall == 2024
    undated = toy_scenario(toy_schools(), toy_flows().drop(columns="school_year"))
    assert needs_of(undated).first_fall is None


def test_nothing_is_counted_where_nothing_is_known() -> None:
    schools = toy_schools().drop(columns="enrollment")
    needs = needs_of(toy_scenario(schools, toy_flows()))
    row = needs.variants.loc[ZONE]
    assert row[["students", "students_low", "students_high", "students_below"]].isna().all()
    assert (row["students_unknown_count"], row["students_below_unknown_count"]) == (7, 7)
    assert any("Enrolment is unknown for all 7 schools. Give the enrolment" in note for note in needs.notes)


def test_students_below_the_mark_by_hand() -> None:
    needs = needs_of(rated_toy())
    schools = needs.schools
    # 300 * 0.6 = 180; 500 * 0.5 = 250; 900 * 0.7 = 630; Elm 500 * (1 - 0.245) = 377.5, which is 380 in tens.
    assert schools["students_below"][["0001", OAK, ELM, WEST]].tolist() == [180, 250, 380, 630]
    # Of E3 3 students are below the mark: 0 to 14. Of E4 291 are, since 9 are not: 0 to 14 of 300 are not.
    assert schools["students_below"][["0002", "0003", "0004"]].isna().all()
    ends = schools[["students_below_low", "students_below_high"]]
    assert ends.loc["0003"].tolist() == [0, 14]
    assert ends.loc["0004"].tolist() == [286, 300]
    # Elm is known as 20 to 29 per cent: 500 * 0.71 = 355 to 500 * 0.8 = 400, which are shown as 355 and as up to 404.
    assert ends.loc[ELM].tolist() == [355, 404]
    # 180 + 7 (middle of 0 to 14) + 293 + 250 + 380 + 630 = 1740; nothing is known of E2.
    row = needs.variants.loc[ZONE]
    assert (row["students_below"], row["students_below_unknown_count"]) == (1740, 1)


def test_exact_counts_are_whole_students() -> None:
    needs = needs_of(rated_toy(), {"disclosure": "exact"})
    assert needs.schools["students_below"][["0003", "0004"]].tolist() == [3, 291]
    # 180 + 3 + 291 + 250 + 378 + 630.
    assert needs.variants.loc[ZONE, "students_below"] == 1732
    assert "Counts are exact and not for publication." in needs.notes


def test_the_document_of_a_proposal_gives_the_same_needs() -> None:
    scenario = rated_toy()
    proposal = propose_zones(scenario, MERGED)
    stored = json.loads(json_bytes(proposal_document(proposal)))
    first = measure_zone_needs(scenario, proposal, smaller=True, parts=True)
    second = measure_zone_needs(ZonePlanner(scenario), stored, smaller=True, parts=True)
    for name in ("zones", "variants", "schools"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert (first.notes, first.provenance) == (second.notes, second.provenance)


def test_a_plan_is_measured_as_a_proposal_is() -> None:
    scenario = toy_scenario()
    scored = evaluate_plan(scenario, read_plan(plan_table(), scenario, BOTH_ZONES), BOTH_ZONES)
    needs = measure_zone_needs(scenario, scored, smaller=True)
    # West with Oak, E1, E2; East with Pine, E4, E5, E6: 900 + 500 + 300 for each elementary school.
    proposed = needs.variants[needs.variants["variant"] == "as proposed"]
    assert proposed["students"].to_dict() == {f"zone-{WEST}": 2000, f"zone-{EAST}": 2300}
    assert set(needs.variants.loc[f"zone-{EAST}/3", "school_ids"]) <= {EAST, PINE, "0004", "0005", "0006"}


def test_levels_come_from_the_grades_offered() -> None:
    schools = toy_schools().assign(grades=["K-8"] + ["K-5"] * 5 + ["6-8"] * 3 + ["9-12", "7-12"])
    flows = toy_flows()
    flows.loc[0, ["grade", "next_grade"]] = ["8", "9"]  # E1 goes on after grade 8
    flows.loc[0, "destination"] = WEST
    needs = needs_of(toy_scenario(schools, flows))
    assert needs.schools.loc["0001", "levels"] == ("elementary", "middle")


def test_what_is_no_proposal_of_the_scenario_is_refused() -> None:
    scenario = toy_scenario()
    document = proposal_document(propose_zones(scenario))
    with pytest.raises(InputError, match="not the document of a proposal"):
        measure_zone_needs(scenario, {"zones": []})
    document["zones"][0]["members"][1]["school_id"] = "9999"
    document["zones"][0]["members"][2]["school_id"] = "9998"
    with pytest.raises(InputError) as refused:
        measure_zone_needs(scenario, document)
    assert [problem.value for problem in refused.value.problems] == ["9998", "9999"]


def test_data_that_changed_since_the_proposal_is_told() -> None:
    proposal = propose_zones(toy_planner())
    needs = measure_zone_needs(rated_toy(PROFICIENT), proposal)
    assert any("made of other data" in note for note in needs.notes)
    assert not any("made of other data" in note for note in measure_zone_needs(toy_scenario(), proposal).notes)


def test_progress_runs_from_nothing_to_done() -> None:
    scenario, fractions = toy_scenario(), []
    measure_zone_needs(
        scenario, propose_zones(scenario), smaller=True, progress=lambda stage, fraction: fractions.append(fraction)
    )
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
