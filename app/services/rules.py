"""Rules put to stored datasets: what the routes and the pages both do, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.jobs import RuleKind, run_in_child
from app.queries.rule_questions import ask_rule
from app.services.proposals import child_limits, refuse_exact
from app.services.uploads import Desk
from app.settings import Settings
from app.store import Store
from clustering import InputError, Problem, read_rule, rule_text

_RULES = ("rule", "first", "second")


def admit_rules(given: Mapping[str, object]) -> dict[str, str]:
    """
    Check rules before any work is done.

    Parameters
    ----------
    given
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
    for field, rule in given.items():
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


def ask_of_dataset(
    dataset_id: str,
    kind: RuleKind,
    question: Mapping[str, Any],
    *,
    as_csv: bool,
    settings: Settings,
    store: Store,
    desk: Desk,
) -> bytes:
    """
    Put rules to a dataset in a child process, within the limits of a job; nothing is kept.

    Parameters
    ----------
    dataset_id
        The dataset.
    kind, question, as_csv
        As for ``app.queries.rule_questions.ask_rule``; rules as text or object.
    settings, store, desk
        The service's.

    Returns
    -------
    answer
        JSON or CSV.

    Raises
    ------
    InputError
        With every problem of the rules.
    ServiceError
        403 for exact counts that the service does not give, 404 if there is no such dataset, 422 for what the data
        cannot answer, 503 if too much else is being read or computed.
    """
    refuse_exact(question["disclosure"], settings)
    rules = admit_rules({field: question[field] for field in _RULES if field in question})
    scenario = store.scenario(dataset_id)
    with desk.place():
        given = (scenario, kind, {**question, **rules}, as_csv)
        answer: bytes = run_in_child(ask_rule, *given, limits=child_limits(settings))
    return answer
