"""The straight line from a Scenario to a Proposal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clustering.assembly import Solved, assemble_proposal
from clustering.candidates import generate_candidates
from clustering.config import ProposalParameters
from clustering.constraints import Limits, Membership, audit, build_limits, reason_against
from clustering.disclosure import protected_base
from clustering.errors import InfeasibleError, SolverError
from clustering.feeder_graph import Suppressed, build_feeder_tables, graph_of_tables
from clustering.identification import identify_high_schools
from clustering.model import Proposal, Scenario
from clustering.notes import Changes
from clustering.rules import parse_rule
from clustering.solve import solve

Progress = Callable[[str, float], None]


def propose_zones(
    scenario: Scenario, parameters: ProposalParameters | None = None, *, progress: Progress | None = None
) -> Proposal:
    """
    Propose Zones around low-performing high schools.

    Parameters
    ----------
    scenario
        Validated inputs (see :func:`~clustering.read_scenario`).
    parameters
        The request; the defaults where nothing is given.
    progress
        Told the stage and the fraction of the whole done, 0 to 1.

    Returns
    -------
    proposal
        Zones with members, metrics and reasons, the anchors without a Zone and why, and how good the answer is. The
        same scenario and parameters always give the same proposal.

    Raises
    ------
    InputError
        The rule, the list or a year asked for does not fit the inputs.
    InfeasibleError
        Locks contradict the limits.
    SolverError
        The solver failed, or its answer did not pass the audit.
    """
    asked = parameters or ProposalParameters()
    report = progress or (lambda stage, fraction: None)
    report("Identifying low-performing high schools", 0.0)
    base = protected_base(scenario, asked.disclosure)
    decisions = identify_high_schools(base, parse_rule(asked.identification))
    flagged = decisions.index[decisions["certainty"].isin(["certain", *["possible"] * asked.include_possible])]
    limits = build_limits(base.schools, asked)
    barred = {anchor: f"It {reason}." for anchor in flagged if (reason := reason_against(limits, anchor, anchor))}
    anchors = [anchor for anchor in flagged if anchor not in barred]
    report("Solving", 0.05)
    solved = _solve(base, anchors, limits, asked.suppressed_students, _part(report, "Solving", 0.05, 0.4))
    changes = _changes_at_the_ends(base, anchors, limits, solved, report)
    report("Explaining", 0.8)
    proposal = assemble_proposal(base, decisions, solved=solved, changes=changes, barred=barred, asked=asked)
    report("Done", 1.0)
    return proposal


def _solve(
    base: Scenario,
    anchors: Sequence[str],
    limits: Limits,
    suppressed: Suppressed,
    progress: Callable[[float], None],
    *,
    with_costs: bool = True,
) -> Solved:
    """Build the feeder graph under one reading of the suppressed cells, solve it and audit the answer."""
    asked = limits.parameters
    tables = build_feeder_tables(base, years=asked.years, count_exits=asked.count_exits, suppressed=suppressed)
    graph = graph_of_tables(tables, base.schools)
    answer = solve(generate_candidates(graph, anchors, limits), limits, progress=progress, with_costs=with_costs)
    violations = audit(graph, answer.membership, limits)
    if violations:
        raise SolverError("the answer did not pass the audit: " + " ".join(violations))
    return Solved(tables=tables, graph=graph, answer=answer)


def _changes_at_the_ends(
    base: Scenario, anchors: Sequence[str], limits: Limits, solved: Solved, report: Progress
) -> Changes | None:
    """Solve again with every suppressed cell at its least and greatest; ``None`` if there is nothing to check."""
    if not limits.parameters.check_suppressed or not base.flows["students"].isna().any():
        return None
    stage = "Checking suppressed cells"
    low = _membership_at(base, anchors, limits, "low", _part(report, stage, 0.4, 0.6))
    high = _membership_at(base, anchors, limits, "high", _part(report, stage, 0.6, 0.8))
    given = solved.answer.membership

    def changed(other: Membership) -> frozenset[str]:
        return frozenset(anchor for anchor in given if given[anchor] != other.get(anchor))

    return Changes(
        at_low=changed(low),
        at_high=changed(high),
        added_at_low=len(set(low) - set(given)),
        added_at_high=len(set(high) - set(given)),
    )


def _membership_at(
    base: Scenario, anchors: Sequence[str], limits: Limits, end: Suppressed, progress: Callable[[float], None]
) -> Membership:
    """Zones at one end of the suppressed cells; none where the locks cannot be kept there."""
    try:
        return _solve(base, anchors, limits, end, progress, with_costs=False).answer.membership
    except InfeasibleError:
        return {}


def _part(report: Progress, stage: str, start: float, end: float) -> Callable[[float], None]:
    """Progress of one stage as a part of the whole."""
    return lambda fraction: report(stage, start + (end - start) * fraction)
