"""Datasets: files in, ingest report out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.api.schemas import CrosswalkConfirmation, DatasetOut, DatasetSummary, dataset_out, dataset_summary
from app.services.dependencies import DeskHere, RunnerHere, SettingsHere, StoreHere, UploadsHere
from app.services.proposals import add_dataset, confirm_crosswalk, forget_dataset, read_report_part
from app.settings import Settings
from app.store import Store

router = APIRouter(prefix="/datasets", tags=["datasets"])


@router.post("", status_code=201, summary="Upload files")
def create(
    uploads: UploadsHere,
    settings: SettingsHere,
    desk: DeskHere,
    store: StoreHere,
    response: Response,
    name: Annotated[str | None, Form(max_length=200)] = None,
) -> DatasetOut:
    """Read, judge and keep files; all problems come at once, and then nothing is kept."""
    dataset = add_dataset(uploads, name=name, settings=settings, store=store, desk=desk)
    response.headers["Location"] = f"/datasets/{dataset.id}"
    return dataset_out(dataset)


@router.get("", summary="List datasets")
def index(store: StoreHere) -> list[DatasetSummary]:
    """All datasets, newest first."""
    return [dataset_summary(dataset) for dataset in store.datasets()]


@router.get("/{dataset_id}", summary="One dataset with its ingest report")
def show(dataset_id: str, store: StoreHere) -> DatasetOut:
    """How the files were read."""
    return dataset_out(store.dataset(dataset_id))


@router.get("/{dataset_id}/set-aside", summary="The rows set aside, as CSV")
def set_aside(dataset_id: str, settings: SettingsHere, store: StoreHere) -> Response:
    """A row per row that was read and not used: file, row, reason."""
    return _csv(dataset_id, "set-aside", settings, store)


@router.get("/{dataset_id}/crosswalk", summary="The crosswalk proposed, as CSV")
def crosswalk(dataset_id: str, settings: SettingsHere, store: StoreHere) -> Response:
    """Schools of earlier years that may be schools of today: confirm row by row and upload as crosswalk."""
    return _csv(dataset_id, "crosswalk", settings, store)


@router.post("/{dataset_id}/crosswalk", status_code=201, summary="Apply confirmed rows of the crosswalk")
def apply_crosswalk(
    dataset_id: str,
    confirmation: CrosswalkConfirmation,
    settings: SettingsHere,
    desk: DeskHere,
    store: StoreHere,
    response: Response,
) -> DatasetOut:
    """Make a dataset in which the confirmed rows are applied; this one stays as it is."""
    dataset = confirm_crosswalk(dataset_id, confirmation.confirmed, settings=settings, store=store, desk=desk)
    response.headers["Location"] = f"/datasets/{dataset.id}"
    return dataset_out(dataset)


@router.delete("/{dataset_id}", status_code=204, summary="Forget a dataset")
def delete(dataset_id: str, store: StoreHere, runner: RunnerHere) -> None:
    """Forget a dataset with its jobs and proposals."""
    forget_dataset(dataset_id, store=store, runner=runner)


def _csv(dataset_id: str, part: str, settings: Settings, store: Store) -> Response:
    body = read_report_part(dataset_id, part, settings=settings, store=store)
    headers = {"Content-Disposition": f'attachment; filename="{part}-{dataset_id[:8]}.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
