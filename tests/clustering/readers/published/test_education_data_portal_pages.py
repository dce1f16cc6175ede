"""Saved pages of the Education Data Portal: identifiers, codes by column, intervals and never the middle of a band."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering.errors import InputError
from clustering.readers.published.education_data_portal_pages import read_portal_pages
from clustering.readers.published.education_data_portal_tables import (
    MIDPOINTS_ALONE,
    PortalTables,
    translate_portal_table,
)
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.enrolment.ccd_membership import read_membership
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance, validate_performance
from clustering.validation.schools.schools import validate_schools

WEST, EAST = "010000500871", "010000600872"
Record = dict[str, Any]


def save(path: Path, *records: Record, **changes: Any) -> Path:
    page = {"count": len(records), "next": None, "previous": None, "results": list(records)} | changes
    path.write_text(json.dumps(page), encoding="utf-8")
    return path


def translate(folder: Path, *records: Record) -> PortalTables:
    return translate_portal_table(read_portal_pages(save(folder / "page.json", *records)))


def open_table(table: RawTable, role: str) -> Findings:
    recognised = recognise_headings(table.headings, table=table.name, role=role, options=table.options)
    assert recognised.problems == []
    return Findings(table=table, role=role, headings=recognised.headings)


def school(identifier: str = WEST, **changes: Any) -> Record:
    """A school of the directory, its columns in the portal's order and types."""
    return {
        "year": 2021,
        "ncessch": identifier,
        "ncessch_num": float(int(identifier)),
        "school_id": identifier[7:],
        "school_name": "West High",
        "leaid": identifier[:7],
        "lea_name": "Albertville City",
        "state_leaid": "AL-101",
        "seasch": "-1",
        "fips": 1,
        "latitude": 34.26,
        "longitude": -86.2,
        "school_level": 3,
        "school_status": 1,
        "lowest_grade_offered": 9,
        "highest_grade_offered": 12,
        "charter": -2,
        "enrollment": 1200,
        "teachers_fte": 61.5,
        "phone": None,
    } | changes


def directory(folder: Path, *records: Record) -> pd.DataFrame:
    (table,) = translate(folder, *records).tables
    findings = open_table(table, "schools")
    schools = validate_schools([findings])
    assert [problem for problem in findings.problems if problem.is_error] == []
    return pd.DataFrame(schools)


def test_a_directory_becomes_schools_with_their_zeros_and_places(tmp_path: Path) -> None:
    schools = directory(
        tmp_path, school(), school(EAST, school_name="Elementary", lowest_grade_offered=-1, enrollment=0)
    )
    assert schools.index.tolist() == [WEST, EAST]
    assert schools["district_id"].tolist() == [WEST[:7], EAST[:7]]
    west = schools.loc[WEST]
    assert (west["name"], west["enrolment_students"], west["status"]) == ("West High", 1200, "open")
    assert (west.geometry.x, west.geometry.y) == (-86.2, 34.26)


@pytest.mark.parametrize(
    ("lowest", "highest", "level", "grades"),
    [(9, 12, "high", 4), (-1, 5, "elementary", 7), (0, 8, "elementary-middle", 9), (6, 8, "middle", 3)],
)
def test_grades_of_minus_one_and_zero_are_pre_kindergarten_and_kindergarten(
    tmp_path: Path, lowest: int, highest: int, level: str, grades: int
) -> None:
    schools = directory(tmp_path, school(lowest_grade_offered=lowest, highest_grade_offered=highest))
    assert schools.loc[WEST, "level"] == level
    assert int(schools.loc[WEST, "grades_offered"]).bit_count() == grades


@pytest.mark.parametrize("code", [-2, -3, -9])
def test_other_negative_grades_are_no_grades(tmp_path: Path, code: int) -> None:
    schools = directory(tmp_path, school(lowest_grade_offered=code, highest_grade_offered=code))
    assert schools.loc[WEST, "grades_offered"] == 0


@pytest.mark.parametrize("code", [-1, -2, -3, -9, None])
def test_negative_counts_are_missing_and_never_summed(tmp_path: Path, code: int | None) -> None:
    schools = directory(tmp_path, school(enrollment=code))
    assert pd.isna(schools.loc[WEST, "enrolment_students"])


def test_negative_coordinates_are_places_and_codes_are_not(tmp_path: Path) -> None:
    # Pago Pago lies in the south and the west; a school of which neither is known has -1 and -2.
    schools = directory(tmp_path, school(latitude=-14.27, longitude=-170.7), school(EAST, latitude=-1, longitude=-2))
    assert (schools.loc[WEST].geometry.x, schools.loc[WEST].geometry.y) == (-170.7, -14.27)
    assert schools.loc[EAST].geometry is None


@pytest.mark.parametrize(
    ("code", "status"),
    [(1, "open"), (2, "closed"), (3, "open"), (4, "open"), (5, "open"), (6, "closed"), (7, "closed"), (8, "open")],
)
def test_status_by_its_meaning(tmp_path: Path, code: int, status: str) -> None:
    assert directory(tmp_path, school(school_status=code)).loc[WEST, "status"] == status


def test_columns_that_mislead_are_left_out_and_codes_counted(tmp_path: Path) -> None:
    tables = translate(tmp_path, school(), school(EAST))
    (table,) = tables.tables
    # The portal's school_id is a number within the district: as an identifier it would join strangers.
    assert {"school_id", "ncessch_num"}.isdisjoint(table.headings)
    assert (tables.role, tables.endpoint) == ("schools", "schools/ccd/directory")
    assert tables.facts == {"seasch": 2, "charter": 2}
    assert set(table.column("seasch").series()) == {""}
    assert set(table.column("year").series()) == {"2021-22"}
    assert set(table.column("state_leaid").series()) == {"AL-101"}


def test_an_identifier_that_came_as_a_number_is_an_error(tmp_path: Path) -> None:
    (table,) = translate(tmp_path, school() | {"ncessch": int(WEST)}).tables
    findings = open_table(table, "schools")
    validate_schools([findings])
    (problem,) = [problem for problem in findings.problems if problem.is_error]
    assert (problem.row, problem.column, problem.value) == (1, "ncessch", WEST[1:])
    assert "lost its leading zero" in problem.message


def enrolled(grade: int, count: int | None, race: int = 99, sex: int = 99, identifier: str = WEST) -> Record:
    return {"year": 2020, "ncessch": identifier, "grade": grade, "race": race, "sex": sex, "enrollment": count}


def test_enrolment_counts_every_student_once(tmp_path: Path) -> None:
    tables = translate(
        tmp_path,
        *(enrolled(-1, 10), enrolled(0, 20), enrolled(9, 30), enrolled(14, 4), enrolled(15, 2), enrolled(99, 66)),
        *(enrolled(9, 12, race=1), enrolled(9, 18, race=2), enrolled(9, 15, sex=1), enrolled(99, 33, sex=2)),
        *(enrolled(9, -3, identifier=EAST), enrolled(10, -1, identifier=EAST), enrolled(99, None, identifier=EAST)),
    )
    (table,) = tables.tables
    assert tables.role == "membership"
    membership = read_membership(table)
    assert membership.problems == ()
    assert membership.year == 2020
    assert membership.enrolment.to_dict() == {WEST: 66, EAST: pytest.approx(float("nan"), nan_ok=True)}
    rows = membership.grade_enrolment
    west = rows[rows["school_id"] == WEST]
    assert dict(zip(west["grade"].tolist(), west["students"].tolist(), strict=True)) == {-1: 10, 0: 20, 9: 30}
    assert rows.loc[rows["school_id"] == EAST, "students"].isna().all()
    assert membership.accounting == {
        "read": 13,
        "used": 4,
        "not a grade": 2,
        "suppressed": 1,
        "missing": 2,
        "other aggregation": 4,
    }
    assert membership.file.kind == "Education Data Portal enrolment"


def graduates(low: float | None, high: float | None, middle: float | None, cohort: int = 100, **codes: int) -> Record:
    everyone = dict.fromkeys(("race", "lep", "homeless", "disability", "econ_disadvantaged", "foster_care"), 99)
    ends = {"grad_rate_low": low, "grad_rate_high": high, "grad_rate_midpt": middle, "cohort_num": cohort}
    return {"year": 2018, "ncessch": WEST} | everyone | codes | ends


def performance_of(tables: PortalTables) -> Performance:
    files = [open_table(table, "performance") for table in tables.tables]
    performance = validate_performance(files, pd.Index([WEST, EAST]))
    assert [problem for findings in files for problem in findings.problems if problem.is_error] == []
    return performance


@pytest.mark.parametrize(
    ("low", "high", "middle", "status", "ends"),
    [
        (93, 93, 93, "exact", (0.93, 0.93)),
        (80.0, 84.0, 82.0, "range", (0.80, 0.84)),
        (0, 49, 24.5, "range", (0.0, 0.49)),
        (95, 100, 97.5, "range", (0.95, 1.0)),
        (-3, -3, -3, "suppressed", (0.0, 1.0)),
        (-1, -1, -1, "missing", None),
        (-2, -2, -2, "not applicable", None),
        (-9, -9, -9, "missing", None),
        (None, None, None, "missing", None),
        (None, None, 88, "missing", None),
    ],
)
def test_rates_are_intervals_and_never_their_middle(
    tmp_path: Path,
    low: float | None,
    high: float | None,
    middle: float | None,
    status: str,
    ends: tuple[float, float] | None,
) -> None:
    tables = translate(tmp_path, graduates(low, high, middle))
    rates = performance_of(tables).rates
    assert rates[["year", "measure", "subgroup", "status"]].iloc[0].tolist() == [
        2018,
        "graduation_4year",
        "all",
        status,
    ]
    found = (rates["low"].iloc[0], rates["high"].iloc[0])
    assert found == (ends or (pytest.approx(float("nan"), nan_ok=True),) * 2)
    assert tables.facts.get(f"{MIDPOINTS_ALONE} (grad_rate)", 0) == (low is None and middle is not None)


@pytest.mark.parametrize("ends", [(95, None), (90, 80), (50, 150), ("x", "x")])
def test_ends_that_are_no_interval_are_warned_of_and_not_known(tmp_path: Path, ends: tuple[Any, Any]) -> None:
    (table,) = translate(tmp_path, graduates(93, 93, 93), graduates(*ends, 70, race=1)).tables
    findings = open_table(table, "performance")
    rates = validate_performance([findings], pd.Index([WEST])).rates
    (problem,) = findings.problems
    assert (problem.row, problem.column, problem.is_error) == (2, "rate", False)
    assert rates["status"].tolist() == ["missing", "exact"]


def test_groups_by_their_codes(tmp_path: Path) -> None:
    tables = translate(
        tmp_path,
        graduates(66, 66, 66, cohort=300),
        graduates(50, 59, 54.5, race=2),
        graduates(60, 69, 64.5, race=4),
        graduates(0, 49, 24.5, disability=1, cohort=-3),
        graduates(40, 59, 49.5, econ_disadvantaged=1, lep=1),
        graduates(-3, -3, -3, race=6),
    )
    performance = performance_of(tables)
    found = performance.rates.set_index("subgroup")
    assert set(found.index) == {"all", "MBL", "MAS", "CWD", "LEP; ECD", "race 6"}
    assert found.loc["all", "cohort_students"] == 300
    assert pd.isna(found.loc["CWD", "cohort_students"])
    # Only that of all students is the school's rate.
    assert performance.table["graduation_rate_text"].to_dict() == {WEST: "66"}


def test_assessments_give_a_table_for_each_subject(tmp_path: Path) -> None:
    record = {"year": 2017, "ncessch": WEST, "grade_edfacts": 99, "race": 99, "sex": 99}
    values = {f"read_test_{name}": value for name, value in (("num_valid", 300), ("pct_prof_low", 42))}
    values |= {"read_test_pct_prof_high": 42, "read_test_pct_prof_midpt": 42}
    values |= {"math_test_num_valid": -3, "math_test_pct_prof_low": 0, "math_test_pct_prof_high": 19}
    grades = [record | values, record | values | {"grade_edfacts": 9, "sex": 2}, record | values | {"grade_edfacts": 5}]
    tables = translate(tmp_path, *grades)
    assert (len(tables.tables), tables.role) == (2, "performance")
    rates = performance_of(tables).rates
    found = list(rates[["measure", "subgroup", "grade", "cohort_students", "text"]].itertuples(index=False, name=None))
    assert found == [
        ("proficiency_mathematics", "F", "HS", pd.NA, "0-19"),
        ("proficiency_mathematics", "all", "05", pd.NA, "0-19"),
        ("proficiency_mathematics", "all", "all", pd.NA, "0-19"),
        ("proficiency_reading", "F", "HS", 300, "42"),
        ("proficiency_reading", "all", "05", 300, "42"),
        ("proficiency_reading", "all", "all", 300, "42"),
    ]


def test_csv_gives_what_json_gives(tmp_path: Path) -> None:
    records = [graduates(80, 84, 82), graduates(93, 93, 93, race=1), graduates(-3, -3, -3, race=2)]
    # As programs write it: a column with a missing value has become one of fractions.
    path = tmp_path / "grads.csv"
    pd.DataFrame(records).astype({"grad_rate_low": "float64", "race": "float64"}).to_csv(path, index=False)
    from_csv = translate_portal_table(read_portal_pages(path))
    from_json = translate(tmp_path, *records)
    assert from_csv.facts == from_json.facts
    assert from_csv.tables[0].first_row == 2
    pd.testing.assert_frame_equal(performance_of(from_csv).rates, performance_of(from_json).rates)
    assert translate_portal_table(read_table(path, role="performance")).endpoint == "schools/edfacts/grad-rates"


def pages_of(folder: Path) -> list[Path]:
    first = save(folder / "page-0001.json", school(), school(EAST), count=3)
    return [first, save(folder / "page-0002.json", school("010000700873"), count=3)]


def test_pages_are_one_table_in_their_order(tmp_path: Path) -> None:
    table = read_portal_pages(pages_of(tmp_path))
    assert table.column("ncessch").series().tolist() == [WEST, EAST, "010000700873"]
    assert (table.name, table.kind) == ("page-0001.json and 1 more", "Education Data Portal directory")
    assert [table.row_of(place) for place in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("numbers", [[0], [0, 0], [0, 1, 1]])
def test_pages_that_are_missing_or_named_twice_are_refused(tmp_path: Path, numbers: list[int]) -> None:
    pages = pages_of(tmp_path)
    with pytest.raises(InputError, match=r"records, but the portal announced 3"):
        read_portal_pages([pages[number] for number in numbers])


def write_manifest(folder: Path, pages: list[Path], *, complete: bool = True) -> None:
    listed = [{"file": page.name, "sha256": hashlib.sha256(page.read_bytes()).hexdigest()} for page in pages]
    (folder / "manifest.json").write_text(json.dumps({"complete": complete, "pages": listed}), encoding="utf-8")


def test_the_folder_of_a_fetched_table_is_read_by_its_manifest(tmp_path: Path) -> None:
    pages = pages_of(tmp_path)
    (tmp_path / "page-0003.json").write_text("left by an earlier run", encoding="utf-8")
    write_manifest(tmp_path, pages)
    assert len(read_portal_pages(tmp_path)) == 3


def test_a_folder_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    pages = pages_of(tmp_path)
    with pytest.raises(InputError, match="no readable manifest"):
        read_portal_pages(tmp_path)
    write_manifest(tmp_path, pages, complete=False)
    with pytest.raises(InputError, match="not fetched completely"):
        read_portal_pages(tmp_path)
    write_manifest(tmp_path, pages)
    pages[0].write_bytes(pages[0].read_bytes() + b" ")
    with pytest.raises(InputError, match=r"page-0001\.json was changed"):
        read_portal_pages(tmp_path)
    pages[0].unlink()
    with pytest.raises(InputError, match="is missing"):
        read_portal_pages(tmp_path)


def test_a_manifest_cannot_point_out_of_its_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    save(secret, school())
    folder = tmp_path / "pages"
    folder.mkdir()
    listed = [{"file": "../secret.json", "sha256": hashlib.sha256(secret.read_bytes()).hexdigest()}]
    (folder / "manifest.json").write_text(json.dumps({"complete": True, "pages": listed}), encoding="utf-8")
    with pytest.raises(InputError, match="is missing"):
        read_portal_pages(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"results": [{"ncessch": NaN}]}', "not JSON"),
        (b'{"results": [{"ncessch": "\xff"}]}', "not JSON"),
        (b"[1]", "no list of records"),
        (b'{"results": {}}', "no list of records"),
        (b'{"results": [1]}', "no list of records"),
        (b'{"results": [{"ncessch": ["1"]}]}', "list or another record instead of a value"),
        (b'{"results": [{"ncessch": {"a": 1}}]}', "list or another record instead of a value"),
        (b'{"count": 0, "results": []}', "no known table of the portal"),
        (b'{"count": 1, "results": [{"unitid": "100654", "inst_name": "A"}]}', "no known table of the portal"),
        (b"unitid,inst_name\n100654,A\n", "no known table of the portal"),
    ],
)
def test_what_is_no_page_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        translate_portal_table(read_portal_pages(path))


def test_a_missing_page_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_portal_pages(tmp_path / "none.json")
    with pytest.raises(InputError, match="0 pages"):
        read_portal_pages([])


def test_any_ends_give_an_interval_or_nothing() -> None:
    numbers = (-9, -3, -2, -1, 0, 1, 49, 50, 94, 95, 99, 100, 101)
    ends = {f"{place:012d}": pair for place, pair in enumerate(itertools.product(numbers, repeat=2))}
    cells = pd.DataFrame([graduates(pair[0], pair[1], 42) | {"ncessch": name} for name, pair in ends.items()])
    (table,) = translate_portal_table(read_table(cells, role="performance")).tables
    rates = validate_performance([open_table(table, "performance")], pd.Index(list(ends))).rates.set_index("school_id")
    assert len(rates) == len(ends) == 169
    for name, (low, high) in ends.items():
        found_low, found_high, status = rates.loc[name, ["low", "high", "status"]]
        if 0 <= low <= high <= 100:
            assert (found_low, found_high) == (low / 100, high / 100)
            assert status == ("exact" if low == high else "range")
        else:
            assert status in ("missing", "not applicable", "suppressed")
