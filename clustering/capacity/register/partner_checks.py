"""Checks that compare cells of a partner with each other, and partners with each other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.register.lost_zeros import find_lost_zeros
from clustering.capacity.register.register_rows import RegisterRows

SHORTEST_CONTRACT_YEARS, LONGEST_CONTRACT_YEARS = 3, 5
_GRANTS = "School Improvement Grants of 2010 (NCEE 2011-4019, section 4)"
# Least and most dollars of a year, and what they go by. Beyond them thousands may be left out, or the unit be another.
_USUAL_DOLLARS = {
    "cost_per_school": (50_000, 2_000_000, f"the range of {_GRANTS}"),
    "cost_per_student": (100, 10_000, f"where {_GRANTS} came to 1,330 on average"),
}


def check_partners(partners: RegisterRows) -> None:
    """Note what contradicts itself in the rows of all files of partners, and what is doubtful."""
    _check_identity(partners)
    _check_numbers(partners)
    _check_supporting_partners(partners)
    _warn_of_gaps(partners)


def is_lead(rows: pd.DataFrame) -> pd.Series:
    """Whether each row is a Lead Partner: an organisation or a district's own unit, not a supporting partner."""
    return rows["kind"] != "supporting partner"


def _check_identity(partners: RegisterRows) -> None:
    rows = partners.rows
    partners.mark(
        rows["partner_id"].duplicated(keep=False),
        "partner_id",
        message="The identifier appears more than once in the register.",
        remedy="Keep one row for each partner.",
    )
    numbers = rows["partner_id"].where(rows["partner_id"].str.fullmatch("[0-9]+"))
    alike = numbers.str.lstrip("0")
    partners.mark(
        alike.duplicated(keep=False) & numbers.notna() & ~rows["partner_id"].duplicated(keep=False),
        "partner_id",
        message="The identifier differs from another only by leading zeros.",
        remedy="Format the column as text and write the zeros back, or give each partner another identifier.",
    )
    names = rows["name"].str.casefold()
    partners.mark(
        names.duplicated(keep=False) & names.notna() & ~rows["partner_id"].duplicated(keep=False),
        "name",
        message="Another partner has the same name; each counts with its own capacity.",
        remedy="If they are one organisation, keep one row.",
        is_error=False,
    )


def _check_numbers(partners: RegisterRows) -> None:
    rows = partners.rows
    partners.mark(
        rows["maximum_schools_high"] < rows["schools_now"],
        "maximum_schools",
        message="The maximum is below the schools that the partner runs now.",
        remedy="Count the schools of today among those that it can run at once.",
    )
    partners.mark(
        rows["growth_ceiling"] < rows["maximum_schools_high"],
        "growth_ceiling",
        message="The ceiling of growth is below the maximum of today.",
        remedy="Write the most schools that the partner can ever run, or leave the cell blank.",
    )
    _check_years(partners)
    years = rows["contract_years"]
    partners.mark(
        ((years < SHORTEST_CONTRACT_YEARS) | (years > LONGEST_CONTRACT_YEARS)).fillna(False),
        "contract_years",
        message=f"The contract is not of {SHORTEST_CONTRACT_YEARS} to {LONGEST_CONTRACT_YEARS} years, as a performance"
        " contract of a Lead Partner is; its accountability counts as promised at most.",
        remedy="Check the length of the contract.",
        is_error=False,
    )
    for column, (least, most, basis) in _USUAL_DOLLARS.items():
        unit = column.rpartition("_")[2]
        partners.mark(
            (rows[f"{column}_low"] < least) | (rows[f"{column}_high"] > most),
            column,
            message=f"The cost is outside the usual {least:,} to {most:,} dollars a {unit} and year, {basis}. A match"
            " and its budget take it as it stands.",
            remedy=f"Check that it is in dollars, for one year and one {unit}, and that no thousands are left out.",
            is_error=False,
        )


def _check_years(partners: RegisterRows) -> None:
    """Compare the maximum of each year with the schools of today and with the ceiling of growth."""
    rows = partners.rows
    least = rows["capacities_high"].map(lambda years: min(years.values(), default=np.nan))
    most = rows["capacities_high"].map(lambda years: max(years.values(), default=np.nan))
    partners.mark(
        most > rows["growth_ceiling"],
        "growth_ceiling",
        message="The ceiling of growth is below the maximum of a year.",
        remedy="Write the most schools that the partner can ever run, or leave the cell blank.",
    )
    partners.mark(
        least < rows["schools_now"],
        "schools_now",
        message="The maximum of a year is below the schools that the partner runs now.",
        remedy="Correct it, unless the partner gives schools up by then.",
        is_error=False,
    )


def _check_supporting_partners(partners: RegisterRows) -> None:
    rows = partners.rows
    known = frozenset(rows["partner_id"])
    itself = pd.Series(
        [own in others for own, others in zip(rows["partner_id"], rows["supporting_partners"], strict=True)],
        index=rows.index,
    )
    partners.mark(
        itself,
        "supporting_partners",
        message="The partner is named as its own supporting partner.",
        remedy="Name others only; what the partner does itself stands in comprehensive_services.",
    )
    partners.mark_lists(
        "supporting_partners",
        lambda each: each not in known and find_lost_zeros(each, known) is not None,
        message="An identifier of a supporting partner has lost its leading zeros, here or in the register.",
        remedy="Format both columns as text and write the zeros back.",
    )
    partners.mark_lists(
        "supporting_partners",
        lambda each: each not in known and find_lost_zeros(each, known) is None,
        message="The register has no partner with this identifier.",
        remedy="Add a row for the supporting partner, with the kind supporting partner, or correct the identifier.",
    )
    lead = frozenset(rows.loc[is_lead(rows), "partner_id"])
    partners.mark_lists(
        "supporting_partners",
        lambda each: each in lead,
        message="This supporting partner is a Lead Partner of its own; it counts as both.",
        remedy="If it only supports others, give it the kind supporting partner.",
        is_error=False,
    )


def _warn_of_gaps(partners: RegisterRows) -> None:
    rows = partners.rows
    lead = is_lead(rows)
    partners.mark(
        lead & rows["maximum_schools"].isna() & ~rows["capacities_low"].map(bool),
        "maximum_schools",
        message="The register does not say how many schools this partner can run: it cannot be matched.",
        remedy="Write its maximum_schools, those of today among them.",
        is_error=False,
    )
    partners.mark(
        lead & rows["schools_now"].isna(),
        "schools_now",
        message="The register does not say how many schools this partner runs now: it cannot be matched.",
        remedy="Write its schools_now; 0 for one that runs none.",
        is_error=False,
    )
    partners.mark(
        rows["evidence"].notna() & rows["evidence_source"].isna(),
        "evidence",
        message="The evidence of results has no source.",
        remedy="Write in evidence_source where it can be read; until then it is a claim.",
        is_error=False,
    )
    is_unit = rows["kind"] == "district unit"
    partners.mark(
        is_unit & rows["home_district"].isna() & rows["reach_districts"].map(lambda each: not each),
        "home_district",
        message="The register does not say to which district this unit belongs.",
        remedy="Write its home_district, which a unit serves unless reach_districts names others.",
    )
