"""Locks in conflict: a least set of them that no Zones keep together, and each limit that would have to give way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle

_MOST_LOCKS_TRIED = 50
_NO_MAXIMUM_SCHOOLS = 1000


@dataclass(frozen=True, kw_only=True)
class LockConflict:
    """
    Locks that no Zones keep together.

    Parameters
    ----------
    locks
        Schools forced in; the others can be kept if any of them is left out.
    remedies
        Parameters, each of which alone, if it were looser, would let all of them be kept.
    is_late
        Whether time ran out before everything was tried.
    """

    locks: tuple[str, ...]
    remedies: tuple[str, ...]
    is_late: bool


def find_conflict(
    oracles: Sequence[PricingOracle], request: ZoneRequest, *, maximum_zones: int | None, deadline: float = math.inf
) -> LockConflict:
    """
    Find a least set of locks that cannot be kept together, and every limit that would have to give way.

    Parameters
    ----------
    oracles
        Of the anchors within whose reach the locks are.
    request
        The limits of the request.
    maximum_zones
        Zones at most; ``None`` means no limit.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    conflict
        The locks, and the remedies.
    """
    trial = _Trial(oracles, request, maximum_zones, deadline)
    within = {school for each in oracles for school in each.possible_members}
    least = trial.find_least(sorted(within.intersection(request.parameters.force_in)))
    remedies = [
        parameter
        for parameter, looser in _looser_limits(request).items()
        if trial.can_keep(least, replace(request, parameters=looser), maximum_zones)
    ]
    if maximum_zones is not None and trial.can_keep(least, request, None):
        remedies.append("maximum_zones")
    return LockConflict(locks=tuple(least), remedies=tuple(remedies), is_late=trial.is_late)


def explain_conflict(conflict: LockConflict, request: ZoneRequest) -> list[str]:
    """
    Name the locks of a conflict, and what would resolve it.

    Parameters
    ----------
    conflict
        Of ``find_conflict``.
    request
        The limits of the request.

    Returns
    -------
    violations
        A sentence per lock, and one on the limits; another if time ran out.
    """
    first, *others = conflict.locks
    together = " together with " + ", ".join(label(request, school) for school in others) if others else ""
    violations = [f"{label(request, first)} cannot be in a Zone{together} under the limits of the request."]
    violations += [
        f"{label(request, school)} is one of the schools forced in that cannot be kept together." for school in others
    ]
    if conflict.remedies:
        remedies = [_explain_remedy(parameter, request) for parameter in conflict.remedies]
        violations.append(f"They could be kept with {' or '.join(remedies)}.")
    elif not conflict.is_late:
        violations.append("No change of a single limit would allow them: name fewer schools in force_in.")
    if conflict.is_late:
        violations.append(
            "Time ran out before everything was tried: a greater time_limit_s may shorten this list or find more"
            " remedies."
        )
    return violations


def _explain_remedy(parameter: str, request: ZoneRequest) -> str:
    limit: Any = getattr(request.parameters, parameter)
    match parameter:
        case "minimum_schools" | "minimum_arrival_share":
            return f"a smaller {parameter} than {limit:g}"
        case "maximum_zones":
            return f"more Zones than maximum_zones={limit}"
        case "contiguous" | "shared_feeders":
            return f"{parameter}={'false' if limit else 'true'}"
        case "keep_together":
            return "fewer groups in keep_together"
    return f"a greater {parameter} than {limit:g}"


class _Trial:
    """Tries which locks can be kept under which limits, while there is time."""

    def __init__(
        self, oracles: Sequence[PricingOracle], request: ZoneRequest, maximum_zones: int | None, deadline: float
    ) -> None:
        self.oracles, self.request, self.maximum_zones, self.deadline = oracles, request, maximum_zones, deadline
        self.is_late = False

    def find_least(self, locks: list[str]) -> list[str]:
        """Leave out one lock after the other that is not needed for the conflict."""
        least = locks
        for school in locks[:_MOST_LOCKS_TRIED]:
            fewer = [each for each in least if each != school]
            if fewer and self.can_keep(fewer, self.request, self.maximum_zones) is False:
                least = fewer
        return least

    def can_keep(self, locks: Sequence[str], request: ZoneRequest, maximum_zones: int | None) -> bool | None:
        """Whether the locks can be kept; ``None`` if time ran out before it was known."""
        oracles = [
            each if each.request is request else PricingOracle(each.candidates, request) for each in self.oracles
        ]
        solution = solve_group(
            AnchorGroup(oracles, shared=request.parameters.shared_feeders),
            GroupConditions(locks=frozenset(locks), maximum_zones=maximum_zones),
            deadline=self.deadline,
        )
        if solution.value > -math.inf:
            return True
        self.is_late |= not solution.is_proved
        return False if solution.is_proved else None


def _looser_limits(request: ZoneRequest) -> dict[str, ProposalParameters]:
    """The parameters with one limit lifted at a time, by the name of that limit."""
    parameters = request.parameters
    lifted: dict[str, object] = {"maximum_schools": _NO_MAXIMUM_SCHOOLS, "minimum_schools": 1}
    if parameters.maximum_enrolment_students is not None:
        lifted["maximum_enrolment_students"] = None
    if parameters.minimum_arrival_share > 0:
        lifted["minimum_arrival_share"] = 0.0
    if parameters.contiguous:
        lifted["contiguous"] = False
    if parameters.keep_together:
        lifted["keep_together"] = ()
    if not parameters.shared_feeders:
        lifted["shared_feeders"] = True
    return {name: parameters.with_changes(**{name: value}) for name, value in lifted.items()}
