"""The units of need."""

from __future__ import annotations

from clustering.capacity.matching.parameters import NeedMeasure

UNITS: dict[NeedMeasure, str] = {
    "students": "student",
    "students_below": "student below the mark",
    "lowest_rates": "point",
}


def describe_need(need: float, unit: str) -> str:
    """Write a need with its unit: ``1,200 students below the mark``."""
    number = f"{need:,.1f}".removesuffix(".0")
    return f"{number} {unit if need == 1 else unit.replace('student', 'students').replace('point', 'points')}"
