"""Ed-Fi StudentSchoolAssociations in the form of the API: a JSON array."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.readers.student_records.formats import COLUMNS, EDFI_ALIASES, key_of
from clustering.readers.student_records.layout import RecordLayout, file_error
from clustering.readers.student_records.raw_records import RecordTable

MAXIMUM_BYTES = 256 * 1024**2
_REFERENCES = ("studentReference", "schoolReference", "schoolYearTypeReference")


def read_edfi_json(layout: RecordLayout) -> RecordTable:
    """
    Read a JSON array of associations.

    Parameters
    ----------
    layout
        The file. References such as ``schoolReference`` may be nested, as in the API.

    Returns
    -------
    table
        Row 1 is the first element. Numbers keep their digits as text.

    Raises
    ------
    InputError
        The file is not JSON, not an array of objects, or larger than 256 MiB.
    """
    if layout.path.stat().st_size > MAXIMUM_BYTES:
        raise file_error(layout.name, "The JSON file is larger than 256 MiB.", "Export the associations as CSV.")
    try:
        text = layout.path.read_text(encoding="utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
        elements = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise file_error(layout.name, "The file is not JSON.", "Export it again.") from None
    if not isinstance(elements, list) or not elements:
        message = "The file is not a JSON array of associations."
        raise file_error(layout.name, message, "Export the associations as one array, [...].")
    not_objects = [row for row, element in enumerate(elements, start=1) if not isinstance(element, dict)]
    if not_objects:
        message = "An element of the array is not an association."
        raise file_error(layout.name, message, "Export the associations as one array of objects.", row=not_objects[0])
    fields = {alias: canonical for canonical, aliases in EDFI_ALIASES.items() for alias in aliases}
    flat = [_flatten(element, fields) for element in elements]
    present = [canonical for canonical in COLUMNS if any(canonical in record for record in flat)]
    texts = {canonical: [record.get(canonical, "") for record in flat] for canonical in present}
    if missing := _missing(layout.name, present):
        raise InputError(missing)
    ids = texts.pop("student_id")
    return RecordTable(
        name=layout.name,
        record_format=layout.record_format,
        first_row=1,
        cells={canonical: pd.Categorical(pd.array(column, dtype="str")) for canonical, column in texts.items()},
        student_ids=pa.chunked_array([pa.array(ids, pa.string())]),
        headings={canonical: EDFI_ALIASES[canonical][0] for canonical in present},
        unused=(),
        encoding=layout.encoding,
        delimiter="",
        problems=(),
    )


def _flatten(element: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, str]:
    plain = dict(element)
    for reference in _REFERENCES:
        nested = element.get(reference)
        if isinstance(nested, dict):
            plain |= nested
    record: dict[str, str] = {}
    for name, value in plain.items():
        canonical = fields.get(key_of(name))
        if canonical is not None and isinstance(value, str | bool):
            record[canonical] = str(value).strip()
    return record


def _missing(name: str, present: list[str]) -> list[Problem]:
    return [
        Problem(
            table=name,
            column=EDFI_ALIASES[canonical][0],
            message="No association has this property.",
            remedy="Export StudentSchoolAssociations with all their required properties.",
        )
        for canonical in ("student_id", "school_id", "grade", "entry_date")
        if canonical not in present
    ]
