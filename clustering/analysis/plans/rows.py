"""Rows of a plan, checked: which school each names, in which Zone, and whether it marks an anchor."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.readers.text.columns import text_column
from clustering.readers.text.values import NO_WORDS, YES_WORDS
from clustering.validation.findings import Findings, positions_of
from clustering.validation.identifiers import mark_bad_identifiers, mark_lost_zeros
from clustering.validation.repeated_records import leave_out_same

_NO = NO_WORDS | {""}
_ROLES = frozenset({"anchor", "feeder", "outside", ""})
_BETWEEN_ZONES = re.compile(r"\s*;\s*")


def check_rows(findings: Findings, school_ids: pa.StringArray, *, shared_feeders: bool) -> pd.DataFrame:
    """
    Check the rows of a plan.

    Parameters
    ----------
    findings
        The file; problems are added, and rows without a Zone are set aside.
    school_ids
        Identifiers of the listed schools.
    shared_feeders
        Whether a school may stand in several Zones.

    Returns
    -------
    rows
        One per record and Zone (a cell may name several Zones, separated by ``;``): ``record`` (its position in the
        file), ``school``, ``zone``, ``named`` (identifier of the anchor that the row names, or blank) as text,
        ``is_marked`` (the row's school is said to be the anchor) and ``is_used`` (in a Zone, listed, not a repetition).
    """
    for canonical in ("school_id", "anchor"):
        if canonical in findings.headings:
            _take_apostrophes_out(findings, canonical, school_ids)
    zone = findings.column("zone")
    findings.set_aside(zone == "", "The school is in no Zone.")
    if not findings.kept().any():
        findings.note("No row of the plan has a Zone.", "Write a label of its Zone beside each school.", is_error=True)
    is_listed = _check_identifiers(findings, school_ids)
    rows = pd.DataFrame({"school": findings.column("school_id"), "zone": zone})
    rows["is_marked"], rows["named"] = _marks(findings, rows)
    findings.mark(
        rows["is_marked"] & (zone == ""),
        "zone",
        message="The school is marked as an anchor and has no Zone.",
        remedy="Write the label of its Zone, or take the mark out.",
    )
    rows = _one_row_per_zone(rows)
    leave_out_same(findings, findings.kept() & is_listed)
    in_zones = rows[(findings.kept() & is_listed)[rows["record"]]]
    repeats = in_zones.duplicated(["school", "zone"])
    findings.mark(
        records_of(rows, repeats),
        "school_id",
        message="The school stands in this Zone already.",
        remedy="Keep one of the rows.",
    )
    if not shared_feeders:
        findings.mark(
            records_of(rows, in_zones.groupby("school")["zone"].transform("nunique") > 1),
            "zone",
            message="The school stands in another Zone as well.",
            remedy="Keep it in one of them, or set shared_feeders=true: then feeders may be in several Zones.",
        )
    return rows.assign(is_used=(~repeats).reindex(rows.index, fill_value=False))


def records_of(rows: pd.DataFrame, marks: pd.Series) -> np.ndarray:
    """Whether any row of each record is marked; ``marks`` may be of some of the rows only."""
    marked: np.ndarray = np.bincount(rows["record"], weights=marks.reindex(rows.index, fill_value=False)) > 0
    return marked


def _one_row_per_zone(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Rows of records whose cell names several Zones, once for each.

    Only where each part is a Zone of some other row: a label may hold a semicolon of its own.
    """
    labels = frozenset(rows["zone"])
    parts = {label: _BETWEEN_ZONES.split(label) for label in labels if ";" in label}
    several = {label: each for label, each in parts.items() if labels.issuperset(each) and "" not in each}
    zones = rows["zone"].map(lambda label: several.get(label, [label]))
    parted = rows.assign(zone=zones).rename_axis("record").reset_index().explode("zone", ignore_index=True)
    return parted.astype({"zone": "str"})


def _check_identifiers(findings: Findings, school_ids: pa.StringArray) -> np.ndarray:
    """Whether each record names a listed school; other identifiers are reported."""
    mark_bad_identifiers(findings, "school_id")
    lost = mark_lost_zeros(findings, "school_id", school_ids)
    column = findings.texts("school_id")
    is_listed = column.spread(findings.positions("school_id", school_ids) >= 0)
    is_reported = column.spread(lost) | column.is_blank()
    findings.mark(
        ~is_listed & ~is_reported & findings.kept(),
        "school_id",
        message="There is no school with this identifier in the schools files.",
        remedy="Correct it, leading zeros included, or take the row out.",
    )
    return is_listed


def _marks(findings: Findings, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whether each row marks its own school as the anchor, and the anchor that it names."""
    role, anchor = findings.column("role").str.lower(), findings.column("anchor")
    findings.mark(
        ~role.isin(_ROLES),
        "role",
        message="The role is neither anchor nor feeder; the school is taken for a feeder.",
        remedy="Write anchor for the low-performing high school of the Zone.",
        is_error=False,
    )
    words = anchor.str.lower()
    is_flag = bool(words.isin(YES_WORDS | _NO).all())
    named = pd.Series("", index=anchor.index, dtype="str") if is_flag else anchor
    is_marked = words.isin(YES_WORDS) if is_flag else (named != "") & (named == rows["school"])
    return (role == "anchor") | is_marked, named


def _take_apostrophes_out(findings: Findings, canonical: str, school_ids: pa.StringArray) -> None:
    """Undo what our own CSV files put before text that a spreadsheet would run."""
    column = findings.texts(canonical)
    texts = column.distinct()
    bare = texts.str.removeprefix("'")
    is_ours = (bare != texts) & (positions_of(pa.array(bare, type=pa.string()), school_ids) >= 0)
    if is_ours.any():
        findings.replace(canonical, text_column(pd.Series(column.spread(texts.mask(is_ours, bare)))))
