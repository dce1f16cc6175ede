"""Flow files to one table of flows, each row told apart by what it means for feeding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.columns import FLOW_COLUMNS
from clustering.grades import highest_grade, offers_grade
from clustering.io.values import parse_grades, parse_students, parse_unique, parse_year
from clustering.validate.findings import Findings, is_listed, mark_bad_identifiers

_KEY = ["origin", "destination", "grade", "next_grade", "year"]
_COUNTS = ["students", "students_low", "students_high"]


def validate_flows(files: Sequence[Findings], grades_offered: pd.Series) -> pd.DataFrame:
    """
    Judge flow files and add up what they say of the same origin, destination, grades and year.

    Parameters
    ----------
    files
        One per file; problems are added to each.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    flows
        ``columns.FLOW_COLUMNS``. A sum with a suppressed part is an interval: ``students`` is missing.
    """
    parts = [_validate_file(findings, grades_offered) for findings in files]
    rows = pd.concat(parts, ignore_index=True)
    rows["kind"] = classify_flows(rows, grades_offered)
    grouped = rows.groupby([*_KEY, "kind"], dropna=False, sort=True, observed=True)
    flows = grouped[_COUNTS].sum(min_count=1).reset_index()
    hidden = grouped["students"].apply(lambda cells: cells.isna().any()).to_numpy() if _has_repeats(rows) else None
    if hidden is not None:
        flows.loc[hidden, "students"] = np.nan
    return flows[list(FLOW_COLUMNS)]


def _has_repeats(rows: pd.DataFrame) -> bool:
    return bool(rows.duplicated(_KEY).any())


def classify_flows(rows: pd.DataFrame, grades_offered: pd.Series) -> pd.Series:
    """
    Tell feeding from continuation, mobility, retention and exit.

    Parameters
    ----------
    rows
        ``origin``, ``destination``, ``grade``, ``next_grade``.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    kind
        ``columns.FLOW_KINDS``. A promotion feeds when it leads out of a final grade of the origin, one after which it
        does not offer the next; a pupil who leaves before has moved, whatever the reason. Where the schools file gives
        no grades for the origin, its grades are those in which the table records pupils staying.
    """
    origin_mask = rows["origin"].map(grades_offered).where(lambda masks: masks != 0)
    destination_mask = rows["destination"].map(grades_offered).where(lambda masks: masks != 0)
    grade, following = rows["grade"], rows["next_grade"]
    stays = rows["origin"] == rows["destination"]
    observed = rows.loc[stays & (following > grade).fillna(False), ["origin", "grade"]].drop_duplicates()
    stayed = pd.MultiIndex.from_frame(rows[["origin", "grade"]]).isin(pd.MultiIndex.from_frame(observed))
    continues = offers_grade(origin_mask, grade + 1) | offers_grade(origin_mask, following)
    continues |= origin_mask.isna().to_numpy() & stayed
    top_of_origin = highest_grade(origin_mask).fillna(grade)
    top_of_destination = highest_grade(destination_mask).fillna(following)
    conditions = {
        "exit": rows["destination"].isna(),
        "ungraded": grade.isna() | following.isna(),
        "retained": (following <= grade).fillna(False),
        "continuation": stays,
        "unlisted origin": ~is_listed(rows["origin"], grades_offered.index),
        "lateral": continues,
        "unlisted destination": ~is_listed(rows["destination"], grades_offered.index),
        "against grade order": (top_of_destination <= top_of_origin).fillna(True),
    }
    masks = [np.asarray(condition, dtype=bool) for condition in conditions.values()]
    kinds = np.select(masks, list(conditions), default="feeding")
    return pd.Series(pd.Categorical(kinds), index=rows.index)


def _validate_file(findings: Findings, grades_offered: pd.Series) -> pd.DataFrame:
    mark_bad_identifiers(findings, "origin")
    origin, destination = findings.column("origin"), findings.column("destination")
    counts, bad = parse_students(findings.column("students"))
    findings.mark(
        bad,
        "students",
        message="This is not a number of students.",
        remedy="Give 0 or more; -1, * or <10 where the count is suppressed.",
    )
    year, bad = parse_unique(findings.column("year"), parse_year)
    findings.mark(bad, "year", message="This is not a school year.", remedy="Write 2022-23, or 2022 for its fall.")
    for canonical in ("origin", "destination"):
        _mark_unlisted(findings, canonical, grades_offered.index)
    grade, next_grade = _grades(findings, origin, grades_offered)
    _warn_of_other_grades(findings, grade, next_grade, grades_offered)
    return pd.DataFrame(
        {
            "origin": origin,
            "destination": destination.where(destination != ""),
            "grade": grade,
            "next_grade": next_grade,
            "year": year,
        }
    ).join(counts)


def _grades(findings: Findings, origin: pd.Series, grades_offered: pd.Series) -> tuple[pd.Series, pd.Series]:
    values = {}
    for canonical in ("grade", "next_grade"):
        values[canonical], bad = parse_grades(findings.column(canonical))
        findings.mark(bad, canonical, message="This is not a grade.", remedy="Write PK, KG, 1 to 13, UG or AE.")
    grade, next_grade = values["grade"], values["next_grade"]
    if "grade" not in findings.headings:
        grade = highest_grade(origin.map(grades_offered))
        findings.note(
            "The file has no grades: each row is taken for promotions out of the origin's highest grade.",
            "Add a grade column if the file also has moves in other grades.",
        )
    if "next_grade" not in findings.headings:
        next_grade = grade + 1
        findings.note(
            "The file has no grade of the following year: every student is taken to have been promoted by one grade.",
            "Add a next_grade column if the file also has students who repeated a grade.",
        )
    return grade, next_grade


def _warn_of_other_grades(
    findings: Findings, grade: pd.Series, next_grade: pd.Series, grades_offered: pd.Series
) -> None:
    """Warn of students in grades that their school does not offer: the files may be of different years."""
    origin = findings.column("origin")
    mask = origin.map(grades_offered).where(lambda masks: masks != 0)
    is_known = mask.notna() & grade.notna()
    remedy = "Check that schools and flows are of the same years; feeding is told by the grades of the schools files."
    stays = (origin == findings.column("destination")) & (next_grade > grade).fillna(False)
    beyond = is_known & stays & ~offers_grade(mask, next_grade)
    within = is_known & ~beyond & ~offers_grade(mask, grade)
    for rows, column, message in (
        (beyond, "next_grade", "Students stay in the school for a grade that the schools files say it does not offer"),
        (within, "grade", "Students are in a grade that the schools files say the school does not offer"),
    ):
        first = ~pd.DataFrame({"origin": origin, "grade": grade})[rows].duplicated()
        told_once = first.reindex(rows.index, fill_value=False)
        message_once = f"{message} (told once for each school and grade)."
        findings.mark(told_once, column, message=message_once, remedy=remedy, is_error=False)


def _mark_unlisted(findings: Findings, canonical: str, school_ids: pd.Index) -> None:
    ids = findings.column(canonical)
    unlisted = (ids != "") & ~is_listed(ids, school_ids)
    if not unlisted.any():
        return
    width = int(school_ids.str.len().max())
    padded = ids[unlisted].where(ids[unlisted].str.fullmatch(r"\d+"), "")
    short = pd.Series(False, index=ids.index)
    for zeros in range(1, 4):
        restored = ("0" * zeros + padded).where((padded != "") & (padded.str.len() + zeros <= width))
        short.loc[padded.index] |= is_listed(restored, school_ids)
    findings.mark(
        short,
        canonical,
        message="The identifier has lost its leading zero: the schools file has it with one.",
        remedy="Format the column as text and write the zeros back, or export the file again.",
    )
    findings.mark(
        unlisted & ~short & ~ids.duplicated(),
        canonical,
        message="The school is not in the schools files (told once for each school).",
        remedy="Add the school, or map its old identifier to the present one; until then its students count as coming"
        " from, or going to, an unlisted school.",
        is_error=False,
    )
