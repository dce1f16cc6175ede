"""Progress as plain values and as a flat table, for whatever shows it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from clustering.conditions.progress.evaluation import Progress
from clustering.model.records import table_records


def progress_document(progress: Progress) -> dict[str, Any]:
    """
    Write progress as plain values.

    Parameters
    ----------
    progress
        As :func:`evaluate_progress` answers.

    Returns
    -------
    document
        ``summary`` (a mapping per Zone), ``parameters``, ``zones`` (each with ``zone_id``, ``zone_name``,
        ``entry_fall``, ``entry_basis``, ``values``, ``benchmarks``, ``comparison_schools`` and ``unmatched``),
        ``notes``, ``provenance``. Missing is ``None``.
    """
    tables = {
        "values": progress.zone_values,
        "benchmarks": progress.benchmarks,
        "comparison_schools": progress.comparison_schools.matches,
        "unmatched": progress.comparison_schools.unmatched,
    }
    by_zone = {name: dict(list(table.groupby("zone_id"))) for name, table in tables.items()}
    summary = table_records(progress.summary)
    zones = [
        {
            **{name: row[name] for name in ("zone_id", "zone_name", "entry_fall", "entry_basis")},
            **{
                name: table_records(_of_zone(by_zone[name].get(row["zone_id"], table.iloc[:0])))
                for name, table in tables.items()
            },
        }
        for row in summary
    ]
    return {
        "summary": summary,
        "parameters": progress.parameters.model_dump(mode="json"),
        "zones": zones,
        "notes": list(progress.notes),
        "provenance": dict(progress.provenance),
    }


def _of_zone(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of one Zone, without what names it."""
    return table.drop(columns=["zone_id", "zone_name"], errors="ignore")


def progress_summary_table(progress: Progress) -> pd.DataFrame:
    """
    Write what became of each Zone as a flat table.

    Parameters
    ----------
    progress
        As :func:`evaluate_progress` answers.

    Returns
    -------
    table
        A row per Zone: its first school year and where that is known from (``entry_fall``, ``entry_basis``); for 18 and
        36 months the ``year`` looked up (the fall), and how many benchmarks are ``met`` and ``not_met`` for certain,
        ``too_close_to_call`` (the value can be on either side of the target; ``leaning_met`` and ``leaning_not_met``
        say on which it is itself), ``not_yet_due`` and ``unknown``; persistence [share 0 to 1]; ``sentence``;
        ``disclosure``.
    """
    return progress.summary.assign(disclosure=progress.parameters.disclosure)


def progress_table(progress: Progress) -> pd.DataFrame:
    """
    Write the values of progress as a flat table.

    Parameters
    ----------
    progress
        As :func:`evaluate_progress` answers.

    Returns
    -------
    table
        A row per Zone, indicator and school year, with the columns of ``Progress.zone_values`` and ``disclosure``.
        :func:`~clustering.table_bytes` disarms what a spreadsheet would run.
    """
    return progress.zone_values.assign(disclosure=progress.parameters.disclosure)


def benchmarks_table(progress: Progress) -> pd.DataFrame:
    """
    Write the benchmarks and outcomes of progress as a flat table.

    Parameters
    ----------
    progress
        As :func:`evaluate_progress` answers.

    Returns
    -------
    table
        A row per Zone, indicator and month, with the columns of ``Progress.benchmarks`` and ``disclosure``.
    """
    return progress.benchmarks.assign(disclosure=progress.parameters.disclosure)
