"""Readiness as plain values and as a flat table, for whatever shows it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from clustering.conditions.readiness.evaluation import Readiness
from clustering.conditions.readiness.indicator_sets import indicator_set_document
from clustering.model.records import table_records


def readiness_document(readiness: Readiness) -> dict[str, Any]:
    """
    Write readiness as plain values.

    Parameters
    ----------
    readiness
        As :func:`evaluate_readiness` answers.

    Returns
    -------
    document
        ``set`` (in full), ``on``, ``subjects`` (each with its ``values``, one per indicator), ``notes``,
        ``provenance``. Missing is ``None``.
    """
    key = ["subject_kind", "subject_id"]
    indicators = {
        pair: table_records(rows.drop(columns=[*key, "name"]))
        for pair, rows in readiness.indicators.groupby(key, sort=False)
    }
    subjects = [
        {**subject, "values": indicators[subject["subject_kind"], subject["subject_id"]]}
        for subject in table_records(readiness.subjects)
    ]
    return {
        "set": indicator_set_document(readiness.indicator_set),
        "on": readiness.on,
        "subjects": subjects,
        "notes": list(readiness.notes),
        "provenance": dict(readiness.provenance),
    }


def readiness_table(readiness: Readiness) -> pd.DataFrame:
    """
    Write readiness as a flat table.

    Parameters
    ----------
    readiness
        As :func:`evaluate_readiness` answers.

    Returns
    -------
    table
        ``set_id``, ``on`` and :data:`~clustering.conditions.readiness.evaluation.INDICATOR_COLUMNS`: a row per subject
        and indicator. :func:`~clustering.table_bytes` disarms what a spreadsheet would run.
    """
    table = readiness.indicators.copy()
    table.insert(0, "set_id", readiness.indicator_set.set_id)
    table.insert(1, "on", readiness.on)
    return table
