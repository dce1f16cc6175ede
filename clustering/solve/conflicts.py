"""Which locks and limits stand against each other when no set of Zones keeps them all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clustering.candidates import Candidates
from clustering.errors import InfeasibleError
from clustering.limits import Limits, reason_against, told
from clustering.solve.oracle import ZoneOracle
from clustering.solve.packing import Packing

_MOST_LOCKS_TRIED = 50


def refuse_hopeless_locks(candidates: Sequence[Candidates], limits: Limits) -> None:
    """Refuse schools forced in that are within reach of no anchor, or that a limit excludes from all."""
    reachable = {school for each in candidates for school in (*each.heads, *each.schools)}
    struck = {school: each.heads for each in candidates for school in each.struck}
    violations = []
    for school in limits.parameters.force_in:
        if school in struck and school not in reachable:
            anchor = struck[school][0]
            reason = reason_against(limits, school, struck[school]) or "must keep with a school that is out of reach"
            violations.append(
                f"{told(limits, school)} is forced in, but for anchor {told(limits, anchor)} it {reason}."
            )
        elif school not in reachable:
            violations.append(f"{told(limits, school)} is forced in, but no anchor is within reach of its promotions.")
    if violations:
        raise InfeasibleError(violations)


def explain_conflict(oracles: Sequence[ZoneOracle], limits: Limits, *, most_zones: int | None) -> list[str]:
    """
    Name a least set of locks that cannot be kept together, and every limit that would have to give way.

    Parameters
    ----------
    oracles
        The anchors within whose reach the locks are.
    limits
        The limits of the request.
    most_zones
        Zones at most; ``None`` if that is no matter.

    Returns
    -------
    violations
        A sentence per lock of the set, and one on the limits.
    """
    within = {school for each in oracles for school in (*each.candidates.heads, *each.schools)}
    locks = sorted(within.intersection(limits.parameters.force_in))
    least = _least_conflict(oracles, locks, limits, most_zones)
    others = "" if len(least) < 2 else " together with " + ", ".join(told(limits, school) for school in least[1:])
    violations = [f"{told(limits, least[0])} cannot be in a Zone{others} under the limits of the request."]
    violations += [
        f"{told(limits, school)} is one of the schools forced in that cannot be kept together." for school in least[1:]
    ]
    gives = [text for text, eased in _eased(limits) if _can_keep(oracles, least, eased, most_zones)]
    if most_zones is not None and _can_keep(oracles, least, limits, None):
        gives.append(f"more Zones than maximum_zones={most_zones}")
    if gives:
        violations.append(f"They could be kept with {' or '.join(gives)}.")
    else:
        violations.append("They cannot be kept whatever a single limit is: name fewer schools in force_in.")
    return violations


def _least_conflict(
    oracles: Sequence[ZoneOracle], locks: list[str], limits: Limits, most_zones: int | None
) -> list[str]:
    """Leave out one lock after the other that is not needed for the conflict."""
    least = locks
    for school in locks[:_MOST_LOCKS_TRIED]:
        fewer = [each for each in least if each != school]
        if fewer and not _can_keep(oracles, fewer, limits, most_zones):
            least = fewer
    return least


def _can_keep(oracles: Sequence[ZoneOracle], locks: Sequence[str], limits: Limits, most_zones: int | None) -> bool:
    again = [each if each.limits is limits else ZoneOracle(each.candidates, limits) for each in oracles]
    packing = Packing(again, shared=limits.parameters.shared_feeders)
    return packing.solve(locks=frozenset(locks), most_zones=most_zones).value > -math.inf


def _eased(limits: Limits) -> Iterable[tuple[str, Limits]]:
    """The limits with one of them lifted at a time."""
    asked = limits.parameters
    options: list[tuple[str, dict[str, object]]] = [
        (f"a greater maximum_schools than {asked.maximum_schools}", {"maximum_schools": 1000}),
        (f"a lesser minimum_schools than {asked.minimum_schools}", {"minimum_schools": 1}),
    ]
    if asked.maximum_enrolment_students is not None:
        told_limit = f"a greater maximum_enrolment_students than {asked.maximum_enrolment_students:g}"
        options.append((told_limit, {"maximum_enrolment_students": None}))
    if asked.contiguous:
        options.append(("contiguous=false", {"contiguous": False}))
    if asked.keep_together:
        options.append(("fewer groups in keep_together", {"keep_together": ()}))
    if not asked.shared_feeders:
        options.append(("shared_feeders=true", {"shared_feeders": True}))
    for text, changed in options:
        yield text, replace(limits, parameters=replace(asked, **changed))  # type: ignore[arg-type]
