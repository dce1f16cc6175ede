"""Layout of a file of student records: encoding, delimiter, headings, format."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clustering.errors import InputError, Problem
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records.formats import (
    EDFI_ALIASES,
    FORMAT_OF,
    FORMATS,
    GENERIC_ALIASES,
    REQUIRED,
    RecordFormat,
    key_of,
)
from clustering.readers.text.encodings import is_character_set
from clustering.readers.text.headings import MAXIMUM_COLUMNS
from clustering.readers.text.layout import DELIMITERS

HEAD_BYTES = 1 << 16
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_ONEROSTER = ({"classsourcedid", "usersourcedid"}, {"orgsourcedids", "role"}, {"sourcedid", "parentsourcedid", "type"})

# Headings of student records consist of such words; a school's name or a student's does not.
_WORDS = frozenset(
    "student pupil child stu id ids identifier number num no nbr key code cd unique state statewide local district lea"
    " school sch campus building site dbn rcdts irn of for the serving home attending attended attendance enrolled"
    " enrollment enrolment current reporting grade grades grd gr level lvl year in entry".split()
)
_CODE_WORD = r"(^|_)(id|ids|identifier|number|num|no|nbr|key|code|cd|dbn|rcdts|irn)(_|$)"
_LIKELY = {
    "student_id": re.compile(rf"^(?=.*(student|pupil|child|stu)).*{_CODE_WORD}"),
    "school_id": re.compile(
        rf"^(?=.*(school|sch|campus|building|site)(_|$))(?!.*(student|home)).*{_CODE_WORD}|^school_of"
    ),
    "grade": re.compile(r"(^|_)(grade|grd|gr)(_|$)"),
}


@dataclass(frozen=True, kw_only=True)
class RecordLayout:
    """
    How one file is laid out.

    Parameters
    ----------
    path, name
        The file, and its name in problems.
    record_format
        One of ``formats.FORMAT_OF``.
    encoding, delimiter
        A Python codec; the sign between cells, empty for JSON.
    headings
        Of the columns, in order; their positions, from ``1``, if the file has no header row.
    has_header
        Whether the first record has the headings.
    """

    path: Path
    name: str
    record_format: RecordFormat
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    has_header: bool

    @property
    def first_row(self) -> int:
        """Row of the first record."""
        return 2 if self.has_header else 1


def recognise_layout(
    source: NamedFile, *, record_format: str | None, delimiter: str | None, encoding: str | None
) -> RecordLayout:
    """
    Recognise the layout by the start of a file.

    Parameters
    ----------
    source
        The file.
    record_format, delimiter, encoding
        Set by the user; ``None`` is recognised.

    Returns
    -------
    layout
        Nothing of the records is kept.

    Raises
    ------
    InputError
        The file is unreadable, empty or not text, or its encoding or format unknown.
    """
    path, name = source.path, source.name
    if record_format is not None and record_format not in FORMATS:
        raise file_error(
            name, f"There is no format called {record_format!r}.", f"Set kind=NAME, one of {', '.join(FORMATS)}."
        )
    start = _read_start(path, name, encoding)
    head = start.text
    is_json = head.lstrip()[:1] in {"[", "{"}
    sign = "" if is_json else delimiter or max(DELIMITERS, key=head.splitlines()[0].count)
    cells = () if is_json else _first_record(head, name, sign)
    is_senr = record_format == "calpads" or (bool(cells) and cells[0].upper() in {"SENR", "SENR-R", "CENR-R"})
    headings = tuple(str(position) for position in range(1, len(cells) + 1)) if is_senr else cells
    found = record_format or ("edfi" if is_json else "calpads" if is_senr else recognise_format(headings))
    if found is None:
        # The first row of a file without headings is a student: it must not be quoted.
        message = "The headings in the first row are of no known format of student records."
        likely = likely_required_columns(headings)
        columns = " and ".join(f"columns.{canonical}={likely.get(canonical, 'HEADING')}" for canonical in REQUIRED)
        remedy = f"Set kind=generic and {columns}, or kind=NAME, one of {', '.join(FORMATS[1:])}."
        if not likely:
            remedy = f"Delete rows above the headings. Otherwise s{remedy[1:]}"
        raise file_error(name, message, remedy)
    return RecordLayout(
        path=path,
        name=name,
        record_format=FORMAT_OF[found],
        encoding=start.encoding,
        delimiter=sign,
        headings=headings,
        has_header=not (is_json or is_senr),
    )


def recognise_format(headings: Sequence[str]) -> str | None:
    """
    Recognise the format by the headings.

    Parameters
    ----------
    headings
        First row of a file.

    Returns
    -------
    record_format
        ``edfi``, ``oneroster``, ``generic``, or ``None`` if these are no student records.
    """
    keys = {key_of(heading) for heading in headings}
    if any(marks <= keys for marks in _ONEROSTER):
        return "oneroster"
    if keys & set(EDFI_ALIASES["student_id"][:2]) and keys & set(EDFI_ALIASES["grade"]):
        return "edfi"
    if all(keys & set(GENERIC_ALIASES[canonical]) for canonical in REQUIRED):
        return "generic"
    return None


def likely_required_columns(headings: Sequence[str]) -> dict[str, str]:
    """
    Guess the required columns by headings that consist of words of such headings alone, which no student's cells do.

    Parameters
    ----------
    headings
        First row of a file, which may be a student.

    Returns
    -------
    likely
        Canonical column to the heading that is known, or else the first likely one.
    """
    keys = {key_of(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", heading)): heading for heading in reversed(headings)}
    plain = {key: heading for key, heading in keys.items() if set(key.split("_")) <= _WORDS}
    likely = {}
    for canonical, pattern in _LIKELY.items():
        known = (heading for heading in headings if key_of(heading) in GENERIC_ALIASES[canonical])
        words = (plain[key] for key in reversed(plain) if pattern.search(key))
        if (heading := next(known, None) or next(words, None)) is not None:
            likely[canonical] = heading
    return likely


def file_error(
    name: str, message: str, remedy: str, *, row: int | None = None, column: str | None = None
) -> InputError:
    """Build an error with one problem of a file."""
    return InputError([Problem(table=name, row=row, column=column, message=message, remedy=remedy)])


@dataclass(frozen=True)
class _Start:
    """The first text of a file, and its encoding."""

    text: str
    encoding: str


def _read_start(path: Path, name: str, encoding: str | None) -> _Start:
    try:
        with path.open("rb") as file:
            content = file.read(HEAD_BYTES)
    except IsADirectoryError:
        raise file_error(name, "This is a folder.", "Name each file in it that should be read.") from None
    except OSError as error:
        message = f"The file cannot be opened ({error.strerror})."
        raise file_error(name, message, "Check the path and the permissions.") from None
    if content.startswith(_ARCHIVES):
        message = "The file is a workbook or an archive, not text."
        raise file_error(name, message, "Save the sheet as CSV (UTF-8), or unpack the archive.")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    codec = encoding or ("utf-16" if is_utf16 else "utf-8")
    if not is_character_set(codec):
        message = f"There is no encoding called {codec[:100]!r}."
        raise file_error(name, message, "Set encoding=utf-8, or another such as cp1252 or latin-1.")
    try:
        head = codecs.getincrementaldecoder(codec)("replace").decode(content).removeprefix("\ufeff")
    except UnicodeError:  # UTF-16 and UTF-32 without the mark that says the order of their bytes
        remedy = "Save the file as UTF-8, or set its encoding, for example encoding=cp1252."
        raise file_error(name, f"The text is not {codec}.", remedy) from None
    if not head.strip():
        raise file_error(name, "The file is empty.", "Export it again.")
    if "\0" in head:
        raise file_error(name, "The file has NUL bytes.", "Export it again as CSV in UTF-8.")
    return _Start(head, codec)


def _first_record(head: str, name: str, delimiter: str) -> tuple[str, ...]:
    try:
        record = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration, TypeError):
        raise file_error(
            name, "The first row cannot be read.", "Check its quotation marks, or set the delimiter."
        ) from None
    if len(record) > MAXIMUM_COLUMNS:
        raise file_error(
            name, f"The file has more than {MAXIMUM_COLUMNS:,} columns.", "Keep the columns that are needed."
        )
    return tuple(cell.strip() for cell in record)
