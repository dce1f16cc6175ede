"""Opening files: options, folders, archives, blank rows and the count of rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import FileOptions, InputError, Problem, read_scenario
from clustering.ingest.open_files import open_files
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def test_no_files_at_all() -> None:
    with pytest.raises(InputError, match="Schools are missing"):
        read_scenario(schools=[], flows=[])


def test_rows_are_counted_with_blank_ones(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    path.write_text("origin,destination,students\n\n0001,0002,5\n   \n\n0001,0003\n")
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=path)
    assert [(problem.row, problem.message) for problem in caught.value.problems] == [
        (6, "The record has 2 cells, the header 3.")
    ]


def test_a_row_of_white_space_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    lines = toy_flows()[["origin", "destination", "grade", "next_grade", "students"]].to_csv(index=False).splitlines()
    path.write_text("\n".join([*lines[:3], "   ", *lines[3:-1], lines[-1].rpartition(",")[0] + ",x"]))
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=path)
    assert [(problem.row, problem.value) for problem in caught.value.problems] == [(len(lines) + 1, "x")]


def test_blank_rows_are_set_aside_wherever_they_stand(tmp_path: Path) -> None:
    plain = {"schools": toy_schools(), "flows": toy_flows()}
    spoiled = {}
    for name, table in plain.items():
        lines = table.to_csv(index=False).splitlines()
        blank = "," * (len(table.columns) - 1)
        spoiled[name] = tmp_path / f"{name}.csv"
        spoiled[name].write_text("\n".join([*lines[:2], blank, "", *lines[2:], blank.replace(",", " , "), ""]))
    scenario = read_scenario(schools=spoiled["schools"], flows=spoiled["flows"])
    pd.testing.assert_frame_equal(scenario.flows, toy_scenario().flows)
    assert scenario.content_sha256 == toy_scenario().content_sha256
    for file, table in zip(scenario.report.files, plain.values(), strict=True):
        assert (file.rows_used, file.set_aside_reasons) == (len(table), {"A blank row.": 2})
    rows = [row.row for row in scenario.report.set_aside if row.file == "flows.csv"]
    assert rows == [3, len(toy_flows()) + 4]  # the header, the blank row and the empty one go before


def test_an_option_of_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"an option for flow\.csv, but no such file") as caught:
        read_scenario(schools=toy_schools(), flows=toy_flows(), options=["flow.csv:header_row=2", "*.xlsx:sheet=1"])
    assert len(caught.value.problems) == 1


def test_a_folder_of_student_files_is_told_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"The folder .* holds no file that can be read"):
        read_scenario(schools=toy_schools(), students=tmp_path)


@pytest.mark.parametrize("option", ["header_row=3", "has_header=false", "sheet=1", "repeated=first"])
def test_options_that_student_records_do_not_know_are_refused(option: str, tmp_path: Path) -> None:
    path = tmp_path / "students.csv"
    path.write_text("student_id,school_year,school_id,grade\n7,2022-23,0001,05\n")
    with pytest.raises(InputError, match="read as student records, which has no use for it") as caught:
        read_scenario(schools=toy_schools(), students=path, options=[f"students.csv:{option}"])
    assert [problem.column for problem in caught.value.problems] == [option.partition("=")[0]]
    schools = tmp_path / "schools.csv"
    toy_schools().to_csv(schools, index=False)
    # An option of all files may be meant for others.
    expected = "no file has a use for it" if option == "sheet=1" else "No two school years"
    if option not in ("header_row=3", "has_header=false"):
        with pytest.raises(InputError, match=expected):
            read_scenario(schools=schools, students=path, options=[option])


MEMBERSHIP = "NCESSCH,SCHOOL_YEAR,GRADE,TOTAL_INDICATOR,STUDENT_COUNT,DMS_FLAG\n1,2022-2023,Grade 1,Education Unit Total,5,Reported\n"  # noqa: E501
PAGE = '{"count": 1, "results": [{"ncessch": "1", "year": 2022, "grade": 1, "race": 99, "sex": 99, "enrollment": 5}]}'
EVERY_OPTION = {
    "kind": "crosswalk", "encoding": "cp1252", "delimiter": "pipe", "has_header": False, "header_row": 3,
    "year_convention": "fall", "repeated": "first", "school_year": "2022-23", "snapshot": "none", "unit": "hours",
    "suppressed": "~", "missing": "NC", "rate_unit": "share", "decimal": "comma", "sheet": "1", "layer": "1",
    "crs": "EPSG:2263", "identifier_digits": 9, "level": "high", "columns": {"school_id": "NCESSCH"},
    "rows": {"GRADE": "Grade 1"}, "official_lists": "designation",
}  # fmt: skip
OF_A_TABLE = {"kind", "columns", "rows", "suppressed", "missing", "decimal", "identifier_digits"}
OF_RATES = {"year_convention", "rate_unit", "official_lists"}
OF_A_TEXT = {"encoding", "delimiter", "has_header", "header_row"}


@pytest.mark.parametrize(
    ("role", "text", "taken"),
    [
        ("schools", MEMBERSHIP, {"kind"} | OF_A_TEXT),  # it is recognised with these
        ("schools", PAGE, set()),
        ("schools", "school_id,name\n1,Oak\n", OF_A_TABLE | OF_A_TEXT | OF_RATES | {"repeated"}),
        ("performance", "school_id,grad_rate\n1,61\n", OF_A_TABLE | OF_A_TEXT | OF_RATES),
        ("travel_times", "origin,destination,minutes\n1,2,3\n", OF_A_TABLE | OF_A_TEXT | {"unit"}),
    ],
)
def test_every_option_that_a_reader_has_no_use_for_is_an_error(
    role: str, text: str, taken: set[str], tmp_path: Path
) -> None:
    assert EVERY_OPTION.keys() == FileOptions.model_fields.keys()
    path = tmp_path / "file.csv"
    path.write_text(text)
    for option, value in EVERY_OPTION.items():
        problems: list[Problem] = []
        open_files({role: [path]}, {"file.csv": FileOptions(**{option: value})}, problems)
        refused = [problem for problem in problems if f"The option {option} was not used" in problem.message]
        assert bool(refused) == (option not in taken), option


def test_a_single_file_needs_no_list(tmp_path: Path) -> None:
    toy_schools().to_csv(tmp_path / "schools.csv", index=False)
    scenario = read_scenario(schools=tmp_path / "schools.csv", flows=toy_flows())
    assert len(scenario.schools) == 11


def test_a_damaged_archive_is_named_as_one(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_bytes(b"PK\x03\x04" + bytes(50))
    with pytest.raises(InputError, match="archive is damaged"):
        read_scenario(schools=[path], flows=[toy_flows()])


def test_a_reference_system_that_no_file_takes_is_an_error() -> None:
    frame = pd.DataFrame({"school_id": ["1"], "name": ["Oak"]})
    for pattern in ("DataFrame", "*"):
        problems: list[Problem] = []
        open_files({"schools": [frame]}, {pattern: FileOptions(crs="EPSG:2263")}, problems)
        assert ["crs was not used" in problem.message for problem in problems] == [True]
    problems = []
    located = frame.assign(x=["984250"], y=["0"])
    open_files({"schools": [located, frame]}, {"*": FileOptions(crs="EPSG:2263")}, problems)
    assert problems == []
