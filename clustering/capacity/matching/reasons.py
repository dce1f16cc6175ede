"""Why a Zone has its partner, a Zone has none, or a partner has none: the values, of which sentences are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MatchKind = Literal["lock", "only partner", "best"]
Proof = Literal["solved", "bounds", "not measured"]
UnservedKind = Literal[
    "lock",
    "unknown need",
    "no need",
    "no partner",
    "smaller variant",
    "school taken",
    "partners full",
    "budget",
    "not chosen",
]
UnusedKind = Literal[
    "supporting partner",
    "approval",
    "duties",
    "start",
    "capacity unknown",
    "no capacity",
    "lock",
    "no Zone",
    "Zones served by others",
    "budget",
    "not chosen",
]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """
    What the whole match loses by one change.

    Parameters
    ----------
    need_low, need_high
        Need served less, at least and at most; equal where it was solved again; ``None`` if not measured, or if nothing
        else keeps the locks.
    preferences
        Preferences met less (more, if below 0), where it was solved again.
    cost_dollars
        More dollars (fewer, if below 0), where it was solved again.
    partner_ids
        Partners of the Zone after the change, where it was solved again.
    is_possible
        Whether all locks can be kept with the change; ``None`` if not measured.
    proof
        ``solved`` again to the optimum, ``bounds`` by the dual prices, or ``not measured``.
    """

    need_low: float | None = None
    need_high: float | None = None
    preferences: int | None = None
    cost_dollars: float | None = None
    partner_ids: tuple[str, ...] = ()
    is_possible: bool | None = None
    proof: Proof = "not measured"


@dataclass(frozen=True, kw_only=True)
class MatchReason:
    """
    Why a Zone has this partner.

    Parameters
    ----------
    zone_id, variant_id, partner_id
        The match.
    kind
        ``lock`` asks for the pair; ``only partner`` that may run it; or the ``best`` for the whole.
    partner_count
        Partners that may run the Zone.
    without_pair
        What the whole loses if the partner may not run the Zone.
    unchecked
        What nobody knows, and was therefore not in the way: ``distance``, ``start``, and duties.
    """

    zone_id: str
    variant_id: str
    partner_id: str
    kind: MatchKind
    partner_count: int
    without_pair: Loss
    unchecked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PairObstacle:
    """
    One thing that keeps a partner from a Zone.

    Parameters
    ----------
    obstacle
        Of ``pairs.OBSTACLES``.
    value, limit
        What the pair has and what is allowed: kilometres, falls, schools or dollars; ``None`` where there is no number,
        or where it is unknown.
    items, names
        Levels, districts (with their names), duties, the approval, or who excludes the pair.
    """

    obstacle: str
    value: float | None = None
    limit: float | None = None
    items: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BlockedPartner:
    """
    A partner that does not run a Zone, and why.

    Parameters
    ----------
    partner_id, variant_id
        The partner, and the variant that it is nearest to running.
    distance_km
        To the first anchor; ``None`` if unknown.
    obstacles
        What keeps it from the Zone; empty: it may run it.
    zone_ids
        Zones that it runs instead.
    schools_left
        Schools that it could still take on; ``None`` if unknown.
    """

    partner_id: str
    variant_id: str
    distance_km: float | None
    obstacles: tuple[PairObstacle, ...]
    zone_ids: tuple[str, ...]
    schools_left: float | None


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """
    A change of one partner, or of what one partner may use, and what it brings.

    Parameters
    ----------
    partner_id, variant_id
        The partner, and the variant that it could run then.
    changes
        What would have to change, with its numbers; of ``size``, ``zones per partner`` and ``budget``, from the limit
        to the value.
    is_least
        Whether it has the fewest changes, and the smallest. One without a number, as an approval, is never larger.
    need_gained
        More need served in all; ``None`` if not measured.
    zones_gained, zones_lost
        Zones that have a partner then and have none now, and the other way round.
    cost_dollars
        More dollars a year; ``None`` if not measured.
    proof
        ``solved`` again, or ``not measured``.
    """

    partner_id: str
    variant_id: str
    changes: tuple[PairObstacle, ...]
    is_least: bool = True
    need_gained: float | None = None
    zones_gained: tuple[str, ...] = ()
    zones_lost: tuple[str, ...] = ()
    cost_dollars: float | None = None
    proof: Proof = "not measured"


@dataclass(frozen=True, kw_only=True)
class SmallerOffer:
    """
    A smaller variant, or a part, that the request does not allow and that would fit.

    Parameters
    ----------
    variant_id, partner_id
        What would be run, and by whom.
    school_count, need
        Of the variant.
    """

    variant_id: str
    partner_id: str
    school_count: int
    need: float


@dataclass(frozen=True, kw_only=True)
class UnservedZone:
    """
    A Zone without a partner, and why.

    Parameters
    ----------
    zone_id, name
        The Zone.
    kind
        ``lock``; ``unknown need`` or ``no need``: it would add nothing; ``no partner`` may run it; a ``smaller
        variant`` would have one; ``school taken``: it shares a school with a Zone that is served; ``partners full``;
        ``budget``; ``not chosen``: time ran out, a gap was left, or the match is not the best.
    school_count, need
        As proposed; ``None`` if the need is unknown.
    partners
        At most 20: those for whom the least would have to change first; the distance comes last.
    obstacle_counts
        Obstacle to number of partners with it, of the Zone's variant nearest to each.
    smaller_variant_id
        Greatest smaller variant or part that a partner could still run with the others; ``None`` if there is none.
    taken_by
        Zones served that have a school of it.
    if_served
        What the whole loses if the Zone must have a partner.
    reason
        The same in sentences.
    remedies
        The least changes that serve more need in all, and that which brings the most; not measured, the least alone.
    tried_count
        Partners whose change was tried by solving again; ``None`` if that was not done.
    smaller
        The smaller variant with its partner; ``None`` if there is none.
    dollars_short
        What the budget lacks with the Zones served for its cheapest partner; ``None`` if it is not short.
    may_shrink
        Whether the needs have no smaller variants and a partner can take on a part of its schools.
    """

    zone_id: str
    name: str
    kind: UnservedKind
    school_count: int
    need: float | None
    partners: tuple[BlockedPartner, ...]
    obstacle_counts: Mapping[str, int]
    smaller_variant_id: str | None
    taken_by: tuple[str, ...]
    if_served: Loss
    reason: str
    remedies: tuple[Remedy, ...] = ()
    tried_count: int | None = None
    smaller: SmallerOffer | None = None
    dollars_short: float | None = None
    may_shrink: bool = False


@dataclass(frozen=True, kw_only=True)
class UnusedPartner:
    """
    A partner without a Zone, and why.

    Parameters
    ----------
    partner_id, name
        The partner.
    kind
        What it has with every Zone, from ``supporting partner`` to ``lock``; ``no Zone`` that it may run; ``Zones
        served by others``; ``budget``; ``not chosen``: none of these.
    schools_free
        Schools that it could take on; ``None`` if unknown.
    zone_count
        Zones that it may run.
    served_by
        Of these, Zone and the partner that runs it, at most 20.
    obstacle_counts
        Obstacle to number of Zones that have it.
    nearest
        The Zone that it is nearest to running, with what is in the way: one without a partner, if there is any that
        could have one. ``None`` if there are no Zones.
    nearest_zone_id
        Its id.
    reason
        The same in sentences.
    remedy
        What would have to change for that Zone; ``None`` if it has a partner, or if nothing would be gained.
    """

    partner_id: str
    name: str
    kind: UnusedKind
    schools_free: float | None
    zone_count: int
    served_by: tuple[tuple[str, str], ...]
    obstacle_counts: Mapping[str, int]
    nearest: BlockedPartner | None
    nearest_zone_id: str | None
    reason: str
    remedy: Remedy | None = None
