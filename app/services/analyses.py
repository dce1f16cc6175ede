"""Analyses of a stored proposal: computed while the request waits, not kept."""

from __future__ import annotations

from app.jobs import run_isolated, tasks
from app.queries.analysis import Analysis, AnalysisParameters
from app.services.proposals import read_document
from app.services.service import Service


def compute_analysis(
    service: Service, proposal_id: str, analysis: Analysis, parameters: AnalysisParameters, *, as_csv: bool
) -> bytes:
    """
    Compute an analysis of a proposal in an isolated process, within the limits of a job; nothing is kept.

    Parameters
    ----------
    service
        The service.
    proposal_id
        The proposal.
    analysis, parameters
        What to compute.
    as_csv
        Whether to answer with CSV instead of JSON.

    Returns
    -------
    result
        CSV or JSON.

    Raises
    ------
    ServiceError
        403 for exact counts that the service no longer gives, 404 if there is no such proposal, 409 if an earlier
        version made it, 503 if too much else is being read or computed, 504 if it takes longer than a job may;
        otherwise as for the library's errors.
    """
    document = read_document(service, proposal_id)
    scenario = service.store.scenario(service.store.proposal(proposal_id).dataset_id)
    with service.concurrency.slot():
        work = (scenario, document, analysis, parameters, as_csv)
        result: bytes = run_isolated(tasks.analyse, *work, limits=service.job_limits)
    return result
