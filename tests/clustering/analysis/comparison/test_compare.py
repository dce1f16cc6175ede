"""Comparisons by hand: schools that move, Zones by anchor, totals, and what forbids to compare scores."""

from __future__ import annotations

import io
import json
from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clustering import (
    Comparison,
    InputError,
    Proposal,
    ZonePlanner,
    compare_documents,
    compare_proposals,
    comparison_document,
    evaluate_plan,
    parse_parameters,
    proposal_document,
    propose_zones,
    read_plan,
    render_comparison,
)
from clustering.analysis.plans import evaluation
from tests.examples.plans import BOTH, TODAY, plan_table
from tests.examples.toy_district import EAST, ELM, EXACT, OAK, WEST, toy_flows, toy_planner, toy_scenario
from tests.faulty_files.hostile_names import HOSTILE_NAMES, hostile_scenario

SCENARIO = toy_scenario()
EXACT_JSON, EXACT_MOVES = "comparison-exact-not-for-release.json", "moves-exact-not-for-release.csv"
SCHOOLS = [f"{number:04d}" for number in range(1, 10)]


def propose(flows: pd.DataFrame | None = None, **settings: object) -> Proposal:
    scenario = SCENARIO if flows is None else toy_scenario(flows=flows)
    return propose_zones(scenario, parse_parameters({**EXACT, "identification": BOTH, **settings}))


def score(zones: dict[str, tuple[str, ...]], **settings: object) -> Proposal:
    parameters = parse_parameters({**EXACT, "identification": BOTH, **settings})
    return evaluate_plan(SCENARIO, read_plan(plan_table(zones), SCENARIO, parameters), parameters)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """The plan of ``tests.examples.plans``, and what is proposed."""
    return compare_proposals(score(TODAY), propose())


def test_schools_that_move_come_with_both_reasons(comparison: Comparison) -> None:
    moves = comparison.moves.set_index("school_id")
    assert moves["change"].to_dict() == {"0003": "joins", "0004": "changes Zone", ELM: "joins"}
    changed = moves.loc["0004"]
    assert (changed["zone_id_first"], changed["zone_id_second"]) == ("zone-0011", "zone-0010")
    assert (changed["zone_name_first"], changed["zone_name_second"]) == ("East High Zone", "West High Zone")
    assert changed["reason_first"].startswith("33% of E4's promoted students (20 of 60 a year) go to Pine Middle")
    assert changed["reason_second"].startswith("67% of E4's promoted students (40 of 60 a year) go to Elm Middle")
    assert moves.loc[ELM, ["name", "level", "role_first", "role_second"]].to_list() == [
        "Elm Middle",
        "middle",
        "outside",
        "feeder",
    ]
    assert moves.loc[ELM, ["zone_id_first", "reason_first"]].isna().all()


def test_zones_are_matched_by_anchor(comparison: Comparison) -> None:
    zones = comparison.zones.set_index("anchor_id")
    assert zones["found_in"].to_dict() == {WEST: "both", EAST: "both"}
    # West keeps itself, Oak, E1 and E2; East itself, Pine, E5 and E6.
    assert zones["shared_school_count"].to_dict() == {WEST: 4, EAST: 4}
    # See ``tests.examples.plans`` and ``toy_district``.
    first_of_east = 575 / 3 - 0.25 * (270 - 575 / 3)
    assert zones[["score_first", "score_second", "score_difference"]].to_numpy().tolist() == [
        [97.5, 278.75, 181.25],
        pytest.approx([first_of_east, 166.25, 166.25 - first_of_east], abs=1e-3),
    ]
    assert zones.loc[WEST, ["school_count_first", "school_count_second", "school_count_difference"]].to_list() == [
        4,
        7,
        3,
    ]
    assert zones.loc[WEST, "coverage_difference"] == pytest.approx(150 / 170 - 60 / 170, abs=2e-6)


def test_totals_are_sums_over_all_zones(comparison: Comparison) -> None:
    first, second, difference = comparison.first, comparison.second, comparison.difference
    assert (first.zone_count, first.school_count, second.school_count) == (2, 9, 11)
    # 120 of 210 and 575 / 3 of 270; 309 of 430 and 175 of 210.
    assert (first.promoted_students, first.retained_students, first.leaked_students) == (480, 311.667, 168.333)
    assert (second.promoted_students, second.retained_students, second.leaked_students) == (640, 484, 156)
    assert (first.retention, second.retention) == (round(311.667 / 480, 6), round(484 / 640, 6))
    assert (first.entering_students, first.entering_from_feeders_students, first.coverage) == (320, 160, 0.5)
    assert second.coverage == round(250 / 320, 6)
    assert (first.score, second.score) == (pytest.approx(311.667 - 0.25 * 168.333, abs=1e-3), 445)
    assert difference["score"] == pytest.approx(445 - 269.583, abs=2e-3)
    assert difference["retained_students"] == pytest.approx(172.333)
    assert difference["leaked_students"] == pytest.approx(-12.333)
    assert difference["school_count"] == 2


def test_the_summary_says_it_in_three_sentences(comparison: Comparison) -> None:
    assert comparison.summary == (
        "The first, a plan as given, has 2 Zones with 9 schools, the second 2 Zones with 11 schools.",
        "From the first to the second, 2 schools join a Zone, 0 leave one and 1 changes Zone.",
        (
            "A year, the first keeps 312 of 480 promoted students (65%) and the second 484 of 640 promoted students"
            " (76%) in their Zones; the score is 269.6 in the first and 445.0 in the second."
        ),
    )
    assert comparison.is_score_comparable
    assert not any("different" in note for note in comparison.notes)
    assert any(note.startswith("Of the first only: A plan as given (plan)") for note in comparison.notes)
    assert any(note.startswith("Exact counts: not for publication.") for note in comparison.notes)


def test_zones_that_only_one_has() -> None:
    compared = compare_proposals(propose(force_out=EAST), propose())
    zones = compared.zones.set_index("anchor_id")
    assert zones["found_in"].to_dict() == {WEST: "both", EAST: "second"}
    assert pd.isna(zones.loc[EAST, "score_first"])
    assert pd.isna(zones.loc[EAST, "score_difference"])
    label = {zone["anchor_id"]: zone for zone in comparison_document(compared)["zones"]}
    assert (label[EAST]["first"], label[EAST]["difference"]) == (None, None)
    assert label[EAST]["second"]["score"] == 166.25
    moved = compared.moves.set_index("school_id").loc[EAST]
    assert (moved["change"], moved["role_second"], moved["reason_first"]) == ("joins", "anchor", "It is forced out.")
    assert "Other parameters differ, but students are scored alike: force_out 0011 and none." in compared.notes
    assert compared.is_score_comparable
    assert compared.difference["score"] == round(445 - compared.first.score, 3)


def test_exits_count_in_the_totals_where_they_are_leakage() -> None:
    exits = pd.DataFrame({"origin": [ELM], "destination": [""], "grade": ["8"], "students": ["50"]})
    flows = pd.concat([toy_flows(), exits.assign(next_grade="", school_year="2022-23")], ignore_index=True)
    compared = compare_proposals(propose(flows), propose(flows, count_exits=True))
    assert (compared.first.promoted_students, compared.first.leaked_students) == (640, 156)
    # Then 90 of 150 of Elm's students arrive: 6 of E2, 36 of E3 and 24 of E4 by way of Elm, and Oak's 60, E1's 36 and
    # 24 of E2, 276 in all; 175 at East.
    assert (compared.second.promoted_students, compared.second.leaked_students) == (690, 690 - 276 - 175)
    assert not compared.is_score_comparable


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"leakage_weight": 1}, "leakage_weight 0.25 and 1"),
        ({"suppressed_students": 9}, "suppressed_students none and 9"),
        ({"disclosure": "exact"}, "The first has protected counts of students, the second exact ones."),
    ],
)
def test_scores_that_cannot_be_compared_have_no_difference(settings: dict[str, object], named: str) -> None:
    protected = {"disclosure": "protected"}
    compared = compare_proposals(propose(**protected), propose(**(protected | settings)))
    assert not compared.is_score_comparable
    assert named in " ".join(compared.notes)
    assert "different inputs" not in " ".join(compared.notes)
    assert any("the scores cannot be compared" in note for note in compared.notes)
    assert compared.summary[-1].endswith("the scores cannot be compared, as the notes say.")
    assert compared.difference["score"] is None
    assert compared.zones["score_difference"].isna().all()
    assert compared.difference["school_count"] is not None


def test_other_inputs_and_years_are_named() -> None:
    flows = toy_flows()
    flows.loc[0, "students"] = "90"
    compared = compare_proposals(propose(), propose(flows))
    assert "They rest on different inputs: the first on flows, schools (11 rows)" in compared.notes[0]
    assert not compared.is_score_comparable
    later = pd.concat([toy_flows(), toy_flows().assign(school_year="2023-24")], ignore_index=True)
    one, both = propose(later, years="2022"), propose(later)
    label = compare_proposals(one, both).notes
    assert label[0] == "They average different school years: the first 2022, the second 2022, 2023."
    assert "years" not in label[1]


def test_a_proposal_compared_with_itself_has_nothing_to_tell() -> None:
    compared = compare_proposals(propose(), propose())
    assert compared.moves.empty
    assert compared.summary[1] == "Every school is in the same Zone in both."
    assert set(compared.difference.values()) == {0}
    assert compared.notes == propose().notes


def test_no_zone_at_all_is_no_error() -> None:
    nothing = propose(force_out=f"{WEST},{EAST}")
    compared = compare_proposals(nothing, propose())
    assert (compared.first.zone_count, compared.first.retention, compared.first.coverage) == (0, None, None)
    assert compared.difference["retention"] is None
    assert len(compared.moves) == 11
    assert json.loads(render_comparison(compare_proposals(nothing, nothing))[EXACT_JSON])["moves"] == []


@cache
def planner_of_the_district() -> ZonePlanner:
    return ZonePlanner(SCENARIO)


def score_by_one_planner(zones: dict[str, tuple[str, ...]]) -> Proposal:
    """As ``score``: what does not hang on the plan is computed once for all plans."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "ZonePlanner", lambda _: planner_of_the_district())
        return score(zones)


@hypothesis_settings(max_examples=8)
@given(
    st.lists(st.sampled_from(["west", "east", ""]), min_size=9, max_size=9),
    st.lists(st.sampled_from(["west", "east", ""]), min_size=9, max_size=9),
)
def test_moves_are_the_rows_in_which_two_plans_differ(first: list[str], second: list[str]) -> None:
    def plan(places: list[str]) -> dict[str, tuple[str, ...]]:
        heads = {"west": WEST, "east": EAST}
        return {
            zone: (head, *(s for s, z in zip(SCHOOLS, places, strict=True) if z == zone))
            for zone, head in heads.items()
        }

    one_plan, other_plan = score_by_one_planner(plan(first)), score_by_one_planner(plan(second))
    compared = compare_proposals(one_plan, other_plan)
    expected = {
        school: "joins" if not one else "leaves" if not other else "changes Zone"
        for school, one, other in zip(SCHOOLS, first, second, strict=True)
        if one != other
    }
    assert compared.moves.set_index("school_id")["change"].to_dict() == expected
    back = compare_proposals(other_plan, one_plan)
    assert back.difference == {name: -value for name, value in compared.difference.items() if value is not None} | {
        name: None for name, value in compared.difference.items() if value is None
    }


def test_documents_read_back_from_json_give_the_same_bytes(comparison: Comparison) -> None:
    sides = [json.loads(json.dumps(proposal_document(each))) for each in (score(TODAY), propose())]
    assert render_comparison(compare_documents(*sides)) == render_comparison(comparison)
    assert sorted(render_comparison(comparison)) == [
        EXACT_JSON,
        EXACT_MOVES,
        "zones_side_by_side-exact-not-for-release.csv",
    ]
    moves = pd.read_csv(io.BytesIO(render_comparison(comparison)[EXACT_MOVES]), dtype="str", keep_default_na=False)
    assert set(moves.pop("not_for_release")) == {"exact counts of students"}
    label = json.loads(render_comparison(comparison)[EXACT_JSON])["moves"]
    assert moves.to_dict("records") == [{name: value or "" for name, value in move.items()} for move in label]


@pytest.mark.parametrize("document", [{}, {"zones": [{}]}, {"zones": [], "anchors": [7]}, {"zones": 1}])
def test_a_document_of_another_version_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(InputError, match="another version"):
        compare_documents(document, proposal_document(propose()))


def test_hostile_names_stay_text() -> None:
    sides = [
        propose_zones(
            hostile_scenario(), parse_parameters({"identification": "graduation_rate<0.67", "maximum_schools": size})
        )
        for size in (4, 9)
    ]
    compared = compare_proposals(*sides)
    assert compared.moves["school_id"].str[:2].nunique() == len(HOSTILE_NAMES)
    for row in pd.read_csv(io.BytesIO(render_comparison(compared)["moves.csv"]), dtype="str").itertuples():
        assert not str(row.name).startswith(("=", "+", "-", "@"))


def test_tables_of_one_plan_do_not_change_with_the_order_of_rows() -> None:
    shuffled = plan_table().sample(frac=1, random_state=3)
    parameters = parse_parameters({**EXACT, "identification": BOTH})
    other = evaluate_plan(SCENARIO, read_plan(shuffled, SCENARIO, parameters), parameters)
    assert render_comparison(compare_proposals(other, propose())) == render_comparison(
        compare_proposals(score(TODAY), propose())
    )


@pytest.mark.parametrize("settings", [{"shared_feeders": True}, {"merge_anchors": f"{EAST}+{WEST}"}])
def test_shared_feeders_and_merged_anchors_can_be_compared(settings: dict[str, object]) -> None:
    apart = propose_zones(toy_planner(), parse_parameters({**EXACT, "identification": BOTH}))
    joined = propose_zones(toy_planner(), parse_parameters({**EXACT, "identification": BOTH, **settings}))
    there, back = compare_proposals(apart, joined), compare_proposals(joined, apart)
    assert there.first.score == back.second.score == 445
    score, other = there.difference["score"], back.difference["score"]
    assert score is not None
    assert other == -score
    assert set(there.moves["school_id"]) == set(back.moves["school_id"])
    # Those of whose students one in five or more arrive at either are in both Zones if they may be.
    if "shared_feeders" in settings:
        assert set(there.moves["school_id"]) == {"0001", "0002", "0004", OAK}
