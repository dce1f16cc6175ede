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
    ("lat", "north", "not a number"),
    ("lat", "38,5", "not a number"),
    ("lat", "38.5N", "not a number"),
    ("lat", "inf", "not a number"),
    ("lat", "NaN", "not a number"),
    ("lat", "1e999", "not a number"),
    ("lon", "-181", "outside -180 to 180"),
    ("lon", "180.5", "outside -180 to 180"),
    ("lon", "98W", "not a number"),
    ("lon", "0x10", "not a number"),
    ("grades", "6 to what", "grades cannot be read"),
    ("grades", "12-9", "grades cannot be read"),
    ("grades", "14", "grades cannot be read"),
    ("grades", "K-5-8", "grades cannot be read"),
    ("grades", "primary", "grades cannot be read"),
    ("enrollment", "-5", "not a number of students"),
    ("enrollment", "many", "not a number of students"),
    ("enrollment", "2000000", "not a number of students"),
    ("enrollment", "1e999", "not a number of students"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
    ("school_id", "3.0", "turned the identifier into a number"),
    ("school_id", "x" * 65, "longer than 64 characters"),
    ("school_id", "00\u200b03", "control characters"),
    ("name", "x" * 501, "longer than 500 characters"),
    ("name", "Oak\nElm", "holds a line break"),
    ("graduation_rate", "about half", "graduation rate cannot be read"),
    ("graduation_rate", "101", "graduation rate cannot be read"),
    ("graduation_rate", "-5", "graduation rate cannot be read"),
    ("graduation_rate", "69-60", "graduation rate cannot be read"),
    ("graduation_rate", "XX80", "graduation rate cannot be read"),
]
_FLOW_CELLS = [
    ("students", "-5", "not a number of students"),
    ("students", "-2", "not a number of students"),
    ("students", "", "not a number of students"),
    ("students", "sixty", "not a number of students"),
    ("students", "1000001", "not a number of students"),
    ("students", "inf", "not a number of students"),
    ("students", "12 students", "not a number of students"),
    ("students", "<5", "not a number of students"),
    ("students", "1_000", "not a number of students"),
    ("grade", "fifth", "not a grade"),
    ("grade", "14", "not a grade"),
    ("grade", "K-5", "not a grade"),
    ("grade", "-4", "not a grade"),
    ("next_grade", "99", "not a grade"),
    ("next_grade", "?", "not a grade"),
    ("school_year", "2022-24", "not a school year"),
    ("school_year", "22-23", "not a school year"),
    ("school_year", "2023-22", "not a school year"),
    ("school_year", "SY23", "not a school year"),
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
    ("graduation_rate", "about half", "graduation rate cannot be read"),
    ("graduation_rate", "93*", "graduation rate cannot be read"),
    ("graduation_rate", "120", "graduation rate cannot be read"),
    ("graduation_rate", "80-70", "graduation rate cannot be read"),
    ("graduation_rate", ">=", "graduation rate cannot be read"),
    ("graduation_rate", "LE", "graduation rate cannot be read"),
    ("school_id", "", "identifier is missing"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
    ("school_id", "x" * 65, "longer than 64 characters"),
]
_EDFACTS_CELLS = [
    ("ALL_RATE_1415", "XX", "rate cannot be read"),
    ("ALL_RATE_1415", "GE101", "rate cannot be read"),
    ("ALL_RATE_1415", "21-", "rate cannot be read"),
    ("ECD_RATE_1415", "eighty", "rate cannot be read"),
    ("ALL_COHORT_1415", "many", "size of the cohort cannot be read"),
    ("ALL_COHORT_1415", "1.5", "size of the cohort cannot be read"),
    ("ALL_COHORT_1415", "900000000", "size of the cohort cannot be read"),
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
    ("RATE", "fifty", "rate cannot be read"),
    ("RATE", "GE101", "rate cannot be read"),
    ("COHORT", "many", "size of the cohort cannot be read"),
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
    ("latitude", "412", "not a number from -90 to 90"),
    ("latitude", "nan", "not a number from -90 to 90"),
    ("longitude", "west", "not a number from -180 to 180"),
    ("longitude", "-180.5", "not a number from -180 to 180"),
]
_TRAVEL_TIME_CELLS = [
    ("minutes", "-1", "below 0"),
    ("minutes", "-0.5", "below 0"),
    ("minutes", "far", "not a travel time"),
    ("minutes", "12 min", "not a travel time"),
    ("minutes", "0:12", "not a travel time"),
    ("minutes", "inf", "not a travel time"),
    ("minutes", "1e999", "not a travel time"),
    ("minutes", "=1+1", "not a travel time"),
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
