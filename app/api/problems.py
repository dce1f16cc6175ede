"""The types of problem documents: what each means and what to do."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app.api.paging import ListRequestHere
from app.errors import ServiceError
from app.problem_types import PROBLEM_TYPES, TYPES_BY_NAME, ProblemType

router = APIRouter(prefix="/problems", tags=["problems"])


class ProblemTypeOut(BaseModel):
    """A type of problem documents."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    statuses: list[int]
    what_to_do: str


@router.get("", summary="List the types of problems")
def index(wanted: ListRequestHere) -> list[ProblemTypeOut]:
    """Every type that an answer with a status from 400 on may have."""
    return [_shape(each) for each in wanted.cut(PROBLEM_TYPES, lambda each: each.name)]


@router.get("/{name}", summary="One type of problem")
def show(name: str) -> ProblemTypeOut:
    """By the last part of its ``type``."""
    if name not in TYPES_BY_NAME:
        raise ServiceError(404, "There is no such type of problem; GET /problems lists them.")
    return _shape(TYPES_BY_NAME[name])


def _shape(kind: ProblemType) -> ProblemTypeOut:
    return ProblemTypeOut(type=kind.urn, title=kind.title, statuses=list(kind.statuses), what_to_do=kind.what_to_do)
