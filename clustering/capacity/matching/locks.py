"""Locks: which Zones and partners they name, and every fault of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.errors import InputError, Problem
from clustering.model.validation_errors import did_you_mean
from clustering.zones.parameters import parameter_problem

_PAIR_LOCKS = ("force_match", "forbid_match")
_ZONE_LOCKS = ("force_served", "force_unserved")


class LockedPair(NamedTuple):
    """A Zone and a partner that a lock names."""

    zone_id: str
    partner_id: str


@dataclass(frozen=True, kw_only=True)
class Locks:
    """
    Locks that name what there is.

    Parameters
    ----------
    matched, forbidden
        Zones with the partner that they must, or must not, have; sorted.
    served, unserved
        Zones that must, or must not, have a partner; sorted.
    """

    matched: tuple[LockedPair, ...]
    forbidden: tuple[LockedPair, ...]
    served: tuple[str, ...]
    unserved: tuple[str, ...]

    @property
    def served_zones(self) -> frozenset[str]:
        """Zones that some lock wants served."""
        return frozenset({*self.served, *(pair.zone_id for pair in self.matched)})


NO_LOCKS = Locks(matched=(), forbidden=(), served=(), unserved=())


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
        for zone, partner in _cuts(text):
            if zone in zone_ids and partner in partner_ids:
                pairs[text] = LockedPair(zone, partner)
                break
    return pairs


def read_locks(
    pairs: pd.DataFrame,
    parameters: MatchParameters,
    *,
    describe_obstacles: Callable[[str, str | None], str] | None = None,
) -> Locks:
    """
    Take the locks of a request.

    Parameters
    ----------
    pairs
        As of :func:`~clustering.capacity.matching.pairs.pair_zones`.
    parameters
        The request.
    describe_obstacles
        Says what keeps a partner from a Zone; of a Zone alone, what keeps the partners closest to running it.

    Returns
    -------
    locks
        Each once.

    Raises
    ------
    InputError
        Unknown Zones or partners, pairs that are not admissible, Zones that no partner may run, contradictions: all
        of them at once.
    """
    if not any(getattr(parameters, name) for name in (*_PAIR_LOCKS, *_ZONE_LOCKS)):
        return NO_LOCKS
    zones, partners = set(pairs["zone_id"]), set(pairs["partner_id"])
    split = {name: split_pairs(getattr(parameters, name), zones, partners) for name in _PAIR_LOCKS}
    named = {name: tuple(sorted(set(getattr(parameters, name)) & zones)) for name in _ZONE_LOCKS}
    locks = Locks(
        matched=tuple(sorted(set(split["force_match"].values()))),
        forbidden=tuple(sorted(set(split["forbid_match"].values()))),
        served=named["force_served"],
        unserved=named["force_unserved"],
    )
    problems = [
        *_unknown_ids(parameters, zones, partners, split),
        *_contradictions(locks, parameters),
        *_inadmissible(pairs, locks, describe_obstacles),
    ]
    if problems:
        raise InputError(problems)
    return locks


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    parts = text.split("=")
    for cut in range(1, len(parts)):
        yield "=".join(parts[:cut]).strip(), "=".join(parts[cut:]).strip()


def _unknown_ids(
    parameters: MatchParameters, zones: set[str], partners: set[str], split: Mapping[str, Mapping[str, LockedPair]]
) -> Iterator[Problem]:
    for name in _PAIR_LOCKS:
        for text in getattr(parameters, name):
            if text not in split[name]:
                yield parameter_problem(name, text, *_fault_of(text, zones, partners))
    for name in _ZONE_LOCKS:
        for text in getattr(parameters, name):
            if text not in zones:
                yield parameter_problem(name, text, "There is no Zone with this id.", _remedy(text, zones, "zone_id"))


def _fault_of(text: str, zones: set[str], partners: set[str]) -> tuple[str, str]:
    """What is wrong with a lock of a pair, and what to write; the cut with the fewest unknown ids is meant."""
    cuts = sorted(_cuts(text), key=lambda cut: (cut[0] not in zones) + (cut[1] not in partners))
    if not cuts:
        return "A lock of a pair reads zone=partner.", "Write the id of the Zone, =, and the id of the partner."
    zone, partner = cuts[0]
    unknown = ["Zone"] * (zone not in zones) + ["partner"] * (partner not in partners)
    remedies = [_remedy(zone, zones, "zone_id")] * (zone not in zones)
    remedies += [_remedy(partner, partners, "partner_id")] * (partner not in partners)
    return f"There is no {' and no '.join(unknown)} with this id.", " ".join(remedies)


def _remedy(text: str, known: set[str], column: str) -> str:
    return f"{did_you_mean(text, sorted(known))}Write the {column} as it is listed."


def _contradictions(locks: Locks, parameters: MatchParameters) -> Iterator[Problem]:
    for pair in sorted({*locks.matched} & {*locks.forbidden}):
        message = "The pair is also in forbid_match."
        yield parameter_problem("force_match", "=".join(pair), message, "Name the pair in one of the two only.")
    for zone in locks.unserved:
        names = ["force_served"] * (zone in locks.served)
        names += ["force_match"] * any(pair.zone_id == zone for pair in locks.matched)
        for name in names:
            message = f"The Zone is also in {name}."
            yield parameter_problem("force_unserved", zone, message, "Name the Zone in one of the two only.")
    if not parameters.allow_parts:
        zones = pd.Series([pair.zone_id for pair in locks.matched], dtype="object")
        for zone in sorted(set(zones[zones.duplicated()])):
            partners = ", ".join(pair.partner_id for pair in locks.matched if pair.zone_id == zone)
            message = f"The Zone is to have several partners: {partners}."
            remedy = "Name one of them, or let the Zone be split with allow_parts=true."
            yield parameter_problem("force_match", zone, message, remedy)


def _inadmissible(
    pairs: pd.DataFrame, locks: Locks, describe_obstacles: Callable[[str, str | None], str] | None
) -> Iterator[Problem]:
    """Pairs and Zones that a lock wants and for which no variant is admissible."""
    forbidden = set(locks.forbidden)
    named = pairs[pairs["zone_id"].isin(locks.served_zones)]
    for pair in locks.matched:
        if pair in forbidden:
            continue
        rows = named[(named["zone_id"] == pair.zone_id) & (named["partner_id"] == pair.partner_id)]
        obstacles = min(rows["obstacles"], key=len)
        if obstacles:
            why = "" if describe_obstacles is None else f" {describe_obstacles(*pair)}"
            message = f"The pair is not admissible: {', '.join(obstacles)}.{why}"
            remedy = "Leave the lock out, or change what stands in the way (in the register or in the parameters)."
            yield parameter_problem("force_match", "=".join(pair), message, remedy)
    for zone in locks.served:
        if all(named.loc[named["zone_id"] == zone, "obstacles"].map(len)):
            nearest = "" if describe_obstacles is None else f" {describe_obstacles(zone, None)}"
            message = f"No partner may run this Zone.{nearest}"
            remedy = "Leave the lock out, or change what stands in the way of one of them."
            yield parameter_problem("force_served", zone, message, remedy)
