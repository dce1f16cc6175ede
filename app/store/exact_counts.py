"""Which rows follow from exact counts of students: they are shown only where the service shows such counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.tables import CapacityResult, Job, Proposal

Rested = Proposal | CapacityResult | Job

_IS_EXACT = func.coalesce(Proposal.parameters["disclosure"].as_string(), "protected") == "exact"


def rests_on_exact_counts(table: type[Rested]) -> ColumnElement[bool]:
    """
    Make the condition that a row of a table rests on exact counts.

    Parameters
    ----------
    table
        Proposals; or matches and year plans, which do if their proposal does; or jobs, which do if the proposal that
        they compute or start from does.

    Returns
    -------
    condition
        Never null.
    """
    if table is Proposal:
        return _IS_EXACT
    proposals = select(Proposal.id).where(_IS_EXACT)
    if table is CapacityResult:
        return CapacityResult.proposal_id.in_(proposals)
    asks = func.coalesce(Job.parameters["disclosure"].as_string(), "protected") == "exact"
    starts = [
        func.coalesce(Job.inputs[name].as_string(), "").in_(proposals) for name in ("proposal_id", "other_proposal_id")
    ]
    return or_(asks, *starts)


def without_exact(listed: Select[Any], table: type[Rested]) -> Select[Any]:
    """Leave out of a list what rests on exact counts."""
    return listed.where(~rests_on_exact_counts(table))


def refuse_exact_row(session: Session, row: Rested) -> None:
    """Raise a ServiceError, 403, if a row rests on exact counts."""
    if rests_on_exact(session, row):
        detail = (
            "This rests on exact counts of students, which the service does not give (setting"
            " FEEDER_ZONES_ALLOW_EXACT, and the right exact of whoever signs in)."
        )
        raise ServiceError(403, f"{detail} Ask for a proposal with disclosure=protected.")


def rests_on_exact(session: Session, row: Rested) -> bool:
    """Whether a row rests on exact counts."""
    table = type(row)
    return bool(session.scalar(select(rests_on_exact_counts(table)).where(table.id == row.id)))
