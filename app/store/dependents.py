"""The work of others that depends on a dataset, a proposal or a result, which nobody else may delete with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.agency_scope import refuse_work_of_others
from app.store.callers import ADMIN, present_request
from app.store.contents import MATCH, UNFINISHED, YEAR_PLAN
from app.store.job_inputs import starts_from_proposal, starts_from_result
from app.store.release_tables import Release
from app.store.tables import CapacityResult, Dataset, IndicatorUpload, Job, Proposal, ZoneRecordRow


def refuse_what_others_use(session: Session, row: Dataset | Proposal | CapacityResult) -> None:
    """
    Refuse to delete a dataset, proposal, match or year plan that others use, unless the caller is an admin.

    Parameters
    ----------
    session
        It may be one that only reads.
    row
        What is to be deleted.

    Raises
    ------
    ServiceError
        403 if somebody else made it. 409, with the number of each kind under ``dependents``, if proposals, matches,
        year plans, files or unfinished jobs of others would be deleted with it, or if a record of a Zone or a release
        that is not withdrawn came from it: these belong to the agency, whoever made them.
    """
    if present_request.get().caller.may(ADMIN):
        return
    refuse_work_of_others(row)
    counted = {what: session.scalar(counts) or 0 for what, counts in _counts(row).items()}
    dependents = {what: count for what, count in counted.items() if count}
    if not dependents:
        return
    named = ", ".join(
        f"{_in_words(count, what)} of {'the agency' if what in _OF_THE_AGENCY else 'others'}"
        for what, count in dependents.items()
    )
    kind = row.kind if isinstance(row, CapacityResult) else type(row).__tablename__
    detail = f"This {kind} is in use: {named}. Only someone with the right admin may delete it."
    raise ServiceError(409, detail, extra={"dependents": dependents, "missing_right": ADMIN})


# Whoever made them.
_OF_THE_AGENCY = {"records", "releases"}
_ONE = {
    "matches": "match",
    "year plans": "year plan",
    "jobs": "job",
    "proposals": "proposal",
    "matches and year plans": "match or year plan",
    "files of indicators": "file of indicators",
    "unfinished jobs": "unfinished job",
    "records": "record",
    "releases": "release",
}


def _counts(row: Dataset | Proposal | CapacityResult) -> dict[str, Any]:
    if isinstance(row, CapacityResult):
        return {"unfinished jobs": _of_others(Job, Job.status.in_(UNFINISHED) & starts_from_result(row.id))}
    if isinstance(row, Proposal):
        return {
            "matches and year plans": _of_others(CapacityResult, CapacityResult.proposal_id == row.id),
            "unfinished jobs": _of_others(
                Job,
                Job.status.in_(UNFINISHED) & starts_from_proposal(row.id),
            ),
            "records": select(func.count(ZoneRecordRow.id)).where(ZoneRecordRow.proposal_id == row.id),
        }
    return {
        "proposals": _of_others(Proposal, Proposal.dataset_id == row.id),
        "matches and year plans": _of_others(CapacityResult, CapacityResult.dataset_id == row.id),
        "files of indicators": _of_others(IndicatorUpload, IndicatorUpload.dataset_id == row.id),
        "unfinished jobs": _of_others(Job, Job.status.in_(UNFINISHED) & (Job.dataset_id == row.id)),
        "records": select(func.count(ZoneRecordRow.id)).where(ZoneRecordRow.dataset_id == row.id),
        "releases": select(func.count(Release.id)).where(Release.dataset_id == row.id, Release.withdrawn_at.is_(None)),
    }


def _of_others(table: Any, condition: ColumnElement[bool]) -> Any:
    own = func.coalesce(table.made_by, "") == present_request.get().caller.name
    return select(func.count(table.id)).where(condition, ~own)


def say_what_goes(session: Session, dataset_id: str) -> list[str]:
    """Say what the database deletes with a dataset, whoever made it, such as ``2 proposals``."""
    results = select(func.count(CapacityResult.id)).where(CapacityResult.dataset_id == dataset_id)
    counts = {
        "proposals": select(func.count(Proposal.id)).where(Proposal.dataset_id == dataset_id),
        "matches": results.where(CapacityResult.kind == MATCH),
        "year plans": results.where(CapacityResult.kind == YEAR_PLAN),
        "files of indicators": select(func.count(IndicatorUpload.id)).where(IndicatorUpload.dataset_id == dataset_id),
        "jobs": select(func.count(Job.id)).where(Job.dataset_id == dataset_id),
    }
    found = {what: session.scalar(each) or 0 for what, each in counts.items()}
    return [_in_words(count, what) for what, count in found.items() if count]


def _in_words(count: int, what: str) -> str:
    return f"{count:,} {_ONE[what] if count == 1 else what}"
