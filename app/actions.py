"""What the routes and the pages both do, once."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import UploadFile

from app.errors import ServiceError
from app.jobs import ChildLimits, JobRunner, run_in_child, tasks
from app.settings import Settings
from app.store import Dataset, Job, Store
from clustering import parse_parameters, plain_text, split_settings

MAXIMUM_NAME_CHARACTERS = 200


@dataclass(frozen=True)
class Uploads:
    """Files of a request by the role they are read in, and their encoding (blank: UTF-8)."""

    files: Mapping[str, Sequence[UploadFile]]
    encoding: str


def child_limits(settings: Settings) -> ChildLimits:
    """Time and memory of a piece of work."""
    return ChildLimits(time_limit_s=settings.job_time_limit_s, memory_mb=settings.job_memory_mb)


def upload_limits(settings: Settings) -> ChildLimits:
    """Time and memory for reading an upload."""
    return ChildLimits(time_limit_s=settings.upload_time_limit_s, memory_mb=settings.job_memory_mb)


def uploads_directory(settings: Settings) -> Path:
    """Folder in which uploads lie while they are read; readable by the service's user alone."""
    folder = settings.data_directory / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep_uploads(settings: Settings) -> None:
    """Remove what a service that was killed left there."""
    shutil.rmtree(uploads_directory(settings))


class Desk:
    """
    Places for uploads that are read at the same time; whoever finds none free is sent away at once.

    Parameters
    ----------
    places
        How many.
    """

    def __init__(self, places: int) -> None:
        self._free = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """
        Take a place.

        Yields
        ------
        nothing
            While the place is taken.

        Raises
        ------
        ServiceError
            503 if none is free.
        """
        if not self._free.acquire(blocking=False):
            detail = "The service is reading as many uploads as it can. Try again soon."
            raise ServiceError(503, detail, headers={"Retry-After": "5"})
        try:
            yield
        finally:
            self._free.release()


def admit_parameters(given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """
    Check a request before any work is done.

    Parameters
    ----------
    given
        Names and values.
    settings
        ``allow_exact``.

    Returns
    -------
    parameters
        Every parameter, as plain values.

    Raises
    ------
    InputError
        With every problem.
    ServiceError
        403 if exact counts are asked for and the service does not give them.
    """
    parameters = parse_parameters(given)
    if parameters.disclosure == "exact" and not settings.allow_exact:
        raise ServiceError(
            403, "This service does not give exact counts (setting allow_exact). Use disclosure=protected."
        )
    return parameters.as_dict()


def parameters_of_form(text: str | None, settings_given: Sequence[str]) -> dict[str, Any]:
    """Parameters of a form: a JSON object, and single ``name=value`` settings that go before it."""
    try:
        values = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise ServiceError(422, "The field parameters is not JSON.") from None
    if not isinstance(values, dict):
        raise ServiceError(422, "The field parameters must be a JSON object.")
    return {**values, **split_settings(settings_given)}


def add_dataset(uploads: Uploads, *, name: str | None, settings: Settings, store: Store, desk: Desk) -> Dataset:
    """
    Read uploads in a child process and keep them if nothing is wrong.

    Parameters
    ----------
    uploads
        The files.
    name
        What to call the dataset; the names of the files otherwise.
    settings, store, desk
        The service's.

    Returns
    -------
    dataset
        As stored, with its report.

    Raises
    ------
    ServiceError
        422 with every problem of the files, 503 if too many uploads are being read; nothing is stored.
    """
    with desk.place(), _saved(uploads, settings) as files:
        report, scenario = run_in_child(tasks.ingest, files, uploads.encoding or None, limits=upload_limits(settings))
    title = plain_text(name or "").strip() or ", ".join(pair[1] for pairs in files.values() for pair in pairs)
    return store.add_dataset(title[:MAXIMUM_NAME_CHARACTERS], report, scenario)


def zones_of_uploads(uploads: Uploads, *, parameters: Mapping[str, Any], settings: Settings, desk: Desk) -> bytes:
    """Files in, GeoJSON of the Zones out, nothing kept; errors as for the two steps."""
    admitted = admit_parameters(parameters, settings)
    with desk.place(), _saved(uploads, settings) as files:
        answer: bytes = run_in_child(
            tasks.zones_of_files, files, uploads.encoding or None, admitted, limits=child_limits(settings)
        )
    return answer


def request_proposal(
    dataset_id: str, given: Mapping[str, Any], *, settings: Settings, store: Store, runner: JobRunner
) -> Job:
    """Queue a proposal; errors are those of ``admit_parameters`` and ``Store.add_job``."""
    parameters = admit_parameters(given, settings)
    job = store.add_job(dataset_id, parameters, maximum_waiting=settings.maximum_queued_jobs)
    runner.submit(job.id)
    return job


def read_part(proposal_id: str, part: str, *, settings: Settings, store: Store) -> bytes:
    """One form of a proposal (``store.PARTS``); 403 for exact counts that the service no longer gives."""
    disclosure = store.proposal(proposal_id).parameters.get("disclosure")
    if disclosure == "exact" and not settings.allow_exact:
        raise ServiceError(403, "This service does not give exact counts (setting allow_exact).")
    return store.proposal_part(proposal_id, part)


def forget_dataset(dataset_id: str, *, store: Store, runner: JobRunner) -> None:
    """Stop a dataset's jobs and delete it with all that came of it; 404 if there is none."""
    for job in store.jobs(dataset_id):
        runner.cancel(job.id)
    store.delete_dataset(dataset_id)


@contextmanager
def _saved(uploads: Uploads, settings: Settings) -> Iterator[dict[str, list[tuple[str, str]]]]:
    """Uploads as files under names of our own, gone afterwards."""
    given = {role: [each for each in files if each.filename] for role, files in uploads.files.items()}
    if sum(map(len, given.values())) > settings.maximum_files:
        raise ServiceError(413, f"A request may hold at most {settings.maximum_files} files.")
    with tempfile.TemporaryDirectory(dir=uploads_directory(settings)) as folder:
        saved: dict[str, list[tuple[str, str]]] = {}
        for role, files in given.items():
            for number, upload in enumerate(files):
                path = Path(folder) / f"{role}-{number}"
                with path.open("wb") as target:
                    shutil.copyfileobj(upload.file, target)
                saved.setdefault(role, []).append((str(path), _shown_name(upload.filename or "")))
        yield saved


def _shown_name(filename: str) -> str:
    """Last part of an upload's name, for showing only: it never becomes a path."""
    last = filename.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(sign if sign.isprintable() else " " for sign in last)[:MAXIMUM_NAME_CHARACTERS] or "upload"
