"""Registers of Lead Partners for tests: tables as agencies write them, and what reading them says."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, Problem, Register, Scenario, read_register

# Partner, supporting partner of the first, unit of a district.
PARTNERS = pd.DataFrame(
    {
        "partner_id": ["LP1", "SP1", "DU1"],
        "name": ["North Star", "Tutors", "Unit of One"],
        "kind": ["organisation", "supporting partner", "district unit"],
        "home_district": ["01", "", "01"],
        "latitude": ["38.5", "", ""],
        "longitude": ["-98.0", "", ""],
        "reach_km": ["50", "", ""],
        "levels": ["elementary; middle; high", "all", "all"],
        "schools_now": ["3", "", "0"],
        "maximum_schools": ["8", "", "5"],
        "earliest_start": ["2025-26", "", ""],
        "contract_years": ["4", "", "5"],
        "cost_per_school": ["$750,000", "", ""],
        "approval": ["pre-qualified", "pre-qualified", "applied"],
        "accountability": ["met", "", "met"],
        "authority": ["met", "", "met"],
        "comprehensive_services": ["missing", "met", "promised"],
        "embedded_presence": ["met", "", ""],
        "supporting_partners": ["SP1", "", ""],
        "services": ["", "tutoring; counselling", ""],
        "evidence": ["Graduation rose by 6 points", "", ""],
        "evidence_source": ["Report 2023, page 4", "", ""],
    }
)


def partner_table(**columns: list[str]) -> pd.DataFrame:
    """The three partners, with other columns or further ones."""
    return PARTNERS.assign(**columns)


def preference_table(*rows: tuple[str, str, str, str, str, str, str]) -> pd.DataFrame:
    """Rows of partner, district, school, level, choice, who states it, reason."""
    columns = ["partner_id", "district_id", "school_id", "level", "choice", "stated_by", "reason"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def register_faults(
    partners: object,
    preferences: object = None,
    *,
    scenario: Scenario | None = None,
    options: list[str] | None = None,
) -> list[Problem]:
    """Errors of a register that must be refused; each says what to do."""
    with pytest.raises(InputError) as caught:
        read_register(partners, preferences, scenario=scenario, options=options)  # type: ignore[arg-type]
    assert all(problem.remedy and problem.is_error for problem in caught.value.problems)
    return list(caught.value.problems)


def one_partner(**columns: str) -> Register:
    """A register of one Lead Partner, as the columns say."""
    return read_register(pd.DataFrame({"partner_id": ["P"], **{name: [value] for name, value in columns.items()}}))
