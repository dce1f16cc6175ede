"""Identifications, comparisons of rules and cycles as plain values and as tables, for whatever shows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from clustering.identification import Cycles, Identification, RuleComparison
from clustering.identification.rules import list_presets, read_rule, write_rule
from clustering.model.records import table_records

_NUMBERS = ("low", "high", "cut_low", "cut_high")
_DECISION_COLUMNS = (
    *("school_id", "name", "certainty", "identified", "source", "low", "high", "text", "first_year", "last_year"),
    *(
        "students",
        "students_at_least",
        "students_at_most",
        "subgroup",
        "measure",
        "cut_low",
        "cut_high",
        "criterion",
        "computed_certainty",
        "list_entry",
    ),
    *("excluded_because", "reason", "explanation"),
)
_COMPARISON_COLUMNS = ("school_id", "name", "first", "second", "change", "explanation_first", "explanation_second")


def identification_document(
    identification: Identification, *, only: Collection[str] = (), start: int = 0, limit: int | None = None
) -> dict[str, Any]:
    """
    Write an Identification as plain values.

    Parameters
    ----------
    identification
        As ``identify_schools`` returns it.
    only
        Certainties (``certain``, ``possible``, ``no``, ``unknown``, ``excluded``) of the schools to list; empty means
        all.
    start, limit
        How many of these schools to skip, and how many to list after that; ``None`` is no limit.

    Returns
    -------
    document
        ``rule`` (in full), ``year`` (the fall), ``counts``, ``exclusions`` (the effect of each), ``cuts`` (cutoffs of
        the lowest, one per criterion and year that is tested by itself), ``notes``, ``provenance``, ``disagreements``
        (schools for which the official list and the rates contradict each other), ``school_count`` (schools that
        ``only`` leaves) and ``schools``, sorted by id, with the columns of :func:`decisions_table`. Counts are of all
        schools, whatever is listed. Missing is ``None``.
    """
    shown = _only(identification.decisions, "certainty", only)
    listed = shown.iloc[start : None if limit is None else start + limit]
    return {
        **_summary(identification),
        "provenance": dict(identification.provenance),
        "disagreements": table_records(_decisions(identification, identification.disagreements)),
        "school_count": len(shown),
        "schools": table_records(_decisions(identification, listed)),
    }


def decisions_table(identification: Identification, *, only: Collection[str] = ()) -> pd.DataFrame:
    """
    Write the decisions of an Identification as a flat table.

    Parameters
    ----------
    identification, only
        As for :func:`identification_document`.

    Returns
    -------
    table
        A row per school, sorted by ``school_id``: the columns of ``Identification.decisions`` and ``explanation``, a
        sentence. :func:`~clustering.table_bytes` disarms what a spreadsheet would run.
    """
    return _decisions(identification, _only(identification.decisions, "certainty", only))


def rule_comparison_document(
    comparison: RuleComparison, *, only: Collection[str] = (), start: int = 0, limit: int | None = None
) -> dict[str, Any]:
    """
    Write a RuleComparison as plain values.

    Parameters
    ----------
    comparison
        As ``compare_rules`` returns it.
    only
        Changes (``gained``, ``lost``, ``both``, ``neither``) of the schools to list; empty means all.
    start, limit
        As for :func:`identification_document`.

    Returns
    -------
    document
        ``first`` and ``second`` (for each rule what :func:`identification_document` has apart from schools),
        ``changes`` (number of schools of each), ``counts`` (schools by certainty of the first rule, then of the second;
        ``none`` where a rule does not decide the school), ``school_count`` and ``schools`` with the columns of
        :func:`rule_comparison_table`. Missing is ``None``.
    """
    shown = _only(comparison.schools, "change", only)
    listed = shown.iloc[start : None if limit is None else start + limit]
    sides = {"first": comparison.first, "second": comparison.second}
    counts = comparison.counts
    return {
        **{
            side: {**_summary(identification), "provenance": dict(identification.provenance)}
            for side, identification in sides.items()
        },
        "changes": comparison.changes,
        "counts": {str(one): {str(two): int(count) for two, count in row.items()} for one, row in counts.iterrows()},
        "school_count": len(shown),
        "schools": table_records(_compared_schools(comparison, listed)),
    }


def rule_comparison_table(comparison: RuleComparison, *, only: Collection[str] = ()) -> pd.DataFrame:
    """
    Write a RuleComparison as a flat table.

    Parameters
    ----------
    comparison, only
        As for :func:`rule_comparison_document`.

    Returns
    -------
    table
        A row per school, sorted by ``school_id``: ``name``, ``first`` and ``second`` (the certainties), ``change``, and
        the sentences of both, ``explanation_first`` and ``explanation_second``.
    """
    return _compared_schools(comparison, _only(comparison.schools, "change", only))


def cycles_document(cycles: Cycles) -> dict[str, Any]:
    """
    Write Cycles as plain values.

    Parameters
    ----------
    cycles
        As ``follow_cycles`` returns it.

    Returns
    -------
    document
        ``rule`` (in full), ``years``, ``entry_years`` and ``gaps`` (falls), ``counts`` (a mapping per year: ``year``
        and schools by movement), ``provenance`` and ``schools``, a mapping per school and year with the columns of
        :func:`cycles_table`. Missing is ``None``.
    """
    counts = cycles.counts.rename_axis("year").reset_index()
    return {
        "rule": write_rule(cycles.rule),
        "years": list(cycles.years),
        "entry_years": list(cycles.entry_years),
        "gaps": list(cycles.gaps),
        "counts": table_records(counts),
        "provenance": dict(cycles.provenance),
        "schools": table_records(cycles_table(cycles)),
    }


def cycles_table(cycles: Cycles) -> pd.DataFrame:
    """
    Write Cycles as a flat table.

    Parameters
    ----------
    cycles
        As ``follow_cycles`` returns it.

    Returns
    -------
    table
        A row per school and year, as ``Cycles.schools``.
    """
    return cycles.schools.copy()


def presets_document() -> list[dict[str, Any]]:
    """
    Write the presets as plain values.

    Returns
    -------
    presets
        ``id``, ``title``, ``source`` and ``rule`` (in full) of each, in the order in which they ship.
    """
    return [
        {"id": name, "title": row["title"], "source": row["source"], "rule": write_rule(read_rule({"preset": name}))}
        for name, row in list_presets().iterrows()
    ]


def _summary(identification: Identification) -> dict[str, Any]:
    """What concerns all schools together."""
    return {
        "rule": identification.rule_document(),
        "year": identification.year,
        "counts": identification.counts,
        "exclusions": [asdict(effect) for effect in identification.exclusions],
        "cuts": [_finite(asdict(cutoff)) for cutoff in identification.cutoffs],
        "notes": list(identification.notes),
    }


def _only(table: pd.DataFrame, column: str, wanted: Collection[str]) -> pd.DataFrame:
    return table[table[column].isin(list(wanted))] if wanted else table


def _decisions(identification: Identification, rows: pd.DataFrame) -> pd.DataFrame:
    """Some decisions with their sentences, which are written for these schools only."""
    explained = rows.assign(explanation=replace(identification, decisions=rows).explanations, **_without_infinity(rows))
    return explained.rename_axis("school_id").reset_index()[list(_DECISION_COLUMNS)]


def _without_infinity(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Ends of numbers; an infinite end, which means unknown, is missing."""
    return {name: rows[name].replace([np.inf, -np.inf], np.nan) for name in _NUMBERS}


def _finite(numbers: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(each, float) and not np.isfinite(each) else each for name, each in numbers.items()}


def _compared_schools(comparison: RuleComparison, rows: pd.DataFrame) -> pd.DataFrame:
    sentences = {
        f"explanation_{side}": _decisions(
            identification, identification.decisions[identification.decisions.index.isin(rows.index)]
        )
        .set_index("school_id")["explanation"]
        .reindex(rows.index)
        for side, identification in (("first", comparison.first), ("second", comparison.second))
    }
    return rows.assign(**sentences).rename_axis("school_id").reset_index()[list(_COMPARISON_COLUMNS)]
