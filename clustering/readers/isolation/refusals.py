"""What a refusal of the process that reads containers means, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clustering.errors import InputError, Problem

_WORDS = {
    "rows": "records",
    "columns": "columns",
    "cells": "cells from its first to its last filled one",
    "vertices": "vertices",
    "nesting_levels": "levels of brackets",
}


def explained(code: str, facts: Mapping[str, Any], name: str) -> InputError:
    """Return the error that a code and the facts beside it stand for."""
    if code in _WORDS:
        message = f"The file has {int(facts['found']):,} {_WORDS[code]}; {int(facts['limit']):,} are allowed."
        return refused(name, message, "Give the part that is needed.")
    kind, _, state = code.partition(" ")
    if kind in ("layer", "sheet"):
        names = ", ".join(map(str, facts["names"]))[:500]
        if state == "unknown":
            return refused(name, f"There is no {kind} {facts['wanted']!r}.", f"Name one of: {names}.")
        if state == "none":
            return refused(name, f"No {kind} of the file holds a table.", "Give a file with a header and records.")
        return refused(name, f"The file has several {kind}s.", f"Say which with {kind}=NAME: {names}.")
    told = {
        "password": ("The workbook is protected by a password.", "Take the protection off."),
        "memory": ("Reading the file takes more memory than it may.", "Give a smaller part of it, or CSV."),
        "records": ("The JSON holds no list of records.", "Give records, or GeoJSON."),
        "encoding": ("The geometry is not stored as WKB.", "Write it again with geopandas."),
        "bytes": ("A column holds bytes that are no text.", "Leave the column out."),
        "digits": (
            "A number has more than 18 digits, and would not be read exactly.",
            "Write identifiers as text, in quotes, or leave the column out.",
        ),
    }
    message, remedy = told.get(code, ("The file cannot be read.", "Save it again, or as CSV."))
    return refused(name, message, remedy)


def refused(name: str, message: str, remedy: str) -> InputError:
    """Return an error of the file as such."""
    return InputError([Problem(table=name, message=message, remedy=remedy)])
