"""What every method answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clustering.constraints import Membership

Status = Literal["optimal", "time limit", "heuristic"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """
    A membership, how good it is, and the anchors that go without.

    Parameters
    ----------
    membership
        Anchor to the feeders of its Zone, both sorted.
    without_zone
        Anchor to the reason why it has no Zone, as a sentence.
    status
        ``optimal``, ``time limit`` or ``heuristic``.
    bound
        No answer scores more [students per year]; ``None`` for a heuristic.
    """

    membership: Membership
    without_zone: Mapping[str, str]
    status: Status
    bound: float | None
