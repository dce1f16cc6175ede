"""Datasets: files in, ingest report out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.api.paging import ListRequestHere
from app.api.schemas import CrosswalkConfirmation, DatasetOut, DatasetSummary
from app.api.shaping import dataset_out, dataset_summary
from app.services import datasets
from app.services.dependencies import SecondCutHere, ServiceHere, UploadsHere
from app.services.file_answers import csv_response
from app.services.registration import describe_held
from app.store import Registered

router = APIRouter(prefix="/datasets", tags=["datasets"])


@router.post(
    "",
    status_code=201,
    summary="Upload files",
    responses={200: {"description": "The same inputs are held already: their dataset, and since when, in notice"}},
)
def create(
    uploads: UploadsHere,
    service: ServiceHere,
    response: Response,
    second_cut: SecondCutHere,
    name: Annotated[str | None, Form(max_length=200)] = None,
) -> DatasetOut:
    """
    Read, validate and keep files; all problems come at once, and then nothing is kept.

    Files with other counts of students of whom a registered dataset holds counts are refused with 409.
    """
    return _registered(datasets.add_dataset(service, uploads, name=name, second_cut=second_cut), response)


@router.get("", summary="List datasets")
def index(service: ServiceHere, wanted: ListRequestHere) -> list[DatasetSummary]:
    """All datasets, newest first."""
    return [dataset_summary(dataset) for dataset in wanted.with_headers(service.store.datasets(wanted.page))]


@router.get("/{dataset_id}", summary="One dataset with its ingest report")
def show(dataset_id: str, service: ServiceHere) -> DatasetOut:
    """How the files were read."""
    return dataset_out(service.store.dataset(dataset_id))


@router.get("/{dataset_id}/set-aside", summary="The rows set aside, as CSV")
def set_aside(dataset_id: str, service: ServiceHere) -> Response:
    """A row per row that was read and not used: file, row, reason."""
    body = datasets.read_report_part(service, dataset_id, "set-aside")
    return csv_response(body, f"set-aside-{dataset_id[:8]}")


@router.get("/{dataset_id}/crosswalk", summary="The crosswalk proposed, as CSV")
def crosswalk(dataset_id: str, service: ServiceHere) -> Response:
    """Schools of earlier years that may be schools of today: confirm row by row and upload as crosswalk."""
    body = datasets.read_report_part(service, dataset_id, "crosswalk")
    return csv_response(body, f"crosswalk-{dataset_id[:8]}")


@router.post(
    "/{dataset_id}/crosswalk",
    status_code=201,
    summary="Apply confirmed rows of the crosswalk",
    responses={200: {"description": "These rows were applied before: that dataset"}},
)
def apply_crosswalk(
    dataset_id: str, confirmation: CrosswalkConfirmation, service: ServiceHere, response: Response
) -> DatasetOut:
    """Make a dataset in which the confirmed rows are applied; this one stays as it is."""
    return _registered(datasets.apply_crosswalk(service, dataset_id, confirmation.confirmed), response)


@router.delete("/{dataset_id}", status_code=204, summary="Forget a dataset")
def delete(dataset_id: str, service: ServiceHere) -> None:
    """Delete a dataset with its jobs and proposals."""
    datasets.delete_dataset(service, dataset_id)


def _registered(registered: Registered, response: Response) -> DatasetOut:
    """The dataset and its address; 200 if it was there before."""
    response.headers["Location"] = f"/datasets/{registered.dataset.id}"
    response.status_code = 201 if registered.is_new else 200
    return dataset_out(registered.dataset, notice=None if registered.is_new else describe_held(registered.dataset))
