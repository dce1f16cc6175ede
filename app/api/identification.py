"""Which schools of a dataset are low-performing, by one rule, by two, and over the years: computed, not kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from app.jobs import RuleKind
from app.queries.rule_forms import CyclesRequest, IdentificationRequest, RuleComparisonRequest
from app.services.dependencies import DeskHere, SettingsHere, StoreHere, WantsCsv
from app.services.rules import ask_of_dataset

router = APIRouter(prefix="/datasets", tags=["identification"])


class _Asked:
    """Whatever a question about rules needs, and the form in which its answer is wanted."""

    def __init__(self, wants_csv: WantsCsv, settings: SettingsHere, store: StoreHere, desk: DeskHere) -> None:
        self.settings, self.store, self.desk = settings, store, desk
        self.wants_csv = wants_csv

    def answer(self, dataset_id: str, kind: RuleKind, question: BaseModel) -> Response:
        """Put the rules to the dataset, and answer in the form that is wanted."""
        asked = question.model_dump()
        body = ask_of_dataset(
            dataset_id,
            kind,
            asked,
            as_csv=self.wants_csv,
            settings=self.settings,
            store=self.store,
            desk=self.desk,
        )
        return rule_response(body, dataset_id, kind, asked["disclosure"], as_csv=self.wants_csv)


def rule_response(body: bytes, dataset_id: str, kind: RuleKind, disclosure: str, *, as_csv: bool) -> Response:
    """An answer about rules with its headers."""
    headers = {"Vary": "Accept", "Link": f'</datasets/{dataset_id}>; rel="describedby"'}
    if not as_csv:
        return Response(body, headers=headers, media_type="application/json")
    headers["Content-Disposition"] = f'attachment; filename="{kind}-{dataset_id[:8]}-{disclosure}.csv"'
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


Asked = Annotated[_Asked, Depends()]


@router.post("/{dataset_id}/identification", summary="Which schools are low-performing, as JSON or CSV")
def identify(dataset_id: str, question: IdentificationRequest, asked: Asked) -> Response:
    """An answer for every school, with its numbers and a sentence; what exclusions and an official list change."""
    return asked.answer(dataset_id, "identification", question)


@router.post("/{dataset_id}/rule-comparisons", summary="Two rules side by side, as JSON or CSV")
def compare(dataset_id: str, question: RuleComparisonRequest, asked: Asked) -> Response:
    """Which schools the second rule gains and loses against the first."""
    return asked.answer(dataset_id, "rule-comparison", question)


@router.post("/{dataset_id}/cycles", summary="Schools followed over the years, as JSON or CSV")
def cycles(dataset_id: str, question: CyclesRequest, asked: Asked) -> Response:
    """Which schools enter, stay and leave, year by year, by the rule's cycle and exit."""
    return asked.answer(dataset_id, "cycles", question)
