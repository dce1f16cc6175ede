"""What every method returns: a solution of the whole request, and of one group of anchors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clustering.zones.audit import Membership

Status = Literal["optimal", "time limit", "heuristic"]


@dataclass(frozen=True, kw_only=True)
class ZoneSolution:
    """
    A membership, how good it is, and the anchors without a Zone.

    Parameters
    ----------
    membership
        Anchor to the feeders of its Zone, both sorted.
    without_zone
        Anchor to the reason why it has no Zone, as a sentence.
    status
        ``optimal``, ``time limit`` or ``heuristic``.
    bound
        No solution scores more [students per year]; ``None`` for a heuristic.
    """

    membership: Membership
    without_zone: Mapping[str, str]
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
