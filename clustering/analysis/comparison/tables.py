"""One side of a comparison: what a proposal's document says, as flat tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.school_table import one_row_per_school

METRICS = tuple(field.name for field in fields(ZoneMetrics))
_COUNTS = tuple(name for name in METRICS if name.endswith("_count"))
_MEMBER_COLUMNS = ("school_id", "name", "level", "zone_id", "zone_name", "role", "reason")


@dataclass(frozen=True, kw_only=True)
class Side:
    """
    A proposal as tables.

    Parameters
    ----------
    document
        See ``documents.proposal_document``.
    members
        A row per school in a Zone, index ``school_id``: ``name``, ``level``, ``zone_id``, ``zone_name``, ``role``,
        ``reason``.
    zones
        Index ``anchor_id``: ``zone_name`` and the fields of ``ZoneMetrics``.
    without_zone
        Why an anchor has no Zone, index ``school_id``.
    """

    document: Mapping[str, Any]
    members: pd.DataFrame
    zones: pd.DataFrame
    without_zone: pd.Series


def read_side(document: Mapping[str, Any]) -> Side:
    """
    Take a proposal's document apart.

    Parameters
    ----------
    document
        See ``documents.proposal_document``.

    Returns
    -------
    side
        The same as tables.

    Raises
    ------
    InputError
        The document is that of another version, or none.
    """
    try:
        members = [
            {**member, "zone_id": zone["zone_id"], "zone_name": zone["name"]}
            for zone in document["zones"]
            for member in zone["members"]
        ]
        zones = [
            (zone["anchor_id"], zone["name"], *(zone["metrics"][metric] for metric in METRICS))
            for zone in document["zones"]
        ]
        anchors = {anchor["school_id"]: anchor["reason_without_zone"] for anchor in document["anchors"]}
    except (KeyError, TypeError):
        message = "The proposal was written by another version of the software and lacks some metrics."
        remedy = "Ask for the proposal again."
        raise InputError([Problem(table="proposal", message=message, remedy=remedy)]) from None
    metrics = pd.DataFrame(zones, columns=["anchor_id", "zone_name", *METRICS]).set_index("anchor_id")
    types = {name: "Int64" if name in _COUNTS else "float64" for name in METRICS}
    return Side(
        document=document,
        members=one_row_per_school(pd.DataFrame(members, columns=list(_MEMBER_COLUMNS), dtype="str")),
        zones=metrics.astype({"zone_name": "str", **types}),
        without_zone=pd.Series(anchors, dtype="str").rename_axis("school_id"),
    )
