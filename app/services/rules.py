"""Rules put to stored datasets: computed while the request waits, not kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.jobs import run_isolated, tasks
from app.queries.rule_questions import RuleQuestion
from app.services.parameters import refuse_exact, refuse_unreleased
from app.services.service import Service
from clustering import InputError, Problem, read_rule, rule_text

_RULES = ("rule", "first", "second")


def check_rules(rules: Mapping[str, object]) -> dict[str, str]:
    """
    Check rules before any work is done.

    Parameters
    ----------
    rules
        Field of the request to rule, as text or object.

    Returns
    -------
    texts
        Each rule as text that ``clustering.parse_rule`` reads.

    Raises
    ------
    InputError
        With every problem of every rule; ``table`` is the field of the request.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for field, rule in rules.items():
        try:
            texts[field] = rule_text(rule)
            read_rule(texts[field])
        except InputError as error:
            problems.extend(replace(each, table=field) for each in error.problems)
        except ValueError as error:
            message = "The rule cannot be read."
            problems.append(Problem(table=field, column="identification", message=message, remedy=f"Give {error}."))
    if problems:
        raise InputError(problems)
    return texts


def answer_for_dataset(
    service: Service, dataset_id: str, question: RuleQuestion, form: Mapping[str, Any], *, as_csv: bool
) -> bytes:
    """
    Put rules to a dataset in an isolated process, within the limits of a job; nothing is kept.

    Parameters
    ----------
    service
        The service.
    dataset_id
        The dataset.
    question, form
        What to answer; rules as text or object.
    as_csv
        Whether to answer with CSV instead of JSON.

    Returns
    -------
    answer
        CSV or JSON.

    Raises
    ------
    InputError
        With every problem of the rules.
    ServiceError
        403 for exact counts that the service does not give, 404 if there is no such dataset, 409
        for the public base of one that has none, 422 for what the data cannot answer, 503 if too much else is being
        read or computed.
    """
    refuse_exact(form["disclosure"], service.settings)
    rules = check_rules({field: form[field] for field in _RULES if field in form})
    scenario = service.store.scenario(dataset_id)
    refuse_unreleased(service, dataset_id, form["disclosure"])
    with service.reads.slot():
        work = (scenario, question, {**form, **rules}, as_csv)
        answer: bytes = run_isolated(tasks.answer_rule_question, *work, limits=service.read_limits)
    return answer
