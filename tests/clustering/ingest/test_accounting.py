"""Nothing is lost on the way: every record is used or set aside with its reason, and every student arrives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import IngestReport
from tests.examples.reading_desk import Desk, account
from tests.examples.sound_files import (
    catchments,
    crosswalk,
    csv,
    membership,
    old_flows,
    performance,
    population,
    students,
)
from tests.examples.toy_district import toy_flows, toy_schools

HEADINGS = ["origin", "destination", "grade", "next_grade", "school_year", "students"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def listed(report: IngestReport, name: str) -> list[tuple[int, str]]:
    return [(row.row, row.reason) for row in report.set_aside if row.file == name]


def test_schools_without_an_identifier_and_repeats_are_set_aside(desk: Desk) -> None:
    blank = toy_schools().iloc[[3, 4]].assign(school_id="")
    schools = pd.concat([toy_schools()[:5], blank, toy_schools()[5:], toy_schools()[:1]])
    file = desk.file("s.csv", csv(schools))
    report = desk.read(flows=csv(toy_flows()), schools=[file], options=("s.csv:repeated=first",)).report
    no_identifier, repeat = "The school has no identifier.", "An earlier record of the same school counts."
    assert account(report, "s.csv") == (14, 11, {no_identifier: 2, repeat: 1})
    assert listed(report, "s.csv") == [(7, no_identifier), (8, no_identifier), (15, repeat)]


def test_every_record_of_flows_is_used(desk: Desk) -> None:
    closed = toy_flows()[:1].assign(origin="0990", students="10")
    zero, hidden = toy_flows()[:1].assign(students="0"), toy_flows()[1:2].assign(students="*")
    flows = pd.concat([toy_flows(), closed, zero, hidden])
    report = desk.read(flows=csv(flows)).report
    assert account(report, "f") == (17, 17, {})


def test_rates_of_schools_that_are_not_listed_are_set_aside(desk: Desk) -> None:
    table = pd.concat([performance(), performance().assign(school_id=["0990", "0991"])])
    report = desk.read(flows=csv(toy_flows()), performance=[desk.file("p.csv", csv(table))]).report
    reason = "The school is not in the schools files."
    assert account(report, "p.csv") == (4, 2, {reason: 2})
    assert listed(report, "p.csv") == [(4, reason), (5, reason)]


def test_membership_accounts_for_every_aggregation(desk: Desk) -> None:
    table = membership()
    race = table.iloc[[0]].assign(TOTAL_INDICATOR="Category Set A - By Race/Ethnicity; Sex; Grade")
    table = pd.concat([table, race, race, table.iloc[[2]].assign(NCESSCH="209999999999")])
    schools = toy_schools().drop(columns="enrollment")
    schools["school_id"] = "20000500" + schools["school_id"]
    flows = toy_flows().assign(**{end: "20000500" + toy_flows()[end] for end in ("origin", "destination")})
    files = [desk.file("s.csv", csv(schools)), desk.file("m.csv", csv(table))]
    scenario = desk.read(flows=csv(flows), schools=files)
    read, used, reasons = account(scenario.report, "m.csv")
    assert read == 6
    assert reasons["The row is of an aggregation that is not used."] == 2
    assert used + sum(reasons.values()) == 6
    assert scenario.schools.loc["200005000010", "enrolment_students"] == 110


def test_student_records_are_used_once_a_student_and_year(desk: Desk) -> None:
    table = pd.concat([students(), students()[:3], students()[:2].assign(student_id="")])
    report = desk.read(students=[desk.file("r.csv", csv(table))]).report
    read, used, reasons = account(report, "r.csv")
    assert (read, used) == (65, 60)
    assert reasons == {"no student id": 2, "repeats another record": 3}
    assert Counter(reason for _, reason in listed(report, "r.csv")) == reasons
    assert {row for row, reason in listed(report, "r.csv") if reason == "no student id"} == {65, 66}


def test_points_without_coordinates_are_set_aside(desk: Desk) -> None:
    layers = [desk.file(f"{level}.geojson", catchments(level)) for level in ("middle", "high")]
    table = pd.concat([population(), population()[:1].assign(latitude="")])
    report = desk.read(catchments=layers, population=[desk.file("p.csv", csv(table))]).report
    reason = "The point has no usable coordinates."
    assert account(report, "p.csv") == (3, 2, {reason: 1})
    assert listed(report, "p.csv") == [(4, reason)]
    assert account(report, "middle.geojson") == (2, 2, {})


def test_a_crosswalk_is_accounted_for(desk: Desk) -> None:
    table = pd.concat([crosswalk(), crosswalk().assign(new_id="0008", confirmed="no")])
    report = desk.read(flows=csv(old_flows()), crosswalk=[desk.file("c.csv", csv(table))]).report
    read, used, reasons = account(report, "c.csv")
    assert read == 2 == used + sum(reasons.values())


def test_notes_below_the_records_are_set_aside(desk: Desk) -> None:
    data = b"Promotions of the district\n\n" + csv(toy_flows()) + b"Source: the district\n"
    report = desk.read(flows=data).report
    assert account(report, "f") == (15, 14, {"A note below the records.": 1})
    assert listed(report, "f") == [(18, "A note below the records.")]


# Schools that are listed, a closed one, and none (the students left).
_ORIGINS = st.sampled_from([f"{number:04d}" for number in range(1, 12)] + ["0990", "NA"])
# Files of one reading, each of two years of its own so that the flows of each can be told from the others'.
FILES = 5


def _cells(fall: int) -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Records of a file whose first school year begins in ``fall``."""
    cell = st.tuples(
        _ORIGINS,
        st.one_of(_ORIGINS, st.just("")),
        st.sampled_from(["5", "8", "KG", "12", ""]),
        st.sampled_from(["6", "9", ""]),
        st.sampled_from([_school_year(fall), _school_year(fall + 1)]),
        st.one_of(st.integers(0, 900).map(str), st.sampled_from(["*", "-1", "<10"])),
    )
    return st.lists(cell, min_size=1, max_size=40)


def _school_year(fall: int) -> str:
    return f"{fall}-{(fall + 1) % 100:02d}"


@given(cells_of_files=st.tuples(*(_cells(2013 + 2 * number) for number in range(FILES))))
@settings(max_examples=9)
def test_the_students_of_the_flow_table_are_those_of_the_files(
    tmp_path_factory: pytest.TempPathFactory, cells_of_files: tuple[list[tuple[str, ...]], ...]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("flows"))
    files, of_files = [], []
    for number, drawn in enumerate(cells_of_files):
        # The last record is of a listed school, so that the files belong together.
        cells = [*drawn, ("0001", "0007", "5", "6", _school_year(2014 + 2 * number), "60")]
        files.append(desk.file(f"f{number}", csv(pd.DataFrame(cells, columns=HEADINGS))))
        of_files.append(cells)
    scenario = desk.read(flows=files)
    # A file drawn by chance may seem to say where residents enrol: then its students stand in that table.
    counted = pd.concat([scenario.flows, scenario.residents], ignore_index=True)
    fall = counted["year"]
    for number, cells in enumerate(of_files):
        assert account(scenario.report, f"f{number}")[:2] == (len(cells), len(cells))
        first = 2013 + 2 * number
        assert_holds_the_students_of(cells, counted[fall.between(first, first + 1).astype("bool")])
    assert fall.between(2013, 2012 + 2 * FILES).all()


def assert_holds_the_students_of(cells: list[tuple[str, ...]], flows: pd.DataFrame) -> None:
    counts = [int(cell[5]) for cell in cells if cell[5].isdecimal()]
    hidden = len(cells) - len(counts)
    # A suppressed cell stands for 1 to 9 students.
    assert flows["students_low"].sum() == sum(counts) + hidden
    assert flows["students_high"].sum() == sum(counts) + 9 * hidden
    if not hidden:
        assert flows["students"].sum() == sum(counts)
    ends = [flows["origin"], flows["destination"].fillna(""), flows["year"], flows["students_low"]]
    found: Counter[tuple[str, str, int]] = Counter()
    for origin, destination, year, count in zip(*ends, strict=True):
        found[str(origin), str(destination), int(year)] += int(count)
    expected: Counter[tuple[str, str, int]] = Counter()
    for origin, destination, _, _, year, count in cells:
        expected[origin, destination, int(year[:4])] += int(count) if count.isdecimal() else 1
    assert dict(+found) == dict(+expected)
    # A row for each distinct cell with students, however often the file repeats it.
    key = ["origin", "destination", "grade", "next_grade", "year"]
    assert not flows.duplicated(key).any()


_COHORT = st.tuples(
    st.lists(st.integers(1, 25), min_size=1, max_size=5),  # students by their school
    st.integers(0, 5),  # others who left
    st.integers(0, 4),  # records repeated
)


@given(cohorts=st.tuples(*[_COHORT] * FILES))
@settings(max_examples=6)
def test_every_student_of_the_records_arrives_once(
    tmp_path_factory: pytest.TempPathFactory, cohorts: tuple[tuple[list[int], int, int], ...]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("students"))
    # A year lies between the files, so that nobody is followed from one to the next.
    falls = [2010 + 3 * number for number in range(FILES)]
    tables = [_records(fall, *cohort) for fall, cohort in zip(falls, cohorts, strict=True)]
    scenario = desk.read(
        students=[desk.file(f"r{fall}", csv(table)) for fall, table in zip(falls, tables, strict=True)]
    )
    assert set(scenario.flows["year"]) == set(falls)
    for fall, table, (counts, left, _) in zip(falls, tables, cohorts, strict=True):
        flows = scenario.flows[(scenario.flows["year"] == fall).astype("bool")]
        moved = flows[flows["destination"].notna()].set_index("origin")["students"]
        assert {str(school): int(count) for school, count in moved.items()} == {
            f"{number + 1:04d}": count for number, count in enumerate(counts)
        }
        assert flows.loc[flows["destination"].isna(), "students"].sum() == left
        read, used, _ = account(scenario.report, f"r{fall}")
        assert (read, used) == (len(table), 2 * sum(counts) + left)


def _records(fall: int, counts: list[int], left: int, repeats: int) -> pd.DataFrame:
    rows = []
    for number, count in enumerate(counts):
        for each in range(count):
            rows.append((f"s{number}-{each}", _school_year(fall), f"{number + 1:04d}", "05"))
            rows.append((f"s{number}-{each}", _school_year(fall + 1), "0007", "06"))
    rows += [(f"left{each}", _school_year(fall), "0001", "05") for each in range(left)]
    rows += rows[:repeats]
    return pd.DataFrame(rows, columns=["student_id", "school_year", "school_id", "grade"])
