"""Indicators: files of sets, assessments and progress kept with a dataset, and what they say of a proposal's Zones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.errors import ServiceError
from app.jobs import indicator_tasks, run_isolated
from app.services.proposals import read_part
from app.services.service import Service
from app.services.uploads import Uploads, saved
from app.store import IndicatorUpload
from clustering import indicator_set_document

KINDS = ("indicator_sets", "assessments", "progress")


def add_indicators(service: Service, dataset_id: str, kind: str, uploads: Uploads) -> IndicatorUpload:
    """
    Read a file in an isolated process and keep it as the next revision of its kind.

    Parameters
    ----------
    service
        The service.
    dataset_id
        Whose schools the file is about.
    kind
        One of :data:`KINDS`.
    uploads
        One file, of the role ``file``.

    Returns
    -------
    upload
        As stored; nothing that was stored before is changed.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 with every problem of the file, 503 if too many uploads are being read.
        Then nothing is stored.
    """
    scenario = service.store.scenario(dataset_id)
    with service.concurrency.slot(), saved(uploads, service.settings) as files:
        if len(files.get("file", ())) != 1:
            raise ServiceError(422, "Give one file.")
        work: Sequence[Any] = (files, uploads.reading())
        task: Callable[..., indicator_tasks.ReadIndicators] = indicator_tasks.read_sets_file
        if kind == "assessments":
            task = indicator_tasks.read_assessments_file
            work = (scenario, service.store.indicator_uploads.contents(dataset_id, "indicator_sets"), *work)
        elif kind == "progress":
            task, work = indicator_tasks.read_progress_file, (scenario, *work)
        found = run_isolated(task, *work, limits=service.upload_limits)
    return service.store.indicator_uploads.add(dataset_id, kind, found.summary, found.content)


def indicator_set_documents(service: Service, dataset_id: str) -> list[dict[str, Any]]:
    """The sets that ship and those of a dataset, in full; 404 for an unknown dataset."""
    service.store.dataset(dataset_id)
    contents = service.store.indicator_uploads.contents(dataset_id, "indicator_sets")
    return [indicator_set_document(each) for each in indicator_tasks.sets_of(contents)]


def assessed_sets(service: Service, dataset_id: str) -> list[str]:
    """Identifiers of the sets that a dataset has assessments of, sorted."""
    history = service.store.indicator_uploads.history(dataset_id, "assessments")
    return sorted({set_id for upload in history for set_id in upload.summary["sets"]})


def read_readiness(service: Service, proposal_id: str, question: Mapping[str, Any], *, as_csv: bool) -> bytes:
    """
    Say how ready the Zones of a proposal are, by the assessments of its dataset.

    Parameters
    ----------
    service
        The service.
    proposal_id
        The proposal.
    question
        ``set`` (blank: the first that was assessed) and ``on`` (nothing: the newest day).
    as_csv
        Whether to answer with CSV instead of JSON.

    Returns
    -------
    readiness
        CSV or JSON.

    Raises
    ------
    ServiceError
        403 for exact counts that the service no longer gives, 404 if there is no such proposal or nothing was assessed,
        422 for an unknown set or day.
    """
    document = read_part(service, proposal_id, "document")
    dataset_id = service.store.proposal(proposal_id).dataset_id
    contents = _contents(service, dataset_id, "assessments")
    chosen = {**question, "set": question["set"] or _first_set(assessed_sets(service, dataset_id))}
    with service.concurrency.slot():
        work = (service.store.scenario(dataset_id), document, contents, chosen, as_csv)
        result: bytes = run_isolated(indicator_tasks.readiness_of_zones, *work, limits=service.job_limits)
    return result


def read_progress(service: Service, proposal_id: str, question: Mapping[str, Any], *, form: str) -> bytes:
    """
    Follow the Zones of a proposal, by the indicators of its dataset.

    Parameters
    ----------
    service
        The service.
    proposal_id
        The proposal.
    question
        ``entry_fall``, ``benchmarks`` and ``parameters``, as for ``clustering.evaluate_progress``.
    form
        ``json``, or the table wanted as CSV: ``values`` or ``benchmarks``.

    Returns
    -------
    followed
        CSV or JSON.

    Raises
    ------
    ServiceError
        403 for exact counts that the service does not give, 404 if there is no such proposal or there are no
        indicators, 422 for parameters that cannot be used.
    """
    document = read_part(service, proposal_id, "document")
    if question["parameters"].get("disclosure") == "exact" and not service.settings.allow_exact:
        raise ServiceError(403, "This service does not give exact counts (setting allow_exact).")
    dataset_id = service.store.proposal(proposal_id).dataset_id
    contents = _contents(service, dataset_id, "progress")
    with service.concurrency.slot():
        work = (service.store.scenario(dataset_id), document, contents, question, form)
        result: bytes = run_isolated(indicator_tasks.progress_of_zones, *work, limits=service.job_limits)
    return result


def parse_benchmarks_text(text: str) -> list[Any] | None:
    """Benchmarks as JSON text to plain values, ``None`` for blank; 422 for what is no list."""
    if not text.strip():
        return None
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, list):
        raise ServiceError(422, "The benchmarks are no JSON list of objects.")
    return parsed


def _first_set(sets: Sequence[str]) -> str:
    return "readiness-triangle" if "readiness-triangle" in sets else sets[0]


def _contents(service: Service, dataset_id: str, kind: str) -> list[bytes]:
    contents = service.store.indicator_uploads.contents(dataset_id, kind)
    if not contents:
        what = "assessments" if kind == "assessments" else "indicators of progress"
        raise ServiceError(404, f"The dataset has no {what}. Send a file to POST /datasets/{dataset_id}/{kind}.")
    return contents
