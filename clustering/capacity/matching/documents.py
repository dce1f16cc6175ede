"""The one set of numbers: a Match as JSON-ready values and flat tables, shared by every way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import pandas as pd

from clustering.capacity.matching.match import Match
from clustering.capacity.matching.reasons import BlockedPartner
from clustering.model.records import table_records

# The number of the document's shape. Raise it when a key is added, renamed or dropped: stored documents keep theirs.
MATCH_FORMAT = 2

_BETWEEN = "; "


def match_document(match: Match) -> dict[str, Any]:
    """
    Write a Match as plain values.

    Parameters
    ----------
    match
        As ``match_zones`` answers.

    Returns
    -------
    document
        ``parameters``, ``fall``, ``solution``, ``matches`` (each with ``reason_values``), ``unserved``, ``unused``,
        ``capacity``, ``limits``, ``disclosure``, ``provenance``, ``notes``; missing is ``None``.
    """
    values = [_plain(asdict(each)) for each in match.reasons]
    rows = _records(match.matches)
    return {
        "parameters": match.parameters.as_dict(),
        "fall": match.fall,
        "solution": asdict(match.solution),
        "matches": [{**row, "reason_values": reason} for row, reason in zip(rows, values, strict=True)],
        "unserved": [_plain(asdict(each)) for each in match.unserved],
        "unused": [_plain(asdict(each)) for each in match.unused],
        "capacity": _records(capacity_table(match)),
        "limits": _records(match.limits),
        "disclosure": match.disclosure,
        "provenance": _plain(match.provenance),
        "notes": list(match.notes),
    }


def matches_table(match: Match) -> pd.DataFrame:
    """
    Write the matches as a flat table.

    Parameters
    ----------
    match
        As ``match_zones`` answers.

    Returns
    -------
    table
        One row per match, sorted by Zone: the columns of ``Match.matches``, ``school_ids`` separated by ``"; "``; then
        ``need_loss_low`` and ``need_loss_high``, the need that the whole loses without the pair, with
        ``need_loss_proof`` (``solved``, ``bounds`` or ``not measured``), and ``start_fall`` (Int64, the fall of the
        match; missing where no file tells a year).
    """
    losses = [reason.without_pair for reason in match.reasons]
    table = match.matches.assign(school_ids=match.matches["school_ids"].map(_joined).astype("str"))
    reason = table.pop("reason")
    return table.assign(
        need_loss_low=_numbers([each.need_low for each in losses], table.index),
        need_loss_high=_numbers([each.need_high for each in losses], table.index),
        need_loss_proof=pd.Series([each.proof for each in losses], index=table.index, dtype="str"),
        start_fall=pd.Series(match.fall, index=table.index, dtype="Int64"),
        reason=reason,
    )


def unserved_table(match: Match) -> pd.DataFrame:
    """
    Write the Zones without a partner as a flat table.

    Parameters
    ----------
    match
        As ``match_zones`` answers.

    Returns
    -------
    table
        One row per Zone, sorted: ``zone_id``, ``zone_name``, ``kind``, ``school_count``, ``need`` (missing if unknown),
        ``nearest_partner_id`` with its ``obstacles`` (separated by ``"; "``; missing if it may run the Zone),
        ``smaller_variant_id``, ``taken_by``, ``need_loss_if_served`` (missing if not measured), ``reason``.
    """
    rows = [
        (
            zone.zone_id,
            zone.name,
            zone.kind,
            zone.school_count,
            zone.need,
            *_nearest(zone.partners[0] if zone.partners else None),
            zone.smaller_variant_id,
            _joined(zone.taken_by),
            zone.if_served.need_low,
            zone.reason,
        )
        for zone in match.unserved
    ]
    texts = ["zone_id", "zone_name", "kind", "nearest_partner_id", "obstacles", "smaller_variant_id", "taken_by"]
    columns = [*texts[:3], "school_count", "need", *texts[3:], "need_loss_if_served", "reason"]
    types = {**dict.fromkeys([*texts, "reason"], "str"), "school_count": "int64"}
    table = pd.DataFrame(rows, columns=columns).astype(types)
    return table.astype(dict.fromkeys(["need", "need_loss_if_served"], "float64"))


def unused_table(match: Match) -> pd.DataFrame:
    """
    Write the partners without a Zone as a flat table.

    Parameters
    ----------
    match
        As ``match_zones`` answers.

    Returns
    -------
    table
        One row per partner, sorted: ``partner_id``, ``partner_name``, ``kind``, ``schools_free`` (missing if unknown),
        ``zone_count`` (Zones that it may run), ``nearest_zone_id`` with its ``obstacles`` (separated by ``"; "``;
        missing if it may run the Zone), ``reason``.
    """
    rows = [
        (
            partner.partner_id,
            partner.name,
            partner.kind,
            partner.schools_free,
            partner.zone_count,
            partner.nearest_zone_id,
            _nearest(partner.nearest)[1],
            partner.reason,
        )
        for partner in match.unused
    ]
    texts = ["partner_id", "partner_name", "kind", "nearest_zone_id", "obstacles", "reason"]
    columns = [*texts[:3], "schools_free", "zone_count", *texts[3:]]
    types = {**dict.fromkeys(texts, "str"), "schools_free": "float64", "zone_count": "int64"}
    return pd.DataFrame(rows, columns=columns).astype(types)


def capacity_table(match: Match) -> pd.DataFrame:
    """
    Write the capacity of all partners as a flat table.

    Parameters
    ----------
    match
        As ``match_zones`` answers.

    Returns
    -------
    table
        One row per partner, sorted: ``partner_id`` and the columns of ``Match.capacity``.
    """
    return match.capacity.rename_axis("partner_id").reset_index().rename(columns={"name": "partner_name"})


def match_tables(match: Match) -> dict[str, pd.DataFrame]:
    """
    Write a Match as flat tables.

    Parameters
    ----------
    match
        As ``match_zones`` answers.

    Returns
    -------
    tables
        By name: ``matches``, ``unserved``, ``unused`` and ``capacity``, as the functions of these names write them, and
        ``limits``, with the columns of :class:`~clustering.Match`.
    """
    return {
        "matches": matches_table(match),
        "unserved": unserved_table(match),
        "unused": unused_table(match),
        "capacity": capacity_table(match),
        "limits": match.limits.copy(),
    }


def _nearest(blocked: BlockedPartner | None) -> tuple[str | None, str | None]:
    if blocked is None:
        return None, None
    return blocked.partner_id, _joined([each.obstacle for each in blocked.obstacles])


def _joined(parts: Any) -> str | None:
    return _BETWEEN.join(parts) or None


def _numbers(values: list[float | None], index: pd.Index) -> pd.Series:
    return pd.Series(values, index=index, dtype="float64")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in record.items()} for record in table_records(table)]


def _plain(value: Any) -> Any:
    """Lists for tuples, and dictionaries for dataclasses and mappings."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
