"""Feeder tables validated: the next schools of each school, with the share of its students, where it is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.lost_zeros import mark_lost_zeros
from clustering.validation.unreadable_cells import Wording, note_unreadable
from clustering.validation.years import MISSING, validate_years

FEEDER_COLUMNS = ("origin", "destination", "share", "year")
_KEY = ["origin", "destination", "year"]
_NO_SHARE = Wording(
    message="This is not a share of students.",
    form="60%, 60 or 0.6.",
    outcome="The school counts as one without a share.",
)


def validate_feeder_tables(files: Sequence[Findings], schools: ListedSchools) -> pd.DataFrame | None:
    """
    Validate feeder tables and put them together.

    Parameters
    ----------
    files
        Tables with a record for each school and each next school; problems are added, and records set aside.
    schools
        The listed schools.

    Returns
    -------
    feeders
        ``FEEDER_COLUMNS``, sorted, each pair once a year: ``share`` of the origin's students [0 to 1], missing where
        none is given; ``year`` (Int64) is the fall of the school year, missing where no file gives it. Every origin is
        listed. ``None`` without files.
    """
    if not files:
        return None
    feeders = pd.concat([_validate(findings, schools) for findings in files], ignore_index=True)
    feeders = feeders.sort_values([*_KEY, "share"]).drop_duplicates(_KEY, ignore_index=True)
    return feeders.astype({"origin": "str", "destination": "str"})


def _validate(findings: Findings, schools: ListedSchools) -> pd.DataFrame:
    mark_bad_identifiers(findings, "origin", blank_is_error=False)
    is_listed = {name: _mark_unlisted(findings, name, schools) for name in ("origin", "destination")}
    table = pd.DataFrame({name: findings.column(name) for name in ("origin", "destination")})
    findings.set_aside(table["origin"] == "", "The row names no school.")
    findings.set_aside(table["destination"] == "", "The row names no next school.")
    findings.set_aside(table["origin"] == table["destination"], "The school feeds itself.")
    findings.set_aside(~is_listed["origin"], "The school is not in the schools files.")
    table["share"] = _shares(findings)
    table["year"] = pd.Series(validate_years(findings), index=table.index).astype("Int64")
    table["year"] = table["year"].mask(table["year"] == MISSING)
    kept = table[findings.kept()]
    differs = kept.groupby(_KEY, dropna=False)["share"].transform("nunique") > 1
    findings.mark(
        differs.reindex(table.index, fill_value=False),
        "destination",
        message="The two schools stand together several times, with different shares.",
        remedy="Keep one of the rows.",
    )
    return kept[list(FEEDER_COLUMNS)]


def _mark_unlisted(findings: Findings, canonical: str, schools: ListedSchools) -> np.ndarray:
    """Warn of schools that are not listed, once for each; whether the school of each record is listed."""
    column = findings.texts(canonical)
    listed = findings.positions(canonical, schools.ids) >= 0
    zeros = mark_lost_zeros(findings, canonical, schools.ids)
    outcome = {
        "origin": "Its rows are set aside, since nothing is known of its enrolment.",
        "destination": "Its students count as going to a school that is not listed.",
    }
    findings.mark(
        column.spread(~listed & ~zeros) & column.is_first() & ~column.is_blank(),
        canonical,
        message=f"The school is not in the schools files (reported once for each school). {outcome[canonical]}",
        remedy="Add the school to the schools files, or correct the entry. Write ; between several schools in a cell.",
        is_error=False,
    )
    is_listed: np.ndarray = column.spread(listed)
    return is_listed


def _shares(findings: Findings) -> pd.Series:
    """Share of each record [0 to 1]; numbers above 1 are per cents, and then so are all without a sign."""
    column, options = findings.texts("share"), findings.table.options
    texts = findings.values("share").astype("str")
    has_sign = texts.str.contains("%", regex=False)
    numbers, bad = parse_numbers(texts.str.replace("%", "", regex=False).str.strip(), decimal=options.decimal)
    is_percent = options.rate_unit == "percent" or (options.rate_unit is None and bool((numbers[~has_sign] > 1).any()))
    shares = numbers.where(~(has_sign | is_percent), numbers / 100)
    bad = bad | ~(shares.fillna(0).between(0, 1))
    note_unreadable(findings, "share", bad, _NO_SHARE)
    return pd.Series(column.spread(shares.mask(bad).to_numpy(dtype="float64")))
