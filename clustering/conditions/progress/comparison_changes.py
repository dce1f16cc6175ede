"""Changes of Zones less those of their comparison schools."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clustering.conditions.progress.protection import RATE_DIGITS
from clustering.conditions.progress.zone_values import school_changes

_GROUP = ["zone_id", "indicator_id", "year"]
_CHANGES = ("change", "change_low", "change_high")
NO_PROOF = (
    "The difference is that of the Zone's change and its comparison schools' change. It is no proof that the Zone"
    " caused it: the schools were alike in the values named, and may differ in all others."
)


def difference_of_changes(
    rows: pd.DataFrame, base: pd.DataFrame, matches: pd.DataFrame, entry_falls: Mapping[str, int | None]
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
        (of each school the mean change of its comparison schools, weighted alike), and ``difference`` with
        ``difference_low`` and ``difference_high``: what it can be, whatever the protected values stand for.
    """
    changes = school_changes(rows, entry_falls)
    pairs = matches[["zone_id", "comparison_id"]].drop_duplicates()
    others = pairs.merge(base, left_on="comparison_id", right_on="school_id").assign(
        weight=1.0, weight_low=1.0, weight_high=1.0
    )
    names = {name: f"comparison_{name}" for name in _CHANGES}
    their_changes = school_changes(others, entry_falls)[["zone_id", "school_id", "indicator_id", "year", *_CHANGES]]
    linked = matches[["zone_id", "school_id", "comparison_id"]].merge(
        their_changes.rename(columns={"school_id": "comparison_id", **names}), on=["zone_id", "comparison_id"]
    )
    mean = linked.groupby(["zone_id", "school_id", "indicator_id", "year"])[list(names.values())].mean().reset_index()
    both = changes.merge(mean, on=["zone_id", "school_id", "indicator_id", "year"])
    weighted = both[[*_CHANGES, *names.values()]].mul(both["weight_entry"], axis=0)
    sums = weighted.groupby([both[name] for name in _GROUP]).sum()
    averages = sums.div(both.groupby(_GROUP)["weight_entry"].sum(), axis=0).round(RATE_DIGITS) + 0.0
    used = linked.merge(both[["zone_id", "school_id", "indicator_id", "year"]])
    differences = pd.DataFrame(
        {
            "compared_schools": both.groupby(_GROUP)["school_id"].nunique(),
            "comparison_schools": used.groupby(_GROUP)["comparison_id"].nunique(),
            "compared_change": averages["change"],
            "comparison_change": averages["comparison_change"],
            "difference": averages["change"] - averages["comparison_change"],
            "difference_low": averages["change_low"] - averages["comparison_change_high"],
            "difference_high": averages["change_high"] - averages["comparison_change_low"],
        }
    )
    return differences.round(RATE_DIGITS) + 0.0
