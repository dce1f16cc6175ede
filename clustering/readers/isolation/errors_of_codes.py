"""Error codes of the child process, as errors with a message and a remedy."""

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


def error_of_code(code: str, facts: Mapping[str, Any], name: str) -> InputError:
    """Build the error for a code and its facts."""
    if code in _WORDS:
        message = f"The file has {int(facts['found']):,} {_WORDS[code]}; {int(facts['limit']):,} are allowed."
        return file_error(name, message, "Use only the part that is needed.")
    kind, _, state = code.partition(" ")
    if kind in ("layer", "sheet"):
        names = ", ".join(map(str, facts["names"]))[:500]
        if state == "unknown":
            return file_error(
                name, f"There is no {kind} {facts['wanted']!r}.", f"Set {kind}=NAME to one of them: {names}."
            )
        if state == "none":
            return file_error(name, f"No {kind} of the file has a table.", "Use a file with a header and records.")
        return file_error(name, f"The file has several {kind}s.", f"Set {kind}=NAME to one of them: {names}.")
    sentences = {
        "xml": ("The file is no sound XML.", "Save it again, or as GeoJSON."),
        "placemarks": ("The KML has no placemarks.", "Export the layer with its places or areas, or as GeoJSON."),
        "document type": (
            "The KML declares a document type, which is not read: it can name other files.",
            "Delete the lines from <!DOCTYPE to ]>, or save the file as GeoJSON.",
        ),
        "network link": (
            "The KML has a network link: its places are in another file or on a server, which is not opened.",
            "Open it in the program that shows it, and save the places themselves as KML or GeoJSON.",
        ),
        "coordinates": (
            f"The coordinates of placemark {facts.get('record')} are no numbers.",
            "Write longitude,latitude with blanks between places.",
        ),
        "arcs": (
            f"Shape {facts.get('record')} names arc {facts.get('index')}; the TopoJSON has {facts.get('count')} arcs.",
            "Export the layer again as TopoJSON, or as GeoJSON: an arc is missing, or its number is wrong.",
        ),
        "password": ("The workbook is protected by a password.", "Remove the password."),
        "memory": ("Reading the file takes more memory than allowed.", "Use a smaller part of it, or CSV."),
        "records": (
            "The JSON has no list of records.",
            "Use a list of records, or GeoJSON. Of a table in a data portal, export CSV.",
        ),
        "encoding": ("The geometry is not stored as WKB.", "Write it again with geopandas."),
        "bytes": ("A column has bytes that are not text.", "Delete the column."),
        "digits": (
            "A number has more than 18 digits, and would not be read exactly.",
            "Write identifiers as text, in quotes, or delete the column.",
        ),
    }
    message, remedy = sentences.get(code, ("The file cannot be read.", "Save it again, or as CSV."))
    return file_error(name, message, remedy)


def file_error(name: str, message: str, remedy: str) -> InputError:
    """Build an error about the whole file."""
    return InputError([Problem(table=name, message=message, remedy=remedy)])
