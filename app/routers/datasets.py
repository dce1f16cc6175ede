"""Datasets: files in, ingest report out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from app.actions import add_dataset
from app.dependencies import SettingsHere, StoreHere
from app.schemas import DatasetOut, DatasetSummary, dataset_out, dataset_summary

router = APIRouter(prefix="/datasets", tags=["datasets"])

Schools = Annotated[list[UploadFile], File(description="Tables of schools, joined on the school id.")]
Flows = Annotated[list[UploadFile], File(description="Students by origin, destination, grade and year; added up.")]
Performance = Annotated[list[UploadFile], File(description="Graduation rates or official lists.")]
Encoding = Annotated[str | None, Form(max_length=40, description="Encoding of the files, if not UTF-8.")]


@router.post("", status_code=201, summary="Upload files")
def create(
    schools: Schools,
    flows: Flows,
    settings: SettingsHere,
    store: StoreHere,
    response: Response,
    performance: Performance = [],  # noqa: B006 (FastAPI copies it)
    name: Annotated[str | None, Form(max_length=200)] = None,
    encoding: Encoding = None,
) -> DatasetOut:
    """Read, judge and keep files; all problems come at once, and then nothing is kept."""
    uploads = {"schools": schools, "flows": flows, "performance": performance}
    dataset = add_dataset(uploads, name=name, encoding=encoding, settings=settings, store=store)
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
def delete(dataset_id: str, store: StoreHere) -> None:
    """Forget a dataset with its jobs and proposals."""
    store.delete_dataset(dataset_id)
