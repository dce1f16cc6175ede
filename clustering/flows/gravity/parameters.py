"""Frozen parameters of the gravity model, with defaults and the reasons for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from clustering.errors import InputError, Problem

DecayForm = Literal["exponential", "power"]

# Name of each numeric field, least and greatest value.
_BOUNDS: dict[str, tuple[float, float]] = {
    "scale_km": (0.01, 10_000),
    "exponent": (0.01, 20),
    "minimum_km": (0.001, 100),
    "maximum_km": (0.01, 20_038),
    "nearest_schools": (1, 1_000),
    "same_district_weight": (1e-6, 1e6),
    "elementary_students_per_grade": (0.001, 100_000),
    "middle_students_per_grade": (0.001, 100_000),
    "high_students_per_grade": (0.001, 100_000),
    "minimum_students": (0, 1_000),
    "minimum_share": (0, 0.5),
    "tolerance": (1e-12, 0.1),
    "maximum_iterations": (1, 1_000_000),
}


@dataclass(frozen=True, kw_only=True)
class GravityParameters:
    """
    What the gravity model assumes.

    Parameters
    ----------
    decay
        How the pull of a school falls with distance d: ``exponential``, exp(-d / scale_km), or ``power``,
        d ** -exponent.
    scale_km, exponent
        The stated strength of the decay, used where there are no known flows to fit it to. The defaults are near what
        promotions recorded between the schools of Washington, DC, fit to (1.0 km, or 2.2); distances are longer in most
        other places, so fit it or state another wherever anything is known.
    fit_to_known_flows
        Fit the strength of the decay to known flows where they are given.
    minimum_km
        Distances below this count as this: schools of one campus, and geocoders that put schools in one place.
    maximum_km
        No student is expected to go farther, great circle.
    nearest_schools
        A pair of schools is considered if either is among the other's nearest this many that receive, or send,
        students of the grade; ties of distance are all considered.
    same_district_weight
        How many times as much a school of the same district pulls as another at the same distance; 1 leaves districts
        out of account.
    elementary_students_per_grade, middle_students_per_grade, high_students_per_grade
        Students assumed in each grade of a school of which neither grade enrolment nor enrolment is known: middle is
        for levels ``middle`` and ``middle-high``, high for ``high``, elementary for all others (``columns.LEVELS``).
        Round numbers, an assumption: every use is counted in the notes.
    minimum_students, minimum_share
        A flow of fewer students, or of a smaller share of its grade [0 to 1], is dropped, and its students are spread
        over the grade's other flows in proportion; the largest flow is always kept.
    tolerance
        Balancing ends when at most this share of the students [0 to 1] would have to enter another school for the
        receiving schools to be filled exactly.
    maximum_iterations
        Balancing ends after this many iterations at the latest. Where the totals cannot all be met, further iterations
        gain little and only send students farther.
    """

    decay: DecayForm = "exponential"
    scale_km: float = 1.0
    exponent: float = 2.0
    fit_to_known_flows: bool = True
    minimum_km: float = 0.5
    maximum_km: float = 80.0
    nearest_schools: int = 12
    same_district_weight: float = 1.0
    elementary_students_per_grade: float = 70.0
    middle_students_per_grade: float = 200.0
    high_students_per_grade: float = 250.0
    minimum_students: float = 0.5
    minimum_share: float = 0.01
    tolerance: float = 1e-4
    maximum_iterations: int = 300

    def __post_init__(self) -> None:
        problems = list(_out_of_range(self))
        if problems:
            raise InputError(problems)


def _out_of_range(given: GravityParameters) -> Iterable[Problem]:
    for name, (low, high) in _BOUNDS.items():
        value = getattr(given, name)
        if not low <= value <= high:  # also catches NaN
            remedy = f"Give a number from {low:,g} to {high:,g}."
            yield _problem(name, value, "The value is out of range.", remedy)
    if given.minimum_km > given.maximum_km:
        yield _problem("minimum_km", given.minimum_km, "It is above maximum_km.", "Give a smaller distance.")
    if given.decay not in get_args(DecayForm):
        remedy = f"Give {' or '.join(get_args(DecayForm))}."
        yield _problem("decay", given.decay, "There is no such form of decay.", remedy)


def _problem(name: str, value: object, message: str, remedy: str) -> Problem:
    return Problem(table="parameters", column=name, value=str(value)[:200], message=message, remedy=remedy)
