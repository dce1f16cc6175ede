"""
In which role a file may be used, by its headings and its geometry.

Where two roles fit, both are named, the likelier first: a guess between them is the user's to make.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clustering.readers.file_options import FileOptions
from clustering.readers.recognition.aliases import ALIASES, REQUIRED
from clustering.readers.recognition.feeder_columns import find_feeder_columns
from clustering.readers.recognition.file_kinds import (
    ELSEWHERE,
    FILE_KINDS,
    LEFT,
    MATRICES,
    PLAIN_KINDS,
    recognise_kind,
)
from clustering.readers.recognition.headings import heading_key, recognise_headings
from clustering.readers.recognition.likely_columns import likely_columns
from clustering.readers.recognition.name_columns import name_columns
from clustering.readers.recognition.published_layouts import layouts_by_name
from clustering.readers.recognition.school_aliases import RATE_ALIASES
from clustering.readers.text.year_words import find_year

STUDENT_KINDS = ("generic", "edfi", "calpads", "oneroster")

_ABOUT_SCHOOLS = (
    *("latitude", "longitude", "grades", "lowest_grade", "highest_grade", "enrolment", "status", "school_type"),
    *("title1_status", "virtual", "opened_year"),
)
_LIST_WORDS = (
    *("designation", "identif", "csi", "tsi", "atsi", "support", "priority", "focus", "turnaround", "accountability"),
    *("improvement", "tier", "label", "classification"),
)
# Of indicators that have a column each; a table of schools may have one of them, and one of rates has none.
_INDICATOR_WORDS = ("attendance", "absen", "suspen", "expul", "on_track", "ninth_grade", "teachers", "discipline")
_OF_INDICATORS = "indicators, a column each"
# Columns of which a file has at least one set, so that it is told from other files of schools.
_TELLING: Mapping[str, Sequence[Sequence[str]]] = {
    "schools": tuple((name,) for name in (*_ABOUT_SCHOOLS, "name")),
    "performance": tuple((name,) for name in (*RATE_ALIASES, "subgroup", "rate_kind")),
    "flows": (("origin", "destination"),),
    "grade_enrolment": (("grade", "students"),),
    "travel_times": (("origin", "destination", "travel_time"),),
    "crosswalk": (("share",), ("confirmed",), ("first_year",), ("last_year",)),
    "name_matches": (("school_name", "confirmed"),),
    "plan": (("zone",),),
    "zone_needs": (("zone", "students"), ("zone", "level"), ("zone", "students_below"), ("zone", "share_proficient")),
    "population": (("latitude", "longitude", "population"),),
    "partners": tuple(
        (name,)
        for name in (
            *("reach_districts", "reach_km", "maximum_schools", "maximum_schools_low", "cost_per_school"),
            *("cost_per_student", "approval", "accountability", "comprehensive_services", "schools_now"),
        )
    ),
    "preferences": (("choice",),),
    "assessments": (("indicator", "value"), ("subject_id", "subject_kind"), ("subject_id", "rater")),
    "indicator_sets": (("domain",), ("set",), ("least",), ("greatest",)),
    "progress": (("indicator", "value"), (_OF_INDICATORS,)),
    "checklist": (("area",),),
    "conditions": (
        *itertools.product(
            ("zone", "school_id"),
            ("condition", "title"),
            ("holder", "document_name", "agreed_on", "in_force_from", "asked_on"),
        ),
        ("zone", "contract_starts_on"),
        ("school_id", "contract_starts_on"),
    ),
}
_OLD_AND_NEW = ("old", "former", "previous", "new", "current", "successor", "present")
_ROLES_OF_UNFAMILIAR = ("schools", "performance", "flows", "travel_times", "crosswalk", "population")


@dataclass(frozen=True, kw_only=True)
class RoleGuess:
    """
    The roles that a file may have.

    Parameters
    ----------
    roles
        Keys of ``aliases.ALIASES``, ``membership`` or ``students``; one if it is clear, several if the user has to say.
    reason
        What shows it, in a sentence.
    kinds
        The entries of the option ``kind`` that say each role, where these are published layouts.
    """

    roles: tuple[str, ...]
    reason: str
    kinds: tuple[str, ...] = ()


def role_of_kind(kind: str | None) -> str | None:
    """The role that the user's option ``kind`` says; ``None`` if it says none."""
    if kind in STUDENT_KINDS:
        return "students"
    if kind in FILE_KINDS:
        return FILE_KINDS[str(kind)].role
    of_name = {name: role for kinds in (PLAIN_KINDS, MATRICES) for role, name in kinds.items()}
    if kind in of_name:
        return of_name[str(kind)]
    layout = layouts_by_name().get(str(kind))
    return None if layout is None else layout.role


def guess_role_of_headings(headings: Sequence[str], *, has_points: bool = False) -> RoleGuess:
    """
    Guess the role of a file that is no published one, by its headings.

    Parameters
    ----------
    headings
        Of the file.
    has_points
        Whether each record has a point.

    Returns
    -------
    guess
        Without roles if the headings tell nothing.
    """
    matrices = [role for role, kind in MATRICES.items() if recognise_kind(headings, role) == kind]
    if matrices and any(_may_be_school(heading) for heading in headings[1:]):
        keys = {heading_key(heading) for heading in headings}
        is_of_students = bool(keys & {*ALIASES["flows"]["grade"], *ALIASES["flows"]["year"], *LEFT, *ELSEWHERE})
        roles = ("flows",) if is_of_students else tuple(matrices)
        return RoleGuess(roles=roles, reason="It has a column for each school.")
    found = {role: _found(headings, role, has_points=has_points) for role in _TELLING}
    about_schools = found["schools"].keys() & set(_ABOUT_SCHOOLS)
    is_of_groups = "subgroup" in found["performance"]  # whose "membership" may be in an outcome, and is no enrolment
    is_of_schools = bool(about_schools - {"enrolment"} if is_of_groups else about_schools)
    roles = _fitting(found, headings, is_of_schools=is_of_schools)
    if set(roles) <= {"schools"} and find_feeder_columns(headings, {}) is not None:
        roles = ("schools", "flows") if is_of_schools and roles else ("flows",)
        return RoleGuess(roles=roles, reason="It says what school each school feeds.")
    if roles:
        given = tuple("membership" if role == "grade_enrolment" else role for role in roles)
        return RoleGuess(roles=given, reason=_reason(found, roles))
    likely = {role: _with_likely(found[role], headings, role) for role in _ROLES_OF_UNFAMILIAR}
    roles = _fitting(likely, headings, is_of_schools=is_of_schools or "subgroup" not in found["performance"])
    return RoleGuess(roles=roles, reason=_reason(likely, roles))


def _found(headings: Sequence[str], role: str, *, has_points: bool) -> dict[str, str]:
    """Canonical columns of a role, with the heading of each; names that stand in place of identifiers among them."""
    known = recognise_headings(headings, table="", role=role, options=FileOptions()).headings
    known = {canonical: heading for canonical, heading in known.items() if canonical in ALIASES[role]}
    if role in ("performance", "flows", "travel_times"):
        known = {**name_columns(headings, role), **known}
    if role == "progress" and len(of_indicators := _columns_of_indicators(headings)) > 1:
        known |= {_OF_INDICATORS: of_indicators[0]}
    if has_points and "latitude" in ALIASES[role]:
        known |= {"latitude": "point", "longitude": "point"}
    zone = heading_key(known.get("zone", ""))
    if role in ("plan", "zone_needs") and not any(word in zone for word in ("zone", "cluster")):
        known.pop("zone", None)  # a group of students is no Zone
    return known


def _may_be_school(heading: str) -> bool:
    """Whether a heading is an identifier of a school, and no rate of a year or number of a grade (``G06``)."""
    return find_year(heading) is None and sum(sign.isdigit() for sign in heading) > 2


def _columns_of_indicators(headings: Sequence[str]) -> list[str]:
    return [heading for heading in headings if any(word in heading_key(heading) for word in _INDICATOR_WORDS)]


def _with_likely(found: Mapping[str, str], headings: Sequence[str], role: str) -> dict[str, str]:
    unused = [heading for heading in headings if heading not in found.values()]
    likely = likely_columns(unused, role, found=found)
    return {**{canonical: heading for heading, canonical in reversed(likely.items())}, **found}


def _fitting(
    found: Mapping[str, Mapping[str, str]], headings: Sequence[str], *, is_of_schools: bool
) -> tuple[str, ...]:
    """The roles whose columns a file has, without those of which another explains all headings and more."""
    fitting = {role: columns for role, columns in found.items() if _is_told(role, columns)}
    used = {role: set(columns.values()) for role, columns in fitting.items()}
    roles = [role for role in fitting if not any(used[role] < used[other] for other in fitting if _rivals(role, other))]
    if "flows" in roles and "students" in found["flows"]:
        roles = [role for role in roles if role != "crosswalk" or "share" in found["crosswalk"]]
    if "population" in roles and "schools" in roles and {"name", "grades", "lowest_grade"} & found["schools"].keys():
        roles.remove("population")
    if is_of_schools and "schools" in roles and "progress" in roles:
        roles.remove("progress")
    roles.sort(key=lambda role: -len(used[role]))
    if set(roles) <= {"schools", "performance"} and "school_id" in found["performance"]:
        return _schools_or_rates(roles, found, headings, is_of_schools=is_of_schools)
    return tuple(roles)


def _schools_or_rates(
    roles: Sequence[str], found: Mapping[str, Mapping[str, str]], headings: Sequence[str], *, is_of_schools: bool
) -> tuple[str, ...]:
    """
    Tell a table of schools from one of their rates.

    Places, grades or enrolment make it a table of schools; its rates are read all the same. A column that may be an
    official list makes a table of names either of the two.
    """
    if "schools" in roles and is_of_schools and found["schools"].keys() & set(_ABOUT_SCHOOLS):
        return ("schools",)
    if "performance" in roles:
        return ("performance",)
    if not _may_be_official_list(headings, {*found["schools"].values(), *found["performance"].values()}):
        return tuple(roles)
    return ("performance", *roles)


def _rivals(role: str, other: str) -> bool:
    """Whether one of two roles may make way for the other; a table of schools and one of rates are told apart later."""
    return role != other and {role, other} != {"schools", "performance"}


def _is_told(role: str, columns: Mapping[str, str]) -> bool:
    required = [name for name in REQUIRED[role] if not (role == "flows" and name == "students")]
    if not columns.keys() >= set(required):
        return False
    if role == "crosswalk" and all(
        heading_key(columns[name]).split("_")[0] in _OLD_AND_NEW for name in ("old_id", "new_id")
    ):
        return True
    return any(columns.keys() >= set(together) for together in _TELLING[role])


def _may_be_official_list(headings: Sequence[str], known: Collection[str]) -> bool:
    """Whether a column that is no known one may be an official list of low-performing schools."""
    keys = [heading_key(heading) for heading in headings if heading not in known]
    return any(word in key for key in keys for word in _LIST_WORDS)


def _reason(found: Mapping[str, Mapping[str, str]], roles: Sequence[str]) -> str:
    if not roles:
        return "Its headings are those of no known file."
    shown = list(dict.fromkeys(found[roles[0]].values()))[:6]
    return f"It has columns for {', '.join(shown)}."
