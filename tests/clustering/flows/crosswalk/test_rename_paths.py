"""Paths given to the schools of today, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering.flows.crosswalk import rename_paths
from clustering.model.columns import PATH_COLUMNS

Row = tuple[str, str, str | None, float]


def paths_of(*rows: Row) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["origin", "via", "destination", "students"])
    table = table.assign(students_low=table["students"], students_high=table["students"], basis="student records")
    return table[list(PATH_COLUMNS)].astype(dict.fromkeys(("origin", "via", "destination", "basis"), "str"))


def crosswalk_of(*rows: tuple[str, str | None, float], confirmed: bool = True, **years: list[int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["old_id", "new_id", "share"])
    table = table.assign(
        confirmed=confirmed,
        first_year=pd.array([None] * len(rows), dtype="Int64"),
        last_year=pd.array(years.get("last_year", [None] * len(rows)), dtype="Int64"),
    )
    return table.astype({"old_id": "str", "new_id": "str"})


def feeding(*links: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(links, columns=["origin", "destination"]).assign(kind="feeding")


FLOWS = feeding(("A", "B"), ("A2", "B"), ("B", "H1"), ("B", "H2"))


def rows_of(paths: pd.DataFrame) -> list[Row]:
    table = paths[["origin", "via", "destination", "students"]].astype(object)
    return list(table.where(table.notna(), None).itertuples(index=False, name=None))


def test_both_ends_are_renamed_and_added_up() -> None:
    paths = paths_of(("A", "B", "H1", 20), ("P", "B", "H1", 3), ("P", "B", "Q", 4), ("P", "B", None, 5))
    crosswalk = crosswalk_of(("P", "A", 1), ("Q", "H2", 1))
    assert rows_of(rename_paths(paths, crosswalk, FLOWS)) == [
        ("A", "B", "H1", 23),
        ("A", "B", "H2", 4),
        ("A", "B", None, 5),
    ]


def test_rows_that_are_not_confirmed_change_nothing() -> None:
    paths = paths_of(("P", "B", "H1", 3))
    assert rename_paths(paths, crosswalk_of(("P", "A", 1), confirmed=False), FLOWS) is paths


def test_the_last_fall_of_a_school_counts() -> None:
    crosswalk = crosswalk_of(("P", "Q", 1), ("Q", "A", 1), last_year=[2015, 2018])
    assert rows_of(rename_paths(paths_of(("P", "B", "H1", 3)), crosswalk, FLOWS)) == [("A", "B", "H1", 3)]


def test_a_divided_school_is_divided_among_those_that_the_flows_lead_to() -> None:
    crosswalk = crosswalk_of(("P", "A", 0.25), ("P", "A2", 0.75), ("Q", "H1", 0.2), ("Q", "H2", 0.3), ("Q", "M", 0.5))
    renamed = rename_paths(paths_of(("P", "B", "Q", 40)), crosswalk, FLOWS)
    assert rows_of(renamed) == [
        ("A", "B", "H1", pytest.approx(4)),
        ("A", "B", "H2", pytest.approx(6)),
        ("A2", "B", "H1", pytest.approx(12)),
        ("A2", "B", "H2", pytest.approx(18)),
    ]


def test_where_the_flows_lead_to_none_the_shares_count() -> None:
    crosswalk = crosswalk_of(("Q", "M", 0.5), ("Q", "N", 0.5))
    renamed = rename_paths(paths_of(("A", "B", "Q", 40)), crosswalk, FLOWS)
    assert rows_of(renamed) == [("A", "B", "M", 20), ("A", "B", "N", 20)]


def test_a_way_that_returns_to_the_school_between_is_left_out() -> None:
    crosswalk = crosswalk_of(("Q", "B", 1), ("P", "B", 1))
    paths = paths_of(("A", "B", "Q", 40), ("A", "B", "H1", 10), ("P", "B", "H1", 10))
    assert rows_of(rename_paths(paths, crosswalk, FLOWS)) == [("A", "B", "H1", 10)]


def test_a_suppressed_count_stays_an_interval() -> None:
    paths = paths_of(("A", "B", "H1", 20), ("P", "B", "H1", float("nan"))).assign(
        students_low=[20.0, 1.0], students_high=[20.0, 9.0]
    )
    (row,) = rename_paths(paths, crosswalk_of(("P", "A", 1)), FLOWS).itertuples(index=False)
    assert pd.isna(row.students)
    assert (row.students_low, row.students_high) == (21, 29)


def test_a_school_closed_without_successor_keeps_its_identifier() -> None:
    paths = paths_of(("A", "B", "Q", 40))
    assert rows_of(rename_paths(paths, crosswalk_of(("Q", None, 1)), FLOWS)) == [("A", "B", "Q", 40)]
