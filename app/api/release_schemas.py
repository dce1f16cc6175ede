"""The JSON of requests and answers about releases and the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.addresses import addresses
from app.api.schemas import Who, Why
from app.services.releases import MAXIMUM_RELEASED
from app.services.uploads import MAXIMUM_NAME_CHARACTERS
from app.store import PROPOSAL_PARTS, LedgerRow, Release


class WithdrawalRequest(BaseModel):
    """A request to withdraw a release; the ledger keeps who asks, and why."""

    model_config = ConfigDict(extra="forbid")

    by: Who
    why: Why


class ReleaseRequest(WithdrawalRequest):
    """A request to release proposals of a dataset to the public."""

    title: str = Field(
        default="",
        max_length=MAXIMUM_NAME_CHARACTERS,
        description="By which readers know the release; by default the name of the dataset.",
    )
    policy: str | dict[str, Any] | None = Field(
        default=None,
        description="Name of a policy, or its fields: at least as strict as that for staff, which is the default.",
        examples=["delaware"],
    )
    parameters: list[dict[str, Any]] = Field(
        default=[], max_length=MAXIMUM_RELEASED, description="Parameters of proposals, as for POST /proposals."
    )
    proposal_ids: list[Annotated[str, Field(max_length=64)]] = Field(
        default=[], max_length=MAXIMUM_RELEASED, description="Proposals of the dataset; they are computed anew."
    )
    second_cut: Literal["refuse", "release"] = Field(
        default="refuse",
        description="What to do if other counts of the same students were released from another dataset.",
    )


class PublicRelease(BaseModel):
    """A release as its readers see it."""

    model_config = ConfigDict(extra="forbid")

    id: str
    title: str
    released_at: datetime
    proposals: list[dict[str, Any]]
    links: dict[str, str]


class StaffRelease(PublicRelease):
    """A release for those who may release; ``report`` has the audit, and what ``shown_report`` lets through."""

    dataset_id: str
    withdrawn_at: datetime | None
    report: dict[str, Any]


class LedgerEntry(BaseModel):
    """A row of the ledger."""

    model_config = ConfigDict(extra="forbid")

    id: int
    at: datetime
    act: str
    by: str
    why: str
    dataset_id: str | None
    release_id: str | None
    content: dict[str, Any]


def public_release(release: Release) -> PublicRelease:
    """Shape a release for everybody."""
    own = f"/releases/{release.id}"
    proposals = [
        {"number": each["number"], "zones": each["zones"], "links": _links(f"{own}/proposals/{each['number']}")}
        for each in release.public_report["proposals"]
    ]
    links = addresses({"self": own, "report": f"{own}/report"})
    return PublicRelease(
        id=release.id, title=release.title, released_at=release.created_at, proposals=proposals, links=links
    )


def staff_release(release: Release, report: dict[str, Any]) -> StaffRelease:
    """Shape a release for those who may release; ``report`` is that of ``services.releases.shown_report``."""
    own: dict[str, Any] = {
        "dataset_id": release.dataset_id,
        "withdrawn_at": release.withdrawn_at,
        "report": report,
    }
    return StaffRelease(**public_release(release).model_dump(), **own)


def ledger_entry(row: LedgerRow) -> LedgerEntry:
    """Shape a row of the ledger."""
    return LedgerEntry(**{name: getattr(row, name) for name in LedgerEntry.model_fields})


def _links(own: str) -> dict[str, str]:
    parts = {part.path: f"{own}/{part.path}" for part in PROPOSAL_PARTS if part.path}
    return addresses({"self": own, **parts})
