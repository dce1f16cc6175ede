"""Disclosure policies: those that ship, their form, and whether one of your own can be read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import WithJsonSchema

from app.api.paging import ListRequestHere
from app.errors import ServiceError
from clustering import parse_policy, policy_document, policy_hash, policy_presets, policy_schema

router = APIRouter(prefix="/disclosure-policies", tags=["disclosure policies"])
_FORM = {
    "type": "object",
    "description": "The fields of GET /disclosure-policies/schema.",
    "examples": [{"preset": "standard", "minimum_students": 15}],
}
# The library checks policies, all fields at once.
PolicyBody = Annotated[dict[str, Any], Body(), WithJsonSchema(_FORM)]


@router.get("", summary="List the disclosure policies that ship")
def index(wanted: ListRequestHere) -> list[dict[str, Any]]:
    """Each with its title, its source, its hash and all its fields."""
    return [
        {
            "name": policy.name,
            "title": policy.title,
            "source": policy.source,
            "hash": policy_hash(policy),
            "policy": policy_document(policy),
        }
        for policy in wanted.cut(policy_presets(), lambda each: each.name)
    ]


@router.get("/schema", summary="The form of a disclosure policy")
def schema() -> dict[str, Any]:
    """JSON Schema of a policy as an object."""
    return policy_schema()


@router.get("/{name}", summary="One disclosure policy that ships, in full")
def show(name: str) -> dict[str, Any]:
    """Every field, ready to be changed and checked."""
    for policy in policy_presets():
        if policy.name == name:
            return policy_document(policy)
    raise ServiceError(404, "There is no such policy; GET /disclosure-policies lists those that ship.")


@router.post("/check", summary="Read a disclosure policy and write it in full")
def check(policy: PolicyBody) -> dict[str, Any]:
    """The policy with every field written out, or every field that cannot be used; nothing is kept."""
    return policy_document(parse_policy(policy))
