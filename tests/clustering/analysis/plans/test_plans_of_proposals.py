"""Every proposal's own tables are plans: read back and scored, they give the proposal's numbers, whatever was asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    InputError,
    Proposal,
    Scenario,
    ZonePlanner,
    evaluate_plan,
    members_table,
    parse_parameters,
    propose_zones,
    read_plan,
    read_scenario,
    schools_table,
    table_bytes,
)
from tests.examples.plans import BOTH, plan_table
from tests.examples.toy_district import EAST, EXACT, OAK, PINE, WEST, toy_flows, toy_planner, toy_scenario

SAMPLE = Path(__file__).parents[4] / "data" / "sample"
FORMS = (members_table, schools_table)
ALL_NINE = tuple(f"{number:04d}" for number in range(1, 10))


def read_again(
    proposal: Proposal, scenario: Scenario, folder: Path, form: Callable[[Proposal], pd.DataFrame]
) -> Proposal:
    path = folder / "again.csv"
    path.write_bytes(table_bytes(form(proposal)))
    parameters = proposal.parameters
    return evaluate_plan(scenario, read_plan(path, scenario, parameters), parameters)


def numbers(proposal: Proposal) -> dict[str, object]:
    """Everything of the Zones but whether suppressed or rounded counts could change them, which no plan is asked."""
    return {zone.zone_id: (zone.name, zone.anchor_id, zone.members, zone.metrics) for zone in proposal.zones}


def breaks(proposal: Proposal) -> list[str]:
    return [note for note in proposal.notes if note.startswith("This plan breaks a limit of the request: ")]


@pytest.mark.parametrize("shared", [{}, {"shared_feeders": True}])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"merge_anchors": f"{EAST}+{WEST}"},
        {"merge_shared_share": 0.9},
        {"levels": "middle"},
        {"merge_anchors": f"{EAST}+{WEST}", "levels": "middle", "maximum_schools": 4},
        {"merge_anchors": f"{EAST}+{WEST}", "distance_weight": 1.0, "count_exits": True},
    ],
)
def test_tables_of_a_proposal_give_its_numbers(
    settings: dict[str, object], shared: dict[str, object], tmp_path: Path
) -> None:
    scenario = toy_scenario()
    # No plan is asked whether suppressed or rounded counts could change it.
    request = {"identification": BOTH, "check_suppressed": False, **settings, **shared}
    proposal = propose_zones(toy_planner(), parse_parameters(request))
    assert proposal.zones
    for form in FORMS:
        again = read_again(proposal, scenario, tmp_path, form)
        assert again.zones == proposal.zones, form
        zones_of_anchors = [anchor.zone_id for anchor in proposal.anchors]
        assert [anchor.zone_id for anchor in again.anchors] == zones_of_anchors, form
        assert again.solution.score == proposal.solution.score, form
        assert breaks(again) == [], form


@pytest.fixture(scope="module")
def sample() -> Scenario:
    return read_scenario(schools=[SAMPLE / "schools.csv"], flows=[SAMPLE / "promotions.csv"])


@pytest.fixture(scope="module")
def planner(sample: Scenario) -> ZonePlanner:
    return ZonePlanner(sample)


@pytest.mark.parametrize(
    "settings",
    [
        {"shared_feeders": True},
        {"merge_shared_share": 0.1},
        {"shared_feeders": True, "merge_shared_share": 0.2, "leakage_weight": 0.1, "maximum_distance_km": 15},
        {"shared_feeders": True, "merge_shared_share": 0.2, "levels": "middle,elementary", "minimum_schools": 2},
    ],
)
def test_tables_of_the_sample_give_its_numbers(
    settings: dict[str, object], sample: Scenario, planner: ZonePlanner, tmp_path: Path
) -> None:
    proposal = planner.propose(parse_parameters({"check_suppressed": False, **settings}))
    several = schools_table(proposal)["zone_id"].str.contains("; ", na=False)
    heads = [sum(member.role == "anchor" for member in zone.members) for zone in proposal.zones]
    # What is to be tested must be there.
    assert several.any() or "shared_feeders" not in settings
    assert max(heads) > 1 or "merge_shared_share" not in settings
    for form in FORMS:
        again = read_again(proposal, sample, tmp_path, form)
        assert numbers(again) == numbers(proposal)
        assert again.solution.score == proposal.solution.score
        assert breaks(again) == []


def score(table: pd.DataFrame, **settings: object) -> Proposal:
    scenario, parameters = toy_scenario(), parse_parameters({**EXACT, "identification": BOTH, **settings})
    return evaluate_plan(scenario, read_plan(table, scenario, parameters), parameters)


def faults(table: pd.DataFrame, **settings: object) -> list[tuple[int | None, str, str]]:
    with pytest.raises(InputError) as caught:
        score(table, **settings)
    return [(problem.row, problem.message, problem.remedy) for problem in caught.value.problems]


def test_a_plan_with_a_shared_feeder_is_scored_by_hand() -> None:
    # Oak promotes 100: 60 to West, 40 to East; E1 sends Oak all of its 60: 36 arrive at West and 24 at East.
    zones = {"west": (WEST, OAK, "0001"), "east": (EAST, OAK, "0001", PINE)}
    proposal = score(plan_table(zones), shared_feeders=True)
    west, east = (zone.metrics for zone in proposal.zones)
    assert (west.promoted_students, west.retained_students, west.score) == (160, 96, 96 - 0.25 * 64)
    # East: 100 + 60 + 120 promoted; 40 + 24 + 100 arrive.
    assert (east.promoted_students, east.retained_students, east.score) == (280, 164, 164 - 0.25 * 116)
    # 40 of Oak's leave the Zone of West for that of East; 60 of Oak's and 20 of Pine's go the other way.
    assert (west.leaked_to_other_zones_students, east.leaked_to_other_zones_students) == (40, 80)
    assert (west.coverage, east.coverage) == (round(60 / 170, 6), round(140 / 150, 6))
    assert proposal.solution.score == 80 + 135
    assert breaks(proposal) == []


def test_a_plan_with_merged_anchors_is_scored_by_hand() -> None:
    # West and East share the Zone: all 100 of Oak stay, all 120 of Pine, and 40 of E6; nothing leaks.
    table = plan_table({"one": (EAST, WEST, OAK, PINE, "0006")}, role=["anchor", "anchor", "", "", ""])
    proposal = score(table, merge_anchors=f"{EAST}+{WEST}")
    (zone,) = proposal.zones
    assert (zone.zone_id, zone.name) == (f"zone-{WEST}", "West High and East High Zone")
    assert [member.school_id for member in zone.members if member.role == "anchor"] == [WEST, EAST]
    metrics = zone.metrics
    assert (metrics.promoted_students, metrics.retained_students, metrics.score) == (260, 260, 260)
    assert (metrics.retention, metrics.leakage) == (1, 0)
    # 170 enter West and 150 East; Oak and Pine send 220 of them.
    assert (metrics.entering_students, metrics.entering_from_feeders_students) == (320, 220)
    assert metrics.coverage == round(220 / 320, 6)
    assert [anchor.zone_id for anchor in proposal.anchors] == [f"zone-{WEST}"] * 2
    assert breaks(proposal) == []
    label = "In the plan, West High (0010) and East High (0011) are merged: they share one Zone."
    assert label in proposal.notes


@pytest.mark.parametrize(
    "marks",
    [
        {"role": ["anchor", "anchor", "", ""]},
        {"anchor": ["yes", "yes", "no", "no"]},
        {"anchor_id": [WEST, EAST, WEST, ""]},
    ],
)
def test_merged_anchors_are_marked_in_any_way(marks: dict[str, list[str]]) -> None:
    plan = read_plan(plan_table({"one": (WEST, EAST, OAK, PINE)}, **marks), toy_scenario())
    assert dict(plan.membership) == {WEST: (OAK, PINE, EAST)}
    assert dict(plan.merged) == {WEST: (WEST, EAST)}


def test_anchors_merged_otherwise_than_asked_are_notes() -> None:
    together = plan_table({"one": (WEST, EAST, OAK)}, role=["anchor", "anchor", ""])
    (label,) = breaks(score(together))
    assert label.endswith("The Zone of 0010 has the anchors 0010, 0011, and the request merges none of them.")
    apart = plan_table({"west": (WEST, OAK, "0001"), "east": (EAST, PINE, "0005")})
    label, other = breaks(score(apart, merge_anchors=f"{EAST}+{WEST}"))
    assert label.endswith("The Zone of 0010 has the anchor 0010, and the request merges those of 0010, 0011.")
    assert "The Zone of 0011 has the anchor 0011" in other


def test_a_school_in_two_zones_is_refused_unless_feeders_are_shared() -> None:
    # The first table names the Zones in two rows, the second in one cell.
    two_rows = plan_table({"west": (WEST, OAK), "east": (EAST, OAK)})
    one_cell = plan_table({"west": (WEST,), "east": (EAST,), "west; east": (OAK,)})
    for table, rows in ((two_rows, [3, 5]), (one_cell, [4])):
        label = faults(table)
        assert [row for row, _, _ in label] == rows
        assert {message for _, message, _ in label} == {"The school stands in another Zone as well."}
        assert "shared_feeders=true" in label[0][2]
        assert [len(zone.members) for zone in score(table, shared_feeders=True).zones] == [2, 2]


def test_a_label_with_a_semicolon_of_its_own_is_one_zone() -> None:
    proposal = score(plan_table({"north; hill": (WEST, OAK), "east": (EAST, PINE)}))
    assert [len(zone.members) for zone in proposal.zones] == [2, 2]


def test_an_anchor_stands_in_its_own_zone_only() -> None:
    table = plan_table({"west": (WEST, OAK, EAST), "east": (EAST, PINE)}, role=["anchor", "", "", "anchor", ""])
    label = faults(table, shared_feeders=True)
    assert [row for row, _, _ in label] == [4, 5]
    assert {message for _, message, _ in label} == {
        "The school is the anchor of a Zone and stands in another Zone as well."
    }


def test_the_reasons_of_a_shared_feeder_name_its_zones() -> None:
    proposal = propose_zones(toy_planner(), parse_parameters({"identification": BOTH, "shared_feeders": True}))
    west, east = ({member.school_id: member.reason for member in zone.members} for zone in proposal.zones)
    reasons = schools_table(proposal).set_index("school_id")["reason"]
    assert reasons[OAK] == f"Zone of West High: {west[OAK]} Zone of East High: {east[OAK]}"
    assert reasons[WEST] == west[WEST]


def test_the_notes_say_which_anchors_were_merged_for_what_they_share() -> None:
    # At 15% only Oak and Pine feed both: 60 + 20 + 40 + 100 = 220 of the 320 who enter either or both. Protected, these
    # are the middles of intervals: 62 + 22 + 42 + 102 = 228 of 228 + 92 + 12 = 332.
    settings = {"identification": BOTH, "minimum_link_share": 0.15, "merge_shared_share": 0.6}

    def label(scenario: Scenario, **more: object) -> list[str]:
        notes = propose_zones(scenario, parse_parameters({**settings, **more})).notes
        return [note for note in notes if note.startswith("Merged by")]

    (note,) = label(toy_scenario(), **EXACT)
    assert "=0.6: 69% of the students" in note
    (note,) = label(toy_scenario())
    assert note.startswith(
        "Merged by merge_shared_share=0.6: about 69% of the students who enter West High (0010) or East High (0011)"
    )
    assert label(toy_scenario(), merge_shared_share=0.7) == []
    assert label(toy_scenario(), merge_anchors=f"{EAST}+{WEST}") == []
    # A small count is taken for 5, whatever it is, if Elm sends East a few, not ten. Elm's 90 are then 85 to 98 of 99
    # at the most, and Pine's 100 are 95 to 108 of the 149 who enter East at the most: 227.5 of 227.5 + 91.5 + 5 = 324.
    few, others = (toy_flows().replace({"students": {"10": count}}) for count in ("3", "8"))
    (note,) = label(toy_scenario(flows=few))
    assert "about 70% of the students" in note
    assert label(toy_scenario(flows=others)) == [note]


def test_a_merged_zone_without_room_names_the_limit() -> None:
    settings = {"identification": BOTH, "merge_anchors": f"{EAST}+{WEST}", "minimum_schools": 2}

    def reasons(**more: object) -> set[str | None]:
        proposal = propose_zones(toy_planner(), parse_parameters({**settings, **more}))
        return {anchor.reason_without_zone for anchor in proposal.anchors}

    (full,) = reasons(maximum_schools=2)
    assert full == (
        "2 merged anchors are to share one Zone, and maximum_schools is 2: there is no room for a feeder. Raise"
        " maximum_schools, or merge fewer anchors."
    )
    # Each anchor has 900 students, the smallest feeder 300.
    (enrolled,) = reasons(maximum_enrolment_students=2000)
    assert enrolled is not None
    assert "have 1,800 students enrolled, and maximum_enrolment_students is 2,000" in enrolled
    (far,) = reasons(maximum_distance_km=1)
    assert far is not None
    assert far.startswith("No feeder is within reach of the merged anchors. Left out: ")
    assert not any("-0.0" in str(reason) for reason in (full, enrolled, far))


def test_a_distance_beyond_the_limit_is_told_with_digits_that_show_it() -> None:
    # A hundredth of a degree of latitude near 38 degrees north is 1.10996 km: Pine to West.
    proposal = propose_zones(toy_planner(), parse_parameters({"maximum_distance_km": 1.1, "minimum_schools": 2}))
    (anchor,) = proposal.anchors
    assert "Pine Middle (0009) is 1.11 km away, and the limit is 1.1 km" in str(anchor.reason_without_zone)
