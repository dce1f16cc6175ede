"""Datasets: files in, ingest report out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions import add_dataset, forget_dataset
from app.dependencies import DeskHere, RunnerHere, SettingsHere, StoreHere, UploadsHere
from app.schemas import DatasetOut, DatasetSummary, dataset_out, dataset_summary

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


@router.delete("/{dataset_id}", status_code=204, summary="Forget a dataset")
def delete(dataset_id: str, store: StoreHere, runner: RunnerHere) -> None:
    """Forget a dataset with its jobs and proposals."""
    forget_dataset(dataset_id, store=store, runner=runner)
