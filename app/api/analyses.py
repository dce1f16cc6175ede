"""Why a proposal is as it is, what else it could be, how certain it is: computed while the request waits, not kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.jobs import Kind
from app.services.dependencies import DeskHere, SettingsHere, StoreHere, WantsCsv
from app.services.proposals import compute_beside

router = APIRouter(prefix="/proposals", tags=["alternatives"])

MAXIMUM_COMBINATIONS = 64


class _Beside:
    """Whatever a computation beside a proposal needs, and the form in which its answer is wanted."""

    def __init__(self, wants_csv: WantsCsv, settings: SettingsHere, store: StoreHere, desk: DeskHere) -> None:
        self.settings, self.store, self.desk = settings, store, desk
        self.wants_csv = wants_csv

    def answer(self, proposal_id: str, kind: Kind, **options: Any) -> Response:
        """Compute, and answer in the form that is wanted."""
        body = compute_beside(
            proposal_id,
            kind,
            options,
            as_csv=self.wants_csv,
            settings=self.settings,
            store=self.store,
            desk=self.desk,
        )
        headers = {"Vary": "Accept", "Link": f'</proposals/{proposal_id}>; rel="describedby"'}
        if not self.wants_csv:
            return Response(body, headers=headers, media_type="application/json")
        disclosure = self.store.proposal(proposal_id).parameters["disclosure"]
        headers["Content-Disposition"] = f'attachment; filename="{kind}-{proposal_id[:8]}-{disclosure}.csv"'
        return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


Beside = Annotated[_Beside, Depends()]
Size = Annotated[int, Query(ge=1, le=1000)]
Weight = Annotated[float, Query(ge=0, le=1000, allow_inf_nan=False)]


@router.get("/{proposal_id}/reach", summary="Every school within reach of an anchor, explained, as JSON or CSV")
def reach(
    proposal_id: str,
    beside: Beside,
    anchor_id: Annotated[list[str], Query(description="Anchors to explain; none means all", max_length=1000)] = [],  # noqa: B006
) -> Response:
    """In or out, the numbers behind it, and what the score loses if it is forced the other way, solved again."""
    return beside.answer(proposal_id, "reach", anchor_id=anchor_id)


@router.get("/{proposal_id}/plans", summary="The best plans, proved, as JSON or CSV")
def plans(proposal_id: str, beside: Beside, count: Annotated[int, Query(ge=1, le=20)] = 5) -> Response:
    """The best distinct ways to draw the Zones, with what each loses against the best and the schools that move."""
    return beside.answer(proposal_id, "plans", count=count)


@router.get("/{proposal_id}/trade-off", summary="What size and leakage cost, as JSON or CSV")
def trade_off(
    proposal_id: str,
    beside: Beside,
    maximum_schools: Annotated[list[Size], Query(max_length=MAXIMUM_COMBINATIONS)] = [3, 5, 8, 10, 15],  # noqa: B006
    leakage_weights: Annotated[list[Weight], Query(max_length=MAXIMUM_COMBINATIONS)] = [0.0, 0.1, 0.25, 0.5, 1.0],  # noqa: B006
) -> Response:
    """A row per combination of the values, each of which may be repeated; at most 64 rows."""
    return beside.answer(proposal_id, "trade-off", maximum_schools=maximum_schools, leakage_weights=leakage_weights)


@router.get("/{proposal_id}/stability", summary="How certain every school's Zone is, as JSON or CSV")
def stability(
    proposal_id: str,
    beside: Beside,
    resamples: Annotated[int, Query(ge=0, le=200)] = 50,
    seed: Annotated[int, Query(ge=0, lt=2**32)] = 0,
    by_year: bool = True,
) -> Response:
    """A row per anchor and school: in how many single years and resampled flows the school is in the Zone."""
    return beside.answer(proposal_id, "stability", resamples=resamples, seed=seed, by_year=by_year)


@router.get("/{proposal_id}/persistence", summary="Who is still in the Zone years later, as JSON or CSV")
def persistence(proposal_id: str, beside: Beside, years: Annotated[int, Query(ge=1, le=12)] = 2) -> Response:
    """A row per Zone: of the students in its schools, the share still in the Zone some years later."""
    return beside.answer(proposal_id, "persistence", years=years)
