"""What the mean of a Zone hides: how many of its schools were assessed, how many have gaps, and which has the most."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clustering.conditions.readiness.indicator_sets import IndicatorSet
from clustering.model.scenario import Scenario

SCHOOL_COLUMNS = (
    *("schools", "assessed_schools", "schools_with_gaps"),
    *("weakest_school_id", "weakest_school", "weakest_gaps"),
)


def weakest_schools(
    values: pd.DataFrame,
    zone_schools: Mapping[str, tuple[str, ...]],
    indicator_set: IndicatorSet,
    scenario: Scenario | None,
) -> pd.DataFrame:
    """
    Count the schools of each Zone by what raters say of them.

    Parameters
    ----------
    values
        As ``standing_values.standing_values`` returns them.
    zone_schools
        Zone to its schools.
    indicator_set
        Up to which value an indicator is a gap.
    scenario
        Names of schools.

    Returns
    -------
    schools
        Index the Zone: ``schools``, ``assessed_schools``, ``schools_with_gaps`` (at least one); ``weakest_school_id``,
        ``weakest_school`` (its name) and ``weakest_gaps`` of the school with the most gaps. Of several, that with the
        lowest mean, then the first by identifier; missing if no school has any.
    """
    pairs = pd.DataFrame(
        [(zone, school) for zone, schools in zone_schools.items() for school in schools], columns=["zone", "school"]
    )
    of_schools = values[values.index.get_level_values("subject_kind") == "school"]
    is_gap = of_schools["value"] <= indicator_set.gap_to
    by_school = pd.DataFrame(
        {
            "gaps": is_gap.groupby(level="subject_id").sum().astype("int64"),
            "mean": of_schools["value"].groupby(level="subject_id").mean(),
        }
    )
    assessed = pairs.join(by_school, on="school", how="inner")
    with_gaps = assessed[assessed["gaps"] > 0]
    first = with_gaps.sort_values(["gaps", "mean", "school"], ascending=[False, True, True]).drop_duplicates("zone")
    weakest = first.set_index("zone")
    counts = pd.DataFrame(
        {
            "schools": pairs["zone"].value_counts(),
            "assessed_schools": assessed["zone"].value_counts(),
            "schools_with_gaps": with_gaps["zone"].value_counts(),
            "weakest_gaps": weakest["gaps"],
        },
        index=pd.Index(list(zone_schools)),
    ).astype("Int64")
    counts[["schools", "assessed_schools", "schools_with_gaps"]] = counts[
        ["schools", "assessed_schools", "schools_with_gaps"]
    ].fillna(0)
    ids = [weakest["school"].get(zone) for zone in counts.index]
    names = [None if scenario is None else scenario.schools["name"].get(school) for school in ids]
    named = {"weakest_school_id": pd.Series(ids, counts.index, dtype="object")}
    named["weakest_school"] = pd.Series(names, counts.index, dtype="object")
    return counts.assign(**named)[list(SCHOOL_COLUMNS)]
