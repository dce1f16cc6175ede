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
        ``parameters``, ``zones`` (each with ``zone_id``, ``entry_fall``, ``values``, ``benchmarks``,
        ``comparison_schools`` and ``unmatched``), ``notes``, ``provenance``. Missing is ``None``.
    """
    tables = {
        "values": progress.zone_values,
        "benchmarks": progress.benchmarks,
        "comparison_schools": progress.comparison_schools.matches,
        "unmatched": progress.comparison_schools.unmatched,
    }
    by_zone = {name: dict(list(table.groupby("zone_id"))) for name, table in tables.items()}
    zones = [
        {
            "zone_id": zone,
            "entry_fall": fall,
            **{
                name: table_records(by_zone[name].get(zone, table.iloc[:0]).drop(columns="zone_id"))
                for name, table in tables.items()
            },
        }
        for zone, fall in sorted(progress.entry_falls.items())
    ]
    return {
        "parameters": progress.parameters.model_dump(mode="json"),
        "zones": zones,
        "notes": list(progress.notes),
        "provenance": dict(progress.provenance),
    }


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
