"""The tables of a match beside its rows, checked number by number: for the audit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from clustering.capacity.matching.audited_values import find_differences
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.pair_audit import PairAudit, great_circle_km


def audit_match_tables(match: Match, pairs: PairAudit) -> Iterator[str]:
    """
    Check names and distances, and the tables of partners, of limits, of unserved Zones and of unused partners.

    Parameters
    ----------
    match
        Its rows were checked before.
    pairs
        The rules of the request.

    Yields
    ------
    violation
        A sentence for each number that is not what the matches, the needs or the register say.
    """
    yield from _rows(match, pairs)
    yield from _capacity(match, pairs)
    yield from _limits(match, pairs)
    for zone in match.unserved:
        if zone.zone_id in pairs.zones:  # the audit names other ids elsewhere
            row = {"name": zone.name, "school_count": zone.school_count, "need": _or_nan(zone.need)}
            yield from find_differences(f"The unserved Zone {zone.zone_id}", row, _of_zone(zone.zone_id, pairs))
    for partner in match.unused:
        if partner.partner_id in pairs.partners:
            expected = _of_partner(partner.partner_id, pairs)
            shown = {"name": partner.name, "schools_free": _or_nan(partner.schools_free)}
            yield from find_differences(
                f"The unused partner {partner.partner_id}", shown, {name: expected[name] for name in shown}
            )


def _rows(match: Match, pairs: PairAudit) -> Iterator[str]:
    parameters = pairs.parameters
    locked = {*parameters.force_served, *(text.rpartition("=")[0].strip() for text in parameters.force_match)}
    for row in match.matches.to_dict("records"):
        zone, partner = pairs.zones[row["zone_id"]], pairs.partners[row["partner_id"]]
        expected = {
            "zone_name": zone["name"],
            "partner_name": partner["name"],
            "distance_km": great_circle_km(zone, partner),
            "is_locked": row["zone_id"] in locked,
        }
        yield from find_differences(f"{row['variant_id']} with {row['partner_id']}", row, expected)


def _capacity(match: Match, pairs: PairAudit) -> Iterator[str]:
    """One row for each partner, and what it can take on, uses and has left."""
    if sorted(match.capacity.index) != sorted(pairs.partners):
        yield "The table capacity does not have one row for each partner."
        return
    rows = match.matches.to_dict("records")
    for partner, capacity in match.capacity.to_dict("index").items():
        own = [row for row in rows if row["partner_id"] == partner]
        used = sum(row["school_count"] for row in own)
        expected = _of_partner(str(partner), pairs)
        expected |= {"schools_used": used, "schools_left": expected["schools_free"] - used, "zone_count": len(own)}
        expected["need"] = math.fsum(row["need"] for row in own if not math.isnan(row["need"]))
        expected["cost_dollars"] = math.fsum(row["cost_dollars"] for row in own)
        yield from find_differences(f"The capacity of {partner}", capacity, expected)


def _of_partner(partner_id: str, pairs: PairAudit) -> dict[str, Any]:
    partner, most = pairs.partners[partner_id], pairs.maximum_schools(partner_id)
    now = float(partner["schools_now"])
    free = math.nan if math.isnan(most - now) else pairs.free_schools(partner_id)
    return {"name": partner["name"], "schools_now": now, "maximum_schools": most, "schools_free": free}


def _of_zone(zone_id: str, pairs: PairAudit) -> dict[str, Any]:
    variant = pairs.variants[zone_id]
    return {
        "name": pairs.zones[zone_id]["name"],
        "school_count": len(variant["school_ids"]),
        "need": pairs.need(variant),
    }


def _limits(match: Match, pairs: PairAudit) -> Iterator[str]:
    """What is used of the limits that bind."""
    rows, parameters = match.matches, match.parameters
    if match.limits.duplicated(["kind", "partner_id"]).any():
        yield "The table limits names a limit twice."
    for row in match.limits.to_dict("records"):
        partner, own = row["partner_id"], rows[rows["partner_id"] == row["partner_id"]]
        known = {
            "capacity": (own["school_count"].sum(), pairs.free_schools(partner) if partner in pairs.partners else None),
            "zones per partner": (len(own), parameters.maximum_zones_per_partner),
            "budget": (rows["cost_dollars"].sum(), parameters.budget_dollars),
        }
        used, limit = known.get(row["kind"], (math.nan, None))
        expected = {"used": float(used), "limit": _or_nan(limit)}
        yield from find_differences(f"The limit {row['kind']} of {partner}", row, expected)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
