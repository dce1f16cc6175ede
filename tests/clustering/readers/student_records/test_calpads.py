"""CALPADS SENR files, which have no header row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import counts_of, errors_of, flows_of


def senr(student: str, year: str, school: str, start: str, grade: str, **more: str) -> list[str]:
    cells = [""] * 35
    cells[0], cells[1], cells[3], cells[4], cells[6], cells[7] = (
        "SENR",
        more.get("kind", "A"),
        "0161119",
        school,
        year,
        student,
    )
    cells[9], cells[11], cells[16] = "Ann", "Smith", "20110203"
    cells[21], cells[22], cells[23] = start, more.get("status", "10"), grade
    cells[24], cells[25] = more.get("end", ""), more.get("reason", "")
    return cells


def write_senr(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    path.write_text("".join("^".join(row) + "\r\n" for row in rows))
    return path


def test_calpads_senr(tmp_path: Path) -> None:
    rows = [
        senr("1234567890", "2021-2022", "0130229", "20210816", "05", end="20220610", reason="E155"),
        senr("1234567890", "2021-2022", "6002000", "20210816", "05", end="20220610", reason="E170", status="20"),
        senr("1234567890", "2022-2023", "6002000", "20220815", "06"),
        senr("1234567891", "2021-2022", "0130229", "20210816", "05", end="20210815", reason="N420"),
        senr("1234567892", "2021-2022", "0130229", "20210816", "05", end="20210816", reason="N470"),
        senr("1234567893", "2021-2022", "0130229", "20210816", "05", kind="D"),
        senr("1234567894", "2021-2022", "0130229", "20210816", "UE"),
    ]
    promotions = derive_promotions(read_student_records([write_senr(tmp_path / "senr.txt", rows)]))
    assert promotions.files[0].record_format == "calpads"
    assert flows_of(promotions) == {
        ("0130229", "6002000", 5, 6, 2021): 1,
        ("0130229", None, None, None, 2021): 1,
    }
    assert counts_of(promotions, "records") == {
        "used": 3,
        "no-show": 2,
        "record that deletes another": 1,
        "another school at the same time": 1,
    }
    assert dict(zip(promotions.rows_set_aside["row"], promotions.rows_set_aside["reason"], strict=True)) == {
        2: "another school at the same time",
        4: "no-show",
        5: "no-show",
        6: "record that deletes another",
    }
    assert any("identifies its students" in problem.message for problem in promotions.problems)


def test_calpads_cells_at_other_positions_are_refused_until_named(tmp_path: Path) -> None:
    shifted = [
        [*row[:20], "x", *row[20:]]
        for row in [senr("1234567890", "2021-2022", "0130229", "20210816", "05", reason="E155")]
    ]
    path = write_senr(tmp_path / "senr.txt", shifted)
    problems = errors_of([path])
    assert {problem.column for problem in problems} == {"23", "25"}
    positions = {"entry_date": "23", "primary_flag": "24", "grade": "25", "exit_date": "26", "exit_code": "27"}
    records = read_student_records([path], columns=positions)
    assert (records.grade.tolist(), records.primary.tolist()) == ([5], [True])
