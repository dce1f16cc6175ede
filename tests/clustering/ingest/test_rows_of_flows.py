"""Files of flows that differ in a row that shows no student going on: every document is the same, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    NamedFile,
    check_document,
    check_files,
    json_bytes,
    propose_zones,
    read_scenario,
    render_proposal,
    report_document,
    report_with_counts,
)
from tests.examples.toy_district import toy_flows, toy_schools

LEFT = {"origin": "0001", "destination": "", "grade": "5", "next_grade": "", "school_year": "2022-23"}
UNREAD = {"origin": "0002", "destination": "0007", "grade": "9x", "next_grade": "6", "school_year": "2022-23"}
UNLISTED = {"origin": "0002", "destination": "0099", "grade": "5", "next_grade": "6", "school_year": "2022-23"}
# Rows above all others, so that they move every other row down.
MORE_ROWS = {
    "none": [],
    "three left": [{**LEFT, "students": "3"}],
    "in two rows": [{**LEFT, "students": "1"}, {**LEFT, "students": "2"}],
    "nobody left": [{**LEFT, "students": "0"}],
    "suppressed": [{**LEFT, "students": "*"}],
    "of a grade not read": [{**LEFT, "grade": "8x", "students": "2"}],
    "nobody goes on": [{**LEFT, "destination": "0008", "next_grade": "6", "students": "0"}],
}


def enrolment() -> pd.DataFrame:
    """The public size of every grade from which somebody goes on, and of every grade in which they arrive."""
    sizes = {**{f"000{school}": ("5", "75") for school in range(1, 7)}, **dict.fromkeys(("0010", "0011"), ("9", "190"))}
    rows = [(school, grade, size) for school, (grade, size) in sizes.items()]
    rows += [(school, grade, "160") for school in ("0007", "0008", "0009") for grade in ("6", "8")]
    table = pd.DataFrame(rows, columns=["school_id", "grade", "students"])
    return pd.concat([table.assign(school_year=year) for year in ("2022-23", "2023-24")])


def documents(folder: Path, more: list[dict[str, str]]) -> dict[str, bytes]:
    """All that is stored and shown of the files: the report, the check, and every file of a proposal."""
    # Somebody left another school: whether a file tells of leavers at all is shown.
    of_all = ({**UNREAD, "students": "12"}, {**UNLISTED, "students": "14"}, {**LEFT, "origin": "0006", "students": "4"})
    odd = pd.DataFrame(of_all)
    flows = pd.concat([pd.DataFrame(more), toy_flows(), odd], ignore_index=True)
    tables = {"schools.csv": toy_schools(), "enrolment.csv": enrolment(), "flows.csv": flows}
    for name, table in tables.items():
        table.to_csv(folder / name, index=False)
    schools, sizes, file = (NamedFile(folder / name, name) for name in tables)
    scenario = read_scenario(schools=[schools, sizes], flows=[file])
    proposal = propose_zones(scenario, {"identification": "official:designation=CSI"})
    return {
        "report": json_bytes(report_document(report_with_counts(scenario))),
        "check": json_bytes(check_document(check_files([schools, sizes, file]))),
        **render_proposal(proposal, title="Zones"),
    }


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return documents(tmp_path_factory.mktemp("without"), MORE_ROWS["none"])


@pytest.mark.parametrize("name", list(MORE_ROWS)[1:])
def test_a_row_of_those_who_left_changes_no_document(tmp_path: Path, without: dict[str, bytes], name: str) -> None:
    other = documents(tmp_path, MORE_ROWS[name])
    assert [part for part in without if without[part] != other[part]] == []


def test_no_warning_tells_that_somebody_left_a_grade_that_is_not_offered() -> None:
    messages = []
    for destination in ("", "0007"):
        row = pd.DataFrame([{**LEFT, "grade": "11", "next_grade": "12", "destination": destination, "students": "2"}])
        report = read_scenario(schools=toy_schools(), flows=pd.concat([row, toy_flows()])).report
        messages.append([each for each in report.warning_counts if "does not offer" in each])
    assert (messages[0], len(messages[1])) == ([], 1)


def test_warnings_of_flows_stay_and_name_the_cell(without: dict[str, bytes]) -> None:
    for document in (without["report"], without["check"]):
        assert b'"value":"9x"' in document.replace(b'": "', b'":"')
        assert b'"0099"' in document


def test_the_person_who_holds_the_file_is_told_its_rows(tmp_path: Path) -> None:
    documents(tmp_path, MORE_ROWS["three left"])
    report = read_scenario(schools=[tmp_path / "schools.csv"], flows=[tmp_path / "flows.csv"]).report
    (file,) = [each for each in report.files if each.role == "flows"]
    assert file.rows_read == len(toy_flows()) + 4
    assert any(problem.row is not None for problem in report.warnings if problem.table == "flows.csv")


def test_a_warning_names_no_school_to_which_only_withheld_students_went() -> None:
    # A grade of twelve: each of twelve schools got one of them, or of nine schools one got four. Both are withheld.
    few = {**UNLISTED, "origin": "0006", "grade": "3", "next_grade": "4"}
    size = {"school_id": "0006", "grade": "3", "students": "12", "school_year": "2022-23"}
    sizes = pd.concat([enrolment(), pd.DataFrame([size])])
    answers = []
    for students in (["1"] * 12, ["4", *["1"] * 8]):
        rows = [{**few, "destination": f"9{number:03d}", "students": each} for number, each in enumerate(students)]
        odd = pd.DataFrame([{**UNLISTED, "students": "14"}, *rows])
        scenario = read_scenario(schools=[toy_schools(), sizes], flows=pd.concat([odd, toy_flows()]))
        report = report_with_counts(scenario)
        assert {each.value for each in report.warnings if "not in the schools files" in each.message} == {"0099"}
        exact = report_with_counts(scenario, "exact").warning_counts
        assert [count for text, count in exact.items() if "not in the schools files" in text] == [1 + len(students)]
        answers.append(json_bytes(report_document(report)))
    assert answers[0] == answers[1]
