"""What the routes and the pages both do, once."""

from __future__ import annotations

import json
import shutil
import tempfile
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
from clustering import parse_parameters

MAXIMUM_NAME_CHARACTERS = 200


@dataclass(frozen=True)
class Uploads:
    """Files of a request by the role they are read in, and their encoding (blank: UTF-8)."""

    files: Mapping[str, Sequence[UploadFile]]
    encoding: str


def child_limits(settings: Settings) -> ChildLimits:
    """Time and memory of a piece of work."""
    return ChildLimits(time_limit_s=settings.job_time_limit_s, memory_mb=settings.job_memory_mb)


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
    return {**values, **parse_settings(settings_given)}


def parse_settings(settings_given: Sequence[str]) -> dict[str, Any]:
    """Split ``name=value`` texts; what cannot be split is left for the library to name."""
    return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in settings_given)}


def add_dataset(uploads: Uploads, *, name: str | None, settings: Settings, store: Store) -> Dataset:
    """
    Read uploads in a child process and keep them if nothing is wrong.

    Parameters
    ----------
    uploads
        The files.
    name
        What to call the dataset; the names of the files otherwise.
    settings, store
        The service's.

    Returns
    -------
    dataset
        As stored, with its report.

    Raises
    ------
    ServiceError
        422 with every problem of the files; nothing is stored.
    """
    with _saved(uploads, settings) as files:
        report, scenario = run_in_child(tasks.ingest, files, uploads.encoding or None, limits=child_limits(settings))
    title = (name or "").strip() or ", ".join(pair[1] for pairs in files.values() for pair in pairs)
    return store.add_dataset(title[:MAXIMUM_NAME_CHARACTERS], report, scenario)


def zones_of_uploads(uploads: Uploads, *, parameters: Mapping[str, Any], settings: Settings) -> bytes:
    """Files in, GeoJSON of the Zones out, nothing kept; errors as for the two steps."""
    admitted = admit_parameters(parameters, settings)
    with _saved(uploads, settings) as files:
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
    with tempfile.TemporaryDirectory(prefix="feeder-zones-") as folder:
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
