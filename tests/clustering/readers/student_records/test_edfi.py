"""Ed-Fi student school associations, as JSON and as CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import counts_of, errors_of, flows_of, promote


def descriptor(kind: str, code: str) -> str:
    return f"uri://ed-fi.org/{kind}Descriptor#{code}"


EDFI_ROWS = [
    ("604822", "255901001", "2021-08-23", "Fifth grade", "2022-05-27", "End of school year", True),
    ("604822", "255901044", "2022-08-22", "Sixth grade", None, None, True),
    ("604823", "255901001", "2021-08-23", "Fifth grade", "2021-08-23", "No show", True),
    ("604824", "255901001", "2021-08-23", "Kindergarten", "2021-09-01", "Invalid enrollment", True),
    ("604825", "255901001", "2021-08-23", "Kindergarten", "2022-05-27", "Transferred", False),
]


EDFI_FLOWS = {("255901001", "255901044", 5, 6, 2021): 1, ("255901001", None, 0, None, 2021): 1}


def test_edfi_json_as_the_api_gives_it(tmp_path: Path) -> None:
    associations = [
        {
            "id": "0f3c",
            "schoolReference": {"schoolId": int(school), "link": {"rel": "School"}},
            "studentReference": {"studentUniqueId": student},
            "entryDate": entry,
            "entryGradeLevelDescriptor": descriptor("GradeLevel", grade),
            "exitWithdrawDate": left,
            "exitWithdrawTypeDescriptor": reason and descriptor("ExitWithdrawType", reason),
            "primarySchool": primary,
        }
        for student, school, entry, grade, left, reason, primary in EDFI_ROWS
    ]
    (tmp_path / "ssa.json").write_text(json.dumps(associations))
    promotions = derive_promotions(read_student_records([tmp_path / "ssa.json"]))
    assert flows_of(promotions) == EDFI_FLOWS
    assert counts_of(promotions, "records") == {"used": 3, "no-show": 1, "invalid enrolment": 1}
    assert promotions.rows_set_aside["row"].tolist() == [3, 4]


def test_an_edfi_array_without_a_required_property_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ssa.json").write_text('[{"studentUniqueId": "7", "entryDate": "2021-08-23"}]')
    assert [problem.column for problem in errors_of([tmp_path / "ssa.json"])] == [
        "schoolid",
        "entrygradeleveldescriptor",
    ]


@pytest.mark.parametrize("prefix", ["", "schoolReference."])
def test_edfi_csv(tmp_path: Path, prefix: str) -> None:
    headings = (
        *("studentUniqueId", f"{prefix}schoolId", "entryDate", "entryGradeLevelDescriptor", "exitWithdrawDate"),
        *("exitWithdrawTypeDescriptor", "primarySchool"),
    )
    rows = [(*row[:3], descriptor("GradeLevel", row[3]), row[4] or "", row[5] or "", str(row[6])) for row in EDFI_ROWS]
    promotions = promote(tmp_path, rows, headings)
    assert promotions.files[0].record_format == "edfi"
    assert flows_of(promotions) == EDFI_FLOWS
