"""The page that tells which schools of a dataset a rule finds low-performing, and what another rule would change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.errors import ServiceError, request_error, service_error
from app.jobs import RuleKind
from app.pages.rule_form import rule_fields_given, rule_of_form
from app.pages.templating import page
from app.queries.rule_forms import Answer, Place
from app.services.dependencies import DeskHere, SettingsHere, StoreHere
from app.services.rules import ask_of_dataset
from clustering import POINT_MEASURES, ClusteringError, presets_document

router = APIRouter(include_in_schema=False)

ROWS_SHOWN = 100
IN_QUESTION: tuple[Answer, ...] = ("certain", "possible")


class _Question:
    """What the address asks: a rule, perhaps a second one, a year, and which schools to list."""

    def __init__(
        self,
        request: Request,
        *,
        year: Annotated[str, Query(max_length=10)] = "",
        against: Annotated[str, Query(max_length=5_000)] = "",
        only: Annotated[list[Answer], Query(max_length=5)] = [],  # noqa: B006
        start: Place = 0,
        f: Literal["csv"] | None = None,
        table: Literal["schools", "changes"] = "schools",
    ) -> None:
        self.form = rule_fields_given(request.query_params)
        self.rule = rule_of_form(self.form)
        self.year, self.against = year.strip(), against.strip()
        self.only, self.start = only or list(IN_QUESTION), start
        self.wants_csv, self.table = f == "csv", table

    def identification(self, *, whole: bool = False) -> dict[str, Any]:
        """The question to ask of the library, for the schools shown or for all."""
        listed = {} if whole else {"only": self.only, "start": self.start, "limit": ROWS_SHOWN}
        return {"rule": self.rule or "", "year": self._fall(), "disclosure": "protected", **listed}

    def comparison(self, *, whole: bool = False) -> dict[str, Any]:
        """The question that compares with the second rule."""
        listed = {} if whole else {"only": ["gained", "lost"], "limit": ROWS_SHOWN}
        rules = {"first": self.rule or "", "second": self.against}
        return {**rules, "year": self._fall(), "disclosure": "protected", **listed}

    def address(self, **changed: object) -> str:
        """The query of the same page with some of it changed."""
        asked = {**self.form, "year": self.year, "against": self.against, "only": self.only, **changed}
        return urlencode({name: value for name, value in asked.items() if value not in ("", None)}, doseq=True)

    def proposal_address(self) -> str:
        """The query that fills in the form for a proposal with the rule."""
        return urlencode(self.form)

    def _fall(self) -> int | None:
        if not self.year:
            return None
        if not (self.year.isascii() and self.year.isdecimal() and len(self.year) == 4):
            remedy = "Give the year in which the school year begins, such as 2014, or leave it blank."
            raise request_error(422, "The year cannot be read.", [("year", "This is no year.", remedy)])
        return int(self.year)


Asked = Annotated[_Question, Depends()]


@router.get("/browse/datasets/{dataset_id}/identification")
def show_identification(
    request: Request,
    dataset_id: str,
    asked: Asked,
    settings: SettingsHere,
    store: StoreHere,
    desk: DeskHere,
) -> Response:
    """A form for a rule, and what the rule says: counts, exclusions, disagreements, schools; or these as CSV."""
    dataset = store.dataset(dataset_id)
    ask = partial(ask_of_dataset, dataset_id, settings=settings, store=store, desk=desk)
    if asked.wants_csv:
        kind: RuleKind = "rule-comparison" if asked.table == "changes" else "identification"
        question = asked.comparison(whole=True) if asked.table == "changes" else asked.identification(whole=True)
        return _csv(ask(kind, question, as_csv=True), f"{kind}-{dataset_id[:8]}-protected.csv")
    document, compared, error = None, None, None
    try:
        if asked.rule is not None:
            document = json.loads(ask("identification", asked.identification(), as_csv=False))
            if asked.against:
                compared = json.loads(ask("rule-comparison", asked.comparison(), as_csv=False))
    except ClusteringError as caught:
        error = service_error(caught)
    except ServiceError as caught:
        error = caught
    return page(
        request,
        "identification.html",
        status=error.status if error else 200,
        dataset=dataset,
        lists=dataset.report["facts"]["official_list_columns"],
        presets=presets_document(),
        asked=asked,
        document=document,
        rule_text=document and json.dumps(document["rule"], ensure_ascii=False, indent=2),
        compared=compared,
        rows_shown=ROWS_SHOWN,
        number_told=number_told,
        error=error,
    )


def number_told(school: Mapping[str, Any]) -> str:
    """The number that a rule tested, as per cent or points; a range as published, or both ends; a dash without one."""
    low, high = school["low"], school["high"]
    if low != high and school["text"]:
        return str(school["text"])
    scale, sign = (1.0, "") if school["measure"] in POINT_MEASURES else (100.0, "%")
    ends = [f"{end * scale:.4g}{sign}" for end in dict.fromkeys((low, high)) if end is not None]
    return " to ".join(ends) or "–"


def _csv(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")
