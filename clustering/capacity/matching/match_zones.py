"""From needs and a register to a Match: pair, choose, explain, audit."""

from __future__ import annotations

import time
from collections.abc import Mapping

from clustering.capacity.matching.assembly import assemble_match
from clustering.capacity.matching.audit import audit_match
from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import build_instance
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.errors import SolverError
from clustering.model.arguments import of_type
from clustering.zones.progress import Progress, ignore_progress


def match_zones(
    needs: ZoneNeeds,
    register: Register,
    parameters: MatchParameters | Mapping[str, object] | None = None,
    *,
    progress: Progress | None = None,
) -> Match:
    """
    Match Zones with Lead Partners, so that as much need as can be is served.

    Of all matches within the limits, that with the greatest need served is taken; of these the one with the most
    preferences met, then the least cost, then the first in the order of ids (docs/capacity.md, Matching).

    Parameters
    ----------
    needs
        The Zones, as ``measure_zone_needs`` or ``read_zone_needs`` answers.
    register
        The partners, as ``read_register`` answers.
    parameters
        The request, or its names and values; the defaults where nothing is given.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    match
        Audited.

    Raises
    ------
    InputError
        A parameter cannot be used; locks name what there is not, pairs that are not admissible, or contradict each
        other. All problems at once.
    InfeasibleError
        Locks cannot be kept together; ``violations`` names a set of them of which none can be spared.
    SolverError
        The solver failed, time ran out before all locks were kept, or the match did not pass the audit.
    """
    request, report = MatchParameters.given(parameters), progress or ignore_progress
    deadline = time.monotonic() + request.time_limit_s
    report("Pairing Zones with partners", 0.0)
    instance = build_instance(
        of_type("needs", needs, ZoneNeeds, "what measure_zone_needs answers"),
        of_type("register", register, Register, "what read_register answers"),
        request,
    )
    choice = build_model(instance)
    report("Choosing", 0.1)
    solution = solve_match(instance, choice, deadline=deadline)
    report("Explaining", 0.7)
    match = assemble_match(SolvedMatch(instance=instance, choice=choice, solution=solution, deadline=deadline))
    report("Auditing", 0.95)
    refuse_broken(match, instance.needs, instance.register, request)
    report("Done", 1.0)
    return match


def refuse_broken(match: Match, needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> None:
    """Raise a SolverError if a match breaks a rule."""
    if violations := audit_match(match, needs, register, parameters):
        raise SolverError("the match did not pass the audit: " + " ".join(violations))
