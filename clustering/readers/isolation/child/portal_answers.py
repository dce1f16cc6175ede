"""The lists of records in JSON, alone or as the portals of Socrata, CKAN and Opendatasoft answer with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clustering.readers.isolation.child.answers import CodedError

Record = Mapping[str, Any]
_LISTS = ("results", "items", "records")
_TOTALS = ("total", "total_count", "nhits")
_OF_SYSTEM = "meta_data"


def records_of(content: Any) -> list[Record]:
    """
    Find the records in parsed JSON.

    Parameters
    ----------
    content
        A list of records; a list under ``results``, ``items`` or ``records``, which CKAN puts under ``result``; or
        Socrata's ``rows.json``, lists of cells under ``data`` with their columns in ``meta``. A record of Opendatasoft
        has its cells under ``fields``.

    Returns
    -------
    records
        At least one. The columns that Socrata adds for itself are left out, such as ``id`` and ``created_at``.

    Raises
    ------
    CodedError
        There is no list of records.
    """
    answer = _answer(content)
    records = _of_socrata(answer) if isinstance(answer, dict) and "data" in answer else _listed(answer)
    if not isinstance(records, list) or not records or not all(isinstance(record, dict) for record in records):
        raise CodedError("records")
    return list(map(_without_wrapper, records))


def is_page(content: Any, records: Sequence[Record]) -> bool:
    """Whether an answer says that there are more records than it has."""
    answer = _answer(content)
    totals = [str(answer.get(name)) for name in _TOTALS] if isinstance(answer, dict) else []
    return any(total.isdecimal() and int(total[:18]) > len(records) for total in totals)


def _answer(content: Any) -> Any:
    within = content.get("result") if isinstance(content, dict) else None
    return within if isinstance(within, dict) else content


def _listed(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return next((answer[name] for name in _LISTS if name in answer), None)


def _of_socrata(answer: Record) -> list[Record] | None:
    """Cells by heading; a heading that two columns have is the second time the name that the portal uses."""
    data, view = answer["data"], _member(_member(answer, "meta"), "view")
    columns = view.get("columns")
    if not isinstance(columns, list) or not isinstance(data, list):
        return _listed(data)  # type: ignore[no-any-return]
    headings: list[str | None] = []
    for column in columns:
        if not isinstance(column, dict):
            return None
        name = str(column.get("name"))
        chosen = str(column.get("fieldName")) if name in headings else name
        headings.append(None if column.get("dataTypeName") == _OF_SYSTEM else chosen)
    if not all(isinstance(row, list) and len(row) == len(headings) for row in data):
        return None
    return [{name: cell for name, cell in zip(headings, row, strict=True) if name is not None} for row in data]


def _member(record: Record, name: str) -> Record:
    member = record.get(name)
    return member if isinstance(member, dict) else {}


def _without_wrapper(record: Record) -> Record:
    """The cells of a record of Opendatasoft, with its place if they do not have it."""
    fields = record.get("fields")
    if not isinstance(fields, dict) or not {"datasetid", "recordid"} & record.keys():
        return record
    return {**({"geometry": record["geometry"]} if "geometry" in record else {}), **fields}
