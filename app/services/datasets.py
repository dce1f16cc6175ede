"""Datasets: made from uploads, changed by a crosswalk, reported on, deleted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from app.errors import ServiceError
from app.jobs import dataset_tasks, run_isolated
from app.services.quotas import refuse_full_agency
from app.services.registration import refuse_second_cut_without_right, registering
from app.services.rights import refuse_single_datasets
from app.services.service import Service
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, Uploads, saved
from app.store import Dataset, MadeFrom, Registered, SecondCut
from clustering import plain_text

logger = logging.getLogger(__name__)

_REFUSED = SecondCut()


def add_dataset(
    service: Service, uploads: Uploads, *, name: str | None, second_cut: SecondCut = _REFUSED
) -> Registered:
    """
    Read uploads in an isolated process and keep them if nothing is wrong.

    Parameters
    ----------
    service
        The service.
    uploads
        The files.
    name
        Of the dataset; without one it is called by the names of its files.
    second_cut
        What is to be done if the files hold counts of students of whom a registered dataset holds other counts.

    Returns
    -------
    registered
        The dataset as stored, with its report; or the one that is registered with the same inputs.

    Raises
    ------
    ServiceError
        422 with every problem of the files, 409 if they are a second cut, 403 if nobody may decide otherwise, 503 if
        too many uploads are being read; nothing is stored.
    """
    second_cut = replace(second_cut, by=service.signed_by(second_cut.by))
    refuse_second_cut_without_right(second_cut, service.settings)
    refuse_single_datasets(service.caller)
    refuse_full_agency(service, is_dataset=True)
    work = registering(service.store, service.settings)
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        ingested = run_isolated(dataset_tasks.ingest, files, uploads.reading(), work, limits=service.upload_limits)
    title = plain_text(name or "").strip() or ", ".join(
        file.name for saved_files in files.values() for file in saved_files
    )
    registered = service.store.register_dataset(
        title[:MAXIMUM_NAME_CHARACTERS],
        ingested,
        second_cut=second_cut,
        may_release=service.settings.allow_release,
    )
    for job_id in registered.stopped_jobs:
        service.queue.cancel(job_id)
    for dataset_id in registered.replaced:
        logger.info("The dataset %s was replaced by %s", dataset_id, registered.dataset.id)
    return registered


def apply_crosswalk(service: Service, dataset_id: str, rows: Sequence[int]) -> Registered:
    """
    Make a dataset in which rows of the crosswalk proposed for another are applied.

    Parameters
    ----------
    service
        The service.
    dataset_id
        The other.
    rows
        The rows confirmed, by their position in the report's ``crosswalk``, counted from 0.

    Returns
    -------
    registered
        The dataset as stored, with its report; the other stays as it is. Rows that were confirmed before lead to the
        dataset of then.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 if the rows do not fit each other, 503 if too many uploads are being read.
    """
    dataset = service.store.dataset(dataset_id)
    refuse_single_datasets(service.caller)
    refuse_full_agency(service, is_dataset=True)
    proposed = dataset.report.get("crosswalk", [])
    if not rows or any(not 0 <= row < len(proposed) for row in rows):
        detail = "Confirm at least one row of the proposed crosswalk, by its position in it, counted from 0."
        raise ServiceError(422, detail)
    confirmed = [proposed[row] for row in sorted(set(rows))]
    # Both datasets can be seen: unless exact counts may be, the second must follow from what the first shows.
    protect_first = not service.settings.allow_exact
    own = registering(service.store, service.settings)
    with service.reads.slot():
        work = (service.store.scenario(dataset_id), confirmed, protect_first, own)
        ingested = run_isolated(dataset_tasks.apply_rows, *work, limits=service.read_limits)
    title = f"{dataset.name}, crosswalk applied"
    return service.store.register_dataset(
        title[:MAXIMUM_NAME_CHARACTERS],
        ingested,
        second_cut=_REFUSED,
        may_release=service.settings.allow_release,
        made_from=MadeFrom(dataset_id=dataset_id, is_exact=not protect_first),
    )


def read_report_part(service: Service, dataset_id: str, part: str) -> bytes:
    """One part of a dataset's ingest report (``dataset_tasks.REPORT_PARTS``); 404 if there is no such dataset."""
    scenario = service.store.scenario(dataset_id)
    with_students = service.settings.allow_exact
    with service.reads.slot():
        data: bytes = run_isolated(dataset_tasks.report_part, scenario, part, with_students, limits=service.read_limits)
    return data


def delete_dataset(service: Service, dataset_id: str) -> None:
    """Stop a dataset's jobs and delete it with its jobs and proposals; errors as for ``Store.delete_dataset``."""
    service.store.refuse_deletion(Dataset, dataset_id)
    for job_id in service.store.unfinished_jobs(dataset_id):
        service.queue.cancel(job_id)
    service.store.delete_dataset(dataset_id)
