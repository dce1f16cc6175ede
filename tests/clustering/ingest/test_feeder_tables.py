"""Feeder tables given as flows: recognised or asked about, read, estimated from, and compared with counts."""

from __future__ import annotations

import io

import pytest

from clustering import InputError, Scenario, propose_name_matches, propose_zones, read_scenario, report_with_counts
from clustering.ingest import feeder_steps

SCHOOLS = """school_id,name,grades,enrollment,graduation_rate
0001,Elm Elementary School,K-5,600,
0002,Fir Elementary School,K-5,300,
0011,Oak Middle School,6-8,450,
0012,Pine Middle School,6-8,300,
0021,Adams High School,9-12,800,55
0022,Baker High School,9-12,800,90
"""
# The cohorts that leave: Elm 100, Fir 50, Oak 150, Pine 100; and places in grade 9 of Adams and of Baker: 200.
Pairs = dict[tuple[str, str | None], float]


def read(flows: str, *options: str, **more: object) -> Scenario:
    named = {"flows": io.StringIO(flows), **more}
    return read_scenario(schools=io.StringIO(SCHOOLS), options=[f"flows:{each}" for each in options], **named)  # type: ignore[arg-type]


def pairs(scenario: Scenario) -> Pairs:
    flows = scenario.flows
    destinations = flows["destination"].astype("object").where(flows["destination"].notna(), None)
    return dict(zip(zip(flows["origin"], destinations, strict=True), flows["students"].round(6), strict=True))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "Feeder School,Receiving School\n0001,0011\n0002,0012\n",
            {("0001", "0011"): 100, ("0002", "0012"): 50},
        ),
        (
            "elementary,middle,high\n0001,0011,0021\n0002,,0021\n",  # no final grade of Fir leads into grade 9
            {("0001", "0011"): 100, ("0011", "0021"): 150},
        ),
        ("School,Feeds To\n0001,0011; 0012\n", {("0001", "0011"): 50, ("0001", "0012"): 50}),
        ("School,Feeds To\n0001,0011 / 0012\n", {("0001", "0011"): 50, ("0001", "0012"): 50}),
        ("School,Feeds To\n0001,0011 & 0012\n", {("0001", "0011"): 50, ("0001", "0012"): 50}),
        ('School,Feeds To\n0001,"0011, 0012"\n', {("0001", "0011"): 50, ("0001", "0012"): 50}),
        ("School,Feeds To 1,Feeds To 2\n0001,0011,0012\n", {("0001", "0011"): 50, ("0001", "0012"): 50}),
        ("School,Feeds To\n0001,0011 (60%) / 0012 (40%)\n", {("0001", "0011"): 60, ("0001", "0012"): 40}),
        ("School,Feeds To,Percent\n0001,0011,75\n0001,0012,25\n", {("0001", "0011"): 75, ("0001", "0012"): 25}),
        ("School,Feeds To,Share\n0001,0011,.75\n0001,0012,\n", {("0001", "0011"): 75, ("0001", "0012"): 25}),
        ("School,Feeds To,Percent\n0001,0011,60%\n", {("0001", "0011"): 60, ("0001", None): 40}),
        ("School,Feeds To\n0001,0011\n0001,0011\n0001,0001\n", {("0001", "0011"): 100}),
        ("School,Feeds To\n0001,0011\n0011,9999\n7777,0021\n", {("0001", "0011"): 100, ("0011", "9999"): 150}),
        ("School,Feeds To\n0001,60% 0011 / 40% 0012\n", {("0001", "0011"): 60, ("0001", "0012"): 40}),
        ('School,Feeds To\n0001,"[""0011"", ""0012""]"\n', {("0001", "0011"): 50, ("0001", "0012"): 50}),
        # An outline: what stands left of the schools counts for the rows below it, until the level above changes.
        (
            "High,Middle,Elementary\n0021,0011,0001\n,,0002\n0022,,0002\n",
            {("0001", "0011"): 100, ("0002", "0011"): 50, ("0011", "0021"): 150},
        ),
        # Of a middle school among all schools its own name is no school that it feeds.
        (
            "School ID,Zoned Middle School ID,Zoned High School ID\n0001,0011,0021\n0011,0011,0021\n",
            {("0001", "0011"): 100, ("0011", "0021"): 150},
        ),
        # 250 students would enter Adams, which has 200 in grade 9: 80% of each school's do.
        (
            "School,Feeds To\n0011,0021\n0012,0021\n",
            {("0011", "0021"): 120, ("0011", None): 30, ("0012", "0021"): 80, ("0012", None): 20},
        ),
    ],
)
def test_the_cohort_that_leaves_goes_on_to_the_schools_of_the_table(table: str, expected: Pairs) -> None:
    scenario = read(table)
    assert pairs(scenario) == expected
    assert scenario.report.basis.method == "feeder table"
    assert scenario.report.basis.is_estimated


def test_everything_that_shows_the_flows_says_that_they_are_estimated() -> None:
    scenario = read("elementary,middle,high\n0001,0011,0021\n")
    proposal = propose_zones(scenario, {"identification": "graduation_rate<0.67"})
    assert proposal.basis.is_estimated
    assert any("feeder table" in note for note in proposal.notes)
    assert all(each.reason.startswith("Estimated flows:") for zone in proposal.zones for each in zone.members)
    assert [warning.message for warning in scenario.report.warnings if "feeder table" in warning.message]


def test_equal_parts_are_said() -> None:
    details = read("School,Feeds To\n0001,0011; 0012\n").report.basis.details
    assert any("gives no shares: each is taken to receive as many students" in each for each in details)


def test_rows_of_the_file_are_counted_and_not_their_parts() -> None:
    file = read("elementary,middle,high\n0001,0011,0021\n0002,0012,0022\n0012,,\n").report.files[-1]
    assert (file.rows_read, file.rows_used, file.set_aside_reasons) == (3, 2, {"The row names no next school.": 1})


@pytest.mark.parametrize(
    ("table", "option", "students"),
    [
        ("School,Feeds To,Year\n0001,0011,2022\n", "year_convention=fall", 100),
        ("School,Feeds To,Share\n0001,0011,0.6\n", "rate_unit=percent", 0.6),
    ],
)
def test_a_feeder_table_takes_the_options_of_its_years_and_shares(table: str, option: str, students: float) -> None:
    assert pairs(read(table, option))[("0001", "0011")] == pytest.approx(students)


def test_a_receiver_that_the_user_leaves_out_takes_nobody() -> None:
    scenario = read("School,Feeds To\n0001,0011; 0012\n", exclude_receivers="0012")
    assert pairs(scenario) == {("0001", "0011"): 50, ("0001", None): 50}
    assert [each.school_id for each in scenario.report.basis.choice_schools] == ["0012"]


def test_capture_of_none_takes_everybody_to_the_school_of_the_table() -> None:
    scenario = read("School,Feeds To\n0011,0021\n0012,0021\n", capture="none")
    assert pairs(scenario) == {("0011", "0021"): 150, ("0012", "0021"): 100}


def test_counted_flows_are_compared_with_the_table_and_not_added_to() -> None:
    counts = "origin,destination,grade,students\n0001,0011,5,90\n0001,0012,5,10\n"
    table = "School,Feeds To\n0001,0011; 0012\n"
    scenario = read_scenario(schools=io.StringIO(SCHOOLS), flows=[io.StringIO(counts), io.StringIO(table)])
    assert pairs(scenario) == {("0001", "0011"): 90, ("0001", "0012"): 10}
    basis = report_with_counts(scenario, "exact").basis
    assert basis.method == "recorded"
    assert basis.comparison is not None
    assert basis.comparison["feeder table"]["misplaced_share"] == pytest.approx(0.4)  # 40 of 100 to the other school


@pytest.mark.parametrize(
    "table",
    [
        "origin,destination,moved\n0001,0011,80\n0001,0012,20\n",
        "origin,destination,moved\n0001,0011,*\n0001,0012,*\n",
        "origin,destination,drive\n0001,0011,12.5\n0001,0012,3.1\n",
        "student_id,from_school,to_school\n1,0001,0011\n2,0001,0012\n",
        "origin,destination,note\n0001,0011,a\n0001,0011,b\n0001,0012,c\n0001,0012,d\n",
        "School,Feeds To 1,Feeds To 2,Percent\n0001,0011,0012,50\n",
    ],
)
def test_a_file_whose_counts_may_be_unknown_is_asked_about_and_the_remedy_works(table: str) -> None:
    with pytest.raises(InputError) as caught:
        read(table)
    (problem,) = caught.value.problems
    assert "et flows:kind=feeder table" in str(problem.remedy)
    assert pairs(read(table, "kind=feeder table")) == {("0001", "0011"): 50, ("0001", "0012"): 50}


def test_feeder_schools_may_send_or_take_students_and_each_remedy_works() -> None:
    table = "School ID,Feeder Schools\n0011,0001\n"
    with pytest.raises(InputError, match="send their students") as caught:
        read(table)
    remedies = str(caught.value.problems[0].remedy).replace("flows:", "").split(". ")
    first, second = (remedy.removeprefix("Set ").partition(" if ")[0].split(" and ") for remedy in remedies)
    assert pairs(read(table, *first)) == {("0001", "0011"): 100}
    assert second == ["columns.origin=School ID", "columns.destination=Feeder Schools"]


def test_all_students_and_their_groups_are_not_added_up() -> None:
    rows = "".join(f"0001,0011,{group},{n}\n" for group, n in (("All Students", 80), ("Black", 30), ("White", 50)))
    table = f"origin,destination,student_group,n_students\n{rows}"
    with pytest.raises(InputError, match=r"Set flows:columns\.students=n_students"):
        read(table)
    with pytest.raises(InputError, match=r"Set flows:rows\.student_group=All Students"):
        read(table, "columns.students=n_students")
    options = ("columns.students=n_students", "rows.student_group=All Students")
    assert pairs(read(table, *options)) == {("0001", "0011"): 80}


@pytest.mark.parametrize(
    ("table", "remedy"),
    [
        ("origin,destination,male,female,total\n0001,0011,30,50,80\n", "Set flows:columns.students=total"),
        ("High School ID,Feeder 1,Moved 1,Feeder 2,Moved 2\n0021,0011,80,0012,20\n", "Write a row for each school"),
    ],
)
def test_the_likeliest_count_is_named_first(table: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        read(table)
    assert str(caught.value.problems[0].remedy).startswith(remedy)


def test_counts_beside_three_levels_name_the_ends_too() -> None:
    table = "elementary,middle,high,5th Graders\n0001,0011,0021,80\n"
    with pytest.raises(InputError, match=r"Set flows:columns\.origin=elementary and .*students=5th Graders if"):
        read(table)
    options = ("columns.origin=elementary", "columns.destination=middle", "columns.students=5th Graders")
    assert pairs(read(table, *options)) == {("0001", "0011"): 80}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("High,Middle,Elementary\n0021,0011,0001\n,,0002\n", "In 1 rows blank cells were read as the entry above"),
        ("Elementary,Middle\n0001,0011\n0002,\n", "In 1 rows the next school is blank"),
        ("Elementary,Middle\n0001;0002,0011;0012\n", "In 1 rows several schools stand beside several next schools"),
    ],
)
def test_what_is_taken_from_cells_is_said(table: str, message: str) -> None:
    assert any(message in warning.message for warning in read(table).report.warnings)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("origin,destination,Grade 5 to 6,Grade 8 to 9\n0001,0011,80,\n0011,0021,,140\n", {(5, 6): 80, (8, 9): 140}),
        ("from,to,5th to 6th,8th to 9th,Pct\n0001,0011,80,,91%\n0011,0021,,140,95%\n", {(5, 6): 80, (8, 9): 140}),
        ("from,to,Grade 5,Grade 6,Grade 8\n0001,0011,80,,\n0011,0021,,,140\n", {(5, 6): 80, (8, 9): 140}),
    ],
)
def test_a_column_of_students_for_each_grade_is_a_record_for_each(
    table: str, expected: dict[tuple[int, int], float]
) -> None:
    scenario = read(table)
    grades = zip(scenario.flows["grade"], scenario.flows["next_grade"], strict=True)
    assert dict(zip(grades, scenario.flows["students"], strict=True)) == expected
    assert any("Columns of students by grade" in warning.message for warning in scenario.report.warnings)


def test_the_other_remedy_takes_the_column_as_students() -> None:
    table = "origin,destination,moved\n0001,0011,80\n0001,0012,20\n"
    with pytest.raises(InputError, match=r"Set flows:columns\.students=moved"):
        read(table)
    assert read(table, "columns.students=moved").report.basis.method == "recorded"


def test_a_file_without_known_headings_names_the_reading_and_the_columns() -> None:
    with pytest.raises(InputError, match="Set flows:kind=feeder table if the file only says which school feeds which"):
        read("a,b\n0001,0011\n")
    with pytest.raises(InputError, match=r"Set flows:columns\.origin=HEADING and flows:columns\.destination=HEADING"):
        read("a,b\n0001,0011\n", "kind=feeder table")
    named = read("a,b\n0001,0011\n", "kind=feeder table", "columns.origin=a", "columns.destination=b")
    assert pairs(named) == {("0001", "0011"): 100}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("origin,destination\n1,11\n", "Set flows:identifier_digits=4"),
        ("origin,destination\n777,778\n", "No record of the file is used"),
        ("origin,destination,share\n0001,0011,.5\n0001,0011,.6\n", "with different shares"),
        ("Year,origin,destination\n2022,0001,0011\n", "Set flows:year_convention=fall"),
    ],
)
def test_errors_say_what_to_do(table: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(table)


def test_lost_zeros_come_back_by_the_option_that_the_message_names() -> None:
    assert pairs(read("origin,destination\n1,11\n", "identifier_digits=4")) == {("0001", "0011"): 100}


def test_names_are_joined_by_confirmed_matches_alone() -> None:
    table = "Elementary,Middle,High\nElm/Fir,Oak & Pine,Adams\n"
    with pytest.raises(InputError, match="Run zones match-names"):
        read(table)
    matches = propose_name_matches(schools=io.StringIO(SCHOOLS), flows=io.StringIO(table))
    assert matches["school_name"].tolist() == ["Adams", "Elm", "Fir", "Oak", "Pine"]
    confirmed = matches.assign(confirmed="yes")
    scenario = read(table, capture="none", name_matches=confirmed)
    assert pairs(scenario) == {
        ("0001", "0011"): 50,
        ("0001", "0012"): 50,
        ("0002", "0011"): 25,
        ("0002", "0012"): 25,
        ("0011", "0021"): 150,
        ("0012", "0021"): 100,
    }


def test_a_name_with_a_sign_in_it_is_one_school() -> None:
    schools = SCHOOLS + "0003,Arts & Sciences Academy,K-5,60,\n0004,Elm/Ash School,K-5,60,\n"
    table = "School,Feeds To\nArts & Sciences,Oak\nElm/Ash,Oak\n"
    matches = propose_name_matches(schools=io.StringIO(schools), flows=io.StringIO(table))
    assert matches.drop_duplicates("school_name")["school_name"].tolist() == ["Arts & Sciences", "Elm/Ash", "Oak"]


def test_a_few_cells_do_not_become_millions_of_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeder_steps, "MAXIMUM_STEPS", 100)
    with pytest.raises(InputError, match="more than 100 pairs of schools"):
        read(f"elementary,middle\n{'E; ' * 11},{'M; ' * 11}\n")
