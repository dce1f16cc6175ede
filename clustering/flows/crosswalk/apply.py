"""Flows of earlier years given to the schools of today, by the confirmed rows of a crosswalk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.crosswalk.resolve import resolve_schools
from clustering.model.columns import FLOW_COLUMNS
from clustering.model.grades import offers_grade
from clustering.validation.crosswalk.contradictions import find_faults

_KEY = list(FLOW_COLUMNS[:5])
_GRADES_AND_YEAR = ["grade", "next_grade", "year"]
_COUNTS = ["students", "students_low", "students_high"]
_ENDS = {"origin": ("year", "grade"), "destination": ("next_year", "next_grade")}


@dataclass(frozen=True, kw_only=True)
class CrosswalkAccount:
    """
    What applying a crosswalk did to the rows of a flow table.

    Parameters
    ----------
    rows_given
        ``rows_unchanged + rows_relabelled + rows_divided``.
    rows_unchanged
        Neither school is in a row that applies, or it closed without successor.
    rows_relabelled
        One or both schools replaced by one each.
    rows_divided
        Rows of which a school was divided among several.
    parts
        Rows after dividing, before those of the same schools, grades and year were added up.
    rows_result
        Rows of the result; ``parts - rows_result`` were added to another.
    rows_without_year
        Rows left as they were because their year is missing and the crosswalk holds for some years only.
    rows_not_confirmed
        Rows of the crosswalk that were not applied.
    old_ids_applied, old_ids_unused
        Old identifiers of confirmed rows that changed a flow, and that no flow of their years has; sorted.
    """

    rows_given: int
    rows_unchanged: int
    rows_relabelled: int
    rows_divided: int
    parts: int
    rows_result: int
    rows_without_year: int
    rows_not_confirmed: int
    old_ids_applied: tuple[str, ...]
    old_ids_unused: tuple[str, ...]


def apply_crosswalk(
    flows: pd.DataFrame,
    crosswalk: pd.DataFrame,
    *,
    grades_offered: pd.Series | None = None,
    years_between: int = 1,
    is_checked: bool = False,
) -> tuple[pd.DataFrame, CrosswalkAccount]:
    """
    Replace the schools of earlier years by those that succeeded them.

    Each end of a flow is looked up in its own fall: a flow of year 2014 joins the school attended in fall 2014 and that
    of fall 2015. A school replaced in 2015 and again in 2018 is followed through both.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``, which is found afterwards; any order, other columns are left out.
    crosswalk
        The columns of ``validation.crosswalk``. Rows that are not confirmed are never applied.
    grades_offered
        Bit mask of every listed school, index ``school_id``. With it a divided school's students go to those of its
        successors only that offer their grade, in proportion to the shares; to all where none does or no grade is
        known. And the crosswalk is compared with the listed schools.
    years_between
        Falls from the one end of a flow to the other: 0 for residents and the school they attend.
    is_checked
        Whether the crosswalk was compared with the schools and found without faults before.

    Returns
    -------
    flows
        One row per origin, destination, grades and year, sorted by these. Students are conserved: the parts of a row
        add up to it. A suppressed cell is divided as the interval it is, both ends by the share; the parts stay
        suppressed. Students who stayed in a divided school are taken to have stayed in the same successor as far as
        the shares allow. A school closed without successor keeps its identifier: its students did not leave, they are
        those of an unlisted school.
    account
        See :class:`CrosswalkAccount`.

    Raises
    ------
    InputError
        Confirmed rows contradict each other or the schools: shares that do not add up to 1, years that overlap, rows
        that lead in a circle, identifiers unknown on both sides, an old school that is still listed.
    """
    if not is_checked:
        _refuse_faults(flows, crosswalk, grades_offered)
    confirmed = crosswalk[crosswalk["confirmed"]]
    rows = flows[[*_KEY, *_COUNTS]].reset_index(drop=True).astype(dict.fromkeys(_GRADES_AND_YEAR, "Int64"))
    rows = rows.assign(next_year=rows["year"] + years_between, row=np.arange(len(rows)))
    successors = {
        end: _successors(rows, end, fall, grade, confirmed, grades_offered) for end, (fall, grade) in _ENDS.items()
    }
    parts = _divide(rows, successors)
    result = _add_up(parts)
    return result, _account(rows, parts, result, crosswalk=crosswalk)


def _refuse_faults(flows: pd.DataFrame, crosswalk: pd.DataFrame, grades_offered: pd.Series | None) -> None:
    listed = None if grades_offered is None else pd.Index(grades_offered.index)
    in_flows = pd.Index(pd.concat([flows["origin"], flows["destination"]]).dropna().unique())
    known = None if listed is None else listed.union(in_flows)
    plain = crosswalk.reset_index(drop=True)
    problems = [
        Problem(
            table="crosswalk",
            row=int(position) + 2,  # below the header of the table as a file
            column=fault.column,
            value=None if pd.isna(plain[fault.column].iloc[position]) else str(plain[fault.column].iloc[position]),
            school_id=str(plain["old_id"].iloc[position]),
            message=fault.message,
            remedy=fault.remedy,
        )
        for fault in find_faults(plain, school_ids=listed, known_ids=known)
        if fault.is_error
        for position in np.flatnonzero(fault.rows)
    ]
    if problems:
        raise InputError(problems)


def _successors(
    rows: pd.DataFrame,
    end: str,
    fall: str,
    grade: str,
    confirmed: pd.DataFrame,
    grades_offered: pd.Series | None,
) -> pd.DataFrame:
    concerned = rows.loc[rows[end].isin(confirmed["old_id"]), [end, fall, grade]].drop_duplicates()
    return find_successors(
        concerned.set_axis(["school_id", "fall", "grade"], axis="columns"), confirmed, grades_offered
    )


def find_successors(
    lookups: pd.DataFrame, confirmed: pd.DataFrame, grades_offered: pd.Series | None = None
) -> pd.DataFrame:
    """
    Find who counts as a school for the students of a grade.

    Parameters
    ----------
    lookups
        ``school_id``, ``fall`` (Int64), ``grade`` (Int64), once each.
    confirmed
        Confirmed rows of a crosswalk without faults.
    grades_offered
        As for :func:`apply_crosswalk`.

    Returns
    -------
    successors
        ``school_id``, ``fall``, ``grade``, ``successor``, ``share`` [0 to 1]; the shares of each look-up add up to 1.
    """
    resolved = resolve_schools(lookups[["school_id", "fall"]].drop_duplicates(), confirmed)
    found = lookups.merge(resolved, on=["school_id", "fall"])
    if grades_offered is None or found.empty:
        return found
    fits = offers_grade(found["successor"].map(grades_offered), found["grade"])
    kept = found["share"].where(fits, 0.0)
    keys = [found[name] for name in ("school_id", "fall", "grade")]
    fitting_share = kept.groupby(keys, dropna=False).transform("sum")
    found["share"] = (kept / fitting_share).where(fitting_share > 0, found["share"])
    return found[found["share"] > 0].reset_index(drop=True)


def _divide(rows: pd.DataFrame, successors: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Each row once for each pair of successors, with the share of its students that go there."""
    parts = rows
    for end, (fall, grade) in _ENDS.items():
        found = successors[end].rename(
            columns={"school_id": end, "fall": fall, "grade": grade, "successor": f"new_{end}", "share": f"{end}_share"}
        )
        parts = parts.merge(found, on=[end, fall, grade], how="left")
        parts[f"new_{end}"] = parts[f"new_{end}"].where(parts[f"new_{end}"].notna(), parts[end])
        parts[f"{end}_share"] = parts[f"{end}_share"].fillna(1.0)
    weight = parts["origin_share"] * parts["destination_share"]
    stays = (parts["origin"] == parts["destination"]).fillna(False).astype("bool")
    parts["weight"] = weight.where(~stays, _weight_of_staying(parts))
    return parts[parts["weight"] > 0]


def _weight_of_staying(parts: pd.DataFrame) -> pd.Series:
    """
    Share of the students who stayed in a divided school, by the pair of successors.

    As many as the shares at both ends allow stay in one successor; only the rest are spread in proportion. Both ends
    keep their shares: this is the joint distribution with these margins that moves the fewest students.
    """
    same = parts["new_origin"] == parts["new_destination"]
    kept = parts[["origin_share", "destination_share"]].min(axis="columns").where(same, 0.0)
    by_row = kept.groupby(parts["row"])
    kept_from = kept.groupby([parts["row"], parts["new_origin"]]).transform("sum")
    kept_to = kept.groupby([parts["row"], parts["new_destination"]]).transform("sum")
    rest = 1 - by_row.transform("sum")
    spread = (parts["origin_share"] - kept_from) * (parts["destination_share"] - kept_to)
    # What is left of shares such as 0.1 + 0.2 in the last binary digit is no student.
    return kept + (spread / rest.where(rest > 1e-12)).fillna(0.0).clip(lower=0.0)


def _add_up(parts: pd.DataFrame) -> pd.DataFrame:
    divided = parts[_COUNTS].mul(parts["weight"], axis="index")
    relabelled = parts.assign(origin=parts["new_origin"], destination=parts["new_destination"], **divided)
    relabelled["is_suppressed"] = relabelled["students"].isna()
    grouped = relabelled.groupby(_KEY, dropna=False, sort=True)
    result = grouped[_COUNTS].sum().reset_index()
    result["students"] = result["students"].mask(grouped["is_suppressed"].any().to_numpy())
    return result[[*_KEY, *_COUNTS]]


def _account(
    rows: pd.DataFrame, parts: pd.DataFrame, result: pd.DataFrame, *, crosswalk: pd.DataFrame
) -> CrosswalkAccount:
    changed = {
        end: parts[end].notna() & (parts[end] != parts[f"new_{end}"]).fillna(False).astype("bool") for end in _ENDS
    }
    part_counts = parts.groupby("row").size().reindex(rows["row"], fill_value=0)
    is_changed = (changed["origin"] | changed["destination"]).groupby(parts["row"]).any().reindex(rows["row"])
    divided = int((part_counts > 1).sum())
    relabelled = int((is_changed.to_numpy(dtype="bool") & (part_counts == 1).to_numpy()).sum())
    applied = {school for end in _ENDS for school in parts.loc[changed[end], end]}
    confirmed = crosswalk[crosswalk["confirmed"] & crosswalk["new_id"].notna()]
    limited = confirmed.loc[confirmed["first_year"].notna() | confirmed["last_year"].notna(), "old_id"]
    undated = rows["year"].isna() & (rows["origin"].isin(limited) | rows["destination"].isin(limited))
    return CrosswalkAccount(
        rows_given=len(rows),
        rows_unchanged=len(rows) - relabelled - divided,
        rows_relabelled=relabelled,
        rows_divided=divided,
        parts=len(parts),
        rows_result=len(result),
        rows_without_year=int(undated.sum()),
        rows_not_confirmed=int((~crosswalk["confirmed"]).sum()),
        old_ids_applied=tuple(sorted(applied)),
        old_ids_unused=tuple(sorted(set(confirmed["old_id"]) - applied)),
    )
