"""A checklist as plain values and as a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from clustering.conditions.checklists.checklist import Checklist, ChecklistItem


def checklist_document(checklist: Checklist) -> dict[str, Any]:
    """
    Write a checklist as plain values.

    Parameters
    ----------
    checklist
        One that ships, or one that was read.

    Returns
    -------
    document
        ``checklist_id``, ``title``, ``source``, ``items`` (each with ``item_id``, ``area``, ``title``, ``asks``,
        ``required``, ``source``), ``file_name`` and ``file_sha256``. Missing is ``None``. A file of it can be read by
        :func:`~clustering.read_checklist`.
    """
    return checklist.model_dump(mode="json")


def checklist_table(checklist: Checklist) -> pd.DataFrame:
    """
    Write a checklist as a table.

    Parameters
    ----------
    checklist
        One that ships, or one that was read.

    Returns
    -------
    table
        A row per item, in the order of the checklist: ``item_id``, ``area``, ``title``, ``asks``, ``required`` (``yes``
        or ``no``), ``source``. :func:`~clustering.read_checklist` reads it back.
    """
    rows = [{**item.model_dump(), "required": "yes" if item.required else "no"} for item in checklist.items]
    return pd.DataFrame(rows, columns=list(ChecklistItem.model_fields)).astype("str")
