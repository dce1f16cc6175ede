"""One file of partners validated cell by cell."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import shapely

from clustering.capacity.register.quantities import (
    DOLLARS,
    KILOMETRES,
    KM_PER_MILE,
    SCHOOL_CEILING,
    SCHOOLS,
    SHARE,
    YEARS,
    Quantity,
    read_quantities,
)
from clustering.capacity.register.register_rows import (
    SEPARATORS,
    mark_bad_entries,
    read_identifier_lists,
    read_lists,
    read_texts,
)
from clustering.capacity.register.register_tables import DUTIES
from clustering.capacity.register.start_years import read_starts
from clustering.capacity.register.words import APPROVAL_WORDS, DUTY_WORDS, KIND_WORDS, read_levels, read_words
from clustering.capacity.register.yearly_capacity import read_capacities
from clustering.readers.crs import coordinates_of_points
from clustering.readers.recognition.file_kinds import TOTALS
from clustering.readers.text.columns import text_column
from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers

_ALL = frozenset({"all", "any", "statewide", "all districts", "any district", "state", "every district"})
_TEXTS = ("name", "evidence", "evidence_source")
_NUMBERS_OF_DAYS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "every": "5", "daily": "5"}
_DAYS = re.compile(
    r"(?P<least>[0-7](?:\.[0-9]+)?)(?:\s*(?:-|–|to)\s*[0-7])?(?P<noun>\s*(?:school )?days?)?"
    r"\s*(?:(?:a|per|each|every|/)\s*(?:school )?(?:week|wk))?"
)
DAYS_EMBEDDED = 5
_DAYS_REMEDY = "Days a week are understood too: 5 days, or 5 days a week."


def read_partner_file(findings: Findings) -> pd.DataFrame:
    """
    Validate the cells of one file of partners.

    Parameters
    ----------
    findings
        The file, with a heading for ``partner_id``; problems are added.

    Returns
    -------
    rows
        One per record used: ``record``, and the columns of :class:`~clustering.capacity.register.register.Register`,
        with ``capacities_low`` and ``capacities_high`` (fall to number of schools).
    """
    capacities = read_capacities(findings)
    rows = pd.DataFrame(
        {
            "partner_id": _identifiers(findings),
            **{name: read_texts(findings, name) for name in _TEXTS},
            "home_district": _home_district(findings),
            "kind": read_words(findings, "kind", KIND_WORDS, blank="organisation"),
            "approval": read_words(findings, "approval", APPROVAL_WORDS, blank="unknown"),
            **_duties(findings),
            **_coordinates(findings),
            **_lists(findings),
            "levels": read_levels(findings, "levels"),
            **_quantities(findings),
            "earliest_start": read_starts(findings),
            **capacities,
        }
    )
    return rows.assign(record=np.arange(len(rows)))[findings.kept()]


def _identifiers(findings: Findings) -> pd.Series:
    mark_bad_identifiers(findings, "partner_id", blank_is_error=False)
    ids = findings.column("partner_id")
    is_blank = ids == ""
    has_name = findings.column("name") != ""
    findings.mark(
        is_blank & has_name,
        "partner_id",
        message="The partner has no identifier.",
        remedy="Give each partner an identifier of its own; columns.partner_id=NAME takes its name for one.",
    )
    findings.mark(
        is_blank & ~has_name,
        "partner_id",
        message="The row names no partner; it is set aside.",
        remedy="Give the partner an identifier if the row should be used.",
        is_error=False,
    )
    findings.set_aside(is_blank, "The partner has no identifier.")
    is_total = ids.str.lower().isin(TOTALS) & ~has_name
    findings.mark(
        is_total,
        "partner_id",
        message="The row looks like a sum of the others; it is set aside.",
        remedy="Give it a name if it is a partner.",
        is_error=False,
    )
    findings.set_aside(is_total, "A sum of the other rows.")
    findings.mark(
        ids.str.contains(f"[{re.escape(SEPARATORS)}]", regex=True),
        "partner_id",
        message=f"The identifier has one of the signs {' '.join(SEPARATORS)}.",
        remedy="Leave them out: they separate identifiers in lists and in locks.",
    )
    return ids


def _home_district(findings: Findings) -> pd.Series:
    mark_bad_entries(findings, "home_district", findings.column("home_district").map(lambda text: (text,)))
    return read_texts(findings, "home_district")


def _duties(findings: Findings) -> dict[str, pd.Series]:
    _days_to_words(findings)
    hints = {"embedded_presence": _DAYS_REMEDY}
    return {duty: read_words(findings, duty, DUTY_WORDS, blank="unknown", hint=hints.get(duty, "")) for duty in DUTIES}


def _days_to_words(findings: Findings) -> None:
    """Take days a week for the word: with 5 or more the duty is met, with fewer it is not."""
    heading = findings.headings.get("embedded_presence", "")
    if not heading:
        return
    column = findings.texts("embedded_presence")
    has_days_heading = "day" in heading.lower()

    def to_word(text: str) -> str:
        first, _, rest = " ".join(text.lower().split()).partition(" ")
        match = _DAYS.fullmatch(f"{_NUMBERS_OF_DAYS.get(first, first)} {rest}".strip())
        if match is None or not (has_days_heading or match["noun"] or first == "daily"):
            return text
        return "met" if float(match["least"]) >= DAYS_EMBEDDED else "missing"

    words = column.distinct().map(to_word)
    findings.replace("embedded_presence", text_column(pd.Series(column.spread(words), dtype="str")))


def _coordinates(findings: Findings) -> dict[str, pd.Series]:
    if not {"latitude", "longitude"} & set(findings.headings) and findings.table.geometry is not None:
        longitude, latitude = coordinates_of_points(shapely.centroid(findings.table.geometry))
        return {"latitude": pd.Series(latitude), "longitude": pd.Series(longitude)}
    values: dict[str, pd.Series] = {}
    for canonical, limit in (("latitude", 90), ("longitude", 180)):
        column = findings.texts(canonical)
        numbers, bad = parse_numbers(column.distinct())
        findings.mark_texts(
            bad,
            canonical,
            message=f"The {canonical} is not a number.",
            remedy="Write decimal degrees, such as 38.8977, or leave the cell blank.",
        )
        findings.mark_texts(
            numbers.abs() > limit,
            canonical,
            message=f"The {canonical} lies outside -{limit} to {limit} degrees.",
            remedy="Write decimal degrees in WGS 84; convert projected coordinates first.",
        )
        values[canonical] = pd.Series(column.spread(numbers.mask(numbers.abs() > limit)))
    half = values["latitude"].isna() != values["longitude"].isna()
    is_written = (findings.column("latitude") == "") != (findings.column("longitude") == "")
    findings.mark(
        half & is_written,
        "latitude",
        message="Only one of latitude and longitude is given.",
        remedy="Give both, or leave both blank.",
    )
    origin = (values["latitude"] == 0) & (values["longitude"] == 0)
    findings.mark(
        origin,
        "latitude",
        message="The coordinates 0, 0 lie in the Gulf of Guinea; they are taken for missing.",
        remedy="Give the home's coordinates, or leave the cells blank.",
        is_error=False,
    )
    return {name: column.mask(origin | half) for name, column in values.items()}


def _lists(findings: Findings) -> dict[str, pd.Series]:
    return {
        "reach_districts": read_identifier_lists(findings, "reach_districts", all_words=_ALL),
        "supporting_partners": read_identifier_lists(findings, "supporting_partners", all_words=frozenset({"none"})),
        "services": read_lists(findings, "services"),
    }


def _quantities(findings: Findings) -> dict[str, pd.Series]:
    in_miles = re.search(r"mile|_mi$|\bmi\b", findings.headings.get("reach_km", "").lower()) is not None
    single: dict[str, Quantity] = {
        "schools_now": SCHOOLS,
        "growth_share": SHARE,
        "growth_ceiling": SCHOOL_CEILING,
        "contract_years": YEARS,
    }
    reach = read_quantities(findings, "reach_km", KILOMETRES, factor=KM_PER_MILE if in_miles else 1.0)
    values = {"reach_km": reach["low"]}
    for name, quantity in single.items():
        values[name] = _one_number(findings, name, read_quantities(findings, name, quantity))
    values["contract_years"] = values["contract_years"].astype("Int64")
    for name, quantity in (("maximum_schools", SCHOOLS), ("cost_per_school", DOLLARS), ("cost_per_student", DOLLARS)):
        values |= _range(findings, name, quantity)
    return values


def _one_number(findings: Findings, canonical: str, ranges: pd.DataFrame) -> pd.Series:
    """The number of each cell; of a range its low end, which a warning says."""
    findings.mark(
        ranges["low"] < ranges["high"],
        canonical,
        message="This column holds one number; of the range the low end is taken.",
        remedy="Write one number.",
        is_error=False,
    )
    return ranges["low"]


def _range(findings: Findings, name: str, quantity: Quantity) -> dict[str, pd.Series]:
    """
    A number and its ends.

    Where a cell holds a range, the number is its careful end: fewest schools, most dollars. Columns of their own for
    the ends count before it.
    """
    cell = read_quantities(findings, name, quantity)
    low = read_quantities(findings, f"{name}_low", quantity)["low"].fillna(cell["low"])
    high = read_quantities(findings, f"{name}_high", quantity)["high"].fillna(cell["high"])
    low, high = low.fillna(high), high.fillna(low)
    careful = low if quantity is SCHOOLS else high
    number = cell["low"].where(cell["low"] == cell["high"]).fillna(careful)
    findings.mark(
        (low > high) | (number < low) | (number > high),
        name,
        message="The number lies outside its range, or the range runs backwards.",
        remedy=f"Write the least number in {name}_low, the greatest in {name}_high, and {name} between them.",
    )
    return {name: number, f"{name}_low": low, f"{name}_high": high}
