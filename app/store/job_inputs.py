"""What jobs start from: proposals, registers, matches and year plans, by the names of their inputs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from app.store.contents import MATCH, YEAR_PLAN
from app.store.tables import Job


def result_id_name(kind: str) -> str:
    """The name under which the inputs of a job have the id of a match or a year plan."""
    return f"{kind.replace(' ', '_')}_id"


def starts_from(name: str, identifier: str) -> ColumnElement[bool]:
    """Whether a job starts from what it has under this name: a proposal, register, match or year plan."""
    is_it: ColumnElement[bool] = Job.inputs[name].as_string() == identifier
    return is_it


def starts_from_result(result_id: str) -> ColumnElement[bool]:
    """Whether a job starts from this match or year plan."""
    return or_(*(starts_from(result_id_name(kind), result_id) for kind in (MATCH, YEAR_PLAN)))


def starts_from_proposal(proposal_id: str) -> ColumnElement[bool]:
    """Whether a job starts from this proposal; a comparison starts from two."""
    return or_(starts_from("proposal_id", proposal_id), starts_from("other_proposal_id", proposal_id))
