"""Pages of what stands beside a proposal: reasons, best plans, trade-off, stability, persistence."""

from __future__ import annotations

import json
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.errors import ServiceError
from app.jobs import Kind
from app.pages.templating import page
from app.queries.columns import COLUMNS, NUMERIC_KINDS, school_of, written
from app.services.dependencies import DeskHere, SettingsHere, StoreHere
from app.services.proposals import compute_beside, read_part

router = APIRouter(prefix="/browse/proposals", include_in_schema=False)

MAXIMUM_ROWS_SHOWN = 1_000


class Question(NamedTuple):
    """
    What can be asked beside a proposal.

    Parameters
    ----------
    kind
        As in the path.
    title, explanation
        For a planner who has not met it.
    is_proved
        Whether it needs the exact method.
    """

    kind: Kind
    title: str
    explanation: str
    is_proved: bool = False


QUESTIONS = (
    Question(
        "reach",
        "Every school within reach, and why",
        "For every school that could be in an anchor's Zone: whether it is, what decided, and what the total score"
        " loses if it is forced the other way and everything is solved again.",
        is_proved=True,
    ),
    Question(
        "plans",
        "The best plans",
        "The best distinct ways to draw the Zones, proved, with what each scores less than the best and the schools"
        " that are elsewhere: where little is lost, local knowledge may decide.",
        is_proved=True,
    ),
    Question(
        "trade-off",
        "What size and leakage cost",
        "The same request solved with smaller and larger Zones and with other weights of leakage: how many students"
        " stay in their Zone, and how many leave.",
    ),
    Question(
        "stability",
        "How certain each school's Zone is",
        "How often each school is in the same Zone when single school years are taken alone, and when the flows are"
        " drawn again by chance: a school that is seldom in it is a close call.",
    ),
    Question(
        "persistence",
        "Who is still in the Zone years later",
        "Of the students in a Zone's schools, the share still in a school of the Zone some years later.",
    ),
)


class _Shown:
    """Whatever every page beside a proposal needs."""

    def __init__(self, request: Request, settings: SettingsHere, store: StoreHere, desk: DeskHere) -> None:
        self.request, self.settings, self.store, self.desk = request, settings, store, desk

    def answer(self, proposal_id: str, kind: Kind, **options: Any) -> Response:
        """Compute and show, or show what is wrong."""
        (question,) = (each for each in QUESTIONS if each.kind == kind)
        settings, store = self.settings, self.store
        proposal = store.proposal(proposal_id)
        names = _names(json.loads(read_part(proposal_id, "schools", settings=settings, store=store)))
        document: dict[str, Any] = {}
        error = None
        try:
            answer = compute_beside(
                proposal_id, kind, options, as_csv=False, settings=settings, store=store, desk=self.desk
            )
            document = json.loads(answer)
        except ServiceError as caught:
            error = caught
        rows = document.get("reach", document.get("rows", []))
        return page(
            self.request,
            "alternatives.html",
            status=error.status if error else 200,
            proposal=proposal,
            dataset=store.dataset(proposal.dataset_id),
            question=question,
            options=options,
            query=urlencode(options, doseq=True),
            plans=document.get("plans"),
            columns=COLUMNS.get(kind, ()),
            rows=rows[:MAXIMUM_ROWS_SHOWN],
            row_count=len(rows),
            names=names,
            school_of=school_of,
            written=written,
            numeric=NUMERIC_KINDS,
            error=error,
        )


Shown = Annotated[_Shown, Depends()]


def _names(schools: dict[str, Any]) -> dict[str, str]:
    return {each["properties"]["school_id"]: each["properties"]["name"] for each in schools["features"]}


@router.get("/{proposal_id}/reach")
def reach(proposal_id: str, shown: Shown, anchor_id: Annotated[list[str], Query(max_length=1000)] = []) -> Response:  # noqa: B006
    """Every school within reach of an anchor."""
    return shown.answer(proposal_id, "reach", anchor_id=anchor_id)


@router.get("/{proposal_id}/plans")
def plans(proposal_id: str, shown: Shown, count: Annotated[int, Query(ge=1, le=20)] = 5) -> Response:
    """The best plans."""
    return shown.answer(proposal_id, "plans", count=count)


@router.get("/{proposal_id}/trade-off")
def trade_off(proposal_id: str, shown: Shown) -> Response:
    """What size and leakage cost."""
    sizes, weights = [3, 5, 8, 10, 15], [0.0, 0.1, 0.25, 0.5, 1.0]
    least = shown.store.proposal(proposal_id).parameters["minimum_schools"]
    possible = [size for size in sizes if size >= least] or [least]
    return shown.answer(proposal_id, "trade-off", maximum_schools=possible, leakage_weights=weights)


@router.get("/{proposal_id}/stability")
def stability(proposal_id: str, shown: Shown, resamples: Annotated[int, Query(ge=0, le=200)] = 50) -> Response:
    """How certain each school's Zone is."""
    return shown.answer(proposal_id, "stability", resamples=resamples, seed=0, by_year=True)


@router.get("/{proposal_id}/persistence")
def persistence(proposal_id: str, shown: Shown, years: Annotated[int, Query(ge=1, le=12)] = 2) -> Response:
    """Who is still in the Zone years later."""
    return shown.answer(proposal_id, "persistence", years=years)
