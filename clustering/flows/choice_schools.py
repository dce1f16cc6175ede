"""Which schools an estimate leaves out as receivers, because they are no neighbourhood schools."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.model.ingest_report import ChoiceSchool
from clustering.model.suppression import SUPPRESSED_HIGH

MAXIMUM_NAMED = 20
MAXIMUM_NAME_CHARACTERS = 60
# Words that ``exclude_receivers`` takes beside identifiers of schools.
FOUND, NONE = "found", "none"
# Students come to schools of these types by application or referral, from everywhere.
CHOICE_TYPES = ("alternative", "special education", "career and technical")


def excluded_receivers(found: Iterable[str], exclude_receivers: Collection[str]) -> frozenset[str]:
    """
    Decide which schools are left out as receivers.

    Parameters
    ----------
    found
        Schools that are no neighbourhood schools, as far as the files tell.
    exclude_receivers
        ``found`` stands for all of these; every other word but ``none`` is a school.

    Returns
    -------
    excluded
        Their identifiers.
    """
    named = {school for school in exclude_receivers if school not in (FOUND, NONE)}
    return frozenset(named | (set(found) if FOUND in exclude_receivers else set()))


def check_excluded_receivers(exclude_receivers: Collection[str], school_ids: pd.Index) -> None:
    """
    Refuse words of ``exclude_receivers`` that are neither known words nor listed schools.

    Raises
    ------
    InputError
        With every word that is unknown, or if ``none`` stands beside others.
    """
    remedy = "Give school ids, the word found (the schools that the report names), or the word none alone."
    unknown = [word for word in exclude_receivers if word not in (FOUND, NONE) and word not in school_ids]
    messages = [(word, "This school is not in the schools files.") for word in sorted(set(unknown))]
    if NONE in exclude_receivers and len(set(exclude_receivers)) > 1:
        messages.append((NONE, "The word none stands beside others."))
    if messages:
        raise InputError(
            [
                Problem(table="parameters", column="exclude_receivers", value=word, message=message, remedy=remedy)
                for word, message in messages
            ]
        )


def choice_schools_by_type(schools: pd.DataFrame) -> dict[str, str]:
    """
    Find the schools that are no neighbourhood schools by their published type.

    Parameters
    ----------
    schools
        ``school_type`` and ``virtual`` of ``columns.SCHOOL_COLUMNS``, index ``school_id``; either may be missing.

    Returns
    -------
    types
        School to its type: one of ``CHOICE_TYPES``, or ``virtual`` (all or most instruction).
    """
    types: dict[str, str] = {}
    if "virtual" in schools:
        types |= dict.fromkeys(schools.index[(schools["virtual"] == "virtual").fillna(False)], "virtual")
    if "school_type" in schools:
        is_choice = schools["school_type"].isin(CHOICE_TYPES)
        types |= {str(school): str(kind) for school, kind in schools.loc[is_choice, "school_type"].items()}
    return types


def _finding_of_type(label: str, kind: str) -> str:
    return f"{label} is no neighbourhood school, as far as the files tell: its type is {kind}."


def tells_nothing_of_leavers(school: ChoiceSchool) -> bool:
    """Whether a catchment that says nothing of who enters the school also says nothing of where they go on."""
    return school.is_excluded and school.kind != "named by the user"


def with_consequence(school: ChoiceSchool, *, is_excluded: bool) -> ChoiceSchool:
    """Say what follows from a finding; ``is_excluded`` is the decision, the finding's own is what is proposed."""
    decision = "An estimate sends it no students." if is_excluded else "It stays a receiver."
    if is_excluded and not school.is_excluded:
        decision = "An estimate sends it no students, at the user's request."
    elif school.is_excluded and not is_excluded:
        decision = "It stays a receiver: exclude_receivers neither names it nor has the word found."
    return replace(school, is_excluded=is_excluded, statement=f"{school.finding} {decision}")


def open_enrolment_school(school_id: str, labels: Mapping[str, str]) -> ChoiceSchool:
    """Put a school of open enrolment into the form of a finding."""
    finding = f"{labels.get(school_id, school_id)} has open enrolment: its catchment says nothing of where students go."
    return ChoiceSchool(
        school_id=school_id,
        kind="open enrolment",
        is_excluded=True,
        finding=finding,
        statement=f"{finding.removesuffix('.')}, and nothing is estimated into or out of it.",
    )


def named_by_user(ids: Iterable[str], labels: Mapping[str, str]) -> list[ChoiceSchool]:
    """Put schools that the user alone names into the form of a finding; ``labels`` says what to call each."""
    return [
        ChoiceSchool(
            school_id=school,
            kind="named by the user",
            is_excluded=True,
            statement=f"{labels.get(school, school)} is left out as a receiver at the user's request.",
        )
        for school in sorted(ids)
    ]


def choice_schools_without_catchments(
    schools: pd.DataFrame, exclude_receivers: Collection[str]
) -> tuple[ChoiceSchool, ...]:
    """
    Find the schools that are no neighbourhood schools, where no catchments tell.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``, index ``school_id``.
    exclude_receivers
        See :func:`excluded_receivers`.

    Returns
    -------
    found
        Sorted; each school once.
    """
    types = choice_schools_by_type(schools)
    excluded = excluded_receivers(types, exclude_receivers)
    concerned = sorted({*types, *excluded})
    labels = school_labels(schools.loc[schools.index.isin(concerned)])
    by_type = [
        ChoiceSchool(
            school_id=school,
            kind="school type",
            is_excluded=True,
            finding=finding,
            statement=finding,
        )
        for school in concerned
        if school in types
        for finding in [_finding_of_type(labels[school], types[school])]
    ]
    decided = [with_consequence(school, is_excluded=school.school_id in excluded) for school in by_type]
    named = named_by_user(excluded - types.keys(), labels)
    return tuple(sorted([*decided, *named], key=lambda school: school.school_id))


def describe_left_out(choice_schools: Collection[ChoiceSchool]) -> tuple[str, ...]:
    """Name the schools that an estimate leaves out as receivers, the first of them by name, in one sentence."""
    left_out = [school.school_id for school in choice_schools if school.is_excluded]
    return _name_all("Left out as receivers, for their type or as requested", left_out)


def describe_counted(choice_schools: Collection[ChoiceSchool]) -> tuple[str, ...]:
    """Name the choice schools beside counted flows, which stay as they are, in one sentence."""
    found = [school.school_id for school in choice_schools]
    return _name_all("No neighbourhood schools, as far as the files tell; counted flows into them stay", found)


def _name_all(what: str, ids: Collection[str]) -> tuple[str, ...]:
    if not ids:
        return ()
    named = ", ".join(list(ids)[:MAXIMUM_NAMED]) + (", ..." if len(ids) > MAXIMUM_NAMED else "")
    return (f"{what}: {len(ids):,} school{'' if len(ids) == 1 else 's'} ({named}).",)


def shown_students(students: float | None) -> float | None:
    """A number of students to show: small ones stay hidden, for a grade's enrolment may be in it."""
    return None if students is None or students <= SUPPRESSED_HIGH else students


def about_students(students: float) -> str:
    """The same number in words, with its unit left to the sentence."""
    return f"about {students:,.0f}" if students > SUPPRESSED_HIGH else f"at most {SUPPRESSED_HIGH:.0f}"


def school_labels(schools: pd.DataFrame) -> dict[str, str]:
    """Names of the schools that have one, with the identifier."""
    names = schools["name"] if "name" in schools else pd.Series(dtype="str")
    return {
        str(school): f"{name[:MAXIMUM_NAME_CHARACTERS]} ({school})" if name != school else str(school)
        for school, name in names.items()
    }
