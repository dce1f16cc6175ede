"""Changes of Zones less those of their comparison schools."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clustering.conditions.progress.protection import RATE_DIGITS
from clustering.conditions.progress.zone_values import school_changes

_GROUP = ["zone_id", "indicator_id", "year"]
NO_PROOF = (
    "The difference is that of the Zone's change and its comparison schools' change. It is no proof that the Zone"
    " caused it: the schools were alike in the values named, and may differ in all others."
)


def difference_of_changes(
    rows: pd.DataFrame, base: pd.DataFrame, matches: pd.DataFrame, entry_falls: Mapping[str, int]
) -> pd.DataFrame:
    """
    Compare the changes of a Zone's schools with those of their comparison schools.

    Parameters
    ----------
    rows
        As ``zone_values.values_of_zones`` returns them.
    base
        As ``protection.protect_values`` returns it.
    matches
        As ``comparison_schools.ComparisonSchools.matches``.
    entry_falls
        Zone to the fall of its first year.

    Returns
    -------
    differences
        Index ``zone_id``, ``indicator_id``, ``year``: ``compared_schools`` (of the Zone), ``comparison_schools``,
        ``compared_change`` (mean change of these schools of the Zone, weighted as at the entry), ``comparison_change``
        (of each school the mean change of its comparison schools, weighted alike) and ``difference``.
    """
    changes = school_changes(rows, entry_falls)
    pairs = matches[["zone_id", "comparison_id"]].drop_duplicates()
    others = pairs.merge(base, left_on="comparison_id", right_on="school_id").assign(weight=1.0)
    their_changes = school_changes(others, entry_falls)[["zone_id", "school_id", "indicator_id", "year", "change"]]
    linked = matches[["zone_id", "school_id", "comparison_id"]].merge(
        their_changes.rename(columns={"school_id": "comparison_id", "change": "comparison_change"}),
        on=["zone_id", "comparison_id"],
    )
    mean = linked.groupby(["zone_id", "school_id", "indicator_id", "year"])["comparison_change"].mean().reset_index()
    both = changes.merge(mean, on=["zone_id", "school_id", "indicator_id", "year"])
    both = both.assign(
        weighted_change=both["change"] * both["weight_entry"],
        weighted_comparison=both["comparison_change"] * both["weight_entry"],
    )
    sums = both.groupby(_GROUP)[["weighted_change", "weighted_comparison", "weight_entry"]].sum()
    used = linked.merge(both[["zone_id", "school_id", "indicator_id", "year"]])
    differences = pd.DataFrame(
        {
            "compared_schools": both.groupby(_GROUP)["school_id"].nunique(),
            "comparison_schools": used.groupby(_GROUP)["comparison_id"].nunique(),
            "compared_change": (sums["weighted_change"] / sums["weight_entry"]).round(RATE_DIGITS) + 0.0,
            "comparison_change": (sums["weighted_comparison"] / sums["weight_entry"]).round(RATE_DIGITS) + 0.0,
        }
    )
    difference = differences["compared_change"] - differences["comparison_change"]
    return differences.assign(difference=difference.round(RATE_DIGITS) + 0.0)
