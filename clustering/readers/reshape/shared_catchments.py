"""Polygons that are the catchment of several schools: of one for each level, or of schools that share an area."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.errors import Problem
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.headings import heading_key, recognise_headings
from clustering.readers.text.columns import TextColumn

_LEVELS: Mapping[str, str] = {
    **dict.fromkeys(("elementary", "elementar", "elem", "elm", "el", "es", "primary"), "elementary"),
    **dict.fromkeys(("middle", "mid", "ms", "intermediate", "int", "junior", "jh", "jhs"), "middle"),
    **dict.fromkeys(("high", "hs", "senior"), "high"),
}
_IDENTIFIER_WORDS = {"id", "code", "cd", "num", "number", "no", "nbr"}
_NAME_WORDS = {"name", "nm", "nam"}
# A shapefile cuts a heading after ten letters.
_OTHER_WORDS = re.compile(
    r"s|sc|sch|schl|scho|schoo|school|schools|zone|zones|attendance|area|boundary|district|dist|bnd"
)
_KNOWN_FORM = {"ES_ID", "MS_ID", "HS_ID"}  # read as a layer of one level (validation.catchments)
_NO_SCHOOL = {"", "0", "0.0", "none", "n/a", "na", "null"}
_SEPARATOR = re.compile(r"\s*[,;/&|]\s*|\s+and\s+")
_MOST_SCHOOLS = 10  # that share an area; a cell of a thousand numbers is something else
_WORD = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class _LevelColumn:
    """A column that names the school of one level by its identifier or its name."""

    heading: str
    word: str  # a layer may have MID and INT, which are both of middle schools
    canonical: str  # school_id or name


def spread_levels(table: RawTable, role: str) -> RawTable:
    """
    Make a catchment of each level of polygons that name their elementary, middle and high school in a column each.

    Parameters
    ----------
    table
        A file as it was parsed.
    role
        What it is used as; only catchments are changed.

    Returns
    -------
    spread
        With a record for each polygon and level that has a school, and columns ``school_id`` or ``name``, and
        ``level``. The same table if it has columns of its own for the identifier or the name of a school, or if the
        user names one. A warning says which columns were taken.
    """
    if role != "catchments" or "school_id" in table.options.columns or _KNOWN_FORM & set(table.headings):
        return table
    columns = list(_level_columns(table))
    if not columns or {"school_id", "name", "level"} & _recognised(table).keys() or not _are_one_each(columns):
        return table
    records, levels = [], []
    cells: dict[str, list[str]] = {canonical: [] for canonical in sorted({each.canonical for each in columns})}
    for word in dict.fromkeys(each.word for each in columns):
        texts = {
            each.canonical: table.column(each.heading).series().astype("str") for each in columns if each.word == word
        }
        has_school = ~np.logical_and.reduce([text.str.lower().isin(_NO_SCHOOL) for text in texts.values()])
        records.append(np.flatnonzero(has_school))
        levels += [_LEVELS[word]] * int(has_school.sum())
        for canonical, text in texts.items():
            cells[canonical] += text[has_school].tolist()
    named = ", ".join(each.heading for each in columns)
    several = "schools of several levels" if len(set(levels)) > 1 else f"{levels[0] if levels else 'no'} schools"
    problem = Problem(
        table=table.name,
        column=columns[0].heading,
        message=f"The polygons name {several} ({named}); each is a catchment of every school that it names.",
        remedy=f"If it is the catchment of one only, set columns.school_id={columns[0].heading}, or another of them.",
        is_error=False,
    )
    spread = _repeating(table, np.concatenate(records), {**cells, "level": levels}, problem)
    used = {each.heading for each in columns}
    return replace(spread, encoded={heading: texts for heading, texts in spread.encoded.items() if heading not in used})


def spread_schools(table: RawTable, role: str) -> RawTable:
    """
    Make a catchment of each school of polygons whose identifier is that of several, such as ``15K001, 15K124``.

    Parameters
    ----------
    table
        A file as it was parsed.
    role
        What it is used as; only catchments are changed.

    Returns
    -------
    spread
        With a record for each polygon and school. A text is only divided if every part of it is written like the
        identifiers of the other polygons. A warning shows some.
    """
    heading = _recognised(table).get("school_id") if role == "catchments" else None
    if heading is None:
        return table
    column = table.column(heading)
    divided = _divided(column)
    if not divided:
        return table
    texts = column.series().astype("str").tolist()
    parts = [divided.get(text, [text]) for text in texts]
    shown = "; ".join(list(divided)[:5])
    problem = Problem(
        table=table.name,
        column=heading,
        message=f"Some polygons have several identifiers and are a catchment of each of these schools: {shown[:200]}.",
        remedy="Nothing needs to be done if they share the area. If it is one identifier, write no such sign in it.",
        is_error=False,
    )
    records = np.repeat(np.arange(len(table)), [len(each) for each in parts])
    return _repeating(table, records, {heading: [part for each in parts for part in each]}, problem)


def _recognised(table: RawTable) -> Mapping[str, str]:
    return recognise_headings(table.headings, table=table.name, role="catchments", options=table.options).headings


def _level_columns(table: RawTable) -> Iterator[_LevelColumn]:
    words_of = {heading: heading_key(heading).split("_") for heading in table.headings}
    if any({"low", "lo"} & set(words) for words in words_of.values()):  # beside it, HIGH is a grade
        return
    for heading, words in words_of.items():
        said = [word for word in words if word in _LEVELS]
        if "high" in said and {"junior", "jh"} & set(said):
            said.remove("high")
        others = {word for word in words if word not in _LEVELS and not _OTHER_WORDS.fullmatch(word)}
        if len(said) != 1 or not others <= _IDENTIFIER_WORDS | _NAME_WORDS:
            continue
        is_name = bool(others & _NAME_WORDS) or (not others and _holds_words(table.column(heading)))
        yield _LevelColumn(heading, said[0], "name" if is_name else "school_id")


def _holds_words(column: TextColumn) -> bool:
    texts = [text for text in column.texts.to_pylist() if text.lower() not in _NO_SCHOOL]
    return bool(texts) and 2 * sum(_WORD.search(text) is not None for text in texts) > len(texts)


def _are_one_each(columns: Sequence[_LevelColumn]) -> bool:
    """Whether every level has the same columns, each once; identifiers of one level alone would join nothing."""
    kinds: dict[str, list[str]] = {}
    for each in columns:
        kinds.setdefault(each.word, []).append(each.canonical)
    return len({tuple(sorted(each)) for each in kinds.values()}) == 1 and all(
        len(set(each)) == len(each) for each in kinds.values()
    )


def _divided(column: TextColumn) -> dict[str, list[str]]:
    """Texts that are several identifiers, and which."""
    texts = [text for text in column.texts.to_pylist() if text]
    parts = {text: [part for part in _SEPARATOR.split(text.strip()) if part] for text in texts}
    forms = {_form_of(text) for text, each in parts.items() if len(each) == 1}
    return {
        text: each
        for text, each in parts.items()
        if 1 < len(each) <= _MOST_SCHOOLS and {_form_of(part) for part in each} <= forms
    }


def _form_of(text: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))


def _repeating(table: RawTable, records: np.ndarray, cells: Mapping[str, Sequence[str]], problem: Problem) -> RawTable:
    """A table of these records, some of them several times, with further or other columns."""
    taken = pa.array(records)
    encoded = {heading: texts.take(taken) for heading, texts in table.encoded.items()}
    encoded |= {heading: pa.array(pd.Series(texts, dtype="str"), type=pa.string()) for heading, texts in cells.items()}
    return replace(
        table,
        encoded=encoded,
        geometry=None if table.geometry is None else table.geometry[records],
        rows=table.rows_of_records()[records],
        problems=(*table.problems, problem),
        _trimmed={},
    )
