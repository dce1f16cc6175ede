"""Which locks and limits stand against each other when no set of Zones keeps them all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.branch_and_price.branch_and_price import Packing
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle

_MOST_LOCKS_TRIED = 50


def explain_conflict(
    oracles: Sequence[PricingOracle], request: ZoneRequest, *, most_zones: int | None, deadline: float = math.inf
) -> list[str]:
    """
    Name a least set of locks that cannot be kept together, and every limit that would have to give way.

    Parameters
    ----------
    oracles
        The anchors within whose reach the locks are.
    request
        The limits of the request.
    most_zones
        Zones at most; ``None`` if that is no matter.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    violations
        A sentence per lock of the set, and one on the limits; another if time ran out before all was tried.
    """
    trial = _Trial(oracles, request, most_zones, deadline)
    within = {school for each in oracles for school in (*each.candidates.anchors, *each.schools)}
    least = trial.find_least(sorted(within.intersection(request.parameters.force_in)))
    others = "" if len(least) < 2 else " together with " + ", ".join(label(request, school) for school in least[1:])
    violations = [f"{label(request, least[0])} cannot be in a Zone{others} under the limits of the request."]
    violations += [
        f"{label(request, school)} is one of the schools forced in that cannot be kept together."
        for school in least[1:]
    ]
    gives = [text for text, eased in _eased(request) if trial.can_keep(least, eased, most_zones)]
    if most_zones is not None and trial.can_keep(least, request, None):
        gives.append(f"more Zones than maximum_zones={most_zones}")
    if gives:
        violations.append(f"They could be kept with {' or '.join(gives)}.")
    elif not trial.is_late:
        violations.append("They cannot be kept whatever a single limit is: name fewer schools in force_in.")
    if trial.is_late:
        violations.append(
            "Time ran out before everything was tried: with a greater time_limit_s fewer schools, or more ways out, may"
            " be named."
        )
    return violations


class _Trial:
    """Tries which locks can be kept under which limits, while there is time."""

    def __init__(
        self, oracles: Sequence[PricingOracle], request: ZoneRequest, most_zones: int | None, deadline: float
    ) -> None:
        self.oracles, self.request, self.most_zones, self.deadline = oracles, request, most_zones, deadline
        self.is_late = False

    def find_least(self, locks: list[str]) -> list[str]:
        """Leave out one lock after the other that is not needed for the conflict."""
        least = locks
        for school in locks[:_MOST_LOCKS_TRIED]:
            fewer = [each for each in least if each != school]
            if fewer and self.can_keep(fewer, self.request, self.most_zones) is False:
                least = fewer
        return least

    def can_keep(self, locks: Sequence[str], request: ZoneRequest, most_zones: int | None) -> bool | None:
        """Whether the locks can be kept; ``None`` if time ran out before it was known."""
        again = [each if each.request is request else PricingOracle(each.candidates, request) for each in self.oracles]
        packing = Packing(again, shared=request.parameters.shared_feeders)
        answer = packing.solve(locks=frozenset(locks), most_zones=most_zones, deadline=self.deadline)
        if answer.value > -math.inf:
            return True
        self.is_late |= not answer.is_proved
        return False if answer.is_proved else None


def _eased(request: ZoneRequest) -> Iterable[tuple[str, ZoneRequest]]:
    """The limits with one of them lifted at a time."""
    parameters = request.parameters
    options: list[tuple[str, dict[str, object]]] = [
        (f"a greater maximum_schools than {parameters.maximum_schools}", {"maximum_schools": 1000}),
        (f"a lesser minimum_schools than {parameters.minimum_schools}", {"minimum_schools": 1}),
    ]
    if parameters.maximum_enrolment_students is not None:
        told_limit = f"a greater maximum_enrolment_students than {parameters.maximum_enrolment_students:g}"
        options.append((told_limit, {"maximum_enrolment_students": None}))
    if parameters.contiguous:
        options.append(("contiguous=false", {"contiguous": False}))
    if parameters.keep_together:
        options.append(("fewer groups in keep_together", {"keep_together": ()}))
    if not parameters.shared_feeders:
        options.append(("shared_feeders=true", {"shared_feeders": True}))
    for text, changed in options:
        yield text, replace(request, parameters=parameters.with_changes(**changed))
