"""What the routes and the pages both do, once."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import ServiceError, request_error
from app.jobs import ChildLimits, JobRunner, Kind, run_in_child, tasks
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, Desk, Uploads, saved
from app.settings import Settings
from app.store import Dataset, Job, Proposal, Store
from clustering import InputError, parse_parameters, plain_text, split_settings

logger = logging.getLogger(__name__)


def child_limits(settings: Settings) -> ChildLimits:
    """Time and memory of a piece of work."""
    return ChildLimits(time_limit_s=settings.job_time_limit_s, memory_mb=settings.job_memory_mb)


def upload_limits(settings: Settings) -> ChildLimits:
    """Time and memory for reading an upload."""
    return ChildLimits(time_limit_s=settings.upload_time_limit_s, memory_mb=settings.job_memory_mb)


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
    refuse_exact(parameters.disclosure, settings)
    return parameters.as_dict()


def refuse_exact(disclosure: str, settings: Settings) -> None:
    """Raise a ServiceError, 403, if exact counts are asked for and the service does not give them."""
    if disclosure == "exact" and not settings.allow_exact:
        raise ServiceError(
            403, "This service does not give exact counts (setting allow_exact). Use disclosure=protected."
        )


def parameters_of_form(text: str | None, settings_given: Sequence[str]) -> dict[str, Any]:
    """Parameters of a form: a JSON object, and single ``name=value`` settings of other parameters."""
    try:
        values = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise _unread_parameters("This is not JSON.") from None
    if not isinstance(values, dict):
        raise _unread_parameters("This is no JSON object.")
    single = split_settings(settings_given)
    if both := sorted(set(values) & set(single)):
        message = "The parameter is given twice: in the field parameters and in the field set."
        problems = [(name, message, "Give it in one of the two.") for name in both]
        raise request_error(422, "Parameters are given twice.", problems)
    return {**values, **single}


def _unread_parameters(message: str) -> ServiceError:
    remedy = 'Give an object such as {"maximum_schools": 8}, or single parameters in the field set as name=value.'
    return request_error(422, "The field parameters cannot be read.", [("parameters", message, remedy)])


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
    with desk.place(), saved(uploads, settings) as files:
        report, scenario = run_in_child(tasks.ingest, files, uploads.reading(), limits=upload_limits(settings))
    title = plain_text(name or "").strip() or ", ".join(pair[1] for pairs in files.values() for pair in pairs)
    return store.add_dataset(title[:MAXIMUM_NAME_CHARACTERS], report, scenario)


def zones_of_uploads(uploads: Uploads, *, parameters: Mapping[str, Any], settings: Settings, desk: Desk) -> bytes:
    """Files in, GeoJSON of the Zones out, nothing kept; errors as for the two steps."""
    admitted = admit_parameters(parameters, settings)
    with desk.place(), saved(uploads, settings) as files:
        answer: bytes = run_in_child(
            tasks.zones_of_files, files, uploads.reading(), admitted, limits=child_limits(settings)
        )
    return answer


def admit_for_dataset(
    given: Mapping[str, Any], dataset_id: str, *, settings: Settings, store: Store, desk: Desk
) -> dict[str, Any]:
    """As ``admit_parameters``; where something is wrong, names of schools that the dataset lacks are told with it."""
    try:
        return admit_parameters(given, settings)
    except InputError:
        scenario = store.scenario(dataset_id)
        try:
            with desk.place():
                run_in_child(tasks.check_parameters, scenario, dict(given), limits=upload_limits(settings))
        except ServiceError as error:
            if error.status == 422:
                raise
        except RecursionError:
            logger.info("parameters are nested too deeply to be sent to a child process")
        # Without a place for it the names are told when the rest is right.
        raise


def request_proposal(
    dataset_id: str, given: Mapping[str, Any], *, settings: Settings, store: Store, runner: JobRunner, desk: Desk
) -> Job:
    """Queue a proposal; errors are those of ``admit_for_dataset`` and ``Store.add_job``."""
    parameters = admit_for_dataset(given, dataset_id, settings=settings, store=store, desk=desk)
    job = store.add_job(dataset_id, parameters, maximum_waiting=settings.maximum_queued_jobs)
    runner.submit(job.id)
    return job


def read_part(proposal_id: str, part: str, *, settings: Settings, store: Store) -> bytes:
    """One form of a proposal (``store.PARTS``); 403 for exact counts that the service no longer gives."""
    disclosure = store.proposal(proposal_id).parameters.get("disclosure")
    if disclosure == "exact" and not settings.allow_exact:
        raise ServiceError(403, "This service does not give exact counts (setting allow_exact).")
    return store.proposal_part(proposal_id, part)


def score_plan(
    dataset_id: str, uploads: Uploads, *, parameters: Mapping[str, Any], settings: Settings, store: Store, desk: Desk
) -> Proposal:
    """
    Read a plan of Zones in a child process, score it and keep it as a proposal.

    Parameters
    ----------
    dataset_id
        Whose schools the plan names.
    uploads
        One file, of the role ``plan``.
    parameters
        As for a proposal.
    settings, store, desk
        The service's.

    Returns
    -------
    proposal
        As stored.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 with every problem of the plan, 503 if too many uploads are being read; and
        as for ``admit_for_dataset``. Nothing is stored.
    """
    admitted = admit_for_dataset(parameters, dataset_id, settings=settings, store=store, desk=desk)
    title = f"Zones as given: {store.dataset(dataset_id).name}"
    with desk.place(), saved(uploads, settings) as files:
        if len(files.get("plan", ())) != 1:
            raise ServiceError(422, "Give one file with the plan.")
        given = (store.scenario(dataset_id), files, uploads.reading(), admitted, title)
        summary, parts = run_in_child(tasks.score_plan, *given, limits=child_limits(settings))
    return store.add_proposal(dataset_id, admitted, summary, parts)


def read_comparison(first_id: str, second_id: str, part: str, *, settings: Settings, store: Store) -> bytes:
    """One form of the comparison of two proposals (``tasks.COMPARISON_PARTS``); 403 and 404 as for ``read_part``."""
    documents = [read_part(each, "document", settings=settings, store=store) for each in (first_id, second_id)]
    data: bytes = run_in_child(tasks.compare, *documents, part, limits=child_limits(settings))
    return data


def compute_beside(
    proposal_id: str,
    kind: Kind,
    options: dict[str, Any],
    *,
    as_csv: bool,
    settings: Settings,
    store: Store,
    desk: Desk,
) -> bytes:
    """
    Compute something more about a proposal in a child process, within the limits of a job; nothing is kept.

    Parameters
    ----------
    proposal_id
        The proposal.
    kind, options, as_csv
        As for ``app.jobs.tasks.compute``.
    settings, store, desk
        The service's.

    Returns
    -------
    answer
        JSON or CSV.

    Raises
    ------
    ServiceError
        403 for exact counts that the service no longer gives, 404 if there is no such proposal, 503 if too much else is
        being read or computed, 504 if it takes longer than a job may; otherwise as for the library's errors.
    """
    document = read_part(proposal_id, "document", settings=settings, store=store)
    scenario = store.scenario(store.proposal(proposal_id).dataset_id)
    with desk.place():
        given = (scenario, document, kind, options, as_csv)
        answer: bytes = run_in_child(tasks.compute, *given, limits=child_limits(settings))
    return answer


def read_report_part(dataset_id: str, part: str, *, settings: Settings, store: Store) -> bytes:
    """One form of a dataset's ingest report (``tasks.REPORT_PARTS``); 404 if there is no such dataset."""
    scenario = store.scenario(dataset_id)
    data: bytes = run_in_child(tasks.report_part, scenario, part, settings.allow_exact, limits=child_limits(settings))
    return data


def confirm_crosswalk(
    dataset_id: str, places: Sequence[int], *, settings: Settings, store: Store, desk: Desk
) -> Dataset:
    """
    Make a dataset in which rows of the crosswalk proposed for another are applied.

    Parameters
    ----------
    dataset_id
        The other.
    places
        Of the rows confirmed, counted from 0 in the report's ``crosswalk``.
    settings, store, desk
        The service's.

    Returns
    -------
    dataset
        As stored, with its report; the other stays as it is.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 if the rows do not fit each other, 503 if too many uploads are being read.
    """
    dataset = store.dataset(dataset_id)
    proposed = dataset.report.get("crosswalk", [])
    unknown = sorted(place for place in set(places) if not 0 <= place < len(proposed))
    if unknown or not places:
        raise ServiceError(422, "Confirm rows by their place in the proposed crosswalk, counted from 0; at least one.")
    chosen = [proposed[place] for place in sorted(set(places))]
    # Both datasets can be seen: unless exact counts may be, the second must follow from what the first shows.
    protect_first = not settings.allow_exact
    with desk.place():
        report, scenario = run_in_child(
            tasks.apply_rows, store.scenario(dataset_id), chosen, protect_first, limits=upload_limits(settings)
        )
    title = f"{dataset.name}, crosswalk applied"
    return store.add_dataset(title[:MAXIMUM_NAME_CHARACTERS], report, scenario)


def forget_dataset(dataset_id: str, *, store: Store, runner: JobRunner) -> None:
    """Stop a dataset's jobs and delete it with all that came of it; 404 if there is none."""
    for job_id in store.unfinished_jobs(dataset_id):
        runner.cancel(job_id)
    store.delete_dataset(dataset_id)
