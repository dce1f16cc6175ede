"""Plans: Zones that somebody drew up, scored and kept as a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import ServiceError
from app.jobs import run_isolated, tasks
from app.services.parameters import check_for_dataset
from app.services.quotas import refuse_full_agency
from app.services.service import Service
from app.services.uploads import Uploads, saved
from app.store import Proposal


def score_plan(service: Service, dataset_id: str, uploads: Uploads, parameters: Mapping[str, Any]) -> Proposal:
    """
    Read a plan of Zones in an isolated process, score it and keep it as a proposal.

    Parameters
    ----------
    service
        The service.
    dataset_id
        Whose schools the plan names.
    uploads
        One file, of the role ``plan``.
    parameters
        As for a proposal.

    Returns
    -------
    proposal
        As stored.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 with every problem of the plan, 503 if too many uploads are being read; and
        as for ``check_for_dataset``. Nothing is stored.
    """
    checked = check_for_dataset(service, dataset_id, parameters)
    refuse_full_agency(service)
    title = f"Zones as given: {service.store.dataset(dataset_id).name}"
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        if len(files.get("plan", ())) != 1:
            raise ServiceError(422, "Give one file with the plan.")
        work = (service.store.scenario(dataset_id), files, uploads.reading(), checked, title)
        rendered = run_isolated(tasks.score_plan, *work, limits=service.job_limits)
    return service.store.add_proposal(dataset_id, checked, rendered)
