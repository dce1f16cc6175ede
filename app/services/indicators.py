"""Indicators: files of sets, assessments and progress kept with a dataset, and what they say of a proposal's Zones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.errors import ServiceError
from app.jobs import indicator_tasks, run_isolated
from app.jobs.indicator_tasks import Evaluated, Evaluation
from app.odd_values import refuse_odd_value
from app.services.parameters import refuse_exact
from app.services.proposals import read_document
from app.services.quotas import refuse_full_agency
from app.services.service import Service
from app.services.uploads import Uploads, saved
from app.store import IndicatorUpload
from clustering import Progress as ProgressOfZones
from clustering import Readiness, ZoneRecord, entries_of_records, indicator_set_document

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
    refuse_full_agency(service)
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        if len(files.get("file", ())) != 1:
            raise ServiceError(422, "Give one file.")
        work: Sequence[Any] = (files, uploads.reading())
        task: Callable[..., indicator_tasks.ReadIndicators] = indicator_tasks.read_sets_file
        if kind == "assessments":
            task = indicator_tasks.read_assessments_file
            work = (scenario, service.store.indicator_uploads.contents(dataset_id, "indicator_sets"), *work)
        elif kind == "progress":
            task, work = indicator_tasks.read_progress_file, (scenario, *work)
        indicators = run_isolated(task, *work, limits=service.upload_limits)
    return service.store.indicator_uploads.add(dataset_id, kind, indicators.summary, indicators.content)


def indicator_set_documents(service: Service, dataset_id: str) -> list[dict[str, Any]]:
    """The sets that ship and those of a dataset, in full; 404 for an unknown dataset."""
    service.store.dataset(dataset_id)
    contents = service.store.indicator_uploads.contents(dataset_id, "indicator_sets")
    return [indicator_set_document(each) for each in indicator_tasks.sets_of(contents)]


def assessed_sets(service: Service, dataset_id: str) -> list[str]:
    """Identifiers of the sets that a dataset has assessments of, sorted."""
    history = service.store.indicator_uploads.history(dataset_id, "assessments")
    return sorted({set_id for upload in history for set_id in upload.summary["sets"]})


def read_readiness(service: Service, proposal_id: str, question: Mapping[str, Any]) -> Evaluated[Readiness]:
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

    Returns
    -------
    readiness
        As ``indicator_tasks.readiness_of_zones`` answers.

    Raises
    ------
    ServiceError
        403 for exact counts that the service no longer gives, 404 if there is no such proposal or nothing was assessed,
        422 for an unknown set or day.
    """
    sets = assessed_sets(service, service.store.proposal(proposal_id).dataset_id)
    chosen = {**question, "set": question["set"] or _first_set(sets)}
    return _evaluated(service, proposal_id, "assessments", indicator_tasks.readiness_of_zones, chosen)


def read_progress(
    service: Service, proposal_id: str, question: Mapping[str, Any], *, on: date
) -> Evaluated[ProgressOfZones]:
    """
    Follow the Zones of a proposal, by the indicators of its dataset and the records of its Zones.

    Parameters
    ----------
    service
        The service.
    proposal_id
        The proposal.
    question
        ``entry_fall`` of Zones without a record (nothing: they have not started), ``benchmarks`` and ``parameters``, as
        for ``clustering.evaluate_progress``.
    on
        The day for which records say whether a Zone has started.

    Returns
    -------
    followed
        As ``indicator_tasks.progress_of_zones`` answers.

    Raises
    ------
    ServiceError
        403 for exact counts that the service does not give, 404 if there is no such proposal or there are no
        indicators, 422 for parameters that cannot be used.
    """
    refuse_exact(question["parameters"].get("disclosure"), service.settings)
    records = service.store.records.records(proposal_id=proposal_id, maximum=None)
    entries = entries_of_records(records, sorted({record.zone.zone_id for record in records}), on=on)
    task = indicator_tasks.progress_of_zones
    return _evaluated(service, proposal_id, "progress", task, {**question, "entries": entries})


@dataclass(frozen=True)
class Evidence:
    """
    What is known of the Zones of records beside the records.

    Parameters
    ----------
    readiness, progress
        As ``clustering.evaluate_readiness`` and ``clustering.evaluate_progress`` answer; ``None`` if there is none.
    """

    readiness: Readiness | None = None
    progress: ProgressOfZones | None = None


def evidence_of_records(service: Service, records: Sequence[ZoneRecord], *, on: date) -> Evidence:
    """
    Find what the store holds on the Zones of records.

    Parameters
    ----------
    service
        The service.
    records
        Any number. A Zone is known by its identifier within a proposal, so records of several proposals have none.
    on
        The day to tell it for.

    Returns
    -------
    evidence
        Readiness and progress of the proposal that all records come from, protected; nothing of what the service does
        not have or does not give.
    """
    proposal_ids = {record.zone.origin.proposal_id for record in records}
    (proposal_id,) = proposal_ids if len(proposal_ids) == 1 else (None,)
    if proposal_id is None:
        return Evidence()
    progress_question = {"entry_fall": None, "benchmarks": None, "parameters": {"disclosure": "protected"}}
    try:
        read_document(service, proposal_id)
    except ServiceError:  # deleted, exact, or of an earlier version
        return Evidence()
    store = service.store
    dataset_id = store.proposal(proposal_id).dataset_id
    has = {kind: bool(store.indicator_uploads.history(dataset_id, kind)) for kind in KINDS}
    readiness = progress = None
    if has["assessments"]:
        readiness = read_readiness(service, proposal_id, {"set": "", "on": on.isoformat()}).evaluation
    if has["progress"]:
        progress = read_progress(service, proposal_id, progress_question, on=on).evaluation
    return Evidence(readiness, progress)


def parse_benchmarks_text(text: str) -> list[Any] | None:
    """Benchmarks as JSON text to plain values, ``None`` for blank; 422 for what is no list."""
    if not text.strip():
        return None
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    refuse_odd_value(parsed, "benchmarks")
    if not isinstance(parsed, list):
        raise ServiceError(422, "The benchmarks are no JSON list of objects.")
    return parsed


def _first_set(sets: Sequence[str]) -> str:
    return "readiness-triangle" if "readiness-triangle" in sets else next(iter(sets), "")


def _evaluated(
    service: Service,
    proposal_id: str,
    kind: str,
    task: Callable[..., Evaluated[Evaluation]],
    question: Mapping[str, Any],
) -> Evaluated[Evaluation]:
    """
    Answer a question about a proposal and the files of one kind that its dataset has; 403 and 404 as for both.

    What was answered lately is looked up: a proposal never changes, and files are only added. Exact counts are never
    kept.
    """
    store = service.store
    document = read_document(service, proposal_id)
    dataset_id = store.proposal(proposal_id).dataset_id
    history = store.indicator_uploads.history(dataset_id, kind)
    if not history:
        what = "assessments" if kind == "assessments" else "indicators of progress"
        raise ServiceError(404, f"The dataset has no {what}. Send a file to POST /datasets/{dataset_id}/{kind}.")
    revision = history[0].revision

    def work() -> Evaluated[Evaluation]:
        """Work it out in an isolated process."""
        contents = store.indicator_uploads.contents(dataset_id, kind)[:revision]
        with service.reads.slot():
            arguments = (store.scenario(dataset_id), document, contents, question)
            evaluated: Evaluated[Evaluation] = run_isolated(task, *arguments, limits=service.read_limits)
        return evaluated

    if question.get("parameters", {}).get("disclosure") == "exact":
        return work()
    key = (service.caller.agency_id, proposal_id, kind, revision, json.dumps(question, sort_keys=True, default=asdict))
    return service.kept_answers.get(key, work, size=_size)


def _size(evaluated: Evaluated[Any]) -> int:
    """About as much as an answer takes: what it was written from is as large as what was written [bytes]."""
    return 2 * sum(map(len, evaluated.forms.values()))
