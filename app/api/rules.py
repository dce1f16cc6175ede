"""Identification rules: those that ship, their form, and whether one of your own can be read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from app.api.paging import ListRequestHere
from app.errors import ServiceError
from app.queries.rule_forms import RuleField
from app.services.rules import check_rules
from clustering import presets_document, read_rule, rule_schema, write_rule

router = APIRouter(prefix="/rules", tags=["rules"])


@router.get("", summary="List the rules that ship")
def index(wanted: ListRequestHere) -> list[dict[str, Any]]:
    """Each with its title, its source and all its fields."""
    return wanted.cut(presets_document(), lambda each: each["id"])


@router.get("/schema", summary="The form of a rule")
def schema() -> dict[str, Any]:
    """JSON Schema of a rule as an object."""
    return rule_schema()


@router.get("/{rule_id}", summary="One rule that ships, in full")
def show(rule_id: str) -> dict[str, Any]:
    """Every field, ready to be changed and sent back."""
    for preset in presets_document():
        if preset["id"] == rule_id:
            return dict(preset["rule"])
    raise ServiceError(404, "There is no such rule; GET /rules lists those that ship.")


@router.post("/check", summary="Read a rule and write it in full")
def check(rule: Annotated[RuleField, Body()]) -> dict[str, Any]:
    """The rule with every field written out, or every field that cannot be used."""
    return write_rule(read_rule(check_rules({"rule": rule})["rule"]))
