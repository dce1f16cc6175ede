"""Rows of a crosswalk that contradict each other, the schools table or the calendar."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from clustering.validation.findings import is_listed

# Thirds written with two decimals add up to 0.99; a sum this near to 1 is scaled to it when the crosswalk is applied.
SHARE_TOLERANCE = 0.011
_SPAN = ["old_id", "first_year", "last_year"]


@dataclass(frozen=True, kw_only=True)
class CrosswalkFault:
    """
    One fault in some rows of a crosswalk.

    Parameters
    ----------
    rows
        Boolean, one per row of the crosswalk.
    column
        The column with the fault.
    message, remedy
        What is wrong; what to do.
    is_error
        ``False`` for a warning.
    """

    rows: pd.Series
    column: str
    message: str
    remedy: str
    is_error: bool = True


def find_faults(
    crosswalk: pd.DataFrame, *, school_ids: pd.Index | None = None, known_ids: pd.Index | None = None
) -> list[CrosswalkFault]:
    """
    Find contradictions in a crosswalk; unconfirmed rows are alternatives and may contradict each other.

    Parameters
    ----------
    crosswalk
        ``crosswalk.CROSSWALK_COLUMNS``, any index.
    school_ids
        Identifiers of the schools table; without them nothing is compared with it.
    known_ids
        The same identifiers and those of the flows.

    Returns
    -------
    faults
        Each with at least one row.
    """
    faults = [*_faults_of_years(crosswalk), *_faults_of_shares(crosswalk), _cycles(crosswalk)]
    if school_ids is not None:
        faults += _faults_of_unlisted_schools(crosswalk, school_ids, school_ids if known_ids is None else known_ids)
    return [fault for fault in faults if fault.rows.any()]


def _faults_of_years(crosswalk: pd.DataFrame) -> list[CrosswalkFault]:
    backwards = (crosswalk["first_year"] > crosswalk["last_year"]).fillna(False).astype("bool")
    spans = crosswalk.loc[crosswalk["confirmed"] & ~backwards, _SPAN].drop_duplicates().sort_values(_SPAN)
    starts = spans["first_year"].astype("float64").fillna(-np.inf)
    ends = spans["last_year"].astype("float64").fillna(np.inf)
    ordered = pd.DataFrame({"old_id": spans["old_id"], "start": starts, "end": ends}).sort_values(["old_id", "start"])
    latest_end = ordered.groupby("old_id")["end"].cummax().groupby(ordered["old_id"]).shift()
    clashing = ordered.loc[ordered["start"] <= latest_end, "old_id"]
    return [
        CrosswalkFault(
            rows=backwards,
            column="first_year",
            message="The first year is after the last.",
            remedy="Put the two years in order.",
        ),
        CrosswalkFault(
            rows=crosswalk["confirmed"] & crosswalk["old_id"].isin(clashing),
            column="first_year",
            message="Confirmed rows of this old school are for different spans of years that overlap.",
            remedy="Write the same first_year and last_year in all its rows, or years that do not overlap.",
        ),
    ]


def _faults_of_shares(crosswalk: pd.DataFrame) -> list[CrosswalkFault]:
    confirmed = crosswalk["confirmed"]
    repeated = confirmed & crosswalk[confirmed].duplicated([*_SPAN, "new_id"], keep=False).reindex(
        crosswalk.index, fill_value=False
    )
    shares = crosswalk[confirmed & ~repeated].groupby(_SPAN, dropna=False)["share"]
    # A sum with an unreadable share is not checked.
    totals = shares.transform("sum").where(shares.transform("count") == shares.transform("size"))
    totals = totals.reindex(crosswalk.index)
    off = totals.notna() & ~totals.between(1 - SHARE_TOLERANCE, 1 + SHARE_TOLERANCE)
    wrong_sums = [
        CrosswalkFault(
            rows=off & (totals.round(4) == total),
            column="share",
            message=f"The shares of this old school add up to {total:g}, not to 1.",
            remedy="Correct the shares, confirm all of its rows that are right, or add a row without new_id for"
            " students whose school closed.",
        )
        for total in sorted(totals[off].round(4).unique())
    ]
    repeats = CrosswalkFault(
        rows=repeated,
        column="new_id",
        message="The same old and new school appear more than once for the same years.",
        remedy="Keep one of the rows.",
    )
    return [repeats, *wrong_sums]


def _cycles(crosswalk: pd.DataFrame) -> CrosswalkFault:
    """
    Rows that form a cycle.

    A step through a row with a last year moves on to later falls, so it ends. Only rows without one can form a cycle.
    """
    endless = crosswalk["confirmed"] & crosswalk["new_id"].notna() & crosswalk["last_year"].isna()
    endless &= crosswalk["old_id"] != crosswalk["new_id"]
    steps = nx.DiGraph(crosswalk.loc[endless, ["old_id", "new_id"]].itertuples(index=False, name=None))
    component = {
        school: number
        for number, schools in enumerate(nx.strongly_connected_components(steps))
        for school in schools
        if len(schools) > 1
    }
    old, new = crosswalk["old_id"].map(component), crosswalk["new_id"].map(component)
    return CrosswalkFault(
        rows=endless & old.notna() & (old == new),
        column="new_id",
        message="The rows lead back to the school at which they start.",
        remedy="Delete the wrong row, or write last_year: the last fall in which the old identifier was used.",
    )


def _faults_of_unlisted_schools(
    crosswalk: pd.DataFrame, school_ids: pd.Index, known_ids: pd.Index
) -> list[CrosswalkFault]:
    confirmed, old, new = crosswalk["confirmed"], crosswalk["old_id"], crosswalk["new_id"]
    old_is_listed, new_is_listed = is_listed(old, school_ids), new.notna() & is_listed(new, school_ids)
    old_is_known = is_listed(old, known_ids)
    leads_on = new.isin(old[confirmed]) & (old != new)
    stays = old.isin(old[confirmed & (old == new)])
    zero_of_old = ~old_is_known & _is_known_with_zeros(old, known_ids)
    zero_of_new = new.notna() & ~new_is_listed & ~leads_on & _is_known_with_zeros(new, school_ids)
    nowhere = confirmed & new.notna() & ~new_is_listed & ~leads_on & ~zero_of_new & ~zero_of_old
    lost_zero = "The identifier has lost its leading zero: the other files have it with one."
    write_back = "Format the column as text and write the zeros back; spreadsheets drop them."
    digits = {len(each) for each in map(str, known_ids) if each.isdecimal()}
    if len(digits) == 1:
        write_back = f"Set identifier_digits={digits.pop()}. Or f{write_back[1:]}"
    return [
        CrosswalkFault(rows=zero_of_old, column="old_id", message=lost_zero, remedy=write_back),
        CrosswalkFault(rows=zero_of_new, column="new_id", message=lost_zero, remedy=write_back),
        CrosswalkFault(
            rows=nowhere & ~old_is_known,
            column="old_id",
            message="Neither the old nor the new school is in the schools or the flows.",
            remedy="Correct the identifiers, or delete the row.",
        ),
        CrosswalkFault(
            rows=nowhere & old_is_known,
            column="new_id",
            message="The new school is not in the schools files; its students still count for an unlisted school.",
            remedy="Add the school to the schools files, or correct the identifier.",
            is_error=False,
        ),
        CrosswalkFault(
            rows=confirmed & new.notna() & old_is_listed & ~stays & crosswalk["last_year"].isna(),
            column="last_year",
            message="The old school is still in the schools files, and the row would move its students of all years.",
            remedy="Write last_year, the last fall in which the old identifier was that of the old school, or delete"
            " the row.",
        ),
    ]


def _is_known_with_zeros(ids: pd.Series, known_ids: pd.Index) -> pd.Series:
    texts = ids.fillna("").where(ids.fillna("").str.fullmatch(r"\d+"), "x").astype("str")
    padded = [is_listed("0" * zeros + texts, known_ids) for zeros in range(1, 4)]
    return padded[0] | padded[1] | padded[2]
