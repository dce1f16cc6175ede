"""Comparison schools: for each school of a Zone the schools of no Zone that were most like it at the entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.conditions.progress.parameters import ENROLMENT, ProgressParameters
from clustering.model.scenario import Scenario

DISTANCE_DIGITS = 6
MATCH_COLUMNS = ("zone_id", "school_id", "rank", "comparison_id", "distance", "variables")
UNMATCHED_COLUMNS = ("zone_id", "school_id", "reason")
_ALIKE = ["level", "school_type"]
_LEAST_SPREAD = 1e-9  # a variable that is the same everywhere compares nothing
_TIES = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class ComparisonSchools:
    """
    The comparison schools of every school of a Zone.

    Parameters
    ----------
    matches
        :data:`MATCH_COLUMNS`: ``rank`` from 1, ``distance`` [standard deviations], and the ``variables`` that were
        compared, separated by ``; ``.
    unmatched
        :data:`UNMATCHED_COLUMNS`: schools without any, and why.
    """

    matches: pd.DataFrame
    unmatched: pd.DataFrame


def choose_comparison_schools(
    base: pd.DataFrame,
    scenario: Scenario,
    zone_schools: Mapping[str, tuple[str, ...]],
    entry_falls: Mapping[str, int | None],
    parameters: ProgressParameters,
) -> ComparisonSchools:
    """
    Choose comparison schools by a rule that anyone can repeat.

    Parameters
    ----------
    base
        As ``protection.protect_values`` returns it: what is chosen says no more than the protected values do.
    scenario
        Level, type, status and enrolment of the schools.
    zone_schools
        Zone to its schools.
    entry_falls
        Zone to the fall of its first year; values of the year before are compared. A Zone that has not started has
        no comparison schools, and its schools are none.
    parameters
        How many, how far, by which variables.

    Returns
    -------
    chosen
        For each school of a Zone the nearest open schools of no Zone that have the same level, and the same type where
        the files tell it: by the Euclidean distance of entry values, standardised by mean and standard deviation of
        all schools of the level and type, divided by the root of their number. Ties go by identifier.
    """
    pairs = pd.DataFrame(
        [(zone, school, entry_falls[zone]) for zone, schools in zone_schools.items() for school in schools],
        columns=["zone_id", "school_id", "entry_fall"],
    )
    facts = _facts_of_schools(scenario, pairs["school_id"])
    pairs = pairs.dropna(subset="entry_fall")
    found = [pairs.iloc[:0].assign(rank=0, comparison_id=None, distance=np.nan, variables="")]
    for fall, of_fall in pairs.groupby("entry_fall"):
        entry = _entry_values(base, facts, int(float(str(fall))) - 1, parameters.variables)
        schools = sorted(set(of_fall["school_id"]) & set(entry.index))
        nearest = _nearest_of_groups(entry, facts, schools, parameters)
        found.append(of_fall.merge(nearest, on="school_id", how="left"))
    return _chosen(pd.concat(found, ignore_index=True), parameters)


def _facts_of_schools(scenario: Scenario, in_zones: pd.Series) -> pd.DataFrame:
    """What must be alike, enrolment, and whether a school may serve as a comparison; index ``school_id``, sorted."""
    schools = scenario.schools
    kind = schools["school_type"].astype("object").where(schools["school_type"].notna(), "")
    return pd.DataFrame(
        {
            "level": schools["level"].astype("str"),
            "school_type": kind.astype("str"),
            ENROLMENT: schools["enrolment_students"].astype("float64"),
            "is_candidate": (schools["status"].fillna("open") != "closed") & ~schools.index.isin(set(in_zones)),
        },
        index=schools.index,
    ).sort_index()


def _entry_values(base: pd.DataFrame, facts: pd.DataFrame, year: int, variables: Sequence[str]) -> pd.DataFrame:
    """Entry values of all schools, a column per variable, standardised over the schools of a level and type."""
    of_year = base[(base["year"] == year) & base["value"].notna() & base["indicator_id"].isin(list(variables))]
    values = of_year.pivot_table(index="school_id", columns="indicator_id", values="value", aggfunc="first").reindex(
        facts.index
    )
    if ENROLMENT in variables:
        values[ENROLMENT] = facts[ENROLMENT]
    values = values.reindex(columns=[name for name in variables if name in values])
    grouped = values.groupby([facts[name] for name in _ALIKE])
    spread = grouped.transform("std", ddof=0)
    standardised: pd.DataFrame = (values - grouped.transform("mean")) / spread.where(spread > _LEAST_SPREAD)
    return standardised


def _nearest_of_groups(
    entry: pd.DataFrame, facts: pd.DataFrame, schools: Sequence[str], parameters: ProgressParameters
) -> pd.DataFrame:
    """Nearest candidates of each school, in groups that are alike and have the same variables."""
    wanted = facts.loc[list(schools), _ALIKE].assign(
        variables=["; ".join(entry.columns[known]) for known in entry.loc[list(schools)].notna().to_numpy(dtype=bool)]
    )
    parts = []
    for (level, kind, variables), group in wanted.groupby([*_ALIKE, "variables"]):
        names = [name for name in str(variables).split("; ") if name]
        is_alike = facts["is_candidate"] & (facts["level"] == level) & (facts["school_type"] == kind)
        candidates = entry.loc[is_alike, names].dropna() if names else entry.iloc[:0, :0]
        found = _nearest(entry.loc[group.index, names], candidates, parameters.neighbours)
        parts.append(found.assign(variables=str(variables)))
    columns = ["school_id", "rank", "comparison_id", "distance", "variables"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _nearest(schools: pd.DataFrame, candidates: pd.DataFrame, neighbours: int) -> pd.DataFrame:
    """A row per school and candidate, nearest first, ties by identifier; a school without candidates has one row."""
    if candidates.empty:
        row = {"school_id": schools.index, "rank": 1, "comparison_id": None, "distance": np.nan}
        return pd.DataFrame(row).astype({"comparison_id": "object"})
    from scipy.spatial import KDTree  # noqa: PLC0415 (slow to load)

    # Some more than are wanted, so that those at the same distance are there to be told apart by identifier.
    count = min(len(candidates), neighbours + _TIES)
    distances, positions = KDTree(candidates.to_numpy()).query(schools.to_numpy(), k=list(range(1, count + 1)))
    rows = pd.DataFrame(
        {
            "school_id": np.repeat(schools.index.to_numpy(), count),
            "comparison_id": candidates.index.to_numpy()[positions.ravel()],
            "distance": (distances.ravel() / np.sqrt(schools.shape[1])).round(DISTANCE_DIGITS),
        }
    ).sort_values(["school_id", "distance", "comparison_id"], ignore_index=True)
    rows["rank"] = rows.groupby("school_id").cumcount() + 1
    return rows[rows["rank"] <= neighbours]


def _chosen(rows: pd.DataFrame, parameters: ProgressParameters) -> ComparisonSchools:
    """Those within the caliper; schools without any, with the reason."""
    is_near = rows["distance"] <= parameters.caliper
    first = rows[rows["rank"].fillna(1) == 1]
    unmatched = first[~(first["distance"] <= parameters.caliper)]
    reasons = [
        _reason(variables, distance, parameters.caliper)
        for variables, distance in zip(unmatched["variables"], unmatched["distance"], strict=True)
    ]
    return ComparisonSchools(
        matches=rows.loc[is_near, list(MATCH_COLUMNS)]
        .astype({"rank": "int64", "distance": "float64"})
        .sort_values(["zone_id", "school_id", "rank"], ignore_index=True),
        unmatched=unmatched[["zone_id", "school_id"]]
        .assign(reason=reasons)
        .sort_values(["zone_id", "school_id"], ignore_index=True),
    )


def _reason(variables: object, distance: float, caliper: float) -> str:
    if not isinstance(variables, str):
        return "The school is not in the schools files."
    if not variables:
        return "The school has no entry values."
    if np.isnan(distance):
        return "No school of no Zone has the same level and type, and these entry values."
    return f"The nearest school is {distance:.2f} standard deviations away, and the caliper is {caliper:g}."
