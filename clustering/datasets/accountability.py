"""The state's own accountability file: an index of three years, for all students and groups, and graduates of two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.geography import FloatArray
from clustering.model.plain_text import school_year_text

COLUMNS = ("NCESSCH", "school_year", "student_group", "cohort", "graduates", "index")
NEWEST_RATED_FALL = 2022  # as the graduation rates
RATED_FALLS = (2020, 2021, 2022)
# Share of a school's students, and how far the group lies below all students [points of the index].
GROUPS = (("all", 1.0, 0.0), ("ECD", 0.45, 6.0), ("CWD", 0.13, 14.0), ("LEP", 0.08, 9.0))
LEAST_STUDENTS = 10
HIDDEN, FEW = "*", "<10"


def draw_accountability(
    schools: pd.DataFrame,
    expected: FloatArray,
    graduation: pd.DataFrame,
    rng: np.random.Generator,
    *,
    with_groups: bool,
) -> pd.DataFrame:
    """
    Draw the file, as text.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``; ``ncessch``, ``hardship``, ``opened`` and ``closed``.
    expected
        See ``flows.expect_students``.
    graduation
        See ``graduation.draw_graduation``; of the newest year, from which those of earlier ones are drawn.
    rng
        Source of chance.
    with_groups
        Whether the file has groups of students and earlier years.

    Returns
    -------
    accountability
        ``COLUMNS``: a row per school, year and group. ``cohort`` is the students behind the row: of a high school its
        graduating class, of others the students tested. Under ten students both are hidden.
    """
    falls, groups = (RATED_FALLS, GROUPS) if with_groups else ((NEWEST_RATED_FALL,), GROUPS[:1])
    tested = np.maximum(1, rng.poisson(expected.sum(axis=1) / 2))
    level = 100 * (1 - schools["hardship"].to_numpy()) + rng.normal(0, 4, len(schools))
    parts = []
    for fall in falls:
        classes = _classes(graduation, fall, rng)
        cohort = tested.copy()
        cohort[graduation.index] = classes["cohort"]
        of_year = level + rng.normal(0, 2, len(schools))
        is_open = ((schools["opened"] <= fall) & (schools["closed"] > fall)).to_numpy()
        for group, share, below in groups:
            size = cohort if group == "all" else rng.binomial(cohort, share)
            points = np.clip(of_year - below + rng.normal(0, 3 if below else 0, len(schools)), 1, 99)
            graduates = pd.Series("", index=range(len(schools)))
            if group == "all" and fall != NEWEST_RATED_FALL:  # whose rates are published apart
                graduates[graduation.index] = classes["graduates"].astype("str").to_numpy()
            part = _published(schools, size, points, graduates).assign(
                school_year=school_year_text(fall), student_group=group
            )
            parts.append(part[is_open & (size > 0)])
    rows = pd.concat(parts)[list(COLUMNS)]
    ordered: pd.DataFrame = rows.sort_values(["NCESSCH", "school_year"], kind="stable", ignore_index=True)
    return ordered


def _classes(graduation: pd.DataFrame, fall: int, rng: np.random.Generator) -> pd.DataFrame:
    """Graduating classes of a year: those of the graduation rates, and earlier ones a little larger or smaller."""
    cohort, share = graduation["cohort"].to_numpy(), graduation["per_cent"].to_numpy() / 100
    if fall != NEWEST_RATED_FALL:
        cohort = np.maximum(1, np.rint(cohort * rng.uniform(0.93, 1.07, len(cohort)))).astype("int64")
        share = np.clip(share + rng.normal(0, 0.025, len(cohort)), 0, 1)
    return pd.DataFrame({"cohort": cohort, "graduates": np.floor(share * cohort + 0.5).astype("int64")})


def _published(schools: pd.DataFrame, size: np.ndarray, points: np.ndarray, graduates: pd.Series) -> pd.DataFrame:
    few = size < LEAST_STUDENTS
    return pd.DataFrame(
        {
            "NCESSCH": schools["ncessch"].to_numpy(),
            "cohort": np.where(few, FEW, size.astype("str")),
            "graduates": np.where(few & (graduates != ""), HIDDEN, graduates),
            "index": np.where(few, HIDDEN, np.char.mod("%.1f", points)),
        }
    )
