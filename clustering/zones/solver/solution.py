"""What every method returns: a solution of the request or of a group of anchors, and why an anchor has no Zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from clustering.zones.audit import Membership
from clustering.zones.no_room import NoRoom

Status = Literal["optimal", "time limit", "heuristic"]
NoZoneKind = Literal[
    "impossible_group",
    "too_few_schools",
    "infeasible",
    "negative_score",
    "lower_total",
    "time_limit",
    "no_room",
    "heuristic_infeasible",
    "heuristic_negative_score",
    "heuristic_lower_total",
    "feeder_of_plan",
    "not_in_plan",
]


@dataclass(frozen=True, kw_only=True)
class ZoneSolution:
    """
    A membership, how good it is, and the anchors without a Zone.

    Parameters
    ----------
    membership
        Anchor to the feeders of its Zone, both sorted.
    without_zone
        Anchor to the reason why it has no Zone; ``explain_no_zones`` says it in sentences.
    status
        ``optimal``, ``time limit`` or ``heuristic``.
    bound
        No solution scores more [students per year]; ``None`` for a heuristic.
    """

    membership: Membership
    without_zone: Mapping[str, NoZoneReason]
    status: Status
    bound: float | None


@dataclass(frozen=True, kw_only=True)
class GroupSolution:
    """
    The Zones of a group of anchors.

    Parameters
    ----------
    zones
        Feeders by anchor, sorted; anchors without a Zone are left out.
    value
        Of the Zones [students per year], less what breaks ties; minus infinity if none are known that keep the locks.
    bound
        No solution has a greater value.
    is_proved
        Whether no solution is better; with a value of minus infinity, whether it is proved that no Zones keep the
        locks.
    """

    zones: Mapping[str, tuple[str, ...]]
    value: float
    bound: float
    is_proved: bool

    def anchors_holding(self, schools: Iterable[str]) -> tuple[str, ...]:
        """Anchors whose Zones have any of some schools as feeders, sorted."""
        wanted = set(schools)
        return tuple(sorted(anchor for anchor, feeders in self.zones.items() if wanted.intersection(feeders)))


@dataclass(frozen=True, kw_only=True)
class NoZoneReason:
    """
    Why an anchor has no Zone.

    Parameters
    ----------
    kind
        ``impossible_group``: it must keep together with a school that cannot be in its Zone; ``too_few_schools``:
        within reach; ``infeasible``: no set of feeders keeps the limits; ``negative_score``: its best Zone would lose
        score; ``lower_total``: its feeders add more to the total in other Zones; ``time_limit``: time ran out;
        ``no_room``: merged anchors leave no room for a feeder. Of a heuristic: ``heuristic_infeasible``,
        ``heuristic_negative_score``, ``heuristic_lower_total``. Of a plan: ``feeder_of_plan``, ``not_in_plan``.
    score
        Of its best Zone, for ``negative_score``; of the Zone found, for ``heuristic_negative_score`` [students per
        year].
    others
        Anchors whose Zones have feeders within its reach, for ``lower_total``, or have it as a feeder, for
        ``feeder_of_plan``.
    no_room
        What leaves none, for ``no_room``.
    value
        Of its group without its Zone, and of the groups whose schools that Zone would want, for ``lower_total``
        [students per year].
    with_zone
        The best solution of these groups with its Zone, for ``lower_total``; ``None`` if it was not looked for.
    """

    kind: NoZoneKind
    score: float = 0.0
    others: tuple[str, ...] = ()
    no_room: NoRoom | None = None
    value: float = 0.0
    with_zone: GroupSolution | None = None

    @property
    def loss(self) -> float | None:
        """What a Zone would cost the total; infinite if none is possible, ``None`` if that is not known."""
        if self.with_zone is None or not self.with_zone.is_proved:
            return None
        return self.value - self.with_zone.value
