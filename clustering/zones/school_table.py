"""Schools and links as tables, marked with the Zones they belong to."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from clustering.model.columns import LINK_COLUMNS, SHARE_DIGITS, STUDENT_DIGITS
from clustering.zones.proposal import Zone

# What a Proposal adds to the columns of the scenario's schools.
SCHOOL_COLUMNS = ("role", "zone_id", "reason", "feeder_pattern", "dominant_destinations", "dominant_feeders")


def mark_schools(schools: gpd.GeoDataFrame, zones: tuple[Zone, ...], patterns: pd.DataFrame) -> gpd.GeoDataFrame:
    """The schools with their role, Zone and reason, and with what the feeder graph says of them."""
    members = pd.DataFrame(
        [
            (member.school_id, member.role, zone.zone_id, zone.name, member.reason)
            for zone in zones
            for member in zone.members
        ],
        columns=["school_id", "role", "zone_id", "zone_name", "reason"],
        dtype="str",
    )
    table = one_row_per_school(members)[["role", "zone_id", "reason"]]
    marked = schools.join(table.reindex(schools.index))
    marked["role"] = marked["role"].fillna("outside")
    marked["feeder_pattern"] = patterns["pattern"]
    for name in ("dominant_destinations", "dominant_feeders"):
        marked[name] = patterns[name].map("; ".join, na_action="ignore").astype("str")
    return marked


def one_row_per_school(members: pd.DataFrame) -> pd.DataFrame:
    """
    Tell of a school in several Zones, if feeders are shared, all of them in one row.

    Parameters
    ----------
    members
        A row per school and Zone: ``school_id``, ``zone_id``, ``zone_name``, ``reason`` and further columns, text.

    Returns
    -------
    schools
        Index ``school_id``, the other columns in the order of ``members``. Zones are separated by ``"; "`` and each
        reason follows the name of its Zone, in the order of the rows; the further columns are those of the first.
    """
    is_in_several = members.duplicated("school_id", keep=False)
    if not is_in_several.any():
        return members.set_index("school_id").astype("str")
    named = "Zone of " + members["zone_name"].str.removesuffix(" Zone") + ": " + members["reason"]
    label = members.assign(reason=members["reason"].mask(is_in_several, named))
    ways = {"zone_id": "; ".join, "zone_name": "; ".join, "reason": " ".join}
    taken: dict[str, Any] = {str(name): ways.get(str(name), "first") for name in members if name != "school_id"}
    return label.groupby("school_id", sort=False).agg(taken).astype("str")


def mark_links(links: pd.DataFrame, zones: tuple[Zone, ...]) -> pd.DataFrame:
    """The links, rounded, with the Zone that both ends are in."""
    members = pd.DataFrame(
        [(member.school_id, zone.zone_id) for zone in zones for member in zone.members],
        columns=["school_id", "zone_id"],
        dtype="str",
    )
    digits = {name: SHARE_DIGITS if name.endswith("share") else STUDENT_DIGITS for name in LINK_COLUMNS[2:]}
    inside = (
        links[["origin", "destination"]][links["origin"].isin(members["school_id"])]
        .reset_index()
        .merge(members.rename(columns={"school_id": "origin"}), on="origin")
        .merge(members.rename(columns={"school_id": "destination"}), on=["destination", "zone_id"])
    )
    zone_ids = inside.sort_values("zone_id").set_index("index")["zone_id"]
    if not zone_ids.index.is_unique:
        zone_ids = zone_ids.groupby(level=0).agg("; ".join)
    return links.round(digits).assign(zone_id=zone_ids.reindex(links.index).astype("str"))
