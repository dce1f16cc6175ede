"""Which schools of a dataset are low-performing, a route for each question about rules: computed, not kept."""

from __future__ import annotations

from inspect import Parameter
from typing import Any

from fastapi import APIRouter, Response

from app.queries.rule_forms import RuleForm
from app.queries.rule_questions import RULE_QUESTIONS, RuleQuestion
from app.queries.signatures import with_parameters
from app.services.dependencies import ServiceHere, WantsCsv
from app.services.file_answers import csv_response, document_response
from app.services.rules import answer_for_dataset
from app.services.service import Service

router = APIRouter(prefix="/datasets", tags=["identification"])


def _route(question: RuleQuestion) -> Any:
    parameters = [
        Parameter("dataset_id", Parameter.KEYWORD_ONLY, annotation=str),
        Parameter("form", Parameter.KEYWORD_ONLY, annotation=question.form),
        Parameter("service", Parameter.KEYWORD_ONLY, annotation=ServiceHere),
        Parameter("wants_csv", Parameter.KEYWORD_ONLY, annotation=WantsCsv),
    ]

    def answer(*, dataset_id: str, form: RuleForm, service: Service, wants_csv: bool) -> Response:
        body = answer_for_dataset(service, dataset_id, question, form.model_dump(), as_csv=wants_csv)
        headers = {"Vary": "Accept", "Link": f'</datasets/{dataset_id}>; rel="describedby"'}
        if not wants_csv:
            return document_response(body, f"{question.name}-{dataset_id[:8]}", headers=headers)
        return csv_response(body, f"{question.name}-{dataset_id[:8]}-{form.disclosure}", headers)

    return with_parameters(answer, name=question.operation, doc=question.description, parameters=parameters)


for _question in RULE_QUESTIONS:
    router.add_api_route(
        f"/{{dataset_id}}/{_question.path}",
        _route(_question),
        methods=["POST"],
        summary=f"{_question.summary}, as JSON or CSV",
    )
