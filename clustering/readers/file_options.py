"""How a file is to be read where guessing is wrong, or must not be tried: said by the user, per file name."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Literal

from clustering.errors import InputError, Problem

YearConvention = Literal["fall", "spring"]
TimeUnit = Literal["minutes", "seconds", "hours"]
MAXIMUM_SETTINGS = 200
MAXIMUM_SHOWN_CHARACTERS = 200
_DELIMITER_NAMES = {"comma": ",", "tab": "\t", "\\t": "\t", "pipe": "|", "caret": "^", "semicolon": ";"}


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """
    What the user says of a file; ``None`` leaves it to recognition.

    Parameters
    ----------
    kind
        One of ``kinds.FILE_KINDS``; ``matrix`` for flows or travel times with a column per destination.
    encoding
        A Python codec name, such as ``cp1252``.
    delimiter
        ``,`` tab ``|`` ``^`` or ``;``, or its name: ``comma``, ``tab``, ``pipe``, ``caret``, ``semicolon``.
    has_header
        Whether a record holds the names of the columns. Without one they are called ``column 1``, ``column 2`` ...
    header_row
        Row of that record, the first row of the file being 1; whatever stands above is left out.
    year_convention
        What a bare year such as 2022 means: the ``fall`` of school year 2022-23, or the ``spring`` of 2021-22.
    school_year
        School year of all records, such as ``2022-23``, for student records without such a column.
    snapshot
        Day of the count, as ``10-01``: a student belongs to the school attended on it; ``none`` for none.
    repeated
        What several records of one school are: ``first`` takes the first and sets the others aside, ``merge`` takes
        them for sites of one school, with the grades of all and the enrolment added up. Else they are an error.
    unit
        What travel times are in, where their heading does not say: ``minutes``, ``seconds`` or ``hours``.
    sheet, layer
        Which sheet of a workbook, or layer of a spatial file.
    crs
        Coordinate reference system of the geometry, such as ``EPSG:2272``, where the file does not say.
    columns
        Canonical name to heading, such as ``school_id`` to ``ES_ID``; goes before every alias.
    """

    kind: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    header_row: int | None = None
    year_convention: YearConvention | None = None
    repeated: Literal["first", "merge"] | None = None
    school_year: str | None = None
    snapshot: str | None = None
    unit: TimeUnit | None = None
    sheet: str | None = None
    layer: str | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


Options = Mapping[str, FileOptions]


def options_for(name: str, options: Options) -> FileOptions:
    """
    Gather what is said of one file.

    Parameters
    ----------
    name
        Its name.
    options
        File name, or a pattern with ``*``, to options; what is said of the very name goes before what a pattern says.

    Returns
    -------
    said
        One set of options.
    """
    said = FileOptions()
    for pattern in sorted(options, key=lambda each: (each == name, len(each))):
        if pattern == name or fnmatchcase(name, pattern):
            given = options[pattern]
            told = {each.name: getattr(given, each.name) for each in fields(FileOptions)}
            columns = {**said.columns, **given.columns}
            said = replace(said, **{key: value for key, value in told.items() if value is not None})
            said = replace(said, columns=columns)
    return said


def parse_file_options(texts: Iterable[str]) -> dict[str, FileOptions]:
    """
    Read options given as text, as the command line and HTTP take them.

    Parameters
    ----------
    texts
        ``NAME:option=value`` for one file, ``*.csv:option=value`` for several, ``option=value`` for all; a column as
        ``NAME:columns.school_id=ES_ID``.

    Returns
    -------
    options
        File name or pattern to :class:`FileOptions`.

    Raises
    ------
    InputError
        Unknown options or unreadable values: all of them at once.
    """
    problems: list[Problem] = []
    gathered: dict[str, dict[str, object]] = {}
    hints = typing.get_type_hints(FileOptions)
    given = list(texts)
    if len(given) > MAXIMUM_SETTINGS:
        raise InputError([_problem("options", None, f"There are more than {MAXIMUM_SETTINGS} options.", "Give fewer.")])
    for text in given:
        left, separator, value = text.partition("=")
        pattern, _, name = left.rpartition(":")
        pattern, name = pattern.strip() or "*", name.strip()
        option, _, canonical = name.partition(".")
        into = gathered.setdefault(pattern, {})
        if not separator or option not in hints or bool(canonical) != (option == "columns"):
            known = ", ".join(each.name for each in fields(FileOptions))
            remedy = f"Write NAME:option=value with an option of {known}; a column as columns.school_id=HEADING."
            problems.append(_problem(name or text, value or None, "There is no such option.", remedy))
        elif option == "columns":
            columns = into.setdefault("columns", {})
            typing.cast("dict[str, str]", columns)[canonical] = value.strip()
        else:
            try:
                into[option] = _convert(option, value.strip() or value, hints[option])
            except ValueError as error:
                problems.append(_problem(name, value, "The value cannot be read.", f"Give {error}."))
    if problems:
        raise InputError(problems)
    return {pattern: FileOptions(**values) for pattern, values in gathered.items()}  # type: ignore[arg-type]


def _convert(option: str, value: str, hint: object) -> object:
    kinds = [each for each in typing.get_args(hint) if each is not types.NoneType]
    if option == "delimiter":
        sign = _DELIMITER_NAMES.get(value.lower(), value)
        if sign not in _DELIMITER_NAMES.values():
            raise ValueError("comma, tab, pipe, caret or semicolon")
        return sign
    if kinds[0] is bool:
        named = {"true": True, "yes": True, "false": False, "no": False}
        if value.lower() not in named:
            raise ValueError("true or false")
        return named[value.lower()]
    if kinds[0] is int:
        if not value.isdecimal() or not 1 <= len(value) <= 6 or int(value) < 1:
            raise ValueError("a row number, the first row being 1")
        return int(value)
    if typing.get_origin(kinds[0]) is Literal and value not in typing.get_args(kinds[0]):
        raise ValueError(" or ".join(typing.get_args(kinds[0])))
    return value


def _problem(name: str, value: str | None, message: str, remedy: str) -> Problem:
    shown = None if value is None else value[:MAXIMUM_SHOWN_CHARACTERS]
    return Problem(table="options", column=name[:MAXIMUM_SHOWN_CHARACTERS], value=shown, message=message, remedy=remedy)
