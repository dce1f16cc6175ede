"""What is said above everything else: files without promotions, and high schools that cannot be judged."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import read_scenario, report_document
from tests.examples.residents import RESIDENTS, residents_table
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def alarms_of(flows: pd.DataFrame, schools: pd.DataFrame | None = None) -> tuple[str, ...]:
    return read_scenario(schools=toy_schools() if schools is None else schools, flows=flows).report.alarms


@pytest.mark.parametrize(
    "table",
    [
        residents_table().assign(next_grade=lambda table: table["grade"]),
        residents_table(),
        residents_table().drop(columns="grade"),
        residents_table().assign(grade=lambda table: table["grade"].map({"3": "5", "7": "8"})),
    ],
    ids=["the same grade twice", "one grade, not the last", "no grade", "one grade, the last"],
)
def test_a_residence_to_attended_table_is_told_at_once(table: pd.DataFrame) -> None:
    (alarm,) = alarms_of(table)
    assert "hardly any promotions: in all of its rows with students (7)" in alarm
    assert "stay in the same grade, or their origin and destination serve the same grades" in alarm
    assert "capture" in alarm


def test_the_share_is_that_of_the_rows() -> None:
    # Seven rows of each of two years stay in their grade. With one of promotions, that is 14 of 15.
    same = residents_table().assign(next_grade=lambda table: table["grade"])
    same = pd.concat([same.assign(school_year=year) for year in ("2021-22", "2022-23")])
    promoted = pd.DataFrame(
        [("0001", "0007", "100", "5", "6")], columns=["origin", "destination", "students", "grade", "next_grade"]
    ).assign(school_year="2021-22")
    (alarm,) = alarms_of(pd.concat([same, promoted]))
    assert "in about 93% of its rows with students (15)" in alarm


def test_promotions_raise_no_alarm_with_or_without_the_grade_a_year_later() -> None:
    assert toy_scenario().report.alarms == ()
    assert alarms_of(toy_flows().drop(columns="next_grade")) == ()
    assert alarms_of(toy_flows().drop(columns=["grade", "next_grade"])) == ()


def test_promotions_between_schools_of_unknown_grades_are_no_residence_table() -> None:
    flows = toy_flows().drop(columns="next_grade")
    (alarm,) = alarms_of(flows, toy_schools().drop(columns="grades"))
    assert "No high school can be judged" in alarm


def test_promotions_of_every_grade_with_some_who_repeat_raise_no_alarm() -> None:
    stays = pd.DataFrame(
        [(school, school, str(grade), "60") for school in ("0001", "0002") for grade in range(5)],
        columns=["origin", "destination", "grade", "students"],
    )
    stays["next_grade"] = (stays["grade"].astype(int) + 1).astype(str)
    repeats = stays.assign(next_grade=stays["grade"], students="20")
    flows = pd.concat([toy_flows().drop(columns="school_year"), stays, repeats])
    assert alarms_of(flows) == ()
    assert alarms_of(pd.concat([toy_flows(), stays]).drop(columns=["next_grade", "school_year"])) == ()


def test_the_alarm_names_the_file_of_several(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "where they live.csv"
    residents_table().to_csv(path, index=False)
    report = read_scenario(schools=toy_schools(), flows=[toy_flows(), path]).report
    (alarm,) = report.alarms
    assert alarm.startswith("where they live.csv holds")
    assert report.facts["residence_to_attended_files"] == ["where they live.csv"]
    assert next(iter(report_document(report))) == "alarms"


def test_flows_without_any_grade_are_no_residence_table() -> None:
    schools = toy_schools().drop(columns="grades")
    first, second = alarms_of(toy_flows().drop(columns=["grade", "next_grade"]), schools)
    assert "for all of its rows with students (14)" in first
    assert "the grades are missing" in first
    assert "No high school can be judged" in second


def test_high_schools_without_grades_are_counted() -> None:
    schools = toy_schools()
    (alarm,) = alarms_of(toy_flows(), schools.drop(columns="grades"))
    assert "no file gives the grades of 11 of the 11 schools" in alarm
    assert "2 of those without grades have a graduation rate" in alarm
    schools.loc[schools["school_id"] == "0010", "grades"] = ""
    (alarm,) = alarms_of(toy_flows(), schools)
    assert alarm.startswith("1 of the 2 schools with a graduation rate are not judged: no file gives their grades.")


def test_counts_decide_nothing() -> None:
    """The alarm may not turn on how many students a cell has, only on which cells there are."""
    stays = [(f"000{school}", f"000{school}", str(grade), str(grade), "20") for school in (1, 2) for grade in range(5)]
    columns = ["origin", "destination", "grade", "next_grade", "students"]
    for students in ("1", "9", "*", "500"):
        promoted = ("0001", "0007", "5", "6", students)  # one row of eleven, and two of twelve
        assert len(alarms_of(pd.DataFrame([*stays, promoted], columns=columns))) == 1
        more = [*stays, promoted, ("0002", "0007", "5", "6", students)]
        assert alarms_of(pd.DataFrame(more, columns=columns)) == ()


def test_the_example_is_what_it_says() -> None:
    assert sum(students for *_, students in RESIDENTS) == 284
