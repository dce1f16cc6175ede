"""Releases to the public: made and withdrawn by someone who may release, and read by anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from app.errors import ServiceError
from app.jobs import release_tasks, run_isolated
from app.services.parameters import check_parameters
from app.services.registration import refuse_without_reason, refuse_without_right
from app.services.service import Service
from app.services.uploads import MAXIMUM_NAME_CHARACTERS
from app.store import (
    PROPOSAL_PARTS,
    PUBLIC,
    STAFF,
    LedgerRow,
    Page,
    ProposalPart,
    Release,
    Rows,
    second_release_error,
    withdrawn_error,
)
from clustering import plain_text

MAXIMUM_RELEASED = 10


@dataclass(frozen=True, kw_only=True)
class ReleaseQuestion:
    """
    What is to be released.

    Parameters
    ----------
    by, why
        Who releases it, and for which reason.
    title
        Its title for readers; blank for the name of the dataset.
    policy
        Name of a policy, or its fields; ``None`` for that of the dataset's public base, or else that of staff.
    parameters
        Of proposals to release.
    proposal_ids
        Proposals of the dataset to release; they are computed anew.
    second_cut
        What is to be done if other counts of the same students were released from another dataset.
    """

    by: str
    why: str
    title: str = ""
    policy: str | Mapping[str, Any] | None = None
    parameters: Sequence[Mapping[str, Any]] = ()
    proposal_ids: Sequence[str] = ()
    second_cut: Literal["refuse", "release"] = "refuse"


def release(service: Service, dataset_id: str, question: ReleaseQuestion) -> Release:
    """
    Compute proposals of a dataset on the public base, and publish them.

    Parameters
    ----------
    service
        The service.
    dataset_id
        The dataset.
    question
        What, by whom and why.

    Returns
    -------
    release
        As stored; the ledger has a row of it.

    Raises
    ------
    InputError
        With every problem of the parameters.
    ServiceError
        403 if nobody may release, 404 if there is no such dataset or proposal, 409 if other counts of the same students
        were released or another public base was made meanwhile, 422 without a reason or something to release, or if the
        policy is less strict than that for staff.
    """
    refuse_without_right(service.settings)
    by = service.signed_by(plain_text(question.by))
    refuse_without_reason(by, question.why)
    dataset = service.store.dataset(dataset_id)
    requests = _requests_of(service, dataset_id, question)
    overlaps = service.store.registrations.released_overlaps(dataset_id)
    if overlaps and question.second_cut == "refuse":
        raise second_release_error(overlaps)
    title = (plain_text(question.title).strip() or dataset.name)[:MAXIMUM_NAME_CHARACTERS]
    on = datetime.now(UTC).date()
    with service.uploads.slot():
        work = (service.store.scenario(dataset_id), requests, _policy_of(service, dataset_id, question), title, on)
        made = run_isolated(release_tasks.release, *work, limits=service.job_limits)
    content = {
        "title": title,
        "policy": made.protection.policy,
        "method": made.protection.method,
        "proposals": made.public_report["proposals"],
        "second_cut_of": [each.document() for each in overlaps],
    }
    signed = {"by": by, "why": plain_text(question.why).strip()}
    return service.store.releases.add(dataset_id, made, **signed, content=content)


def _requests_of(service: Service, dataset_id: str, question: ReleaseQuestion) -> list[dict[str, Any]]:
    """Parameters of every proposal to release, checked."""
    given = list(question.parameters)
    for proposal_id in question.proposal_ids:
        proposal = service.store.proposal(proposal_id)
        if proposal.dataset_id != dataset_id:
            raise ServiceError(404, "There is no such proposal of this dataset.")
        given.append(proposal.parameters)
    if not 1 <= len(given) <= MAXIMUM_RELEASED:
        raise ServiceError(422, f"Name from 1 to {MAXIMUM_RELEASED} proposals: by parameters, or by proposal_ids.")
    return [check_parameters(service, {**each, "disclosure": STAFF}) for each in given]


def _policy_of(service: Service, dataset_id: str, question: ReleaseQuestion) -> str | Mapping[str, Any]:
    known = service.store.registrations.protections(dataset_id)
    if question.policy is not None:
        return question.policy
    if chosen := known.get(PUBLIC, known.get(STAFF)):
        return chosen.policy
    return service.settings.disclosure_policy


def withdraw(service: Service, dataset_id: str, release_id: str, *, by: str, why: str) -> Release:
    """Withdraw a release: 403 if nobody may, 404 if there is none of this dataset, 410 if it was, 422 without why."""
    refuse_without_right(service.settings)
    by = service.signed_by(plain_text(by))
    refuse_without_reason(by, why)
    if service.store.releases.release(release_id).dataset_id != dataset_id:
        raise ServiceError(404, "There is no such release of this dataset.")
    return service.store.releases.withdraw(release_id, by=by, why=plain_text(why).strip())


def released(service: Service, release_id: str) -> Release:
    """A release that everybody may see: 404 if there is none, 410 if it was withdrawn."""
    found = service.store.releases.release(release_id)
    if found.withdrawn_at is not None:
        raise withdrawn_error(found)
    return found


def released_part(path: str, form: str) -> ProposalPart:
    """A part of a released proposal, by its address and form."""
    return next(part for part in PROPOSAL_PARTS if (part.path, part.format) == (path, form))


def read_ledger(service: Service, dataset_id: str | None, page: Page) -> Rows[LedgerRow]:
    """The ledger, newest first, of one dataset or of all; 403 where nobody may release."""
    refuse_without_right(service.settings)
    return service.store.ledger.rows(dataset_id, page)


def releases_of(service: Service, dataset_id: str, page: Page) -> Rows[Release]:
    """Releases of a dataset, withdrawn ones too; 403 where nobody may release, 404 without such a dataset."""
    refuse_without_right(service.settings)
    rows = service.store.releases.releases(dataset_id, page, with_withdrawn=True)
    if not rows.total:  # releases outlive their dataset
        service.store.dataset(dataset_id)
    return rows


def shown_report(service: Service, release: Release) -> dict[str, Any]:
    """The full report of a release; how much is kept of the exact Zones is in it only where the service gives these."""
    hidden = set() if service.settings.allow_exact else {"compared_with_exact"}
    return {name: value for name, value in release.report.items() if name not in hidden}


def protection_document(service: Service, dataset_id: str) -> dict[str, Any]:
    """
    Describe how the bases of a dataset are made.

    Parameters
    ----------
    service
        The service.
    dataset_id
        The dataset.

    Returns
    -------
    document
        By audience: ``policy``, ``method`` and ``audit``, without the key. How many exact Zones each method keeps
        follows from exact counts, so it is there only where the service shows these.

    Raises
    ------
    ServiceError
        404 if there is no such dataset.
    """
    service.store.dataset(dataset_id)
    # An earlier version counted cells that are not shown at all.
    hidden = {"withheld_cells"} if service.settings.allow_exact else {"withheld_cells", "zones"}
    return {
        audience: {
            "policy": each.policy,
            "method": each.method,
            "audit": {name: value for name, value in each.audit.items() if name not in hidden},
        }
        for audience, each in service.store.registrations.protections(dataset_id).items()
    }
