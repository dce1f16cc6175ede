"""Indicators of progress in a few lines, and the schools that they are of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clustering import ProgressValues, Scenario, read_progress
from tests.examples.small_state import make_schools
from tests.examples.toy_district import toy_scenario

Cell = tuple[str, int, str, object, object]  # school, fall, indicator, numerator, denominator


def counts(*cells: Cell) -> ProgressValues:
    """Values from numerators and denominators."""
    table = pd.DataFrame(cells, columns=["school_id", "fall_year", "indicator", "numerator", "denominator"])
    return read_progress(table.astype("str"))


def rates(*cells: tuple[str, int, str, object]) -> ProgressValues:
    """Values from rates alone."""
    table = pd.DataFrame(cells, columns=["school_id", "fall_year", "indicator", "value"])
    return read_progress(table.astype("str"))


def scenario_of(schools: dict[str, str], enrolment: float = np.nan) -> Scenario:
    """A scenario of schools by grades, all with the same enrolment."""
    table = make_schools(
        *((name, grades, 0.0, 0.0) for name, grades in schools.items()),
        enrolment_students=[enrolment] * len(schools),
    )
    return replace(toy_scenario(), schools=table.assign(school_type=None))
