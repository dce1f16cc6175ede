"""CCD membership: one aggregation of each kind, flags and codes that are no counts, and files too large for memory."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering.errors import InputError, Problem
from clustering.ingest.open_files import open_files
from clustering.readers.published.ccd_membership import BY_GRADE, TOTAL, TOTAL_WITHOUT_ADULTS
from clustering.validation.enrolment.ccd_membership import Membership, read_membership

WEST, EAST = "010000500871", "020000600872"
CATEGORY = "Category Set A - By Race/Ethnicity; Sex; Grade"
BY_RACE = "Derived - Subtotal by Race/Ethnicity and Sex minus Adult Education Count"
NONE = "No Category Codes"
Record = dict[str, str]


def record(
    school: str, grade: str, count: str, aggregation: str, flag: str = "Reported", race: str = NONE, sex: str = NONE
) -> Record:
    return {
        "SCHOOL_YEAR": "2022-2023",
        "NCESSCH": school,
        "GRADE": grade,
        "RACE_ETHNICITY": race,
        "SEX": sex,
        "STUDENT_COUNT": count,
        "TOTAL_INDICATOR": aggregation,
        "DMS_FLAG": flag,
    }


# Twenty students in grade 9 and ten in pre-kindergarten, each of whom stands in every aggregation; five adults more.
WHOLE = [
    record(WEST, "Grade 9", "12", CATEGORY, race="White", sex="Male"),
    record(WEST, "Grade 9", "8", CATEGORY, race="Asian", sex="Female"),
    record(WEST, "Pre-Kindergarten", "10", CATEGORY, race="White", sex="Female"),
    record(WEST, NONE, "12", BY_RACE, "Derived", race="White", sex="Male"),
    record(WEST, NONE, "8", BY_RACE, "Derived", race="Asian", sex="Female"),
    record(WEST, "Grade 9", "20", BY_GRADE),
    record(WEST, "Pre-Kindergarten", "10", BY_GRADE),
    record(WEST, "Adult Education", "5", BY_GRADE),
    record(WEST, NONE, "35", TOTAL),
    record(WEST, NONE, "30", TOTAL_WITHOUT_ADULTS, "Derived"),
]


def read(records: list[Record], **options: int) -> Membership:
    return read_membership(pd.DataFrame(records), **options)


def grades(membership: Membership) -> dict[tuple[str, int], float]:
    table = membership.grade_enrolment
    columns = [table["school_id"], table["grade"].astype("int64"), table["students"]]
    return {(school, grade): students for school, grade, students in zip(*columns, strict=True)}


def messages(membership: Membership, *, errors: bool) -> list[str]:
    return [problem.message for problem in membership.problems if problem.is_error == errors]


def test_no_student_is_counted_twice() -> None:
    membership = read(WHOLE)
    assert membership.enrolment.to_dict() == {WEST: 30}
    assert grades(membership) == {(WEST, -1): 10, (WEST, 9): 20}
    assert membership.choice == {"total": TOTAL_WITHOUT_ADULTS, "by grade": BY_GRADE}
    assert membership.year == 2022
    assert membership.problems == ()
    assert membership.accounting == {"read": 10, "used": 3, "not a grade": 1, "other aggregation": 6}
    file = membership.file
    assert (file.rows_read, file.rows_used, file.rows_set_aside) == (10, 3, 7)
    assert file.set_aside_reasons == {
        "The row is of an aggregation that is not used.": 6,
        "The row has no number of students.": 1,
    }
    # The control: summing every row counts each of them several times.
    assert sum(int(row["STUDENT_COUNT"]) for row in WHOLE) == 150


def test_without_the_derived_total_the_unit_total_is_taken_for_all_schools() -> None:
    membership = read([row for row in WHOLE if row["TOTAL_INDICATOR"] != TOTAL_WITHOUT_ADULTS])
    assert membership.enrolment.to_dict() == {WEST: 35}
    assert membership.choice["total"] == TOTAL


def test_one_total_for_the_whole_file_and_never_a_mixture() -> None:
    membership = read([*WHOLE, record(EAST, NONE, "90", TOTAL)])
    assert membership.enrolment.to_dict() == {WEST: 30}


@pytest.mark.parametrize("flag", ["Suppressed", "Missing", "Not reported"])
def test_flagged_cells_are_missing_and_counted_and_never_zero(flag: str) -> None:
    membership = read([*WHOLE, record(EAST, "Grade 9", "", BY_GRADE, flag), record(EAST, NONE, "0", TOTAL, flag)])
    assert pd.isna(grades(membership)[EAST, 9])
    assert membership.accounting[flag.lower()] == 1
    assert sum(membership.accounting.values()) == 2 * membership.accounting["read"] == 2 * 12


def test_a_count_beside_such_a_flag_is_not_used_and_told() -> None:
    membership = read([*WHOLE, record(EAST, "Grade 9", "7", BY_GRADE, "Suppressed")])
    assert pd.isna(grades(membership)[EAST, 9])
    (message,) = messages(membership, errors=False)
    assert message.startswith("1 counts have a flag")
    assert "7" not in message


def test_a_reported_zero_is_zero_and_a_blank_is_missing() -> None:
    membership = read([*WHOLE, record(EAST, "Grade 9", "0", BY_GRADE), record(EAST, "Grade 10", "", BY_GRADE)])
    found = grades(membership)
    assert found[EAST, 9] == 0
    assert pd.isna(found[EAST, 10])
    assert membership.accounting["missing"] == 1


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        *((f"Grade {number}", number) for number in range(1, 14)),
        ("Kindergarten", 0),
        ("Pre-Kindergarten", -1),
    ],
)
def test_grades_by_their_names(text: str, grade: int) -> None:
    assert grades(read([record(WEST, text, "3", BY_GRADE)])) == {(WEST, grade): 3}


@pytest.mark.parametrize("text", ["Ungraded", "Adult Education", "Not Specified", "No Category Codes"])
def test_what_is_no_grade_is_in_no_row_and_counted(text: str) -> None:
    membership = read([*WHOLE, record(EAST, text, "3", BY_GRADE)])
    assert grades(membership) == {(WEST, -1): 10, (WEST, 9): 20}
    assert membership.accounting["not a grade"] == 2
    assert membership.problems == ()


def test_faults_are_named_all_at_once() -> None:
    membership = read(
        [
            record(WEST, "Grade 9", "many", BY_GRADE),
            record(WEST, "Grade 15", "3", BY_GRADE),
            record(WEST, "Sophomore", "3", BY_GRADE),
            record(WEST[1:], "Grade 9", "3", BY_GRADE),
            record("NA", "Grade 9", "3", BY_GRADE),
            record(EAST, "Grade 9", "3", BY_GRADE),
            record(EAST, "Grade 9", "4", BY_GRADE),
            record(EAST, NONE, "2.5", TOTAL),
        ]
    )
    found = {(problem.row, problem.column, problem.value) for problem in membership.problems if problem.is_error}
    assert found == {
        (2, "STUDENT_COUNT", "many"),
        (3, "GRADE", "Grade 15"),
        (4, "GRADE", "Sophomore"),
        (5, "NCESSCH", WEST[1:]),
        (6, "NCESSCH", "NA"),
        (7, "NCESSCH", EAST),
        (8, "NCESSCH", EAST),
        (9, "STUDENT_COUNT", None),  # a number may be that of a few students
    }


def test_two_years_in_a_file_are_refused_and_a_file_of_none_is_of_the_year_named() -> None:
    other = [row | {"SCHOOL_YEAR": "2021-2022"} for row in WHOLE]
    assert any("several years (2021, 2022)" in message for message in messages(read([*WHOLE, *other]), errors=True))
    undated = [{name: text for name, text in row.items() if name != "SCHOOL_YEAR"} for row in WHOLE]
    assert read(undated).year is None
    assert len(messages(read(undated), errors=False)) == 1
    dated = read(undated, year=2019)
    assert dated.year == 2019
    assert dated.grade_enrolment["year"].tolist() == [2019, 2019]
    assert len(messages(read(WHOLE, year=2019), errors=True)) == 1
    assert messages(read(WHOLE, year=2022), errors=True) == []


def test_a_bare_year_is_asked_about_unless_the_heading_or_the_caller_says_it() -> None:
    bare = [row | {"SCHOOL_YEAR": "2022"} for row in WHOLE]
    assert len(messages(read(bare), errors=True)) == 1
    assert read(bare, year=2021).year == 2021
    falls = [{("SURVYEAR" if name == "SCHOOL_YEAR" else name): text for name, text in row.items()} for row in bare]
    assert read(falls).year == 2022


def test_other_aggregations_are_not_added_up_in_place_of_those_wanted() -> None:
    membership = read([row for row in WHOLE if row["TOTAL_INDICATOR"] in (CATEGORY, BY_RACE)])
    assert len(membership.enrolment) == len(membership.grade_enrolment) == 0
    (message,) = messages(membership, errors=True)
    assert CATEGORY in message


def test_a_file_of_totals_alone_says_so() -> None:
    membership = read([row for row in WHOLE if row["TOTAL_INDICATOR"] == TOTAL])
    assert membership.enrolment.to_dict() == {WEST: 35}
    assert messages(membership, errors=False) == [
        "The file has no subtotals by grade; they are not computed from other aggregations."
    ]


WIDE = "SURVYEAR NCESSCH SCHNAM MEMBER PK KG G01 G09 UG BL09M WH TOTETH"


def write_wide(path: Path, *records: str) -> Path:
    path.write_bytes("\n".join("\t".join(text.split()) for text in (WIDE, *records)).encode("latin-1") + b"\n")
    return path


def test_a_wide_file_gives_the_same_tables(tmp_path: Path) -> None:
    path = write_wide(
        tmp_path / "sc142a.txt",
        f"2014 {WEST} Niño 61 0 20 21 20 0 9 30 61",
        f"2014 {EAST} East -1 -2 N M -9 -2 -1 -1 -1",
    )
    membership = read_membership(path)
    assert membership.problems == ()
    assert membership.year == 2014
    assert membership.enrolment[WEST] == 61
    assert pd.isna(membership.enrolment[EAST])
    found = grades(membership)
    assert {grade: found[WEST, grade] for grade in (-1, 0, 1, 9)} == {-1: 0, 0: 20, 1: 21, 9: 20}
    assert all(pd.isna(found[EAST, grade]) for grade in (-1, 0, 1, 9))
    # Six cells of each of two schools: MEMBER, PK, KG, G01, G09 and UG.
    assert membership.accounting == {
        "read": 12,
        "used": 5,
        "missing": 2,
        "not applicable": 3,
        "low quality": 1,
        "not a grade": 1,
    }
    file = membership.file
    assert (file.kind, file.delimiter, file.rows_read, file.rows_used) == ("CCD membership, wide", "\t", 2, 1)
    assert file.set_aside_reasons == {"The row has no number of students.": 1}


def test_an_older_wide_file_has_its_year_behind_the_names() -> None:
    table = pd.DataFrame({"NCESSCH": [WEST], "MEMBER09": ["41"], "G0109": ["20"], "G1209": ["21"], "BL09M09": ["3"]})
    membership = read_membership(table, year=2009)
    assert membership.enrolment.to_dict() == {WEST: 41}
    assert grades(membership) == {(WEST, 1): 20, (WEST, 12): 21}


def write_long(path: Path, records: list[Record], encoding: str = "utf-8") -> Path:
    pd.DataFrame(records).assign(SCH_NAME="Escuela Niño, 2").to_csv(path, index=False, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_names_in_any_encoding_do_not_matter(tmp_path: Path, encoding: str) -> None:
    membership = read_membership(write_long(tmp_path / "ccd_sch_052.csv", WHOLE, encoding))
    assert grades(membership) == {(WEST, -1): 10, (WEST, 9): 20}
    assert membership.accounting["read"] == 10


@pytest.mark.parametrize("packing", ["none", "archive", "gzip", "table"])
def test_it_is_recognised_however_it_is_packed(tmp_path: Path, packing: str) -> None:
    path = write_long(tmp_path / "ccd_sch_052.csv", WHOLE)
    source: Path | pd.DataFrame = path
    if packing == "archive":
        source = tmp_path / "ccd_sch_052.zip"
        with zipfile.ZipFile(source, "w") as archive:
            archive.write(path, path.name)
    elif packing == "gzip":
        source = tmp_path / "ccd_sch_052.csv.gz"
        source.write_bytes(gzip.compress(path.read_bytes()))
    elif packing == "table":
        source = pd.DataFrame(WHOLE)
    problems: list[Problem] = []
    opened = open_files({"schools": [source]}, {}, problems)
    assert not problems
    assert not any(opened.files.values())
    (membership,) = opened.memberships
    pd.testing.assert_series_equal(membership.enrolment, read_membership(path).enrolment)


def test_only_the_schools_asked_for_are_kept(tmp_path: Path) -> None:
    records = [*WHOLE, record(EAST, "Grade 9", "40", BY_GRADE), record(EAST, NONE, "40", TOTAL_WITHOUT_ADULTS)]
    path = write_long(tmp_path / "ccd_sch_052.csv", records)
    membership = read_membership(path, school_ids=[EAST, "nowhere"])
    assert membership.enrolment.to_dict() == {EAST: 40}
    assert membership.accounting["read"] == 12
    assert membership.accounting["other school"] + membership.accounting["other aggregation"] == 10
    assert read_membership(path, school_ids=["nowhere"]).enrolment.empty


def test_rows_of_a_file_cut_off_are_named(tmp_path: Path) -> None:
    path = write_long(tmp_path / "ccd_sch_052.csv", WHOLE)
    text = path.read_text(encoding="utf-8")
    # The name holds a comma: of nine cells the last two are gone.
    path.write_text(text.rstrip("\n").rsplit(",", 3)[0], encoding="utf-8")
    with pytest.raises(InputError, match=r"row 11: The record has 7 cells, the header 9"):
        read_membership(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a membership file"),
        (b"NCESSCH,GRADE\n1,2\n", "not a membership file"),
        (b"NCESSCH,NCESSCH,MEMBER\n1,2,3\n", "appears twice"),
        (b"NCESSCH\tMEMBER\n", "no records"),
        (b"NCESSCH\tMEMBER\n0100005\xff00871\t5\n", "not delimited text"),
        (b"PK\x03\x04" + b"\0" * 100, "not a membership file"),
    ],
)
def test_what_is_no_membership_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_membership(path)


def test_a_missing_file_and_an_unknown_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_membership(tmp_path / "none.csv")
    path = write_long(tmp_path / "ccd_sch_052.csv", WHOLE)
    for encoding in ("klingon", "zlib"):
        with pytest.raises(InputError, match="no encoding called"):
            read_membership(path, encoding=encoding)


MEASURE = """
import json, sys
import pyarrow, pyarrow.csv
if sys.argv[2] == "stream":
    from clustering.validation.enrolment.ccd_membership import read_membership
    membership = read_membership(sys.argv[1])
    told = [membership.accounting, float(membership.enrolment.sum()), len(membership.grade_enrolment)]
else:
    told = pyarrow.csv.read_csv(sys.argv[1]).num_rows
print(json.dumps([told, pyarrow.default_memory_pool().max_memory()]))
"""


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "ccd_sch_052.csv"
    schools, other_rows = 2_000, 200
    filler = "x" * 150
    with path.open("w", encoding="ascii") as file:
        file.write("SCHOOL_YEAR,SCH_NAME,NCESSCH,GRADE,STUDENT_COUNT,TOTAL_INDICATOR,DMS_FLAG\n")
        for number in range(schools):
            head = f"2022-2023,{filler},{10**10 + number:012d}"
            file.write(f"{head},Grade 5,7,{CATEGORY},Reported\n" * other_rows)
            file.write(f"{head},Grade 5,{number},{BY_GRADE},Derived\n{head},{NONE},{number},{TOTAL},Derived\n")
    size = path.stat().st_size
    assert size > 80 * 1024**2

    def measure(way: str) -> tuple[Any, int]:
        command = [sys.executable, "-c", MEASURE, str(path), way]
        done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[4])
        told, peak = json.loads(done.stdout)
        return told, int(peak)

    (accounting, students, rows), peak = measure("stream")
    read = schools * (other_rows + 2)
    assert accounting == {"read": read, "used": 2 * schools, "other aggregation": schools * other_rows}
    assert (students, rows) == (schools * (schools - 1) / 2, schools)
    whole, control = measure("whole")
    assert whole == read
    assert peak < 60 * 1024**2 < control
