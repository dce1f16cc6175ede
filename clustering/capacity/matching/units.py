"""The units of need."""

from __future__ import annotations

from clustering.capacity.matching.parameters import NeedMeasure

UNITS: dict[NeedMeasure, str] = {
    "students": "student",
    "students_below": "student below the mark",
    "lowest_rates": "point",
}


def describe_need(need: float, unit: str, than_now: str = "") -> str:
    """
    Write a need with its unit.

    Parameters
    ----------
    need
        The number.
    unit
        Of :data:`UNITS`.
    than_now
        ``more`` or ``fewer``, where it is a difference.

    Returns
    -------
    need
        ``1,200 students below the mark``, ``1 fewer point``.
    """
    number = f"{need:,.1f}".removesuffix(".0")
    noun = unit if need == 1 else unit.replace("student", "students").replace("point", "points")
    return " ".join(each for each in (number, than_now, noun) if each)
