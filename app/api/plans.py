"""Plans: Zones that somebody drew up, kept and served as a proposal."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.api.proposals import proposal_response
from app.services.dependencies import FormParameters, PlanHere, ServiceHere
from app.services.plans import score_plan

router = APIRouter(prefix="/datasets", tags=["plans"])


@router.post("/{dataset_id}/plans", status_code=201, summary="Score a plan of Zones")
def create(dataset_id: str, plan: PlanHere, service: ServiceHere, parameters: FormParameters) -> Response:
    """Read the plan, score it as a proposal is and keep it as one; all problems come at once."""
    proposal = score_plan(service, dataset_id, plan, parameters)
    response = proposal_response(service, proposal.id)
    response.status_code = 201
    response.headers["Location"] = f"/proposals/{proposal.id}"
    return response
