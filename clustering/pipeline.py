"""The straight line from a Scenario to a Proposal."""

from __future__ import annotations

from clustering.config import ProposalParameters
from clustering.model import Proposal, Scenario
from clustering.planner import Progress, ZonePlanner


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
    return ZonePlanner(scenario).propose(parameters, progress=progress)
