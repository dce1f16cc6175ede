"""The forms on the page of a dataset that release proposals, and withdraw a release."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.errors import ServiceError, service_error
from app.pages.datasets import dataset_page
from app.services import releases
from app.services.dependencies import ServiceHere
from app.services.releases import MAXIMUM_RELEASED, ReleaseQuestion
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, MAXIMUM_WHO_CHARACTERS, MAXIMUM_WHY_CHARACTERS
from clustering import ClusteringError

router = APIRouter(include_in_schema=False)

Who = Annotated[str, Form(max_length=MAXIMUM_WHO_CHARACTERS)]
Why = Annotated[str, Form(max_length=MAXIMUM_WHY_CHARACTERS)]


class ReleaseForm(BaseModel):
    """The fields of the form for a release."""

    by: Annotated[str, Field(max_length=MAXIMUM_WHO_CHARACTERS)] = ""
    why: Annotated[str, Field(max_length=MAXIMUM_WHY_CHARACTERS)] = ""
    title: Annotated[str, Field(max_length=MAXIMUM_NAME_CHARACTERS)] = ""
    policy: Annotated[str, Field(max_length=20_000)] = ""
    proposal_ids: Annotated[list[str], Field(max_length=MAXIMUM_RELEASED)] = []

    def question(self) -> ReleaseQuestion:
        """What is to be released; with a blank policy, the service chooses it."""
        return ReleaseQuestion(**{**self.model_dump(), "policy": self.policy.strip() or None})


@router.post("/browse/datasets/{dataset_id}/releases")
def release(request: Request, dataset_id: str, service: ServiceHere, form: Annotated[ReleaseForm, Form()]) -> Response:
    """Release the proposals chosen and come back to the page, or say what is wrong."""
    try:
        releases.release(service, dataset_id, form.question())
    except ClusteringError as caught:
        return dataset_page(request, service, dataset_id, error=service_error(caught))
    except ServiceError as caught:
        return dataset_page(request, service, dataset_id, error=caught)
    return RedirectResponse(f"/browse/datasets/{dataset_id}#releases-title", status_code=303)


@router.post("/browse/datasets/{dataset_id}/releases/{release_id}/withdrawal")
def withdraw(
    request: Request, dataset_id: str, release_id: str, service: ServiceHere, by: Who = "", why: Why = ""
) -> Response:
    """Withdraw a release and come back to the page, or say what is wrong."""
    try:
        releases.withdraw(service, dataset_id, release_id, by=by, why=why)
    except ServiceError as caught:
        return dataset_page(request, service, dataset_id, error=caught)
    return RedirectResponse(f"/browse/datasets/{dataset_id}#releases-title", status_code=303)
