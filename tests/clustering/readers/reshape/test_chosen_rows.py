"""The option ``rows``: which records are left, and what is said of columns and entries that are not there."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from clustering.readers.reshape.chosen_rows import as_typed, only_chosen_rows

TABLE = pd.DataFrame(
    {
        "school_id": ["1", "1", "2", "2", "3"],
        "Sub group": ["All Students", "Female", "all students ", "A|B", ""],
        "Kind: of=rate": ["4", "4", "5", "5", "5"],
    }
)


def choose(**rows: str) -> RawTable:
    return only_chosen_rows(read_table(TABLE, options=FileOptions(rows=rows)), "performance")


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ({}, [2, 3, 4, 5, 6]),
        ({"Sub group": "All Students"}, [2, 4]),
        ({"sub_group": "ALL  students"}, [2, 4]),
        ({"Sub group": "A|B"}, [5]),  # an entry with the sign in it
        ({"Sub group": "All Students|Female"}, [2, 3, 4]),
        ({"Sub group": "All Students", "Kind: of=rate": "5"}, [4]),
    ],
)
def test_records_with_the_entry_are_left_in_their_rows(rows: dict[str, str], kept: list[int]) -> None:
    table = choose(**rows)
    assert not table.problems
    assert [table.row_of(record) for record in range(len(table))] == kept
    assert table.column("school_id").series().tolist() == TABLE["school_id"].iloc[[row - 2 for row in kept]].tolist()
    assert set(table.other_rows) == {2, 3, 4, 5, 6} - set(kept)


def test_an_option_can_name_a_heading_with_any_sign() -> None:
    typed = as_typed("Kind: of=rate")
    options = parse_file_options([f"a.csv:{typed}=4"])["a.csv"]
    assert len(only_chosen_rows(read_table(TABLE, options=options), "flows")) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"Group": "All"}, "There is no column 'Group'"),
        ({"Sub group": "Total"}, "No record has the entry 'Total'; the column has All Students, A|B, Female, all students"),
        ({"Sub group": "Female", "Kind: of=rate": "5"}, "No record has all of these entries"),
    ],
)
def test_what_is_not_there_is_an_error_and_nothing_is_left_out(rows: dict[str, str], said: str) -> None:
    table = choose(**rows)
    (problem,) = table.problems
    assert problem.is_error
    assert said in problem.message
    assert len(table) == len(TABLE)
