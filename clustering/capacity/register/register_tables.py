"""Columns and types of the tables of a register, stated once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd

DutyState = Literal["met", "promised", "missing", "unknown"]

# The four duties of a Lead Partner (The Lead Partner Playbook, ERIC ED538308).
DUTIES = ("accountability", "authority", "comprehensive_services", "embedded_presence")
PARTNER_COLUMNS = (
    *("name", "kind", "home_district", "latitude", "longitude", "position_source", "reach_districts", "reach_km"),
    *("levels", "schools_now", "maximum_schools", "maximum_schools_low", "maximum_schools_high", "earliest_start"),
    *("growth_share", "growth_ceiling", "contract_years", "cost_per_school", "cost_per_school_low"),
    *("cost_per_school_high", "cost_per_student", "cost_per_student_low", "cost_per_student_high", "approval"),
    *DUTIES,
    *("supporting_partners", "services", "evidence", "evidence_source"),
)
COST_COLUMNS = tuple(f"cost_per_{unit}{end}" for unit in ("school", "student") for end in ("", "_low", "_high"))
CAPACITY_COLUMNS = ("partner_id", "fall", "maximum_schools", "maximum_schools_low", "maximum_schools_high")
PREFERENCE_COLUMNS = ("partner_id", "district_id", "school_id", "level", "choice", "stated_by", "reason")
LIST_COLUMNS = ("reach_districts", "levels", "supporting_partners", "services")
# What a table of partners has beside what was read, so that reading it again needs no warning.
DERIVED_COLUMNS = ("position_source", *(f"{duty}_state" for duty in DUTIES), "schools_free", "missing_for_match")
_YEAR_COLUMNS = ("earliest_start", "contract_years")
_TEXT_COLUMNS = (
    *("name", "kind", "home_district", "position_source", "approval", *DUTIES, "evidence", "evidence_source"),
)

Rows = pd.DataFrame | Sequence[dict[str, Any]]


def type_partners(rows: Rows) -> pd.DataFrame:
    """Partners as of ``Register.partners``, from rows with their values and ``partner_id``."""
    table = pd.DataFrame(rows, columns=["partner_id", *PARTNER_COLUMNS])
    lists = {
        name: pd.Series([tuple(each) for each in table[name]], index=table.index, dtype="object")
        for name in LIST_COLUMNS
    }
    types = {name: _type_of(name) for name in table.columns if name not in LIST_COLUMNS}
    return table.assign(**lists).astype(types).set_index("partner_id").sort_index()


def type_capacities(rows: Rows) -> pd.DataFrame:
    """Maxima by year as of ``Register.capacities``."""
    table = pd.DataFrame(rows, columns=list(CAPACITY_COLUMNS))
    types = dict.fromkeys(CAPACITY_COLUMNS, "float64") | {"partner_id": "str", "fall": "int64"}
    return table.astype(types).sort_values(["partner_id", "fall"], ignore_index=True)


def type_preferences(rows: Rows) -> pd.DataFrame:
    """Preferences as of ``Register.preferences``: sorted, missing first, none twice."""
    columns = list(PREFERENCE_COLUMNS)
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))
    return table.drop_duplicates().sort_values(columns, na_position="first", ignore_index=True)


def _type_of(name: str) -> str:
    return "str" if name in ("partner_id", *_TEXT_COLUMNS) else "Int64" if name in _YEAR_COLUMNS else "float64"
