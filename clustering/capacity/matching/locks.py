"""Locks: which Zones and partners they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple


class LockedPair(NamedTuple):
    """A Zone and a partner that a lock names."""

    zone_id: str
    partner_id: str


def split_pairs(
    texts: Iterable[str], zone_ids: Collection[str], partner_ids: Collection[str]
) -> Mapping[str, LockedPair]:
    """
    Split locks that read zone=partner.

    Parameters
    ----------
    texts
        The locks.
    zone_ids, partner_ids
        Those there are. An id may have an ``=`` itself.

    Returns
    -------
    pairs
        Of each lock that names a Zone and a partner that there are.
    """
    pairs = {}
    for text in texts:
        parts = text.split("=")
        for cut in range(1, len(parts)):
            zone, partner = "=".join(parts[:cut]).strip(), "=".join(parts[cut:]).strip()
            if zone in zone_ids and partner in partner_ids:
                pairs[text] = LockedPair(zone, partner)
                break
    return pairs
