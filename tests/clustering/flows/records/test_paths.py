"""Ways over two promotions: small cases by hand, random records followed by a plain loop over each student."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustering.flows.records.paths import follow_paths
from clustering.model.columns import PATH_COLUMNS
from clustering.model.grades import parse_grade_set
from tests.examples.student_records import Record, promote

GRADES = {"A": "K-5", "A2": "K-5", "B": "6-8", "B2": "6-8", "H1": "9-12", "H2": "9-12", "X": "6-12"}
Ways = dict[tuple[str, str, str | None], int]


def masks(grades: dict[str, str]) -> pd.Series:
    return pd.Series({school: parse_grade_set(text) for school, text in grades.items()}).rename_axis("school_id")


def year(fall: int) -> str:
    return f"{fall}-{(fall + 1) % 100:02}"


def years_of(student: str, first: int, *stays: str) -> list[Record]:
    """Records of a student from a fall on: a school and a grade for each year, such as ``A5``; blank: nowhere."""
    return [Record(student, year(first + number), stay[:-1], stay[-1]) for number, stay in enumerate(stays) if stay]


def ways_of(paths: pd.DataFrame) -> Ways:
    keys = paths[["origin", "via", "destination"]].astype(object)
    return {
        (origin, via, None if pd.isna(destination) else destination): int(students)
        for (origin, via, destination), students in zip(
            keys.itertuples(index=False, name=None), paths["students"], strict=True
        )
    }


def follow(
    folder: Path, *students: list[Record], grades: dict[str, str] = GRADES, crosswalk: pd.DataFrame | None = None
) -> pd.DataFrame:
    rows = [record for records in students for record in records]
    return follow_paths(promote(folder, rows).trajectories, masks(grades), crosswalk=crosswalk)


def test_one_middle_school_sends_each_elementary_school_elsewhere(tmp_path: Path) -> None:
    students = [years_of(f"a{n}", 2018, "A5", "B6", "B7", "B8", "H19") for n in range(3)]
    students += [years_of(f"b{n}", 2018, "A25", "B6", "B7", "B8", "H29") for n in range(2)]
    paths = follow(tmp_path, *students)
    assert ways_of(paths) == {("A", "B", "H1"): 3, ("A2", "B", "H2"): 2}
    assert list(paths.columns) == list(PATH_COLUMNS)
    assert set(paths["basis"]) == {"student records"}
    assert paths["students_low"].equals(paths["students"].rename("students_low"))


@pytest.mark.parametrize(
    ("stays", "destination"),
    [
        (("A5", "B6", "B7", "B8", "H19"), "H1"),
        (("A5", "B6", "B7", "B7", "B8", "H19"), "H1"),  # repeats a grade, and the records reach far enough
        (("A5", "B6", "B27", "B8", "H19"), "H1"),  # moves and comes back
        (("A5", "B6", "B27", "B28", "H19"), None),  # moves, and leaves another school's final grade
        (("A5", "B6", "X7", "X8", "X9"), None),  # moves into a school that goes on
        (("A5", "B6", "B7"), None),  # leaves the records
        (("A5", "B6", "", "B8", "H19"), None),  # away for a year: left
        (("A5", "B6", "B7", "H19"), None),  # skips the final grade: not out of it
        (("A5", "B6", "B7", "B8", "U9"), "U"),  # into a school that is not listed
        (("A5", "B7", "B8", "H19"), "H1"),  # enters a grade late
    ],
)
def test_what_counts_is_the_next_promotion_out_of_a_final_grade(
    tmp_path: Path, stays: tuple[str, ...], destination: str | None
) -> None:
    goes_on_long = years_of("z", 2018, "X6", "X7", "X8", "X9", "X9", "X9")
    assert ways_of(follow(tmp_path, years_of("1", 2018, *stays), goes_on_long)) == {("A", "B", destination): 1}


@pytest.mark.parametrize(
    "stays",
    [
        ("A5", "B6", "B7", "B8"),  # the records end before anyone could leave
        ("A5", "B6", "B7", "B7", "B8"),  # repeated, and still there when the records end
        ("A5", "H19"),  # a high school sends nobody on
        ("A5", "U6", "U7", "U8", "H19"),  # through a school that is not listed
        ("A4", "B6", "B7", "B8", "H19"),  # not out of the final grade of A
    ],
)
def test_who_cannot_be_followed_is_not_counted(tmp_path: Path, stays: tuple[str, ...]) -> None:
    last = years_of("z", 2018, *["X6"] * len(stays))
    assert follow(tmp_path, years_of("1", 2018, *stays), last).empty


def test_who_leaves_early_counts_only_where_all_who_stay_are_seen(tmp_path: Path) -> None:
    # The second cohort would reach grade 9 after the records end: its leaver would be all that is known of it.
    first = [years_of("1", 2018, "A5", "B6", "B7", "B8", "H19"), years_of("2", 2018, "A5", "B6")]
    second = [years_of("3", 2019, "A5", "B6", "B7", "B8"), years_of("4", 2019, "A5", "B6")]
    assert ways_of(follow(tmp_path, *first, *second)) == {("A", "B", "H1"): 1, ("A", "B", None): 1}


def test_nobody_is_followed_across_a_year_without_records(tmp_path: Path) -> None:
    records = years_of("1", 2018, "A5", "B6", "", "B8", "H19", "H19")
    assert follow(tmp_path, records).empty


def test_grades_that_no_file_gives_are_told_by_students_who_stay(tmp_path: Path) -> None:
    # Where nobody stays in B for grade 9, 8 is its final grade.
    students = [years_of(f"{n}", 2018, "A5", "B6", "B7", "B8", "H19") for n in range(2)]
    grades = {**GRADES, "B": ""}
    assert ways_of(follow(tmp_path, *students, grades=grades)) == {("A", "B", "H1"): 2}
    stays = years_of("9", 2018, "B8", "B9")
    assert follow(tmp_path, *students, stays, grades=grades).empty


def crosswalk_of(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["old_id", "new_id", "share"])
    return table.assign(confirmed=True, first_year=pd.NA, last_year=pd.NA).astype(
        {"first_year": "Int64", "last_year": "Int64"}
    )


def test_a_school_that_is_renumbered_on_the_way_is_one_school(tmp_path: Path) -> None:
    records = years_of("1", 2018, "P5", "Q6", "Q7", "B8", "R9")
    crosswalk = crosswalk_of(("P", "A", 1.0), ("Q", "B", 1.0), ("R", "H1", 1.0))
    assert ways_of(follow(tmp_path, records, crosswalk=crosswalk)) == {("A", "B", "H1"): 1}
    # Unless the user says so, Q is another school, out of which the student was promoted into B.
    unconfirmed = crosswalk.assign(confirmed=False)
    assert ways_of(follow(tmp_path, records, crosswalk=unconfirmed)) == {("Q", "B", "R"): 1}


def test_a_school_divided_by_grade_is_followed_into_the_part_that_fits(tmp_path: Path) -> None:
    records = years_of("1", 2018, "P5", "P6", "P7", "P8", "H19")
    crosswalk = crosswalk_of(("P", "A", 0.5), ("P", "B", 0.5))
    assert ways_of(follow(tmp_path, records, crosswalk=crosswalk)) == {("A", "B", "H1"): 1}


def random_records(seed: int) -> list[Record]:
    generator = np.random.default_rng(seed)
    rows: list[Record] = []
    for student in range(400):
        fall, grade = int(generator.integers(2015, 2020)), int(generator.integers(4, 9))
        school = ""
        while fall < 2022 and grade < 12 and generator.random() > 0.04:
            if not school or generator.random() < 0.1 or grade not in range(*SPANS[school]):
                school = str(generator.choice([each for each, span in SPANS.items() if grade in range(*span)]))
            if generator.random() > 0.03:
                rows.append(Record(str(student), year(fall), school, f"{grade:02}"))
            fall, grade = fall + 1, grade + int(generator.choice([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]))
    return rows


SPANS = {"A": (0, 6), "A2": (0, 6), "B": (6, 9), "B2": (6, 9), "U": (5, 10), "H1": (9, 13), "H2": (9, 13), "X": (6, 13)}


Years = dict[int, tuple[str, int]]
Stays = set[tuple[str, int]]


def followed_by_hand(rows: list[Record]) -> Ways:
    """Every student's years one after the other, as the rule says it."""
    by_student: dict[str, Years] = {}
    for record in rows:
        by_student.setdefault(record.student, {})[int(record.year[:4])] = (record.school, int(record.grade))
    last_year = max(fall for years in by_student.values() for fall in years)
    stays = {
        here
        for years in by_student.values()
        for fall, here in years.items()
        if fall + 1 in years and years[fall + 1][0] == here[0] and years[fall + 1][1] > here[1]
    }
    found: Ways = {}
    for years in by_student.values():
        for fall in years:
            if is_promotion_out(years, fall, stays) and enters_in_time(years, fall, last_year):
                for destination in destinations(years, fall + 1, stays, last_year):
                    key = (years[fall][0], years[fall + 1][0], destination)
                    found[key] = found.get(key, 0) + 1
    return found


def is_promotion_out(years: Years, fall: int, stays: Stays) -> bool:
    if fall + 1 not in years:
        return False
    (school, grade), (following, next_grade) = years[fall], years[fall + 1]
    if school == following or next_grade <= grade:
        return False
    if school == "U":  # not listed
        return (school, grade) not in stays
    return grade + 1 not in range(*SPANS[school]) and next_grade not in range(*SPANS[school])


def enters_in_time(years: Years, fall: int, last_year: int) -> bool:
    """Whether the school entered is listed, leads further up, and is left before the records end."""
    origin, (via, grade) = years[fall][0], years[fall + 1]
    leads_up = origin == "U" or SPANS[via][1] > SPANS[origin][1]
    final = SPANS[via][1] - 1
    return via != "U" and leads_up and final < 12 and fall + 1 + final - grade + 1 <= last_year


def destinations(years: Years, entry: int, stays: Stays, last_year: int) -> list[str | None]:
    """The one destination of a student; none if the records end before it is known."""
    via, now = years[entry][0], entry
    while now in years and not is_promotion_out(years, now, stays):
        now += 1
    if now in years:
        return [years[now + 1][0] if years[now][0] == via else None]
    still_there = now - 1 == last_year and years[now - 1][0] == via
    return [] if still_there else [None]


@pytest.mark.parametrize("seed", range(6))
def test_random_records_are_followed_as_a_plain_loop_does(tmp_path: Path, seed: int) -> None:
    rows = random_records(seed)
    listed = masks({school: f"{low or 'K'}-{high - 1}" for school, (low, high) in SPANS.items() if school != "U"})
    paths = follow_paths(promote(tmp_path, rows).trajectories, listed)
    expected = followed_by_hand(rows)
    assert len(expected) > 10
    assert {None, "H1"} <= {destination for _, _, destination in expected}
    assert ways_of(paths) == expected
    shuffled = np.random.default_rng(seed).permutation(len(rows))
    again = follow_paths(promote(tmp_path, [rows[place] for place in shuffled]).trajectories, listed)
    pd.testing.assert_frame_equal(paths, again)
    order = paths.sort_values(["origin", "via", "destination"], na_position="last").index
    assert order.equals(paths.index)
