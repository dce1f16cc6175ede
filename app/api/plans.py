"""Plans: Zones that somebody drew up, kept and served as a proposal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.api.proposals import proposal_response
from app.services.dependencies import DeskHere, PlanHere, SettingsHere, StoreHere
from app.services.proposals import parameters_of_form, score_plan

router = APIRouter(prefix="/datasets", tags=["plans"])


@router.post("/{dataset_id}/plans", status_code=201, summary="Score a plan of Zones")
def create(
    dataset_id: str,
    plan: PlanHere,
    *,
    settings: SettingsHere,
    desk: DeskHere,
    store: StoreHere,
    parameters: Annotated[str | None, Form(description="Parameters as a JSON object.")] = None,
    single: Annotated[list[str], Form(alias="set", description="A parameter, as name=value.")] = [],  # noqa: B006
) -> Response:
    """Read the plan, score it as a proposal is and keep it as one; all problems come at once."""
    given = parameters_of_form(parameters, single)
    proposal = score_plan(dataset_id, plan, parameters=given, settings=settings, store=store, desk=desk)
    response = proposal_response(proposal.id, settings, store)
    response.status_code = 201
    response.headers["Location"] = f"/proposals/{proposal.id}"
    return response
