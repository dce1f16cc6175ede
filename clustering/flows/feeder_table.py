"""
Flows estimated from a feeder table: the cohort that leaves each school goes on to the schools that the table names.

A feeder table says where students have a right to go, as catchments do, and counts nobody. Where it gives no shares,
each of several next schools takes as many as the others. Enrolment shows how many of them have a place there
(``catchments.capture``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from clustering.errors import Problem
from clustering.flows.catchments.capture import Capture, CaptureRule, estimate_capture, no_capture
from clustering.flows.catchments.cohorts import SHARES_OF_ONE_COHORT, estimate_final_cohorts
from clustering.flows.catchments.overlaps import SENDER
from clustering.flows.catchments.student_shares import KNOWN_COHORTS, EnrolmentSources
from clustering.model.grades import LAST_FEEDING_GRADE, PRESCHOOL, highest_grade, offers_grade
from clustering.model.suppression import SUPPRESSED_HIGH

_SENDING = [*SENDER, "year"]
_FLOW_KEYS = ["origin", "destination", "grade", "next_grade", "year"]
_COUNTS = ["students", "students_low", "students_high"]
# How far shares may miss the whole by rounding alone.
_ROUNDING = 0.005
_MAXIMUM_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class FeederEstimate:
    """
    Flows estimated from a feeder table.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``, sorted. The destination is missing for the part of a cohort that the
        shares leave over, for those whose next school is left out, and for those who find no place there.
    notes
        How the estimate was made, in sentences.
    warnings
        What the table says and the estimate cannot use.
    unused
        Schools of the table of which nothing is estimated.
    """

    flows: pd.DataFrame
    notes: tuple[str, ...]
    warnings: tuple[Problem, ...]
    unused: frozenset[str]


def estimate_feeder_flows(
    feeders: pd.DataFrame, sources: EnrolmentSources, *, excluded: Collection[str] = (), capture: CaptureRule = "places"
) -> FeederEstimate:
    """
    Estimate flows from a feeder table.

    Parameters
    ----------
    feeders
        ``validation.flows.feeder_table.FEEDER_COLUMNS``.
    sources
        Grades and enrolment. The cohort that leaves a school is the enrolment of its final grade in the year of the
        table or else in the latest, or else the school's enrolment by its number of grades.
    excluded
        Schools that take no students, at the user's request.
    capture
        ``places``: no school takes more students than the grade entered has, the others go to a school that is not
        known. ``none``: every student goes to the school that the table names.

    Returns
    -------
    estimate
        A school feeds another out of a final grade, one after which it does not offer the next, into this next grade;
        a school that is not listed is fed out of the last of them.
    """
    steps = divide_students(feeders, sources.schools)
    shared = steps.shared
    cohorts = _cohorts(shared[_SENDING].drop_duplicates(), sources)
    rows = shared.merge(cohorts, on=_SENDING)
    rows["destination"] = rows["destination"].mask(rows["destination"].isin(list(excluded)))
    students = rows["share"] * rows["students"]
    rows = rows.assign(students=students, students_low=students, students_high=students)
    is_known = rows["cohort"].isin(KNOWN_COHORTS)
    parts, taken = [], []
    for _, of_year in rows.groupby("year", dropna=False):
        going = of_year[of_year["destination"].notna()]
        found = no_capture()
        if capture == "places":
            found = estimate_capture(going[is_known[going.index]], _places(going, sources), found.leavers)
        taken.append(found)
        parts += [found.apply(_as_flows(going)), _as_flows(of_year[of_year["destination"].isna()])]
    flows = pd.concat(parts, ignore_index=True) if parts else _as_flows(rows)
    flows = flows.groupby(_FLOW_KEYS, dropna=False)[_COUNTS].sum().reset_index()
    unused = frozenset(feeders["origin"]) - frozenset(flows["origin"])
    return FeederEstimate(
        flows=_as_flows(flows[flows["students"] > 0]),
        notes=(*notes_on_shares(shared), *_notes_on_capture(taken, capture), _note_on_cohorts(cohorts)),
        warnings=steps.warnings,
        unused=unused,
    )


@dataclass(frozen=True, kw_only=True)
class DividedStudents:
    """
    The steps of a feeder table that schools' grades allow.

    Parameters
    ----------
    shared
        ``validation.flows.feeder_table.FEEDER_COLUMNS`` with ``grade`` and ``next_grade``; ``share`` of the students of
        the grade [0 to 1] is never missing. The destination is missing for what shares leave over. ``is_given`` tells
        the shares of the table, and ``is_divided`` the schools with several next schools.
    warnings
        Pairs that no last grade fits.
    """

    shared: pd.DataFrame
    warnings: tuple[Problem, ...]


def divide_students(feeders: pd.DataFrame, schools: pd.DataFrame) -> DividedStudents:
    """
    Divide the students of each school among the next schools of a feeder table.

    Parameters
    ----------
    feeders
        ``validation.flows.feeder_table.FEEDER_COLUMNS``.
    schools
        With ``grades_offered``.

    Returns
    -------
    divided
        A school feeds another out of a final grade, as for :func:`estimate_feeder_flows`. Without shares each of
        several next schools takes as many as the others.
    """
    steps = _with_grades(feeders, schools)
    return DividedStudents(shared=_share_out(steps), warnings=tuple(_warn_of_unused(feeders, steps, schools)))


def _as_flows(rows: pd.DataFrame) -> pd.DataFrame:
    kinds = {"origin": "str", "destination": "str", **dict.fromkeys(("grade", "next_grade", "year"), "Int64")}
    return rows[[*_FLOW_KEYS, *_COUNTS]].astype(kinds).sort_values(_FLOW_KEYS, ignore_index=True)


def _with_grades(feeders: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table with the final grades out of which the origin can feed the destination."""
    masks = schools["grades_offered"].astype("int64")
    grades = pd.DataFrame({"grade": range(PRESCHOOL, LAST_FEEDING_GRADE + 1)})
    steps = feeders.merge(grades, how="cross")
    origin = steps["origin"].map(masks)
    destination = steps["destination"].map(masks).where(lambda mask: mask > 0)
    offers, offers_next = (offers_grade(origin, steps["grade"] + more).fillna(value=False) for more in (0, 1))
    enters = offers_grade(destination, steps["grade"] + 1).fillna(value=False)
    is_last = destination.isna() & (steps["grade"] == highest_grade(origin.fillna(0).astype("int64"))).fillna(False)
    is_step = offers.astype("bool") & ~offers_next.astype("bool") & (enters.astype("bool") | is_last.astype("bool"))
    return steps[is_step].assign(next_grade=lambda rows: rows["grade"] + 1).reset_index(drop=True)


def _share_out(steps: pd.DataFrame) -> pd.DataFrame:
    """Give every step its share of the cohort; where shares leave something over, one more goes nowhere known."""
    of_sender = steps.groupby(_SENDING, dropna=False)["share"]
    given, count = of_sender.transform("sum"), of_sender.transform("size")
    without = count - of_sender.transform("count")
    left = (1 - given).clip(lower=0)
    # Rounded shares, and those of more than the whole, are scaled to it.
    is_whole = (without == 0) & (given > 1 - _ROUNDING)
    share = steps["share"].where(~is_whole, steps["share"] / given.where(given > 0, 1.0))
    share = share / given.where(given > 1, 1.0).where(~is_whole, 1.0)
    shared = steps.assign(
        is_given=steps["share"].notna(),
        is_divided=count > 1,
        is_above=given > 1 + _ROUNDING,
        share=share.fillna(left / without.where(without > 0, 1)),
    )
    rest = shared.assign(share=left, destination=pd.Series(pd.NA, shared.index, dtype="str"))
    rest = rest[(without == 0) & ~is_whole].drop_duplicates(_SENDING)
    return pd.concat([shared, rest], ignore_index=True).astype({"destination": "str"})


def _cohorts(senders: pd.DataFrame, sources: EnrolmentSources) -> pd.DataFrame:
    """``students`` and ``cohort`` of each sender and year."""
    senders = senders.reset_index(drop=True)
    latest = estimate_final_cohorts(senders[SENDER], sources.schools, sources.grade_enrolment, None).cohorts
    found = latest.copy()
    for year in senders["year"].dropna().unique():
        rows = senders.index[senders["year"] == year]
        of_year = estimate_final_cohorts(
            senders.loc[rows, SENDER], sources.schools, sources.grade_enrolment, int(year)
        ).cohorts
        is_told = of_year["cohort"] == "grade enrolment"
        found.loc[rows[is_told]] = of_year[is_told]
    return senders.join(found)


def _places(going: pd.DataFrame, sources: EnrolmentSources) -> pd.Series:
    """Places of the grades that are entered, where students do not come from the grade below in the same school."""
    entering = going[["destination", "next_grade"]].drop_duplicates()
    entering = entering.set_axis(["school_id", "grade"], axis="columns")
    masks = entering["school_id"].map(sources.schools["grades_offered"].astype("int64"))
    has_below = offers_grade(masks, entering["grade"] - 1).fillna(value=True).astype("bool")
    return sources.places(entering[~has_below].astype({"grade": "int64"}))


def notes_on_shares(shared: pd.DataFrame) -> Iterator[str]:
    """Say of how many schools the students are divided by shares of the table, and of how many equally."""
    several = shared[shared["is_divided"]]
    given = several.loc[several["is_given"], "origin"].nunique()
    equally = several.loc[~several["is_given"], "origin"].nunique()
    if equally:
        yield (
            f"For {equally:,} school{'' if equally == 1 else 's'} with several next schools the table gives no shares:"
            " each is taken to receive as many students as the others."
        )
    if given:
        yield f"The students of {given:,} school{'' if given == 1 else 's'} are divided by the shares in the table."
    if above := shared.loc[shared["is_above"], "origin"].nunique():
        yield f"The shares of {above:,} school{'' if above == 1 else 's'} add up to more than 100%, and were scaled."


def _notes_on_capture(taken: Collection[Capture], capture: CaptureRule) -> Iterator[str]:
    if capture == "none":
        yield "Every student is taken to go to the school that the table names, as requested."
        return
    entries = pd.concat([each.entries for each in taken]) if taken else no_capture().entries
    full = entries[entries["share"] < 1]
    if len(full):
        places, entrants = full["places_students"].sum(), full["entrants_students"].sum()
        # Small numbers may be a grade's enrolment.
        is_shown = min(places, entrants - places) > SUPPRESSED_HIGH
        count = f"about {entrants - places:,.0f} of {entrants:,.0f}" if is_shown else "the others"
        yield (
            f"By the table more students would enter {len(full):,} grade{'' if len(full) == 1 else 's'} of schools than"
            f" they have: {count} are taken to go to a school that is not known."
        )
    if unknown := int(entries["places_students"].isna().sum()):
        grades = "grade" if unknown == 1 else "grades"
        yield f"The places of {unknown:,} {grades} of schools are not known: all whom the table sends there enter."


def _note_on_cohorts(cohorts: pd.DataFrame) -> str:
    if (cohorts["cohort"] == "one").all():
        return f"No enrolment is known: flows are {SHARES_OF_ONE_COHORT}, the same for every school."
    meanings = {
        "grade enrolment": "the enrolment of the final grade",
        "enrolment": "the school's enrolment by its number of grades",
        "median": "unknown, taken to be the median",
    }
    counted = [f"{meaning} ({int((cohorts['cohort'] == source).sum()):,})" for source, meaning in meanings.items()]
    return f"The cohort that leaves a school is {', or '.join(counted)}."


def _warn_of_unused(feeders: pd.DataFrame, steps: pd.DataFrame, schools: pd.DataFrame) -> Iterator[Problem]:
    """Rows of the table that no final grade fits."""
    pairs = ["origin", "destination"]
    used = pd.MultiIndex.from_frame(steps[pairs])
    unused = feeders[~pd.MultiIndex.from_frame(feeders[pairs]).isin(used)].drop_duplicates(pairs)
    without = (unused["origin"].map(schools["grades_offered"]) == 0).to_numpy()
    reasons = {
        "the schools files do not give the grades of the school": unused[without],
        "the next school does not offer the grade after a last grade of the school": unused[~without],
    }
    for reason, rows in reasons.items():
        if rows.empty:
            continue
        named = ", ".join(
            f"{origin} to {destination}" for origin, destination in rows[pairs].to_numpy()[:_MAXIMUM_NAMED]
        )
        more = ", ..." if len(rows) > _MAXIMUM_NAMED else ""
        yield Problem(
            table="flows",
            message=f"{len(rows):,} of the {len(feeders):,} pairs of the feeder table cannot be used, since {reason}:"
            f" {named}{more}.",
            remedy="Check the grades of these schools in the schools files.",
            is_error=False,
        )
