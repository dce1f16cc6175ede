"""The work of others that depends on a dataset, a proposal or a result, which nobody else may delete with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.agency_scope import refuse_work_of_others
from app.store.callers import ADMIN, present_request
from app.store.contents import MATCH, UNFINISHED, YEAR_PLAN
from app.store.job_inputs import starts_from_proposal, starts_from_result
from app.store.release_tables import Release
from app.store.tables import CapacityResult, Dataset, IndicatorUpload, Job, Proposal, ZoneRecordChange, ZoneRecordRow

# A row of what is counted: its identifier and who made it.
_Made = Select[Any, Any]
_NAMED = 5


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
        403 if somebody else made it. 409 if proposals, matches, year plans, files or unfinished jobs of others would be
        deleted with it, if others began or changed a record of a Zone that came from it, or if a release that is not
        withdrawn came from it. ``dependents`` has the number of each kind, and ``made_by`` says whose they are. Records
        that the caller alone began and changed block nothing: they stay, with their copy of the Zone.
    """
    if present_request.get().caller.may(ADMIN):
        return
    refuse_work_of_others(row)
    made = {what: session.execute(listed).all() for what, listed in _made_by_others(row).items()}
    dependents = {what: len({each[0] for each in rows}) for what, rows in made.items() if rows}
    if not dependents:
        return
    named = ", ".join(_in_words(count, what) for what, count in dependents.items())
    kind = row.kind if isinstance(row, CapacityResult) else type(row).__tablename__
    makers = _names_of(each[1] for rows in made.values() for each in rows)
    whose = f" (made by {makers})" if makers else ""
    detail = f"Others use this {kind}: {named}{whose}. Only someone with the right admin may delete it."
    own = {"made_by": makers} if makers else {}
    raise ServiceError(409, detail, extra={"dependents": dependents, **own, "missing_right": ADMIN})


def _names_of(makers: Iterable[str | None]) -> str:
    """Name who made something, the first of many, for people to read; blank if nobody is known."""
    known = sorted({each for each in makers if each})
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more


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


def _made_by_others(row: Dataset | Proposal | CapacityResult) -> dict[str, _Made]:
    if isinstance(row, CapacityResult):
        return {"unfinished jobs": _of_others(Job, Job.status.in_(UNFINISHED) & starts_from_result(row.id))}
    if isinstance(row, Proposal):
        return {
            "matches and year plans": _of_others(CapacityResult, CapacityResult.proposal_id == row.id),
            "unfinished jobs": _of_others(Job, Job.status.in_(UNFINISHED) & starts_from_proposal(row.id)),
            "records": _records_of_others(ZoneRecordRow.proposal_id == row.id),
        }
    return {
        "proposals": _of_others(Proposal, Proposal.dataset_id == row.id),
        "matches and year plans": _of_others(CapacityResult, CapacityResult.dataset_id == row.id),
        "files of indicators": _of_others(IndicatorUpload, IndicatorUpload.dataset_id == row.id),
        "unfinished jobs": _of_others(Job, Job.status.in_(UNFINISHED) & (Job.dataset_id == row.id)),
        "records": _records_of_others(ZoneRecordRow.dataset_id == row.id),
        # What is public is the agency's, whoever released it.
        "releases": select(Release.id, literal(None)).where(
            Release.dataset_id == row.id, Release.withdrawn_at.is_(None)
        ),
    }


def _of_others(table: Any, condition: ColumnElement[bool]) -> _Made:
    own = func.coalesce(table.made_by, "") == present_request.get().caller.name
    return select(table.id, table.made_by).where(condition, ~own)


def _records_of_others(condition: ColumnElement[bool]) -> _Made:
    """Records that others began or changed. A change is signed with the caller's name, and what was typed after it."""
    name, by = present_request.get().caller.name, ZoneRecordChange.by
    is_own = (by == name) | by.startswith(f"{name} (", autoescape=True)
    changes = select(ZoneRecordChange.record_id, by).distinct()
    return changes.join(ZoneRecordRow, ZoneRecordRow.id == ZoneRecordChange.record_id).where(condition, ~is_own)


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
