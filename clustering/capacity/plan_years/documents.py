"""The one set of numbers: a multi-year plan as JSON-ready values and flat tables, shared by every way out."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.plan_years.years_to_reach_all import YearsToReachAll
from clustering.model.parameter_model import schema_of
from clustering.model.records import table_records

# The number of the document's shape. Raise it when a key is added, renamed or dropped: stored documents keep theirs.
YEAR_PLAN_FORMAT = 2

TABLES = ("starts", "costs", "years", "partners", "never_started", "timeline")


def year_plan_document(plan: YearPlan) -> dict[str, Any]:
    """
    Write a plan as plain values.

    Parameters
    ----------
    plan
        As ``plan_years`` answers.

    Returns
    -------
    document
        ``parameters``, ``first_fall``, ``last_fall``, ``planning_is_free`` (planning years are counted without cost),
        ``solution``, a list of records for each of the tables ``starts`` (each with its own ``costs``), ``years``,
        ``partners``, ``never_started`` and ``timeline``, ``provenance`` and ``notes``; missing is ``None``.
    """
    costs: dict[str, list[dict[str, Any]]] = {}
    for record in table_records(plan.costs):
        costs.setdefault(record["variant_id"], []).append(
            {name: record[name] for name in ("fall", "phase", "cost_dollars")}
        )
    tables = {name: table_records(getattr(plan, name)) for name in TABLES if name != "costs"}
    tables["starts"] = [{**start, "costs": costs[start["variant_id"]]} for start in tables["starts"]]
    return {
        "parameters": plan.parameters.as_dict(),
        "first_fall": plan.first_fall,
        "last_fall": plan.last_fall,
        "planning_is_free": plan.parameters.planning_is_free,
        "solution": asdict(plan.solution),
        **tables,
        "provenance": _plain(plan.provenance),
        "notes": list(plan.notes),
    }


def year_plan_tables(plan: YearPlan) -> dict[str, pd.DataFrame]:
    """
    Write a plan as flat tables.

    Parameters
    ----------
    plan
        As ``plan_years`` answers.

    Returns
    -------
    tables
        By name: ``starts``, ``costs``, ``years``, ``partners``, ``never_started`` and ``timeline``, with the columns of
        :class:`~clustering.YearPlan`.
    """
    return {name: getattr(plan, name).copy() for name in TABLES}


def years_to_reach_all_document(answer: YearsToReachAll) -> dict[str, Any]:
    """
    Write how long it takes to reach all as plain values.

    Parameters
    ----------
    answer
        As ``years_to_reach_all`` answers.

    Returns
    -------
    document
        Its fields; tables as lists of records; missing is ``None``.
    """
    return {
        "parameters": answer.parameters.as_dict(),
        "status": answer.status,
        "years": answer.years,
        "fall": answer.fall,
        "zones_in_all": answer.zones_in_all,
        "zones_reachable": answer.zones_reachable,
        "by_year": table_records(answer.by_year),
        "never": table_records(answer.never),
        "longest": answer.longest,
        "provenance": _plain(answer.provenance),
    }


def plan_years_schema() -> dict[str, Any]:
    """
    List the parameters of a multi-year plan.

    Returns
    -------
    schema
        JSON Schema (draft 2020-12): ``properties`` has type, default, bounds, description and ``unit`` of each.
    """
    return copy.deepcopy(schema_of(PlanYearsParameters))


def _plain(value: Any) -> Any:
    """Lists for tuples, and dictionaries for mappings."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
