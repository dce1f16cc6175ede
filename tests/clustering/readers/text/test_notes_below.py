"""Notes below the records of a text file, in rows with fewer cells or with more."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.errors import InputError
from clustering.readers.read_table import read_table

RECORDS = "school_id,name,grades\n0001,Alder,9-12\n0002,Birch,6-8\n"


@pytest.mark.parametrize(
    ("below", "rows"),
    [
        ("Note: rates of four years\n", (4,)),
        ("\nSource: records office, May\n", (5,)),
        ("* fewer than 10, or suppressed, or not known, or blank\nSmall schools are left out\n", (4, 5)),
    ],
)
def test_notes_are_set_aside(tmp_path: Path, below: str, rows: tuple[int, ...]) -> None:
    (tmp_path / "schools.csv").write_text(RECORDS + below)
    table = read_table(tmp_path / "schools.csv")
    assert len(table) == 2
    assert table.footer_rows == rows


@pytest.mark.parametrize("below", ["0003\n", "0003,Elm\n", "Note: a\n0003,Elm,K-5\n"])
def test_a_short_record_is_no_note(tmp_path: Path, below: str) -> None:
    (tmp_path / "schools.csv").write_text(RECORDS + below)
    with pytest.raises(InputError):
        read_table(tmp_path / "schools.csv")
