"""Why an anchor has no Zone, as sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clustering.candidates import Candidates
from clustering.limits import Limits, told
from clustering.solve.answer import PackingAnswer
from clustering.solve.hopeless_locks import whats_against

OUT_OF_TIME = (
    "Time ran out before it was settled whether a Zone of its own would raise the total score: allow more with"
    " time_limit_s."
)


def too_few_schools(candidates: Candidates, everyone: Sequence[Candidates], limits: Limits) -> str | None:
    """Say why an anchor has fewer schools in reach than the least Zone needs, or ``None`` if it has enough."""
    asked = limits.parameters
    count = len(candidates.schools)
    if count + 1 >= asked.minimum_schools:
        return None
    found = "No feeder is" if count == 0 else f"Only {count} feeder{'s are' if count > 1 else ' is'}"
    return (
        f"{found} within reach (at least {asked.minimum_link_share:.0%} of the sender's promoted or of the receiver's"
        f" entering students); a Zone needs {asked.minimum_schools} schools with its anchor."
        f"{_left_out(candidates, everyone, limits)}"
    )


def no_feasible_zone(candidates: Candidates, everyone: Sequence[Candidates], limits: Limits) -> str:
    """Say that no set of an anchor's feeders satisfies the limits."""
    asked = limits.parameters
    rules = [f"{asked.minimum_schools} to {asked.maximum_schools} schools"]
    if asked.maximum_enrolment_students is not None:
        rules.append(f"at most {asked.maximum_enrolment_students:g} students enrolled")
    if asked.contiguous:
        rules.append("catchments in one piece")
    if asked.keep_together:
        rules.append("schools kept together")
    if candidates.merged:
        rules.append("merged anchors in one Zone")
    return (
        "No set of feeders satisfies all limits of the request: "
        + ", ".join(rules)
        + f", each school tied to the Zone by"
        f" its promotions.{_left_out(candidates, everyone, limits)}"
    )


def why_torn(candidates: Candidates, everyone: Sequence[Candidates], limits: Limits) -> str:
    """Say with what schools an anchor must keep together that cannot be in its Zone."""
    return " ".join(
        f"{told(limits, head)} {reason}."
        for head in candidates.heads
        for reason in whats_against(limits, head, candidates, everyone)
    )


def no_gain(candidates: Candidates, score: float, limits: Limits) -> str:
    """Say that an anchor's best Zone loses score."""
    asked = limits.parameters
    why = "too many of its feeders' promoted students go elsewhere"
    if asked.distance_weight or asked.travel_weight:
        why = "what its feeders lose by leakage, distance and travel time outweighs the students they keep"
    return (
        f"Its best Zone would score {score:z.1f}: {why}."
        f" Name {candidates.anchor_id} in force_in to propose that Zone all the same."
    )


def why_not_beside(
    anchor: str, sharing: Sequence[str], limits: Limits, *, value: float, forced: PackingAnswer | None
) -> str:
    """
    Say what a Zone for this anchor would cost the others.

    Parameters
    ----------
    anchor
        Without a Zone.
    sharing
        Anchors whose Zones have feeders within its reach.
    limits
        The limits of the request.
    value
        Of the answer without its Zone [students per year].
    forced
        The best answer with its Zone; ``None`` if it was not looked for.

    Returns
    -------
    reason
        One to three sentences.
    """
    others = " and ".join(told(limits, other) for other in sharing[:5]) or "other anchors"
    if limits.parameters.maximum_zones is not None:
        most = limits.parameters.maximum_zones
        asked = "one Zone is" if most == 1 else f"{most} Zones are"
        shared = f"Only {asked} asked for, and others add more to the score"
    else:
        shared = f"Its feeders serve the total better in the Zone of {others}"
    if forced is None or not forced.is_proved:
        return f"{shared}."
    if forced.value == -math.inf:
        return f"{shared}; not enough schools are left for a Zone of its own."
    return (
        f"{shared}: with a Zone of its own the total score would be {value - forced.value:z.1f} lower."
        f" Name {anchor} in force_in to propose it all the same."
    )


def _left_out(candidates: Candidates, everyone: Sequence[Candidates], limits: Limits) -> str:
    struck = [
        f"{told(limits, school)} {whats_against(limits, school, candidates, everyone)[0]}"
        for school in candidates.struck[:5]
    ]
    return f" Left out: {'; '.join(struck)}." if struck else ""
