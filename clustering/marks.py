"""Schools and links as tables, marked with the Zones they belong to."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from clustering.columns import LINK_COLUMNS, SHARE_DIGITS, STUDENT_DIGITS
from clustering.model import Zone


def mark_schools(schools: gpd.GeoDataFrame, zones: tuple[Zone, ...], patterns: pd.DataFrame) -> gpd.GeoDataFrame:
    """The schools with their role, Zone and reason, and with what the feeder graph says of them."""
    marks: dict[str, tuple[str, str, str]] = {}
    for zone in zones:
        for member in zone.members:
            mark = (member.role, zone.zone_id, member.reason)
            known = marks.get(member.school_id)
            # Of a school in several Zones both are told.
            marks[member.school_id] = (
                mark if known is None else (known[0], f"{known[1]}; {mark[1]}", f"{known[2]} {mark[2]}")
            )
    table = pd.DataFrame.from_dict(marks, orient="index", columns=["role", "zone_id", "reason"], dtype="str")
    marked = schools.join(table.reindex(schools.index))
    marked["role"] = marked["role"].fillna("outside")
    marked["feeder_pattern"] = patterns["pattern"]
    for name in ("dominant_destinations", "dominant_feeders"):
        marked[name] = patterns[name].map("; ".join, na_action="ignore").astype("str")
    return marked


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
    zone_ids = inside.sort_values("zone_id").groupby("index")["zone_id"].agg("; ".join)
    return links.round(digits).assign(zone_id=zone_ids.reindex(links.index).astype("str"))
