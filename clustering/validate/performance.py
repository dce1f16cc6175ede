"""Graduation rates and official lists, from the performance files and from further columns of the school files."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.escaping import plain_text
from clustering.io.headings import PERFORMANCE_ALIASES
from clustering.io.rates import parse_rates
from clustering.validate.findings import Findings, is_listed, mark_bad_identifiers

# An official list is a column with few distinct entries; names, addresses and the like are not kept.
MAXIMUM_LIST_ENTRIES = 50
RATE_COLUMNS = ("graduation_rate_low", "graduation_rate_high", "graduation_rate_status", "graduation_rate_text")
RESERVED = frozenset({*RATE_COLUMNS, "school_id"})  # names of our own, which no list may bear


def validate_performance(files: Sequence[Findings], school_ids: pd.Index) -> pd.DataFrame:
    """
    Judge graduation rates and gather the columns that may serve as official lists.

    Parameters
    ----------
    files
        Performance files first, then school files: where two give the same cell, the first one counts.
    school_ids
        Identifiers of the schools table.

    Returns
    -------
    performance
        Index ``school_id`` sorted; ``graduation_rate_low``, ``graduation_rate_high`` [shares],
        ``graduation_rate_status``, ``graduation_rate_text`` (as published) and the list columns as text under their
        own headings (missing where blank). Records of schools that the schools table does not have are set aside.
    """
    parts = [_validate_file(findings, school_ids) for findings in files]
    joined = pd.concat(parts).groupby(level="school_id", sort=True).first() if parts else pd.DataFrame()
    joined = joined.reindex(sorted(school_ids)).rename_axis("school_id").dropna(how="all")
    for name in RATE_COLUMNS:
        if name not in joined.columns:
            joined[name] = pd.Series(dtype="float64" if name.endswith(("low", "high")) else "str")
    joined["graduation_rate_status"] = joined["graduation_rate_status"].fillna("missing").astype("str")
    lists = sorted(set(joined.columns) - set(RATE_COLUMNS))
    return joined[[*RATE_COLUMNS, *lists]]


def _validate_file(findings: Findings, school_ids: pd.Index) -> pd.DataFrame:
    ids = findings.column("school_id")
    unlisted = pd.Series(False, index=ids.index)
    if findings.role == "performance":
        mark_bad_identifiers(findings, "school_id")
        findings.mark(
            ids.duplicated(keep=False) & (ids != ""),
            "school_id",
            message="The school has more than one record.",
            remedy="Keep one record per school.",
        )
        unlisted = ~is_listed(ids, school_ids)
        findings.mark(
            unlisted & (ids != ""),
            "school_id",
            message="The school is not in the schools files; its record is set aside.",
            remedy="Check the identifier, or add the school.",
            is_error=False,
        )
        findings.set_aside(unlisted & (ids != ""), "The school is not in the schools files.")
    rates = _rates(findings, heading) if (heading := _rate_heading(findings)) else None
    table = _list_columns(findings).join(rates) if rates is not None else _list_columns(findings)
    kept = (~unlisted & ~ids.duplicated()).to_numpy()
    return table.set_index(pd.Index(ids, name="school_id"))[kept]


def _rate_heading(findings: Findings) -> str | None:
    if "graduation_rate" in findings.headings:
        return findings.headings["graduation_rate"]
    aliases = PERFORMANCE_ALIASES["graduation_rate"]
    return next((heading for heading in findings.table.headings if heading.lower() in aliases), None)


def _rates(findings: Findings, heading: str) -> pd.DataFrame:
    findings.headings["graduation_rate"] = heading
    rates, units = parse_rates(findings.column("graduation_rate"))
    findings.mark(
        rates["status"] == "unreadable",
        "graduation_rate",
        message="The graduation rate cannot be read.",
        remedy="Give a share (0.67), a per cent (67), a band (60-69, LT50, GE95), or PS where it is suppressed.",
    )
    if len(units) > 1:
        findings.note(
            "The column has both shares such as 0.67 and per cents such as 67.",
            "Write the whole column one way.",
            column=heading,
            is_error=True,
        )
    texts = findings.column("graduation_rate")
    return rates.assign(text=texts.where(texts != "")).set_axis(list(RATE_COLUMNS), axis="columns")


def _list_columns(findings: Findings) -> pd.DataFrame:
    taken = set(findings.headings.values())
    cells = findings.table.cells
    free = [heading for heading in cells.columns if heading not in taken and heading not in RESERVED]
    kept = [heading for heading in free if _may_be_list(cells.loc[cells[heading] != "", heading].unique())]
    return cells[kept].where(cells[kept] != "").rename(columns={heading: plain_text(heading) for heading in kept})


def _may_be_list(entries: np.ndarray) -> bool:
    """Few entries, and no numbers but 0 and 1: a column of counts must not come out as a list."""
    if not 1 <= len(entries) <= MAXIMUM_LIST_ENTRIES:
        return False
    return {"0", "1"}.issuperset(entries) or not all(re.fullmatch(r"[-+]?[\d.,]+", entry) for entry in entries)
