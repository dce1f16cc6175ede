"""Tables with one faulty cell each."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tests.examples.sound_files import (
    crosswalk,
    csv,
    edfacts,
    long_rates,
    membership,
    performance,
    population,
    state_list,
    travel_times,
    wide_membership,
    with_cell,
)
from tests.examples.toy_district import toy_flows, toy_schools
from tests.faulty_files.bad_file import BadFile

# Column, text of the cell, words of the message, and the text that the remedy has someone write; ``None`` where an
# option of the remedy is followed.
_Cells = list[tuple[str, str, str, str | None]]
_SCHOOL_CELLS: _Cells = [
    ("lat", "412", "outside -90 to 90", "38.1"),
    ("lat", "-90.01", "outside -90 to 90", "38.10"),
    ("lon", "-181", "outside -180 to 180", "-98"),
    ("lon", "180.5", "outside -180 to 180", "-98.0"),
    ("school_id", "1.00005E+11", "turned the identifier into a number", "0010"),
    ("school_id", "3.0", "turned the identifier into a number", "0010"),
    ("school_id", "x" * 65, "longer than 64 characters", "0010"),
    ("school_id", "00\u200b03", "control characters", "0010"),
    ("name", "x" * 501, "longer than 500 characters", "West High"),
    ("name", "Oak\nElm", "holds a line break", "West High"),
]
_FLOW_CELLS: _Cells = [
    ("students", "-5", "not a number of students", "60"),
    ("students", "-2", "not a number of students", "0"),
    ("students", "", "not a number of students", "*"),
    ("students", "many", "not a number of students", "60"),
    ("students", "1000001", "not a number of students", "-1"),
    ("students", "inf", "not a number of students", "<10"),
    ("students", "<20", "not a number of students", "*"),
    ("students", "TFS (1)", "not a number of students", "*"),
    ("students", "12 students", "not a number of students", "12"),
    ("students", "1_000", "not a number of students", "1000"),
    ("school_year", "2022-24", "not a school year", "2022-23"),
    ("school_year", "2023-22", "not a school year", "2022-23"),
    ("school_year", "1066", "not a school year", "2022-23"),
    ("origin", "", "identifier is missing", "0003"),
    ("origin", "1", "lost its leading zero", "0003"),
    ("origin", "1.0", "turned the identifier into a number", "0003"),
    ("origin", "x" * 65, "longer than 64 characters", "0003"),
    ("destination", "7", "lost its leading zero", None),
    ("destination", "10", "lost its leading zero", None),
    ("destination", "x" * 501, "longer than 500 characters", "0008"),
]
_RATE_CELLS: _Cells = [
    ("school_id", "", "identifier is missing", "0011"),
    ("school_id", "1.00005E+11", "turned the identifier into a number", "0011"),
    ("school_id", "x" * 65, "longer than 64 characters", "0011"),
]
_EDFACTS_CELLS: _Cells = [
    ("NCESSCH", "20000500010", "lost its leading zero", None),
    ("NCESSCH", "2.00005E+11", "turned the identifier into a number", "200005000010"),
]
_CROSSWALK_CELLS: _Cells = [
    ("old_id", "", "identifier is missing", "0901"),
    ("old_id", "9.0", "turned the identifier into a number", "0901"),
    ("share", "half", "not a share", "100%"),
    ("share", "-1", "not a share", "1"),
    ("share", "0.5", "add up to 0.5", "1"),
    ("confirmed", "perhaps", "neither yes nor no", "yes"),
]
_LIST_CELLS: _Cells = [
    ("school_id", "", "identifier is missing", "0007"),
    ("school_id", "1.00005E+11", "turned the identifier into a number", "0007"),
]
_LONG_RATE_CELLS: _Cells = [
    ("NCESSCH", "20000500010", "lost its leading zero", None),
]
_MEMBERSHIP_CELLS: _Cells = [
    ("STUDENT_COUNT", "many", "not a number of students", "60"),
    ("STUDENT_COUNT", "-5", "not a number of students", "60"),
    ("STUDENT_COUNT", "1e999", "not a number of students", "60"),
    ("GRADE", "Grade 99", "not a grade", "Grade 9"),
    ("NCESSCH", "2.00005E+11", "not an NCES school identifier", "200005000010"),
    ("NCESSCH", "20000500010", "lost its leading zero", "200005000010"),
    ("NCESSCH", "", "not an NCES school identifier", "200005000010"),
]
_WIDE_MEMBERSHIP_CELLS: _Cells = [
    ("G09", "many", "not a number of students", "60"),
    ("G10", "-5", "not a number of students", "50"),
    ("MEMBER", "lots", "not a number of students", "110"),
    ("NCESSCH", "20000500010", "lost its leading zero", "200005000010"),
]
_POPULATION_CELLS: _Cells = [
    ("population", "many", "not a number of people", None),
    ("population", "-1", "not a number of people", "20"),
    ("population", "inf", "not a number of people", "0"),
]
_TRAVEL_TIME_CELLS: _Cells = [
    ("minutes", "-1", "below 0", "0"),
    ("minutes", "-0.5", "below 0", ""),
    ("minutes", "1440.5", "over 24 hours", "20"),
    ("minutes", "43200", "over 24 hours", None),
    ("origin", "", "identifier is missing", "0007"),
    ("origin", "7", "lost its leading zero", "0007"),
    ("origin", "7.0", "turned the identifier into a number", "0007"),
    ("origin", "x" * 65, "longer than 64 characters", "0007"),
    ("destination", "", "identifier is missing", "0011"),
    ("destination", "10", "lost its leading zero", "0011"),
    ("destination", "1.00005E+11", "turned the identifier into a number", "0011"),
    ("destination", "00\u200b10", "control characters", "0011"),
    ("destination", "x" * 65, "longer than 64 characters", "0011"),
]


def bad_cells() -> Iterator[BadFile]:
    """A file for each faulty cell."""
    yield from _cells("schools", toy_schools(), _SCHOOL_CELLS, position=9)
    yield from _cells("flows", toy_flows(), _FLOW_CELLS, position=3)
    yield from _cells("performance", performance(), _RATE_CELLS, position=1)
    yield from _cells("edfacts", edfacts(), _EDFACTS_CELLS, position=0)
    yield from _cells("crosswalk", crosswalk(), _CROSSWALK_CELLS, position=0)
    yield from _cells("state list", state_list(), _LIST_CELLS, position=1)
    yield from _cells("long rates", long_rates(), _LONG_RATE_CELLS, position=2)
    yield from _cells("membership", membership(), _MEMBERSHIP_CELLS, position=0)
    yield from _cells("wide membership", wide_membership(), _WIDE_MEMBERSHIP_CELLS, position=0)
    yield from _cells("population", population(), _POPULATION_CELLS, position=1)
    yield from _cells("travel_times", travel_times(), _TRAVEL_TIME_CELLS, position=1)


def _cells(role: str, table: pd.DataFrame, cells: _Cells, *, position: int) -> Iterator[BadFile]:
    for number, (column, value, words, then) in enumerate(cells):
        yield BadFile(
            role=role,
            name=f"{role} {number} {column}.csv",
            data=csv(with_cell(table, position, column, value)),
            words=words,
            row=position + 2,
            column=column,
            value=value[:200],
            mended=None if then is None else csv(with_cell(table, position, column, then)),
        )
