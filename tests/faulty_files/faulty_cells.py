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

_SCHOOL_CELLS = [
    ("lat", "412", "outside -90 to 90"),
    ("lat", "-90.01", "outside -90 to 90"),
    ("lon", "-181", "outside -180 to 180"),
    ("lon", "180.5", "outside -180 to 180"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
    ("school_id", "3.0", "turned the identifier into a number"),
    ("school_id", "x" * 65, "longer than 64 characters"),
    ("school_id", "00\u200b03", "control characters"),
    ("name", "x" * 501, "longer than 500 characters"),
    ("name", "Oak\nElm", "holds a line break"),
]
_FLOW_CELLS = [
    ("students", "-5", "not a number of students"),
    ("students", "-2", "not a number of students"),
    ("students", "", "not a number of students"),
    ("students", "sixty", "not a number of students"),
    ("students", "1000001", "not a number of students"),
    ("students", "inf", "not a number of students"),
    ("students", "<20", "not a number of students"),
    ("students", "TFS (1)", "not a number of students"),
    ("students", "12 students", "not a number of students"),
    ("students", "1_000", "not a number of students"),
    ("school_year", "2022-24", "not a school year"),
    ("school_year", "2023-22", "not a school year"),
    ("school_year", "1066", "not a school year"),
    ("origin", "", "identifier is missing"),
    ("origin", "1", "lost its leading zero"),
    ("origin", "1.0", "turned the identifier into a number"),
    ("origin", "x" * 65, "longer than 64 characters"),
    ("destination", "7", "lost its leading zero"),
    ("destination", "10", "lost its leading zero"),
    ("destination", "x" * 501, "longer than 500 characters"),
]
_RATE_CELLS = [
    ("school_id", "", "identifier is missing"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
    ("school_id", "x" * 65, "longer than 64 characters"),
]
_EDFACTS_CELLS = [
    ("NCESSCH", "20000500010", "lost its leading zero"),
    ("NCESSCH", "2.00005E+11", "turned the identifier into a number"),
]
_CROSSWALK_CELLS = [
    ("old_id", "", "identifier is missing"),
    ("old_id", "9.0", "turned the identifier into a number"),
    ("share", "half", "not a share"),
    ("share", "-1", "not a share"),
    ("share", "0.5", "add up to 0.5"),
    ("confirmed", "perhaps", "neither yes nor no"),
]
_LIST_CELLS = [
    ("school_id", "", "identifier is missing"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
]
_LONG_RATE_CELLS = [
    ("NCESSCH", "20000500010", "lost its leading zero"),
]
_MEMBERSHIP_CELLS = [
    ("STUDENT_COUNT", "many", "not a number of students"),
    ("STUDENT_COUNT", "-5", "not a number of students"),
    ("STUDENT_COUNT", "1e999", "not a number of students"),
    ("GRADE", "Grade 99", "not a grade"),
    ("NCESSCH", "2.00005E+11", "not an NCES school identifier"),
    ("NCESSCH", "20000500010", "lost its leading zero"),
    ("NCESSCH", "", "not an NCES school identifier"),
]
_WIDE_MEMBERSHIP_CELLS = [
    ("G09", "many", "not a number of students"),
    ("G10", "-5", "not a number of students"),
    ("MEMBER", "lots", "not a number of students"),
    ("NCESSCH", "20000500010", "lost its leading zero"),
]
_POPULATION_CELLS = [
    ("population", "many", "not a number of people"),
    ("population", "-1", "not a number of people"),
    ("population", "inf", "not a number of people"),
]
_TRAVEL_TIME_CELLS = [
    ("minutes", "-1", "below 0"),
    ("minutes", "-0.5", "below 0"),
    ("minutes", "1440.5", "over 24 hours"),
    ("minutes", "43200", "over 24 hours"),
    ("origin", "", "identifier is missing"),
    ("origin", "7", "lost its leading zero"),
    ("origin", "7.0", "turned the identifier into a number"),
    ("origin", "x" * 65, "longer than 64 characters"),
    ("destination", "", "identifier is missing"),
    ("destination", "10", "lost its leading zero"),
    ("destination", "1.00005E+11", "turned the identifier into a number"),
    ("destination", "00\u200b10", "control characters"),
    ("destination", "x" * 65, "longer than 64 characters"),
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


def _cells(role: str, table: pd.DataFrame, cells: list[tuple[str, str, str]], *, position: int) -> Iterator[BadFile]:
    for number, (column, value, words) in enumerate(cells):
        data = csv(with_cell(table, position, column, value))
        name = f"{role} {number} {column}.csv"
        yield BadFile(role=role, name=name, data=data, words=words, row=position + 2, column=column, value=value[:200])
