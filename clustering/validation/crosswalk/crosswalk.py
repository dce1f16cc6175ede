"""
Crosswalk files: which school of an earlier year counts as which school of today.

``crosswalk``, one row per old and new school, in the order of the file:

==========  =======  =============================================================================================
column      type     meaning
==========  =======  =============================================================================================
old_id      str      identifier in the flows of earlier years
new_id      str      identifier that counts instead; missing: closed without successor
share       float64  share of the old school's students that count as the new school's [0 to 1]
first_year  Int64    first fall in which students attended under the old identifier; missing: no first year
last_year   Int64    last such fall; missing: no last year
kind        str      one of ``CROSSWALK_KINDS``
confirmed   bool     whether a person has confirmed the row; only confirmed rows are ever applied
==========  =======  =============================================================================================

The shares of one old school and one span of years add up to 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.readers.text.values import NO_WORDS, YES_WORDS, parse_numbers, parse_school_year, parse_unique
from clustering.validation.crosswalk.contradictions import find_faults
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers

CROSSWALK_COLUMNS = ("old_id", "new_id", "share", "first_year", "last_year", "kind", "confirmed")
CROSSWALK_KINDS = ("renumbered", "renamed", "moved", "merged", "split", "reconfigured", "closed")

_NO = NO_WORDS | {""}


def validate_crosswalk(
    files: Sequence[Findings], school_ids: pd.Index, *, flow_ids: pd.Index | None = None
) -> pd.DataFrame:
    """
    Validate crosswalk files and concatenate them.

    Parameters
    ----------
    files
        One per file; problems are added to each, also those between rows of different files.
    school_ids
        Identifiers of the schools table.
    flow_ids
        Identifiers that occur in the flows; without them an old identifier is known only if it is listed.

    Returns
    -------
    crosswalk
        ``CROSSWALK_COLUMNS``, one row per record. A blank share is 1; a blank ``confirmed`` is no; a blank kind
        is derived from the rows. Use the crosswalk only if no file has an error.
    """
    parts = [_validate_file(findings) for findings in files]
    if not parts:
        return empty_crosswalk()
    crosswalk = pd.concat(parts, ignore_index=True)
    file_of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    known = school_ids if flow_ids is None else school_ids.union(flow_ids)
    for fault in find_faults(crosswalk, school_ids=school_ids, known_ids=known):
        for number, findings in enumerate(files):
            rows = fault.rows[file_of == number].reset_index(drop=True)
            findings.mark(
                rows.set_axis(findings.table.cells.index),
                fault.column,
                message=fault.message,
                remedy=fault.remedy,
                is_error=fault.is_error,
            )
    return complete_kinds(crosswalk)


def empty_crosswalk() -> pd.DataFrame:
    """Return a crosswalk without rows, with the types of its columns."""
    return pd.DataFrame(
        {
            "old_id": pd.Series(dtype="str"),
            "new_id": pd.Series(dtype="str"),
            "share": pd.Series(dtype="float64"),
            "first_year": pd.Series(dtype="Int64"),
            "last_year": pd.Series(dtype="Int64"),
            "kind": pd.Series(dtype="str"),
            "confirmed": pd.Series(dtype="bool"),
        }
    )


def complete_kinds(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """
    Fill in the kind of change where the file has none.

    Parameters
    ----------
    crosswalk
        ``CROSSWALK_COLUMNS``; ``kind`` may be missing.

    Returns
    -------
    crosswalk
        A row without ``new_id`` is closed; several new schools of one old one are split; several old schools of one
        new one are merged; any other is renumbered. Confirmed rows are compared with confirmed rows only.
    """
    by_old = crosswalk.groupby(["old_id", "confirmed"])["new_id"].transform("size")
    by_new = crosswalk.groupby(["new_id", "confirmed"])["old_id"].transform("nunique")
    derived = np.select(
        [crosswalk["new_id"].isna(), by_old > 1, by_new.fillna(0) > 1], ["closed", "split", "merged"], "renumbered"
    )
    return crosswalk.assign(
        kind=crosswalk["kind"].where(crosswalk["kind"].notna(), pd.Series(derived, crosswalk.index))
    )


def _validate_file(findings: Findings) -> pd.DataFrame:
    for canonical in ("old_id", "new_id"):
        if canonical == "old_id" or canonical in findings.headings:
            _mark_identifiers(findings, canonical)
    if "confirmed" not in findings.headings:
        findings.note(
            "The file has no column confirmed: none of its rows is applied.",
            "Add a column confirmed, with yes in each row that you have checked.",
            column="confirmed",
        )
    new_id, kind = _text(findings, "new_id"), _text(findings, "kind").str.lower()
    share = _shares(findings)
    years = {canonical: _years(findings, canonical) for canonical in ("first_year", "last_year")}
    confirmed = _text(findings, "confirmed").str.lower()
    findings.mark(
        ~confirmed.isin(YES_WORDS | _NO),
        "confirmed",
        message="This is neither yes nor no.",
        remedy="Write yes in rows that you have checked, no in the others.",
    )
    _mark_kinds(findings, kind, new_id)
    return pd.DataFrame(
        {
            "old_id": _text(findings, "old_id"),
            "new_id": new_id.where(new_id != ""),
            "share": share,
            **years,
            "kind": kind.where(kind != ""),
            "confirmed": confirmed.isin(YES_WORDS),
        }
    ).reset_index(drop=True)


def _mark_identifiers(findings: Findings, canonical: str) -> None:
    """The checks of any identifier; but a blank ``new_id`` is no fault: the school closed."""
    before = len(findings.problems)
    mark_bad_identifiers(findings, canonical)
    if canonical == "new_id":
        findings.problems[before:] = [problem for problem in findings.problems[before:] if problem.value != ""]


def _mark_kinds(findings: Findings, kind: pd.Series, new_id: pd.Series) -> None:
    findings.mark(
        ~kind.isin(["", *CROSSWALK_KINDS]),
        "kind",
        message="This is not a kind of change.",
        remedy=f"Write {', '.join(CROSSWALK_KINDS[:-1])} or {CROSSWALK_KINDS[-1]}, or leave the cell blank.",
    )
    findings.mark(
        (kind == "closed") & (new_id != ""),
        "new_id",
        message="The kind is closed, without a successor, but there is a new school.",
        remedy="Leave new_id blank, or write what became of the school (renumbered, merged ...).",
    )
    findings.mark(
        (new_id == "") & ~kind.isin(["", "closed"]),
        "new_id",
        message="The new school is missing.",
        remedy="Write its identifier, or the kind closed if there is none.",
    )


def _text(findings: Findings, canonical: str) -> pd.Series:
    return findings.column(canonical).astype("str")


def _shares(findings: Findings) -> pd.Series:
    texts = _text(findings, "share")
    heading = findings.headings.get("share", "").lower()
    has_sign = texts.str.endswith("%")
    numbers, bad = parse_numbers(texts.str.removesuffix("%").str.strip(), decimal=findings.table.options.decimal)
    in_hundreds = has_sign | any(word in heading for word in ("percent", "pct", "%"))
    shares = numbers.mask(in_hundreds, numbers / 100)
    bad |= (shares < 0) | (shares > 1)
    findings.mark(
        bad,
        "share",
        message="This is not a share of the old school's students.",
        remedy="Write a fraction from 0 to 1, such as 0.6, or 60%; leave it blank if all students go to one school.",
    )
    return shares.mask(bad).where(texts != "", 1.0)


def _years(findings: Findings, canonical: str) -> pd.Series:
    years, bad = parse_unique(_text(findings, canonical), parse_school_year)
    findings.mark(
        bad,
        canonical,
        message="This is not a school year.",
        remedy="Write 2014-15, or 2014 for its fall; leave it blank for all years.",
    )
    return years
