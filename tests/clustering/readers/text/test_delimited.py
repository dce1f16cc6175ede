"""Records of the wrong length: the first are named, all are counted by kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import InputError
from clustering.readers.read_table import read_table

HEADER = "school_id,name,grades\n"


def kinds_of(path: Path, *lines: str) -> dict[str, tuple[int, int, int | None]]:
    """Message to number, records listed and first row."""
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_table(path)
    return {kind.message: (kind.count, len(kind.examples), kind.examples[0].row) for kind in caught.value.kinds}


def test_many_records_of_one_kind_do_not_hide_those_of_another(tmp_path: Path) -> None:
    long, short = "1,a,K-5,more\n", "2,b\n"
    assert kinds_of(tmp_path / "s.csv", "0,z,K-5\n", *[long] * 2_500, *[short] * 3) == {
        "The record has 4 cells, the header 3.": (2_500, 1_000, 3),
        "The record has 2 cells, the header 3.": (3, 3, 2_503),
    }


def test_rows_are_those_of_the_file_where_some_are_empty(tmp_path: Path) -> None:
    found = kinds_of(tmp_path / "s.csv", "0,z,K-5\n", "\n", "1,a\n", "\n", "\n", "2,b\n")
    assert found == {"The record has 2 cells, the header 3.": (2, 2, 4)}
