"""What is said of estimated flows: what they leave unknown and why, how far off they are, and what options did."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from clustering.errors import Problem
from clustering.flows.choice_schools import FOUND
from clustering.flows.comparison import FlowComparison
from clustering.flows.counted_entrants import MAXIMUM_COUNTED_PER_PLACE
from clustering.ingest.named_schools import name_schools
from clustering.model.grades import KINDERGARTEN, highest_grade
from clustering.model.ingest_report import ChoiceSchool

MAXIMUM_NAMED = 5
# Of ``python -m bench.estimates``, docs/files.md; to be changed with it.
MEASURED_BY_GRAVITY = (
    "Measured where the truth is known, such an estimate sends 40% of the promoted students of Washington, DC, to"
    " another school than the record does, 31% of those of Philadelphia's official chain, and 21% of those of"
    " generated states. The main destination is right for 56%, 71% and 90% of the schools. Do not choose Zones by it"
    " alone."
)
MEASURED_BY_CATCHMENTS = (
    "An estimate from catchments shows where students have a right to go: about 70% of the country's pupils attend an"
    " assigned school, and 60% in cities (National Household Education Survey 2019)."
)


def explain_unknown(
    unknown: Collection[str], schools: pd.DataFrame, causes: Collection[tuple[str, Collection[str]]], remainder: str
) -> Iterator[str]:
    """
    Say for how many schools it is unknown where their students go on, and why.

    Parameters
    ----------
    unknown
        Of :func:`~clustering.ingest.estimates.schools_of_unknown_promotions`.
    schools
        ``name`` and ``grades_offered``, index ``school_id``.
    causes
        What to say of schools, and the schools it is true of; of several causes of one school the first counts.
    remainder
        What to say of the others.

    Yields
    ------
    sentence
        One, with a number and examples for each cause that there is.
    """
    if not unknown:
        return
    left, parts = set(unknown), []
    without_grades = schools.index[schools["grades_offered"] == 0]
    too_low = schools.index[(highest_grade(schools["grades_offered"]) < KINDERGARTEN).fillna(value=False)]
    always = (("the files give no grades", without_grades), ("the school ends before kindergarten", too_low))
    for cause, concerned in (*always, *causes, (remainder, left)):
        found = sorted(left.intersection(concerned))
        left -= set(found)
        if found:
            named = name_schools(found, schools["name"], most=MAXIMUM_NAMED)
            count = f"{len(found):,} school{'' if len(found) == 1 else 's'}"
            parts.append(f"{cause} ({count}: {named})")
    yield (
        f"Where the students of {len(unknown):,} of the {len(schools):,} schools go on is unknown, not nowhere:"
        f" {'; '.join(parts)}."
    )


def describe_comparison(method: str, comparison: FlowComparison) -> str:
    """Say how far an estimate (``catchments``, ``feeder table`` or ``gravity``) lies from counted flows."""
    names = {
        "catchments": "An estimate from catchments",
        "feeder table": "An estimate from the feeder table",
        "gravity": "A gravity model",
    }
    name = names[method]
    if comparison.misplaced_share is None or comparison.dominant_agreement is None:
        return f"{name} has no school in common with the counted flows."
    return (
        f"{name} would send about {comparison.misplaced_share:.0%} of the promoted students of"
        f" {comparison.schools:,} schools elsewhere, and name the same main destination for"
        f" {comparison.dominant_agreement:.0%} of the schools."
    )


def describe_official_chain(comparison: FlowComparison, estimated: pd.DataFrame) -> str:
    """
    Say how far an estimate lies from the chain that a district publishes, and of how many students it says nothing.

    Parameters
    ----------
    comparison
        Of the estimate with the chain.
    estimated
        The estimate: ``destination`` and ``students``.
    """
    if comparison.misplaced_share is None or comparison.dominant_agreement is None:
        return "The estimate has no school in common with the district's own feeder chain."
    students = estimated["students"]
    unknown = float(students[estimated["destination"].isna()].sum() / students.sum())
    sentence = (
        f"Of the students whose school the estimate tells, it sends {comparison.misplaced_share:.1%} to another school"
        f" than the district's own feeder chain does, and it names the chain's main destination for"
        f" {comparison.dominant_agreement:.1%} of {comparison.schools:,} schools."
    )
    if unknown == 0:
        return sentence
    return (
        f"{sentence} The other {unknown:.0%} of the promoted students are taken to go to a school that is not known:"
        " of them this comparison says nothing."
    )


def warn_of_counted_choice(choice_schools: Collection[ChoiceSchool]) -> Iterator[Problem]:
    """
    Name schools that are no neighbourhood schools beside counted flows, with their numbers.

    A type alone, that the files give for many schools, is no warning: the basis of the flows counts these schools.
    """
    for school in choice_schools:
        if school.kind == "school type" and not _is_crowded(school):
            continue
        yield Problem(
            table="flows",
            school_id=school.school_id,
            message=school.statement,
            remedy="Decide whether it should be in a Zone; force_out keeps it out.",
            is_error=False,
        )


def _is_crowded(school: ChoiceSchool) -> bool:
    entrants, places = school.entrants_students, school.places_students
    return entrants is not None and places is not None and entrants > MAXIMUM_COUNTED_PER_PLACE * places


def warn_of_options_without_effect(
    exclude_receivers: Collection[str], capture: str, *, compared: Collection[str]
) -> Iterator[Problem]:
    """
    Warn that options of estimates do not change counted flows.

    Parameters
    ----------
    exclude_receivers, capture
        As the user gave them, or their defaults.
    compared
        Estimates that the counted flows are compared with: ``catchments``, ``gravity``.

    Yields
    ------
    warning
        One, if any of the two was given.
    """
    given = [
        *["exclude_receivers"] * (tuple(exclude_receivers) != (FOUND,)),
        *["capture"] * (capture != "places"),
    ]
    if not given:
        return
    effect = "only the estimate that they are compared with changes" if compared else "nothing changes"
    if "catchments" in compared:
        effect = "only the estimate that they are compared with, and paths that catchments tell, may change"
    yield Problem(
        table="parameters",
        column=given[0],
        message=f"The flows are counted, and {' and '.join(given)} shape{'s' * (len(given) == 1)} estimates: {effect}.",
        remedy="Leave it out, or leave out the flows to have them estimated."
        if len(given) == 1
        else "Leave them out, or leave out the flows to have them estimated.",
        is_error=False,
    )


def describe_feeder_table(method: str, comparison: FlowComparison) -> str:
    """Say how far another estimate (``catchments`` or ``gravity``) lies from that of a feeder table."""
    name = {"catchments": "An estimate from catchments", "gravity": "A gravity model"}[method]
    if comparison.misplaced_share is None or comparison.dominant_agreement is None:
        return f"{name} has no school in common with the feeder table."
    return (
        f"{name} would send about {comparison.misplaced_share:.0%} of the students of {comparison.schools:,} schools to"
        " another school than the feeder table does, and name the same main destination for"
        f" {comparison.dominant_agreement:.0%} of the schools."
    )
