"""Sound tables with strange cells, none of which costs the file: each is named in a warning and counts as not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from tests.examples.sound_files import edfacts, long_rates, performance, population, travel_times, with_cell
from tests.examples.toy_district import toy_flows, toy_schools

# Column, part of the warning, and the strange cells: one a record, from the first record on.
Cells = Sequence[tuple[str, str, Sequence[str]]]

_SCHOOLS: Cells = (
    ("lat", "not a number", ("north", "38.5Q", "inf", "38,5", "1e999")),
    ("lon", "not a number", ("98Q", "0x10")),
    ("grades", "grades cannot be read", ("6 to what", "12-9", "15", "K-5-8", "primary", "8-Jun", "M-8", "K5", "6/8")),
    ("enrollment", "not a number of students", ("-5", "many", "2000000", "1e999", "12 (2)")),
    (
        "graduation_rate",
        "graduation rate cannot be read",
        ("about half", "101", "-5", "69-60", "XX80", "93*", "#N/A", "NC"),
    ),
)
_FLOWS: Cells = (
    ("grade", "not a grade", ("fifth", "15", "K-5", "-4")),
    ("next_grade", "not a grade", ("99", "soon")),
)
_RATES: Cells = (("graduation_rate", "graduation rate cannot be read", (">=",)),)
_EDFACTS: Cells = (
    ("ALL_RATE_1415", "rate cannot be read", ("GE101",)),
    ("ECD_RATE_1415", "rate cannot be read", ("21-",)),
    ("ALL_COHORT_1415", "size of the cohort cannot be read", ("many",)),
    ("ECD_COHORT_1415", "size of the cohort cannot be read", ("1.5",)),
)
_LONG_RATES: Cells = (
    ("RATE", "rate cannot be read", ("fifty", "GE101")),
    ("COHORT", "size of the cohort cannot be read", ("900000000",)),
)
_POPULATION: Cells = (
    ("latitude", "not a number from -90 to 90", ("412",)),
    ("longitude", "not a number from -180 to 180", ("west",)),
)
_TRAVEL_TIMES: Cells = (("minutes", "not a travel time", ("12 min", "0:12")),)

_TABLES: Mapping[str, tuple[pd.DataFrame, Cells]] = {
    "schools": (toy_schools(), _SCHOOLS),
    "flows": (toy_flows(), _FLOWS),
    "performance": (performance(), _RATES),
    "edfacts": (edfacts(), _EDFACTS),
    "long rates": (long_rates(), _LONG_RATES),
    "population": (population(), _POPULATION),
    "travel_times": (travel_times(), _TRAVEL_TIMES),
}
STRANGE_CELLS = {role: cells for role, (_, cells) in _TABLES.items()}


def strange_table(role: str) -> pd.DataFrame:
    """The table of a role with all its strange cells."""
    table, cells = _TABLES[role]
    for column, _, values in cells:
        for place, value in enumerate(values):
            table = with_cell(table, place, column, value)
    return table
