"""The straight line: metrics and reasons by hand, determinism, suppressed cells, protection."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import (
    InputError,
    Proposal,
    parse_parameters,
    proposal_document,
    propose_zones,
    scenario_from_bytes,
    scenario_to_bytes,
    zones_geojson,
)
from clustering.disclosure.policy import parse_policy
from clustering.disclosure.protection import Protection
from tests.examples.toy_district import EAST, ELM, EXACT, MOVES, OAK, PINE, WEST, toy_flows, toy_scenario, toy_schools

BOTH = "official:designation=CSI"
# Year and grade that students leave or enter, by school.
OF_GRADE = {
    **{f"{number:04d}": [(2022, 5)] for number in range(1, 7)},
    **{middle: [(2022, 8), (2023, 6)] for middle in (OAK, ELM, PINE)},
    **{high: [(2023, 9)] for high in (WEST, EAST)},
}


def propose(flows: pd.DataFrame | None = None, schools: pd.DataFrame | None = None, **settings: object) -> Proposal:
    return propose_zones(toy_scenario(schools, flows), parse_parameters({"identification": BOTH, **settings}))


def test_a_request_may_be_a_dictionary_and_inputs_must_be_a_scenario() -> None:
    as_names = propose_zones(toy_scenario(), {"identification": BOTH, "maximum_schools": 5})
    assert proposal_document(as_names) == proposal_document(propose(maximum_schools=5))
    for given in ("schools.csv", None):
        with pytest.raises(TypeError, match="scenario is of type .*; give the Scenario that read_scenario answers"):
            propose_zones(given)  # type: ignore[arg-type]


def test_metrics_by_hand() -> None:
    west, east = propose(**EXACT).zones
    assert (west.zone_id, east.zone_id) == ("zone-0010", "zone-0011")
    found = west.metrics
    assert found.school_count == 7
    assert found.enrolment_students == 900 + 2 * 500 + 4 * 300
    assert found.enrolment_missing_count == 0
    assert found.promoted_students == 430
    # Oak 60, Elm 90, E1 36, E2 33, E3 54, E4 36.
    assert found.retained_students == 309
    assert found.retention == round(309 / 430, 6)
    assert found.leakage == round(121 / 430, 6)
    # Oak and Elm to East 40 + 10, E4 to Pine 20: all of it into the other Zone.
    assert found.leaked_to_other_zones_students == 70
    assert found.leaked_to_other_schools_students == 0
    # The rest goes to Oak or Elm and then to East: 24 of E1, 17 of E2, 6 of E3, 4 of E4.
    assert found.leaked_further_on_students == 51
    assert found.coverage == round(150 / 170, 6)
    assert found.score == 278.75
    assert east.metrics.coverage == round(100 / 150, 6)
    assert east.metrics.score == 166.25


def test_metrics_by_hand_in_moves() -> None:
    west, east = propose(**MOVES, **EXACT).zones
    # Of 430 promoted students all but Oak's 40, Elm's 10 and E4's 20 have their next school in the Zone.
    assert (west.metrics.promoted_students, west.metrics.retained_students) == (430, 360)
    assert west.metrics.leaked_further_on_students == 0
    assert (west.metrics.score, east.metrics.score) == (342.5, 185)


def test_members_come_with_the_sentence_an_analyst_needs() -> None:
    west = propose(**EXACT).zones[0]
    assert [member.school_id for member in west.members] == [WEST, OAK, ELM, "0001", "0002", "0003", "0004"]
    assert [member.steps for member in west.members] == [0, 1, 1, 2, 2, 2, 2]
    by_id = {member.school_id: member for member in west.members}
    assert by_id[ELM].reason == (
        "90% of Elm Middle's promoted students (90 of 100 a year) go to West High and make up 53% of its known entering"
        " students (90 of 170). Outside the Zone, 10% (10) go to East High."
    )
    assert by_id["0002"].reason == (
        "80% of E2's promoted students (40 of 50 a year) go to Oak Middle and make up 40% of its known entering"
        " students (40 of 100). Another 20% (10) go to Elm Middle (9% of its 110 known entering students). 66% of E2's"
        " students (33 of 50 a year) reach West High inside the Zone, if each school's students go on in its usual"
        " shares."
    )
    assert (by_id["0004"].kept_share, by_id["0004"].arrival_share) == (round(40 / 60, 6), 0.6)
    assert by_id[WEST].reason.endswith(
        "The Zone's 6 feeders send 88% of its known entering students (150 of 170 a year)."
    )
    assert by_id["0001"].distance_km == pytest.approx(9.989, abs=0.002)


def test_what_rests_on_intervals_is_said_to_be_about_so_much() -> None:
    west = propose().zones[0]
    by_id = {member.school_id: member for member in west.members}
    # 85 to 99 and 10 to 14: 92 of 104. West has 62 + 92 + 22 = 176, of 55 to 69, 85 to 99 and Pine's 20 to 24.
    assert by_id[ELM].reason == (
        "About 88% of Elm Middle's promoted students (92 of 104 a year) go to West High and make up about 52% of its"
        " known entering students (92 of 176). Outside the Zone, about 12% (12) go to East High."
    )
    assert by_id[WEST].reason.endswith(
        "The Zone's 6 feeders send about 88% of its known entering students (about 154 of 176 a year)."
    )
    # 154 of 176, and of Pine's 20 to 24 as many or as few as there can be.
    metrics = west.metrics
    assert metrics.coverage == round(154 / 176, 6)
    assert (metrics.coverage_low, metrics.coverage_high) == (round(140 / 164, 6), round(168 / 188, 6))


def test_leaked_students_are_told_apart() -> None:
    extra = pd.DataFrame(
        [(OAK, "9999", "8", "30"), (OAK, EAST, "8", "10"), (OAK, "", "8", "50")],
        columns=["origin", "destination", "grade", "students"],
    ).assign(next_grade=["9", "9", ""], school_year="2022-23")
    flows = pd.concat([toy_flows(), extra], ignore_index=True)
    settings = {**EXACT, "identification": "graduation_rate<0.67", "force_out": PINE}
    (zone,) = propose(flows, **settings).zones
    # Out of West's feeders Oak (60 + 50 + 30), Elm 100, E1 60, E2 50, E3 60, E4 60 = 470. Of those arrive Oak's 60,
    # Elm's 90, 60 of 140 of the hundred that E1 and E2 send to Oak, and nine in ten of 10 + 60 + 40 who go to Elm.
    retained = 60 + 90 + 100 * 60 / 140 + 99
    assert zone.metrics.promoted_students == 470
    assert zone.metrics.leaked_to_unlisted_students == 30
    assert zone.metrics.leaked_to_other_zones_students == 0
    assert zone.metrics.leaked_to_other_schools_students == 40 + 10 + 10 + 20
    assert zone.metrics.leaked_further_on_students == pytest.approx(100 * 80 / 140 + 11, abs=1e-3)
    assert zone.metrics.exit_students == 50
    assert zone.metrics.score == pytest.approx(retained - 0.25 * (470 - retained), abs=1e-3)
    (counted,) = propose(flows, **settings, count_exits=True).zones
    # With Oak's fifty who left, 60 of 190 go on.
    retained = 60 + 90 + 100 * 60 / 190 + 99
    assert counted.metrics.retention == pytest.approx(retained / 520, abs=2e-6)
    assert counted.metrics.score == pytest.approx(retained - 0.25 * (520 - retained), abs=1e-3)


def test_those_who_left_are_not_counted_where_nothing_is_shown_of_them() -> None:
    left = pd.DataFrame([(OAK, "", "8", "50", "", "2022-23")], columns=list(toy_flows()))
    scenario = toy_scenario(flows=pd.concat([toy_flows(), left], ignore_index=True))
    coarser = Protection(policy=parse_policy("standard"), method="coarser grades")
    scenario = replace(scenario, protections={"protected": coarser})
    assert propose_zones(scenario, {"identification": BOTH}).zones
    with pytest.raises(InputError, match="nothing is known of those who left"):
        propose_zones(scenario, {"identification": BOTH, "count_exits": True})
    (exact, _) = propose_zones(scenario, {"identification": BOTH, "count_exits": True, **EXACT}).zones
    assert exact.metrics.exit_students == 50


def test_schools_and_links_are_marked() -> None:
    proposal = propose(identification="graduation_rate<0.67", maximum_schools=4)
    assert proposal.schools["role"].value_counts().to_dict() == {"outside": 7, "feeder": 3, "anchor": 1}
    inside = proposal.links[proposal.links["zone_id"].notna()]
    assert set(zip(inside["origin"], inside["destination"], strict=True)) == {
        *[("0003", ELM), (OAK, WEST), (ELM, WEST)]
    }


def test_possible_anchors_are_listed_and_proposed_only_when_asked() -> None:
    schools = toy_schools()
    schools.loc[10, "graduation_rate"] = "60-69"
    by_rate = propose(schools=schools, identification="graduation_rate<0.67")
    assert [(anchor.school_id, anchor.certainty, anchor.zone_id) for anchor in by_rate.anchors] == [
        (WEST, "certain", "zone-0010"),
        (EAST, "possible", None),
    ]
    assert "include_possible" in (by_rate.anchors[1].reason_without_zone or "")
    parameters = propose(schools=schools, identification="graduation_rate<0.67", include_possible=True)
    assert [anchor.zone_id for anchor in parameters.anchors] == ["zone-0010", "zone-0011"]


def test_anchor_forced_out_is_reported_with_its_reason() -> None:
    proposal = propose(force_out=EAST)
    assert proposal.anchors[1].reason_without_zone == "It is forced out."
    assert [zone.anchor_id for zone in proposal.zones] == [WEST]


def test_suppressed_cells_that_decide_are_reported() -> None:
    # Let Oak's flow to West be suppressed, so that Oak hangs by 1 to 9 students beside the 40 to East.
    flows = toy_flows()
    flows.loc[8, "students"] = "*"
    settings: dict[str, object] = {
        "identification": "graduation_rate<0.67",
        "minimum_arrival_share": 0.15,
        "leakage_weight": 0.1,
    }
    settings["force_out"] = PINE
    proposal = propose(flows, **settings)
    # 1 of 41 and 5 of 45 are below 15%; 9 of 49 are above, and with it of E1, and at this weight one in eleven pays.
    # Of E2's students 9 of 50 arrive by way of Elm.
    assert [member.school_id for member in proposal.zones[0].members] == [WEST, ELM, "0002", "0003", "0004"]
    assert (proposal.zones[0].changes_at_low, proposal.zones[0].changes_at_high) == (False, True)
    assert any(
        "0 of 1 Zones have other members or cannot be formed; at its greatest, 1 of 1" in note
        for note in proposal.notes
    )
    unchecked = propose(flows, **settings, check_suppressed=False)
    assert unchecked.zones[0].changes_at_low is None


def test_protection_makes_small_differences_vanish_from_everything() -> None:
    """Inputs that differ in small counts or within classes alone give the same bytes; each grade has 200."""
    grades = [(school, year, grade, 200) for school in OF_GRADE for year, grade in OF_GRADE[school]]
    enrolment = pd.DataFrame(grades, columns=["school_id", "year", "grade", "students"])
    standard = Protection(policy=parse_policy("standard"), method="single years")

    def document(small: str, large: str, **settings: object) -> str:
        flows = toy_flows()
        flows.loc[1, "students"] = small
        # Oak's 60 to West are told, for its others hide how many left.
        flows.loc[9, "students"] = large
        scenario = toy_scenario(flows=flows)
        sizes = enrolment.astype(scenario.grade_enrolment.dtypes.to_dict())
        scenario = replace(scenario, grade_enrolment=sizes, protections={"protected": standard})
        proposal = propose_zones(scenario, {"identification": BOTH, **settings})
        return json.dumps([proposal_document(proposal), zones_geojson(proposal), proposal.links.to_csv()])

    assert document("3", "40") == document("8", "44")
    assert document("3", "40") != document("3", "45")
    assert document("3", "40", disclosure="exact") != document("8", "44", disclosure="exact")


def test_exact_counts_say_that_they_are_not_for_publication() -> None:
    assert any("not for publication" in note for note in propose(disclosure="exact").notes)
    assert not any("not for publication" in note for note in propose().notes)


def test_row_order_identifiers_and_storage_do_not_change_the_answer() -> None:
    document = proposal_document(propose())
    shuffled = propose(toy_flows().sample(frac=1, random_state=1), toy_schools().sample(frac=1, random_state=2))
    assert proposal_document(shuffled) == document
    stored = scenario_from_bytes(scenario_to_bytes(toy_scenario()))
    assert proposal_document(propose_zones(stored, parse_parameters({"identification": BOTH}))) == document


def test_renaming_every_school_renames_the_answer() -> None:
    def renamed(text: pd.Series) -> pd.Series:
        return text.map(lambda school: f"X-{school}")

    flows = toy_flows().assign(
        origin=lambda table: renamed(table["origin"]), destination=lambda t: renamed(t["destination"])
    )
    schools = toy_schools().assign(school_id=lambda table: renamed(table["school_id"]))
    assert {
        zone.anchor_id: [member.school_id for member in zone.members] for zone in propose(flows, schools).zones
    } == {f"X-{zone.anchor_id}": [f"X-{member.school_id}" for member in zone.members] for zone in propose().zones}


def test_inputs_are_left_as_they_were() -> None:
    scenario = toy_scenario()
    before = scenario_to_bytes(scenario)
    propose_zones(scenario, parse_parameters({"identification": BOTH}))
    assert scenario_to_bytes(scenario) == before


def test_progress_runs_from_0_to_1() -> None:
    label: list[tuple[str, float]] = []
    propose_zones(toy_scenario(), progress=lambda stage, fraction: label.append((stage, fraction)))
    fractions = [fraction for _, fraction in label]
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert np.all(np.diff(fractions) >= -1e-9)


def test_zone_outline_holds_its_schools() -> None:
    proposal = propose()
    for zone in proposal.zones:
        points = proposal.schools.geometry.loc[[member.school_id for member in zone.members]]
        assert zone.outline is not None
        assert zone.outline.contains(points.union_all())
        assert zone.outline.exterior.is_ccw  # RFC 7946
    bare = propose(schools=toy_schools().drop(columns=["lat", "lon"]))
    assert [zone.outline for zone in bare.zones] == [None, None]
    assert bare.zones[0].members[1].distance_km is None


def test_every_school_shows_its_feeder_pattern_by_hand() -> None:
    schools = propose().schools
    # Oak sends 60 and 40 of 100, Elm 90 and 10 of 100, Pine 20 and 100 of 120; E2 40 and 10 of 50, E4 40 and 20 of 60.
    assert schools["feeder_pattern"].dropna().to_dict() == {
        **dict.fromkeys(["0001", "0003", "0005", "0006"], "straight"),
        **dict.fromkeys(["0002", "0004", OAK, ELM, PINE], "split"),
    }
    assert schools["dominant_destinations"].loc[[OAK, ELM, PINE, "0004"]].tolist() == [WEST, WEST, EAST, ELM]
    assert schools["dominant_feeders"].loc[[OAK, ELM, PINE, WEST, EAST]].tolist() == ["0001", "0003", "0005", ELM, PINE]
    assert schools["dominant_destinations"].loc[[WEST, EAST]].isna().all()


def test_what_rests_on_suppressed_counts_is_said_by_hand() -> None:
    flows = toy_flows()
    flows.loc[8, "students"] = "-1"  # Oak to West, taken for 5
    (west,) = propose(flows=flows, identification="graduation_rate<0.67", force_in=OAK, **EXACT).zones
    # One in nine of Oak's students arrives, too few for E1. Retained: Oak 5, Elm 90, E3 54, E4 36, and of E2's students
    # 9 by way of Elm and a ninth of 40 by way of Oak.
    by_way_of_oak = 5 + 40 / 9
    assert west.metrics.retained_students == pytest.approx(189 + by_way_of_oak, abs=1e-3)
    assert west.metrics.suppressed_share == pytest.approx(by_way_of_oak / (189 + by_way_of_oak), abs=1e-5)
    assert propose().zones[0].metrics.suppressed_share == 0


def test_a_lock_that_names_no_school_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        propose(force_in="9999", force_out="8888,0001")
    assert [(problem.column, problem.value) for problem in caught.value.problems] == [
        ("force_in", "9999"),
        ("force_out", "8888"),
    ]


def test_a_lock_that_only_some_counts_allow_is_kept_and_reported() -> None:
    flows = toy_flows()
    flows.loc[8, "students"] = "-1"  # Oak to West: 5 of 45 reach a tenth, 1 of 41 do not
    proposal = propose(flows=flows, identification="graduation_rate<0.67", force_in=OAK)
    (west,) = proposal.zones
    assert OAK in [member.school_id for member in west.members]
    assert west.changes_at_low


def test_how_far_shares_can_be_off_by_hand() -> None:
    flows = toy_flows()
    flows.loc[8, "students"] = "-1"  # Oak to West
    flows.loc[11, "students"] = "-1"  # Elm to East
    settings = {"identification": "graduation_rate<0.67", "force_in": OAK, "force_out": PINE}
    (west,) = propose(flows=flows, **settings, **EXACT).zones
    assert [member.school_id for member in west.members[1:]] == [OAK, ELM, "0002", "0003", "0004"]
    # Oak sends 5 (1 to 9) to West and 40 to East, Elm 90 and 5 (1 to 9). Behind them 40 of E2 go to Oak, and 10 of E2,
    # 60 of E3 and 40 of E4 to Elm; E4 loses 20.

    def retention(of_oak: int, lost_by_elm: int) -> float:
        arriving = of_oak + 40 * of_oak / (of_oak + 40) + 90 + 110 * 90 / (90 + lost_by_elm)
        return arriving / (of_oak + 40 + 90 + lost_by_elm + 50 + 60 + 60)

    found = west.metrics
    assert found.retention == pytest.approx(retention(5, 5), abs=3e-6)
    assert found.retention_low == pytest.approx(retention(1, 9), abs=1e-6)
    assert found.retention_high == pytest.approx(retention(9, 1), abs=1e-6)
    # West receives Oak 5, Elm 90 from its feeders and Pine's 20.
    assert found.coverage == round(95 / 115, 6)
    assert (found.coverage_low, found.coverage_high) == (round(91 / 111, 6), round(99 / 119, 6))
    assert "send about 83% of its known entering students" in west.members[0].reason
    certain = propose(**EXACT).zones[0].metrics
    assert certain.retention_low == certain.retention == certain.retention_high


def test_entrants_from_schools_that_no_file_lists_count_and_are_told() -> None:
    extra = pd.DataFrame([("9999", WEST, "8", "170")], columns=["origin", "destination", "grade", "students"]).assign(
        next_grade="9", school_year="2022-23"
    )
    # West's grades reach down to 6 here: its entrants from 9999 come in grade 9 all the same.
    schools = toy_schools()
    schools.loc[9, "grades"] = "6-12"
    proposal = propose(schools=schools, flows=pd.concat([toy_flows(), extra]), identification="graduation_rate<0.67")
    # From Oak 62 and from Elm 92; Pine's 22 and 172 (165 to 179) come from elsewhere.
    assert proposal.zones[0].metrics.coverage == round(154 / 348, 6)
    alone = propose(flows=pd.concat([toy_flows(), extra]), maximum_distance_km=0.1)
    reason = next(anchor.reason_without_zone for anchor in alone.anchors if anchor.school_id == WEST)
    assert reason is not None
    assert reason.endswith(
        "Schools that are not in the schools files send about 172 of the 348 students who are known to enter it from"
        " another school, all of them 9999."
    )


def test_notes_say_what_the_files_lack() -> None:
    proposal = propose(schools=toy_schools().assign(graduation_rate=""), identification="graduation_rate<0.67")
    assert proposal.notes[0].startswith("No high school can be identified: none of the 2 has a graduation rate.")
    assert "designation" in proposal.notes[0]
    flows = toy_flows()
    flows.loc[0, "origin"] = "9999"
    warned = propose(flows=flows)
    assert any("not in the schools files" in note for note in warned.notes)
