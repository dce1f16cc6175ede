"""Indicators of progress and assessments of readiness of a generated state: made up, and in keeping with its rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.geography import FloatArray, IntArray
from clustering.datasets.schools import NEWEST_FALL
from clustering.model.plain_text import school_year_text

INDICATOR_FALLS = tuple(range(NEWEST_FALL - 4, NEWEST_FALL + 1))
INDICATOR_COLUMNS = (
    *("school_id", "school_year", "enrolled", "attendance_rate", "chronically_absent", "suspended", "ninth_graders"),
    *("on_track", "tested_mathematics", "proficient_mathematics", "tested_reading", "proficient_reading", "growth"),
    *("cohort", "graduates", "teachers", "teachers_retained"),
)
_RATED_FALL = NEWEST_FALL - 1  # whose graduation rates are published
_LEAST_STUDENTS, _HIDDEN = 10, "*"
_HIDING_DISTRICTS = 0.25
_ELEMENTS = ("learn-1", "learn-2", "learn-3", "teach-1", "teach-2", "teach-3", "act-1", "act-2", "act-3")
_STATEMENTS = tuple(f"statement-{number:02d}" for number in range(1, 13))
READINESS_COLUMNS = ("subject_kind", "subject_id", "date", "rater", *_ELEMENTS, *_STATEMENTS)
_ROUNDS = (("2022-10-04", 0.0), ("2023-10-10", 0.35))  # days, and how much better the second is
_RATERS = ("District reviewer", "State reviewer")
_MOST_ASSESSED = 40


def draw_indicators(
    schools: pd.DataFrame, expected: FloatArray, graduation: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """
    Draw five years of indicators, as text.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``; with ``ncessch`` and ``leaid``.
    expected
        See ``flows.expect_students``.
    graduation
        See ``graduation.draw_graduation``: the rates that are published, from which those of other years are drawn.
    rng
        Source of chance.

    Returns
    -------
    indicators
        :data:`INDICATOR_COLUMNS`: a row per school and year in which it is open. A quarter of the districts write
        ``*`` for a count of 1 to 9 and for one whose complement is 1 to 9; blank is not counted there.
    """
    level = schools["hardship"].to_numpy() + rng.normal(0, 0.05, len(schools))
    drift = rng.normal(0, 0.012, len(schools))  # a year: some schools get better and some worse
    hides = _hiding(schools["leaid"], rng)
    parts = []
    for number, fall in enumerate(INDICATOR_FALLS):
        trouble = np.clip(level - drift * number + rng.normal(0, 0.02, len(schools)), 0.02, 0.95)
        counts = _counts_of_year(schools, expected, trouble, rng)
        counts |= _graduates_of_year(graduation, fall, len(schools), rng)
        is_open = ((schools["opened"] <= fall) & (schools["closed"] > fall) & (counts["enrolled"] > 0)).to_numpy()
        parts.append(_as_text(schools, fall, trouble, counts, hides, rng)[is_open])
    rows = pd.concat(parts)[list(INDICATOR_COLUMNS)]
    ordered: pd.DataFrame = rows.sort_values(["school_id", "school_year"], ignore_index=True)
    return ordered


def _hiding(districts: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Whether the district of each school hides small counts."""
    codes, names = pd.factorize(districts, sort=True)
    hides: np.ndarray = (rng.random(len(names)) < _HIDING_DISTRICTS)[codes]
    return hides


def _counts_of_year(
    schools: pd.DataFrame, expected: FloatArray, trouble: FloatArray, rng: np.random.Generator
) -> dict[str, IntArray]:
    """Counts of all schools; -1 where there is nothing to count."""
    enrolled = rng.poisson(expected.sum(axis=1))
    ninth = rng.poisson(expected[:, 10])
    tested = rng.binomial(enrolled, 0.5 * (schools["highest"] > 2).to_numpy())
    teachers = np.maximum(2, np.rint(enrolled / 15).astype("int64"))
    nothing = np.full(len(schools), -1)
    has_ninth, is_tested = ninth > 0, tested > 0
    chances = {
        "chronically_absent": (enrolled, 0.04 + 0.45 * trouble**1.5),
        "suspended": (enrolled, 0.01 + 0.16 * trouble**2),
        "on_track": (ninth, 0.97 - 0.45 * trouble),
        "proficient_mathematics": (tested, 0.80 - 0.70 * trouble),
        "proficient_reading": (tested, 0.85 - 0.65 * trouble),
        "teachers_retained": (teachers, 0.93 - 0.25 * trouble),
    }
    drawn = {name: rng.binomial(size, np.clip(chance, 0.01, 0.99)) for name, (size, chance) in chances.items()}
    for name in ("proficient_mathematics", "proficient_reading"):
        drawn[name] = np.where(is_tested, drawn[name], nothing)
    drawn["on_track"] = np.where(has_ninth, drawn["on_track"], nothing)
    tests = np.where(is_tested, tested, nothing)
    return {
        "enrolled": enrolled,
        "ninth_graders": np.where(has_ninth, ninth, nothing),
        "tested_mathematics": tests,
        "tested_reading": tests,
        "teachers": teachers,
        **drawn,
    }


def _graduates_of_year(
    graduation: pd.DataFrame, fall: int, count: int, rng: np.random.Generator
) -> dict[str, IntArray]:
    """Cohorts and graduates: those published for their year, and a little more or less for the others."""
    cohort, share = graduation["cohort"].to_numpy(), graduation["per_cent"].to_numpy() / 100
    if fall != _RATED_FALL:
        cohort = np.maximum(1, np.rint(cohort * rng.uniform(0.93, 1.07, len(cohort)))).astype("int64")
        share = np.clip(share + 0.008 * (fall - _RATED_FALL) + rng.normal(0, 0.02, len(cohort)), 0, 1)
    cohorts, graduates = np.full(count, -1), np.full(count, -1)
    cohorts[graduation.index] = cohort
    graduates[graduation.index] = np.floor(share * cohort + 0.5).astype("int64")
    return {"cohort": cohorts, "graduates": graduates}


_PARTS_OF = {
    "chronically_absent": "enrolled",
    "suspended": "enrolled",
    "on_track": "ninth_graders",
    "proficient_mathematics": "tested_mathematics",
    "proficient_reading": "tested_reading",
    "graduates": "cohort",
    "teachers_retained": "teachers",
}


def _as_text(
    schools: pd.DataFrame,
    fall: int,
    trouble: FloatArray,
    counts: dict[str, IntArray],
    hides: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    def small(count: IntArray) -> np.ndarray:
        return (count > 0) & (count < _LEAST_STUDENTS)

    texts = {name: np.where(count < 0, "", count.astype("str")) for name, count in counts.items()}
    for part, whole in _PARTS_OF.items():
        hidden = hides & (counts[part] >= 0) & (small(counts[part]) | small(counts[whole] - counts[part]))
        texts[part] = np.where(hidden, _HIDDEN, texts[part])
    attendance = np.char.mod("%.1f", 100 * np.clip(0.975 - 0.09 * trouble, 0.6, 0.99))
    points = np.char.mod("%.0f", np.clip(65 - 30 * trouble + rng.normal(0, 3, len(schools)), 1, 99))
    has_growth = counts["tested_mathematics"] >= _LEAST_STUDENTS
    table = pd.DataFrame(texts)
    return table.assign(
        school_id=schools["ncessch"].to_numpy(),
        school_year=school_year_text(fall),
        attendance_rate=attendance,
        growth=np.where(has_growth, points, ""),
    )


def draw_readiness(schools: pd.DataFrame, graduation: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Draw two rounds of assessments of the schools in most trouble, and of their districts.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``; with ``ncessch`` and ``leaid``.
    graduation
        See ``graduation.draw_graduation``.
    rng
        Source of chance.

    Returns
    -------
    readiness
        :data:`READINESS_COLUMNS`, all text, a row per subject, day and rater: the nine elements of the readiness
        triangle for schools, by two raters, and 12 statements for districts. Blank is not assessed.
    """
    assessed = _assessed_rows(schools, graduation)
    parts = [
        _round_of_schools(schools, assessed, day, better, rater, rng) for day, better in _ROUNDS for rater in _RATERS
    ]
    parts += [_round_of_districts(schools, assessed, day, better, rng) for day, better in _ROUNDS]
    rows = pd.concat(parts, ignore_index=True).reindex(columns=list(READINESS_COLUMNS)).fillna("")
    ordered: pd.DataFrame = rows.sort_values(list(READINESS_COLUMNS[:4]), ignore_index=True)
    return ordered


def _assessed_rows(schools: pd.DataFrame, graduation: pd.DataFrame) -> IntArray:
    """The high schools with the lowest rates, and the schools in most hardship of their districts."""
    lowest = graduation.sort_values("per_cent", kind="stable").index[: _MOST_ASSESSED // 4].to_numpy()
    is_near = schools["district"].isin(schools["district"].to_numpy()[lowest]).to_numpy()
    ranked = np.argsort(-schools["hardship"].to_numpy(), kind="stable")
    others = [row for row in ranked if is_near[row] and row not in lowest and schools["closed"].iloc[row] > NEWEST_FALL]
    return np.sort(np.concatenate([lowest, np.array(others[: _MOST_ASSESSED - len(lowest)], dtype="int64")]))


def _values(trouble: np.ndarray, better: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """Values from 1 to 4 as text, a few of them blank."""
    ready = 3.6 - 2.2 * trouble[:, None] + better + rng.normal(0, 0.7, (len(trouble), count))
    values = np.clip(np.rint(ready), 1, 4).astype("int64").astype("str")
    blanked: np.ndarray = np.where(rng.random(values.shape) < 0.03, "", values)
    return blanked


def _round_of_schools(
    schools: pd.DataFrame, rows: IntArray, day: str, better: float, rater: str, rng: np.random.Generator
) -> pd.DataFrame:
    values = _values(schools["hardship"].to_numpy()[rows], better, len(_ELEMENTS), rng)
    who = {"subject_kind": "school", "subject_id": schools["ncessch"].to_numpy()[rows], "date": day, "rater": rater}
    return pd.DataFrame(who | dict(zip(_ELEMENTS, values.T, strict=True)))


def _round_of_districts(
    schools: pd.DataFrame, rows: IntArray, day: str, better: float, rng: np.random.Generator
) -> pd.DataFrame:
    trouble = schools.iloc[rows].groupby("leaid")["hardship"].mean()
    values = _values(trouble.to_numpy(), better, len(_STATEMENTS), rng)
    who = {"subject_kind": "district", "subject_id": trouble.index, "date": day, "rater": "District team"}
    return pd.DataFrame(who | dict(zip(_STATEMENTS, values.T, strict=True)))
