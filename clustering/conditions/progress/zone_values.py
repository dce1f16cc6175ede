"""Values of Zones by year, from the protected values of their schools, and how far each year is from the entry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clustering.conditions.progress.catalogue import catalogue_table
from clustering.conditions.progress.protection import RATE_DIGITS

_GROUP = ["zone_id", "indicator_id", "year"]


def values_of_zones(
    base: pd.DataFrame, zone_schools: Mapping[str, tuple[str, ...]], enrolment: pd.Series
) -> pd.DataFrame:
    """
    List what is known of each school of each Zone, with the weight that it has in the Zone.

    Parameters
    ----------
    base
        As ``protection.protect_values`` returns it.
    zone_schools
        Zone to its schools.
    enrolment
        Students of each school, index ``school_id``; missing allowed.

    Returns
    -------
    rows
        ``base`` with ``zone_id``, a row for each Zone that the school is in; ``weights``, what the schools of a Zone
        are weighted by for an indicator: ``denominators`` where every value has one; ``enrolment`` where not, or where
        they are protected, and every school's enrolment is known; else ``equal``; and the ``weight`` itself, with
        ``weight_low`` and ``weight_high``: of a protected denominator the ends of its class.
    """
    pairs = pd.DataFrame(
        [(zone, school) for zone, schools in zone_schools.items() for school in schools],
        columns=["zone_id", "school_id"],
    )
    rows = pairs.merge(base, on="school_id")
    has_value = rows["value"].notna()
    size = rows["school_id"].map(enrolment).astype("float64")
    groups = [rows["zone_id"], rows["indicator_id"]]
    by_denominators = (rows["students"].gt(0) | ~has_value).groupby(groups).transform("all")
    by_enrolment = (size.gt(0) | ~has_value).groupby(groups).transform("all")
    # The enrolment, which is public, tells more of how many there are than the class of a size.
    is_class = (rows["students_low"] < rows["students_high"]).groupby(groups).transform("any")
    by_denominators &= ~(is_class & by_enrolment)
    rows["weights"] = np.select([by_denominators, by_enrolment], ["denominators", "enrolment"], default="equal")
    for end in ("", "_low", "_high"):
        students = rows[f"students{end}"]
        rows[f"weight{end}"] = np.select([by_denominators, by_enrolment], [students, size], default=1.0)
    return rows


def pool_by_year(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Work out the value of every Zone, indicator and year.

    Parameters
    ----------
    rows
        As :func:`values_of_zones` returns them.

    Returns
    -------
    pooled
        Index ``zone_id``, ``indicator_id``, ``year``: ``value``, ``low``, ``high``, ``weights``, ``schools`` (with a
        value), ``schools_suppressed``, ``schools_without`` (that have the indicator in another year) and ``students``
        (of the denominators behind the value, when protected about as many; missing where they are not known).
    """
    known = rows[rows["value"].notna()]
    pooled = _pool(known)
    reporting = rows[~rows["status"].isin(["missing", "not applicable"])]
    of_indicator = reporting.groupby(["zone_id", "indicator_id"])["school_id"]
    keys = reporting.assign(schools_ever=of_indicator.transform("nunique")).groupby(_GROUP)
    table = pd.DataFrame({"schools_there": keys["school_id"].nunique(), "weights": keys["weights"].first()})
    table["schools_ever"] = keys["schools_ever"].first()
    table = table.join(pooled)
    table["schools"] = known.groupby(_GROUP)["school_id"].nunique().reindex(table.index).fillna(0).astype("int64")
    table["schools_suppressed"] = table["schools_there"] - table["schools"]
    table["schools_without"] = table["schools_ever"] - table["schools_there"]
    table["students"] = (
        known.groupby(_GROUP)["students"]
        .sum(min_count=1)
        .where(known["students"].notna().groupby([known[name] for name in _GROUP]).all())
    )
    return table[["value", "low", "high", "weights", "schools", "schools_suppressed", "schools_without", "students"]]


def changes_since_entry(rows: pd.DataFrame, entry_falls: Mapping[str, int | None]) -> pd.DataFrame:
    """
    Work out how far each later year is from the last year before the entry, over the same schools.

    Parameters
    ----------
    rows
        As :func:`values_of_zones` returns them.
    entry_falls
        Zone to the fall in which its first year began; the entry value is that of the year before. ``None`` of a Zone
        that has not started: it has no changes.

    Returns
    -------
    changes
        Index ``zone_id``, ``indicator_id``, ``year`` (from the entry on): ``entry_value``, ``year_value``, ``change``
        with ``change_low`` and ``change_high``, and ``change_schools``: all over the schools that have a value in both
        years.
    """
    pairs = school_changes(rows, entry_falls)
    then = _pool(pairs.rename(columns={f"{name}_entry": name for name in _POOLED}), suffix="_entry")
    now = _pool(pairs.rename(columns={f"{name}_now": name for name in _POOLED}), suffix="_now")
    changes = then.join(now)
    return pd.DataFrame(
        {
            "entry_value": changes["value_entry"],
            "year_value": changes["value_now"],
            "change": (changes["value_now"] - changes["value_entry"]).round(RATE_DIGITS) + 0.0,
            "change_low": (changes["low_now"] - changes["high_entry"]).round(RATE_DIGITS) + 0.0,
            "change_high": (changes["high_now"] - changes["low_entry"]).round(RATE_DIGITS) + 0.0,
            "change_schools": pairs.groupby(_GROUP)["school_id"].nunique(),
        }
    )


_POOLED = ["value", "low", "high", "weight", "weight_low", "weight_high"]


def school_changes(rows: pd.DataFrame, entry_falls: Mapping[str, int | None]) -> pd.DataFrame:
    """Values of each school now and at the entry of its Zone, where it has both; ``change`` with its ends."""
    known = rows[rows["value"].notna()]
    year_before = known["zone_id"].map(entry_falls).astype("float64") - 1
    entry = known[known["year"] == year_before]
    later = known[known["year"] > year_before]
    key = ["zone_id", "school_id", "indicator_id"]
    pairs = later.merge(entry[[*key, *_POOLED]], on=key, suffixes=("_now", "_entry"))
    return pairs.assign(
        change=pairs["value_now"] - pairs["value_entry"],
        change_low=pairs["low_now"] - pairs["high_entry"],
        change_high=pairs["high_now"] - pairs["low_entry"],
    )


def _pool(rows: pd.DataFrame, suffix: str = "") -> pd.DataFrame:
    """Weighted means of values, and the ends of what these can be, whatever the weights are within their ends."""
    sums = rows.assign(value=rows["value"] * rows["weight"]).groupby(_GROUP)[["value", "weight"]].sum()
    middle = sums["value"] / sums["weight"]
    low, high = 1 - _greatest_mean(rows, 1 - rows["low"]), _greatest_mean(rows, rows["high"])
    pooled = {"value": middle, "low": np.minimum(low, middle), "high": np.maximum(high, middle)}
    return pd.DataFrame(pooled).round(RATE_DIGITS).add_suffix(suffix)


def _greatest_mean(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    """
    Find the greatest mean of values with weights between ends.

    Some number of the greatest values have their greatest weights, and all others their least.
    """
    least, most = rows["weight_low"], rows["weight_high"]
    table = rows[_GROUP].assign(gain=(most - least), gained=(most - least) * values, least=least, summed=least * values)
    table = table.assign(value=values).sort_values("value", ascending=False, kind="stable")
    groups = [table[name] for name in _GROUP]
    rising = table[["gain", "gained"]].groupby(groups).cumsum()
    fixed = table[["least", "summed"]].groupby(groups).transform("sum")
    means = (fixed["summed"] + rising["gained"]) / (fixed["least"] + rising["gain"])
    without = fixed["summed"] / fixed["least"]
    found: pd.Series = means.where(means > without, without).groupby(groups).max()
    return found


def sort_by_catalogue(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by Zone, then by indicator as in the catalogue, then by year where there is one."""
    order = {name: position for position, name in enumerate(catalogue_table().index)}
    keys = [name for name in ("zone_id", "indicator_id", "year", "months") if name in table]
    ordered: pd.DataFrame = table.sort_values(
        keys, key=lambda column: column.map(order) if column.name == "indicator_id" else column, ignore_index=True
    )
    return ordered
