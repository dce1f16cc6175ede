"""Datasets: made from uploads, changed by a crosswalk, reported on, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import ServiceError
from app.jobs import run_isolated, tasks
from app.services.service import Service
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, Uploads, saved
from app.store import Dataset
from clustering import plain_text


def add_dataset(service: Service, uploads: Uploads, *, name: str | None) -> Dataset:
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

    Returns
    -------
    dataset
        As stored, with its report.

    Raises
    ------
    ServiceError
        422 with every problem of the files, 503 if too many uploads are being read; nothing is stored.
    """
    with service.concurrency.slot(), saved(uploads, service.settings) as files:
        ingested = run_isolated(tasks.ingest, files, uploads.reading(), limits=service.upload_limits)
    title = plain_text(name or "").strip() or ", ".join(
        file.name for saved_files in files.values() for file in saved_files
    )
    return service.store.add_dataset(title[:MAXIMUM_NAME_CHARACTERS], ingested)


def apply_crosswalk(service: Service, dataset_id: str, rows: Sequence[int]) -> Dataset:
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
    dataset
        As stored, with its report; the other stays as it is.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 if the rows do not fit each other, 503 if too many uploads are being read.
    """
    dataset = service.store.dataset(dataset_id)
    proposed = dataset.report.get("crosswalk", [])
    if not rows or any(not 0 <= row < len(proposed) for row in rows):
        detail = "Confirm at least one row of the proposed crosswalk, by its position in it, counted from 0."
        raise ServiceError(422, detail)
    confirmed = [proposed[row] for row in sorted(set(rows))]
    # Both datasets can be seen: unless exact counts may be, the second must follow from what the first shows.
    protect_first = not service.settings.allow_exact
    with service.concurrency.slot():
        scenario = service.store.scenario(dataset_id)
        ingested = run_isolated(tasks.apply_rows, scenario, confirmed, protect_first, limits=service.upload_limits)
    title = f"{dataset.name}, crosswalk applied"
    return service.store.add_dataset(title[:MAXIMUM_NAME_CHARACTERS], ingested)


def read_report_part(service: Service, dataset_id: str, part: str) -> bytes:
    """One part of a dataset's ingest report (``tasks.REPORT_PARTS``); 404 if there is no such dataset."""
    scenario = service.store.scenario(dataset_id)
    with_students = service.settings.allow_exact
    with service.concurrency.slot():
        data: bytes = run_isolated(tasks.report_part, scenario, part, with_students, limits=service.job_limits)
    return data


def delete_dataset(service: Service, dataset_id: str) -> None:
    """Stop a dataset's jobs and delete it with its jobs and proposals; 404 if there is none."""
    for job_id in service.store.unfinished_jobs(dataset_id):
        service.queue.cancel(job_id)
    service.store.delete_dataset(dataset_id)
