"""The page of a dataset's low-performing schools: which a rule finds, and what another rule would change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.errors import ServiceError, request_error, service_error
from app.pages.rule_form import rule_fields_of, rule_of_form
from app.pages.templating import render_page
from app.queries.rule_forms import Answer, Position
from app.queries.rule_questions import IDENTIFICATION, RULE_COMPARISON
from app.services.dependencies import ServiceHere
from app.services.file_answers import csv_response
from app.services.other_sites import OWN_PAGES_ONLY
from app.services.rules import answer_for_dataset
from app.services.service import Service
from app.store import refuse_earlier
from clustering import POINT_MEASURES, ClusteringError, presets_document

router = APIRouter(include_in_schema=False)

ROWS_SHOWN = 100
IN_QUESTION: tuple[Answer, ...] = ("certain", "possible")


class IdentificationForm:
    """The form of the page: a rule, perhaps a second one, a year, and which schools to list."""

    def __init__(
        self,
        request: Request,
        *,
        year: Annotated[str, Query(max_length=10)] = "",
        against: Annotated[str, Query(max_length=5_000)] = "",
        only: Annotated[list[Answer], Query(max_length=5)] = [],  # noqa: B006
        start: Position = 0,
        f: Literal["csv"] | None = None,
        table: Literal["schools", "changes"] = "schools",
    ) -> None:
        self.rule_fields = rule_fields_of(request.query_params)
        self.rule = rule_of_form(self.rule_fields)
        self.year, self.against = year.strip(), against.strip()
        self.only, self.start = only or list(IN_QUESTION), start
        self.wants_csv, self.table = f == "csv", table

    def identification(self, *, whole: bool = False) -> dict[str, Any]:
        """The form of the question, for the schools shown or for all."""
        listed = {} if whole else {"only": self.only, "start": self.start, "limit": ROWS_SHOWN}
        return {"rule": self.rule or "", "year": self._fall(), "disclosure": "protected", **listed}

    def comparison(self, *, whole: bool = False) -> dict[str, Any]:
        """The form of the question that compares with the second rule."""
        listed = {} if whole else {"only": ["gained", "lost"], "limit": ROWS_SHOWN}
        rules = {"first": self.rule or "", "second": self.against}
        return {**rules, "year": self._fall(), "disclosure": "protected", **listed}

    def address(self, **changed: object) -> str:
        """The query of the same page with some of it changed."""
        fields = {**self.rule_fields, "year": self.year, "against": self.against, "only": self.only, **changed}
        return urlencode({name: value for name, value in fields.items() if value not in ("", None)}, doseq=True)

    def proposal_address(self) -> str:
        """The query that fills in the form for a proposal with the rule."""
        return urlencode(self.rule_fields)

    def _fall(self) -> int | None:
        if not self.year:
            return None
        if not (self.year.isascii() and self.year.isdecimal() and len(self.year) == 4):
            remedy = "Give the year in which the school year begins, such as 2014, or leave it blank."
            raise request_error(422, "The year cannot be read.", [("year", "This is not a year.", remedy)])
        return int(self.year)


FormHere = Annotated[IdentificationForm, Depends()]


@dataclass
class _Found:
    """Documents of the answers to show, and the error if there is one."""

    document: dict[str, Any] | None = None
    comparison: dict[str, Any] | None = None
    error: ServiceError | None = None


@router.get("/browse/datasets/{dataset_id}/identification", dependencies=[OWN_PAGES_ONLY])
def show_identification(request: Request, dataset_id: str, form: FormHere, service: ServiceHere) -> Response:
    """A form for a rule, and what the rule finds: counts, exclusions, disagreements, schools; or these as CSV."""
    dataset = service.store.dataset(dataset_id)
    refuse_earlier(dataset)
    if form.wants_csv:
        return _csv(service, dataset_id, form)
    answered = _find(service, dataset_id, form)
    return render_page(
        request,
        "identification.html",
        error=answered.error,
        dataset=dataset,
        lists=dataset.report["facts"]["official_list_columns"],
        presets=presets_document(),
        form=form,
        document=answered.document,
        rule_text=answered.document and json.dumps(answered.document["rule"], ensure_ascii=False, indent=2),
        comparison=answered.comparison,
        rows_shown=ROWS_SHOWN,
        format_tested=format_tested,
    )


def _csv(service: Service, dataset_id: str, form: IdentificationForm) -> Response:
    if form.table == "changes":
        question, fields = RULE_COMPARISON, form.comparison(whole=True)
    else:
        question, fields = IDENTIFICATION, form.identification(whole=True)
    body = answer_for_dataset(service, dataset_id, question, fields, as_csv=True)
    return csv_response(body, f"{question.name}-{dataset_id[:8]}-protected")


def _find(service: Service, dataset_id: str, form: IdentificationForm) -> _Found:
    answered = _Found()
    if form.rule is None:
        return answered
    try:
        answer = answer_for_dataset(service, dataset_id, IDENTIFICATION, form.identification(), as_csv=False)
        answered.document = json.loads(answer)
        if form.against:
            answer = answer_for_dataset(service, dataset_id, RULE_COMPARISON, form.comparison(), as_csv=False)
            answered.comparison = json.loads(answer)
    except ClusteringError as error:
        answered.error = service_error(error)
    except ServiceError as error:
        answered.error = error
    return answered


def format_tested(school: Mapping[str, Any]) -> str:
    """Write the number that a rule tested, in per cent or points: as published, or as a range; without one a dash."""
    low, high = school["low"], school["high"]
    if low != high and school["text"]:
        return str(school["text"])
    scale, sign = (1.0, "") if school["measure"] in POINT_MEASURES else (100.0, "%")
    ends = [f"{end * scale:.4g}{sign}" for end in dict.fromkeys((low, high)) if end is not None]
    return " to ".join(ends) or "–"
