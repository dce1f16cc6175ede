"""Which cell of a file of assessments is a value of which indicator: a row per value, or a column per indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.conditions.readiness.indicator_sets import IndicatorSet
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import Findings

CELL_COLUMNS = ("record", "column", "set_id", "indicator_id", "text")
_MAXIMUM_NAMED = 12


@dataclass(frozen=True)
class _Names:
    """
    The indicators by what a file may call them.

    Parameters
    ----------
    sets
        Key of a set's identifier or title to its identifier.
    indicators
        Key of an indicator's identifier or title to its identifiers, by set.
    """

    sets: dict[str, str]
    indicators: dict[str, dict[str, str]]


def cells_of(findings: Findings, sets: Sequence[IndicatorSet]) -> pd.DataFrame:
    """
    Find the values of a file.

    Parameters
    ----------
    findings
        The file; problems are added where a set or an indicator is not known.
    sets
        What may be assessed.

    Returns
    -------
    cells
        ``CELL_COLUMNS``: ``record`` (position in the file), ``column`` (canonical name or heading of the cell),
        identifiers of set and indicator, and the ``text``. Blank cells are left out.
    """
    names = _names_of(sets)
    if {"indicator", "value"} <= findings.headings.keys():
        return _long_cells(findings, names)
    return _wide_cells(findings, names)


def _names_of(sets: Sequence[IndicatorSet]) -> _Names:
    named: dict[str, str] = {}
    indicators: dict[str, dict[str, str]] = {}
    for each in sets:
        for text in (each.set_id, each.title):
            named.setdefault(_key(text), each.set_id)
        for indicator in each.indicators:
            prefixed = f"{each.set_id} {indicator.indicator_id}"
            for text in (indicator.indicator_id, indicator.title, prefixed):
                indicators.setdefault(_key(text), {}).setdefault(each.set_id, indicator.indicator_id)
    return _Names(named, indicators)


def _key(text: str) -> str:
    """A name as files vary it: without capitals and signs; a name without Latin letters as it is."""
    return heading_key(text) or text.strip().lower()


def _long_cells(findings: Findings, names: _Names) -> pd.DataFrame:
    cells = pd.DataFrame(
        {
            "record": range(len(findings.table)),
            "column": "value",
            "set_text": findings.column("set"),
            "indicator_text": findings.column("indicator"),
            "text": findings.column("value"),
        }
    )
    return _resolved(findings, cells, names, column="indicator")


def _wide_cells(findings: Findings, names: _Names) -> pd.DataFrame:
    used = set(findings.headings.values())
    headings = [each for each in findings.table.headings if each not in used and _key(each) in names.indicators]
    if not headings:
        known = [indicator for by_set in names.indicators.values() for indicator in by_set.values()]
        shown = ", ".join(list(dict.fromkeys(known))[:_MAXIMUM_NAMED])
        findings.note(
            "The file has neither columns indicator and value, nor a column for any indicator of the sets.",
            f"Give a row per value with the columns indicator and value, or name columns as the indicators: {shown}.",
            is_error=True,
        )
        return _resolved(findings, pd.DataFrame(columns=["record", "column", "set_text", "text"]), names, column="set")
    for heading in headings:
        findings.headings[heading] = heading
    set_texts = findings.column("set")
    parts = [
        pd.DataFrame(
            {
                "record": range(len(findings.table)),
                "column": heading,
                "set_text": set_texts,
                "indicator_text": heading,
                "text": findings.table.column(heading).series(),
            }
        )
        for heading in headings
    ]
    return _resolved(findings, pd.concat(parts, ignore_index=True), names, column="set")


def _resolved(findings: Findings, cells: pd.DataFrame, names: _Names, *, column: str) -> pd.DataFrame:
    """Identifiers of the set and the indicator of each cell that has a text; unknown names are reported."""
    if column == "indicator":
        findings.set_aside(cells["text"] == "", "The row has no value: the indicator is not assessed.")
    cells = cells[cells["text"] != ""].reset_index(drop=True)
    if cells.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in CELL_COLUMNS}).astype({"record": "int64"})
    found = {pair: _find(*pair, names) for pair in set(zip(cells["set_text"], cells["indicator_text"], strict=True))}
    answers = [found[pair] for pair in zip(cells["set_text"], cells["indicator_text"], strict=True)]
    for fault in sorted({each.fault for each in answers if each.fault}):
        records = cells.loc[[each.fault == fault for each in answers], "record"].unique()
        rows = pd.Series(range(len(findings.table))).isin(records)
        name = "set" if fault == _NO_SET else column
        findings.mark(rows, name, message=fault, remedy=_remedy(fault, names))
    resolved = cells.assign(
        set_id=[each.set_id for each in answers], indicator_id=[each.indicator_id for each in answers]
    )
    return resolved.loc[[not each.fault for each in answers], list(CELL_COLUMNS)].reset_index(drop=True)


@dataclass(frozen=True)
class _Answer:
    set_id: str = ""
    indicator_id: str = ""
    fault: str = ""


_NO_SET = "There is no indicator set with this name."
_NO_INDICATOR = "The set has no such indicator."
_SEVERAL_SETS = "Several sets have this indicator, and the row does not say which is meant."


def _find(set_text: str, indicator_text: str, names: _Names) -> _Answer:
    by_set = names.indicators.get(_key(indicator_text), {})
    if set_text == "":
        if len(by_set) == 1:
            return _Answer(*next(iter(by_set.items())))
        return _Answer(fault=_SEVERAL_SETS if by_set else _NO_INDICATOR)
    set_id = names.sets.get(_key(set_text))
    if set_id is None:
        return _Answer(fault=_NO_SET)
    return _Answer(set_id, by_set[set_id]) if set_id in by_set else _Answer(fault=_NO_INDICATOR)


def _remedy(fault: str, names: _Names) -> str:
    if fault == _NO_INDICATOR:
        return "Correct the indicator, or add it to the set: its identifier or its title counts."
    known = ", ".join(list(dict.fromkeys(names.sets.values()))[:_MAXIMUM_NAMED])
    return f"Write one of these in a column set: {known}; or give the set as a file."
