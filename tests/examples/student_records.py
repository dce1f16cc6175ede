"""Files of student records, and what is made of them as plain dictionaries."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clustering.errors import InputError, Problem
from clustering.flows.records.promotions import Promotions, derive_promotions
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records import read_student_records

HEADINGS = ("student_id", "school_year", "school_id", "grade", "entry_date", "exit_date", "exit_code", "primary_flag")


class Record(NamedTuple):
    """One line of a generic extract."""

    student: str
    year: str
    school: str
    grade: str
    entry: str = ""
    exit: str = ""
    code: str = ""
    primary: str = ""


def write_csv(path: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


def promote(
    folder: Path,
    rows: Sequence[Sequence[str]],
    headings: Sequence[str] = HEADINGS,
    *,
    snapshot: str | None = "10-01",
) -> Promotions:
    records = read_student_records([write_csv(folder / "r.csv", rows, headings)])
    return derive_promotions(records, snapshot=snapshot)


def flows_of(promotions: Promotions) -> dict[tuple[Any, ...], int]:
    """Flows as a dictionary; missing is None."""
    frame = promotions.flows
    keys = frame[["origin", "destination", "grade", "next_grade", "year"]].astype(object)
    keys = keys.where(keys.notna(), None)
    return dict(zip(keys.itertuples(index=False, name=None), frame["students"].astype(int), strict=True))


def counts_of(promotions: Promotions, counted: str) -> dict[str, int]:
    table = promotions.accounting
    chosen = table[(table["counted"] == counted) & (table["count"] > 0)]
    return dict(zip(chosen["reason"], chosen["count"], strict=True))


def errors_of(sources: Sequence[Path | NamedFile], **options: Any) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_student_records(sources, **options)
    return list(caught.value.problems)


YEAR_AFTER = Record("1", "2022-23", "Z", "06")
