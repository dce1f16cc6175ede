"""A state's own indicator sets from a file: JSON, or a table with a row per indicator."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from clustering.conditions.readiness.indicator_sets import IndicatorSet, parse_indicator_set
from clustering.errors import InputError, Problem
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.readers.raw_table import NamedFile, Source, name_of
from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings

MAXIMUM_JSON_BYTES = 2_000_000
MAXIMUM_SETS = 20
_NUMBERS = ("least", "greatest", "strength_from", "gap_to")
_OF_THE_SET = ("set_title", "source", "labels", *_NUMBERS)


def read_indicator_sets(
    source: Source, *, options: ReadOptions | None = None, encoding: str | None = None
) -> tuple[IndicatorSet, ...]:
    """
    Read indicator sets that a state has written down.

    Parameters
    ----------
    source
        A file of JSON with the fields of one set, or a list of such; or a table (CSV, XLSX, DataFrame) with a row per
        indicator: ``indicator`` and ``title``; ``domain``; and for the whole set ``set``, ``set_title``, ``least``,
        ``greatest``, ``labels`` (separated by ``;``), ``strength_from``, ``gap_to`` and ``source``, each in one row
        of the set or in all. Without marks the upper half of the scale is a strength and the lower half a gap.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    sets
        In the order of the file, at most :data:`MAXIMUM_SETS`.

    Raises
    ------
    InputError
        With every fault: file, row, column, value and remedy.
    """
    document = _json_of(source)
    if document is not None:
        documents = document if isinstance(document, list) else [document]
        name = name_of(cast("str | Path | NamedFile", source))
        _refuse_too_many(len(documents), name)
        return _sets_of_documents(documents, name)
    findings = open_one_file(source, "indicator_sets", options, encoding)
    rows = _rows(findings)
    refuse_errors(findings)
    _refuse_too_many(rows["set"].nunique(), findings.table.name)
    documents = [_document_of(str(name), of_set) for name, of_set in rows.groupby("set", sort=False)]
    return _sets_of_documents(documents, findings.table.name)


def _json_of(source: Source) -> Any:
    """The content of a file of JSON; ``None`` for every other source."""
    if not isinstance(source, str | Path | NamedFile):
        return None
    path = source.path if isinstance(source, NamedFile) else Path(source)
    if Path(name_of(source)).suffix.lower() != ".json":
        return None
    try:
        content = path.read_bytes()[: MAXIMUM_JSON_BYTES + 1]
        if len(content) > MAXIMUM_JSON_BYTES:
            raise _unreadable(source, "The file is larger than 2 MB.")
        return json.loads(content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise _unreadable(source, f"The file is no JSON ({type(error).__name__}).") from None


def _unreadable(source: str | Path | NamedFile, message: str) -> InputError:
    remedy = "Give the fields of an indicator set as JSON in UTF-8, or a table with a row per indicator."
    return InputError([Problem(table=name_of(source), message=message, remedy=remedy)])


def _refuse_too_many(count: int, name: str) -> None:
    if count > MAXIMUM_SETS:
        message = f"The file has {count:,} indicator sets, more than {MAXIMUM_SETS}."
        raise InputError([Problem(table=name, message=message, remedy="Give the sets in several files.")])


def _sets_of_documents(documents: list[Any], name: str) -> tuple[IndicatorSet, ...]:
    """The sets of plain values; faults of all of them at once, each with the name of the file."""
    sets: list[IndicatorSet] = []
    problems: list[Problem] = []
    for position, document in enumerate(documents):
        where = document.get("set_id") if isinstance(document, dict) else None
        try:
            sets.append(parse_indicator_set(document))
        except InputError as error:
            called = str(where)[:64] if isinstance(where, str) and where else f"set {position + 1}"
            problems += [replace(each, table=name, message=f"{called}: {each.message}") for each in error.problems]
    names = [each.set_id for each in sets]
    problems += [
        Problem(table=name, value=each, message="Two sets have this identifier.", remedy="Give each set its own.")
        for each in sorted({each for each in names if names.count(each) > 1})
    ]
    if not documents:
        problems.append(Problem(table=name, message="The file has no indicator set.", remedy="Write at least one."))
    if problems:
        raise InputError(problems)
    return tuple(sets)


def _rows(findings: Findings) -> pd.DataFrame:
    """Indicators of the file, a row each, numbers parsed; problems are added."""
    columns = ("set", "set_title", "indicator", "title", "domain", "labels", "source")
    rows = pd.DataFrame({name: findings.column(name) for name in columns})
    rows["set"] = rows["set"].where(rows["set"] != "", _only_set(findings, rows["set"]))
    for name in ("indicator", "title"):
        remedy = f"Write the {name} in every row."
        findings.mark(rows[name] == "", name, message=f"The {name} is missing.", remedy=remedy)
    findings.mark(
        rows.duplicated(["set", "indicator"]) & (rows["indicator"] != ""),
        "indicator",
        message="The set has this indicator already.",
        remedy="Keep one of the rows, or give each indicator its own identifier.",
    )
    for name in _NUMBERS:
        texts = findings.column(name)
        rows[name], bad = parse_numbers(texts)
        findings.mark(bad, name, message="This is not a number.", remedy="Write a number such as 4, or leave it blank.")
    for name in _OF_THE_SET:
        given = rows.loc[rows[name].notna() & (rows[name] != ""), ["set", name]]
        differs = given.groupby("set")[name].transform("nunique") > 1
        findings.mark(
            differs.reindex(rows.index, fill_value=False),
            name,
            message="The rows of this set do not agree.",
            remedy="Write the same in each row of the set, or in one row only.",
        )
    return rows


def _only_set(findings: Findings, names: pd.Series) -> str:
    """What rows without the name of a set belong to: the set that is named, or one named after the file."""
    named = names[names != ""].unique()
    if len(named) == 1:
        return str(named[0])
    if len(named) > 1:
        remedy = "Name the set in every row: the file has several."
        findings.mark(names == "", "set", message="The row does not say its set.", remedy=remedy)
    return findings.table.name.rpartition(".")[0][:64] or "own set"


def _document_of(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Fields of one set, from its rows."""

    def text_of(column: str) -> Any:
        texts = rows.loc[rows[column].notna() & (rows[column] != ""), column]
        return texts.iloc[0] if len(texts) else None

    least, greatest = text_of("least"), text_of("greatest")
    low = 1.0 if least is None else float(least)
    high = 4.0 if greatest is None else float(greatest)
    middle = (low + high) / 2
    strength, gap = text_of("strength_from"), text_of("gap_to")
    labels = [label.strip() for label in (text_of("labels") or "").split(";") if label.strip()]
    renamed = rows[["indicator", "title", "domain"]].rename(columns={"indicator": "indicator_id"})
    return {
        "set_id": name,
        "title": text_of("set_title") or name,
        "source": text_of("source") or "",
        "least": low,
        "greatest": high,
        "labels": labels,
        "strength_from": float(strength) if strength is not None else middle + 0.5,
        "gap_to": float(gap) if gap is not None else middle - 0.5,
        "indicators": renamed.to_dict("records"),
    }
