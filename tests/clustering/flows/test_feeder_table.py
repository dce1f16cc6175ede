"""Flows estimated from a feeder table, on tables of a few rows."""

from __future__ import annotations

import pandas as pd

from clustering.flows.catchments.student_shares import EnrolmentSources
from clustering.flows.feeder_table import FeederEstimate, estimate_feeder_flows
from clustering.model.grades import grade_mask


def estimate(rows: list[tuple[str, str, float | None, int | None]], **more: object) -> FeederEstimate:
    feeders = pd.DataFrame(rows, columns=["origin", "destination", "share", "year"]).astype(
        {"origin": "str", "destination": "str", "share": "float64", "year": "Int64"}
    )
    schools = pd.DataFrame(
        {
            "grades_offered": [grade_mask(0, 5), grade_mask(6, 8), grade_mask(0, 2) | grade_mask(6, 8), 0],
            "enrolment_students": [600.0, None, 60.0, 100.0],
        },
        index=pd.Index(["elementary", "middle", "two parts", "without grades"], name="school_id"),
    )
    enrolment = pd.DataFrame(
        {
            "school_id": ["elementary"] * 2,
            "year": pd.array([2021, 2022], dtype="Int64"),
            "grade": [5, 5],
            "students": [90.0, 80.0],
        }
    )
    sources = EnrolmentSources(schools=schools, grade_enrolment=enrolment, year=None)
    return estimate_feeder_flows(feeders, sources, **more)  # type: ignore[arg-type]


def test_the_cohort_is_that_of_the_year_of_the_table_or_else_the_latest() -> None:
    flows = estimate([("elementary", "middle", None, year) for year in (2021, 2023, None)]).flows
    assert dict(zip(flows["year"].fillna(0), flows["students"], strict=True)) == {2021: 90, 2023: 80, 0: 80}


def test_a_school_feeds_out_of_the_final_grade_that_leads_into_the_next_school() -> None:
    rows = [("two parts", "unlisted", None, None), ("elementary", "two parts", None, None)]
    flows = estimate(rows, capture="none").flows
    assert flows[["origin", "grade", "next_grade"]].to_numpy().tolist() == [["elementary", 5, 6], ["two parts", 8, 9]]


def test_a_pair_that_no_grade_fits_is_said_and_takes_no_share() -> None:
    found = estimate(
        [
            ("elementary", "middle", None, None),
            ("elementary", "without grades", None, None),
            ("without grades", "middle", None, None),
            ("middle", "elementary", None, None),
        ]
    )
    messages = " ".join(warning.message for warning in found.warnings)
    assert "do not give the grades of the school: without grades to middle" in messages
    assert "a last grade of the school: middle to elementary" in messages
    assert found.unused == {"middle", "without grades"}
    assert found.flows["students"].sum() == 80  # half to each, since the next grades are not known not to be there


def test_a_cohort_that_no_file_tells_is_the_median_of_the_others() -> None:
    flows = estimate([("elementary", "middle", None, None), ("middle", "unlisted", None, None)]).flows
    assert flows["students"].tolist() == [80, 80]


def test_rounded_shares_are_the_whole_and_more_than_the_whole_is_scaled() -> None:
    thirds = [("elementary", school, 0.333, None) for school in ("middle", "unlisted", "two parts")]
    assert estimate(thirds, capture="none").flows["students"].round(6).tolist() == [26.666667] * 3
    above = estimate([("elementary", "middle", 0.9, None), ("elementary", "unlisted", 0.9, None)])
    assert above.flows["students"].tolist() == [40, 40]
    assert any("more than 100%" in note for note in above.notes)
