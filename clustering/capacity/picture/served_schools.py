"""Which schools an answer serves, and the sums by part, district and level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clustering.capacity.need.school_counts import COUNTS
from clustering.capacity.need.variants import LEVELS_SERVED
from clustering.capacity.need.zone_needs import ZoneNeeds

NO_DISTRICT = "no district known"


def mark_served_schools(needs: ZoneNeeds, variants: pd.Series) -> pd.DataFrame:
    """
    Mark the schools of all Zones.

    Parameters
    ----------
    needs
        The Zones.
    variants
        Ids of the variants that are served; index: the partner of each.

    Returns
    -------
    schools
        Index ``school_id``: ``district_id`` (:data:`NO_DISTRICT` where unknown), ``district_name``, ``levels``,
        ``students``, ``students_below`` (by the middle of an interval; missing where unknown), ``is_served`` and
        ``partner_id`` (missing where unserved; of several, where feeders are shared, the first).
    """
    table = needs.schools[["district_name", "levels"]].copy()
    table["district_id"] = needs.schools["district_id"].fillna(NO_DISTRICT)
    for name in COUNTS:
        ends = (needs.schools[f"{name}_low"] + needs.schools[f"{name}_high"]) / 2
        table[name] = needs.schools[name].fillna(ends)
    schools = needs.variants["school_ids"].reindex(variants.to_numpy())
    pairs = [(school, partner) for each, partner in zip(schools, variants.index, strict=True) for school in each]
    partner_of: Mapping[str, str] = dict(reversed(pairs))
    table["partner_id"] = pd.Series(table.index.map(partner_of.get), index=table.index, dtype="str")
    return table.assign(is_served=table["partner_id"].notna())


def total_parts(needs: ZoneNeeds, schools: pd.DataFrame, served_zones: set[str]) -> pd.DataFrame:
    """Build ``StatePicture.totals``."""
    parts = {
        "all": pd.Series(data=True, index=schools.index),
        "served": schools["is_served"],
        "unserved": ~schools["is_served"],
    }
    zones = {"all": len(needs.zones), "served": len(served_zones), "unserved": len(needs.zones) - len(served_zones)}
    rows = [
        {
            "part": part,
            "zones": zones[part],
            "schools": int(chosen.sum()),
            **{name: schools.loc[chosen, name].sum(min_count=1) for name in COUNTS},
            **{f"{name}_unknown_count": int(schools.loc[chosen, name].isna().sum()) for name in COUNTS},
        }
        for part, chosen in parts.items()
    ]
    return pd.DataFrame(rows).set_index("part")


def group_districts(needs: ZoneNeeds, schools: pd.DataFrame, served_zones: set[str]) -> pd.DataFrame:
    """Build ``StatePicture.districts``."""
    sums = _sums_by(schools, schools["district_id"])
    names = schools.groupby("district_id")["district_name"].first()
    proposed = needs.variants[needs.variants["variant"] == "as proposed"]
    zones = proposed.set_index("zone_id")["school_ids"].explode().rename("school_id").reset_index()
    zones["district_id"] = zones["school_id"].map(schools["district_id"])
    zones = zones.drop_duplicates(["zone_id", "district_id"])
    zones["is_served"] = zones["zone_id"].isin(list(served_zones))
    by_district = zones.groupby("district_id")["is_served"].agg(zones="size", zones_served="sum").astype("int64")
    table = sums.join(by_district).assign(district_name=names).rename_axis("district_id").reset_index()
    table = table.sort_values("district_id", key=lambda ids: np.where(ids == NO_DISTRICT, "\U0010ffff", ids))
    front = ["district_id", "district_name", "zones", "zones_served"]
    return table[[*front, *sums.columns]].reset_index(drop=True)


def group_levels(schools: pd.DataFrame) -> pd.DataFrame:
    """Build ``StatePicture.levels``."""
    by_level = schools.explode("levels").dropna(subset="levels")
    sums = _sums_by(by_level, by_level["levels"]).reindex(list(LEVELS_SERVED))
    counts = {name: sums[name].fillna(0).astype("int64") for name in ("schools", "schools_served")}
    return sums.assign(**counts).rename_axis("level").reset_index()


def _sums_by(schools: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    """Schools and students, all of them and those served, by a key."""
    served = schools["is_served"]
    columns = {"schools": pd.Series(1, index=schools.index), "schools_served": served.astype("int64")}
    table = pd.DataFrame(columns, index=schools.index)
    for name in COUNTS:
        table[name] = schools[name]
        # Known and unserved is none served; unknown stays unknown.
        table[f"{name}_served"] = schools[name].where(served | schools[name].isna(), 0.0)
    return table.groupby(key.to_numpy()).sum(min_count=1)
