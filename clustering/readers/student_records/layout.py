"""What a file of student records is: encoding, delimiter, headings, form."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clustering.errors import InputError, Problem
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records.formats import (
    CALPADS_PERSONAL_POSITIONS,
    COLUMNS,
    EDFI_ALIASES,
    FORM_OF,
    FORMS,
    GENERIC_ALIASES,
    REQUIRED,
    Form,
    is_personal,
    key_of,
)
from clustering.readers.text.layout import DELIMITERS, MAXIMUM_COLUMNS

HEAD_BYTES = 1 << 16
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_ONEROSTER = ({"classsourcedid", "usersourcedid"}, {"orgsourcedids", "role"}, {"sourcedid", "parentsourcedid", "type"})


@dataclass(frozen=True, kw_only=True)
class RecordLayout:
    """
    How one file is laid out.

    Parameters
    ----------
    path, name
        Where it is; what problems call it.
    form
        One of ``forms.FORMS``.
    encoding, delimiter
        A Python codec; the sign between cells, empty for JSON.
    headings
        Of the columns, in order; their places, from ``1``, where the file has no header row.
    has_header
        Whether the first record holds the headings.
    """

    path: Path
    name: str
    form: Form
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    has_header: bool

    @property
    def first_row(self) -> int:
        """Row of the first record."""
        return 2 if self.has_header else 1


def recognise_layout(
    source: NamedFile, *, form: str | None, delimiter: str | None, encoding: str | None
) -> RecordLayout:
    """
    Look at the start of a file.

    Parameters
    ----------
    source
        The file.
    form, delimiter, encoding
        What the caller knows better; ``None`` is recognised.

    Returns
    -------
    layout
        Nothing of the records is kept.

    Raises
    ------
    InputError
        Unreadable, empty, no text, an unknown encoding or form.
    """
    path, name = source.path, source.name
    if form is not None and form not in FORMS:
        raise refused(name, f"There is no form called {form!r}.", f"Name one of {', '.join(FORMS)}.")
    head, codec = _read_head(path, name, encoding)
    is_json = head.lstrip()[:1] in {"[", "{"}
    sign = "" if is_json else delimiter or max(DELIMITERS, key=head.splitlines()[0].count)
    cells = () if is_json else _first_record(head, name, sign)
    is_senr = form == "calpads" or (bool(cells) and cells[0].upper() in {"SENR", "SENR-R", "CENR-R"})
    headings = tuple(str(place) for place in range(1, len(cells) + 1)) if is_senr else cells
    found = form or ("edfi" if is_json else "calpads" if is_senr else recognise_form(headings))
    if found is None:
        # The first row of a file without headings is a student: it is not repeated.
        message = "No form of student records is recognised by the headings in the first row."
        remedy = f"Take rows above the headings out of the file; else name the form ({', '.join(FORMS)}), and a heading"
        remedy += f" for each of {', '.join(REQUIRED)}."
        raise refused(name, message, remedy)
    return RecordLayout(
        path=path,
        name=name,
        form=FORM_OF[found],
        encoding=codec,
        delimiter=sign,
        headings=headings,
        has_header=not (is_json or is_senr),
    )


def recognise_form(headings: Sequence[str]) -> str | None:
    """
    Tell a form by its headings.

    Parameters
    ----------
    headings
        First row of a file.

    Returns
    -------
    form
        ``edfi``, ``oneroster``, ``generic``, or ``None``: these are no student records.
    """
    keys = {key_of(heading) for heading in headings}
    if any(marks <= keys for marks in _ONEROSTER):
        return "oneroster"
    if keys & set(EDFI_ALIASES["student_id"][:2]) and keys & set(EDFI_ALIASES["grade"]):
        return "edfi"
    if all(keys & set(GENERIC_ALIASES[canonical]) for canonical in REQUIRED):
        return "generic"
    return None


def find_columns(layout: RecordLayout, columns: Mapping[str, str] | None) -> tuple[dict[str, str], list[Problem]]:
    """
    Find the heading of each canonical column.

    Parameters
    ----------
    layout
        The file.
    columns
        Canonical column to heading, where the caller knows better.

    Returns
    -------
    headings
        Canonical name to heading, for the columns present.
    problems
        Columns that are missing, named twice, personal, or unknown; and, as a warning, personal ones left unread.
    """
    keys = {key_of(heading): heading for heading in reversed(layout.headings)}
    found = {
        canonical: keys[alias]
        for canonical, aliases in layout.form.aliases.items()
        if (alias := next((alias for alias in aliases if alias in keys), None)) is not None
    }
    stated = dict(columns or {})
    headings = {canonical: heading for canonical, heading in found.items() if heading not in stated.values()}
    headings |= {canonical: heading for canonical, heading in stated.items() if canonical in COLUMNS}
    problems = [
        *_problems_of_stated(layout, stated),
        *_problems_of_headings(layout, headings),
        *warn_of_personal(layout.name, personal_headings(layout)),
    ]
    return headings, problems


def personal_headings(layout: RecordLayout) -> tuple[str, ...]:
    """Headings, or places, of columns that tell who a student is."""
    if layout.has_header:
        return tuple(heading for heading in layout.headings if is_personal(heading))
    return tuple(str(place) for place in CALPADS_PERSONAL_POSITIONS if str(place) in layout.headings)


def warn_of_personal(name: str, headings: Sequence[str]) -> list[Problem]:
    """Warn that a file names its students; nothing of these columns is read."""
    if not headings:
        return []
    message = f"The file tells who its students are ({', '.join(headings[:30])}); these columns were not read."
    remedy = "Leave them out when the file is exported."
    return [Problem(table=name, row=1, message=message, remedy=remedy, is_error=False)]


def refused(name: str, message: str, remedy: str, *, row: int | None = None, column: str | None = None) -> InputError:
    """Make the error that one problem of a file is."""
    return InputError([Problem(table=name, row=row, column=column, message=message, remedy=remedy)])


def _problems_of_stated(layout: RecordLayout, stated: Mapping[str, str]) -> list[Problem]:
    problems = []
    for canonical, heading in stated.items():
        if canonical not in COLUMNS:
            message, remedy = f"There is no column called {canonical}.", f"Name one of {', '.join(COLUMNS)}."
        elif heading not in layout.headings:
            message, remedy = f"The file has no column for {canonical} under the heading that was stated.", "Check it."
        elif heading in personal_headings(layout):
            message, remedy = "The column tells who a student is: it is never read.", "Name another column."
        elif list(stated.values()).count(heading) > 1:
            message, remedy = "Two columns are stated to stand under this heading.", "Name a heading for each."
        else:
            continue
        problems.append(Problem(table=layout.name, row=1, column=heading, message=message, remedy=remedy))
    return problems


def _problems_of_headings(layout: RecordLayout, headings: Mapping[str, str]) -> list[Problem]:
    missing = [canonical for canonical in REQUIRED if canonical not in headings]
    twice = [heading for heading in sorted(set(headings.values())) if layout.headings.count(heading) > 1]
    return [
        *(
            Problem(
                table=layout.name,
                row=1,
                column=canonical,
                message=f"No column of these {layout.form.name} records gives {canonical}.",
                remedy=f"Say which column it is, or call it {canonical}.",
            )
            for canonical in missing
        ),
        *(
            Problem(
                table=layout.name,
                row=1,
                column=heading,
                message="The heading stands more than once.",
                remedy="Give every column a name of its own.",
            )
            for heading in twice
        ),
    ]


def _read_head(path: Path, name: str, encoding: str | None) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            start = file.read(HEAD_BYTES)
    except IsADirectoryError:
        raise refused(name, "This is a folder.", "Name the files in it, all that are to be read.") from None
    except OSError as error:
        message = f"The file cannot be opened ({error.strerror})."
        raise refused(name, message, "Check the path and the permissions.") from None
    if start.startswith(_ARCHIVES):
        message = "The file is a workbook or an archive, not text."
        raise refused(name, message, "Save the sheet as CSV (UTF-8), or unpack the archive.")
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    codec = encoding or ("utf-16" if is_utf16 else "utf-8")
    try:
        head = codecs.lookup(codec).incrementaldecoder("replace").decode(start)
    except (LookupError, TypeError, ValueError):
        message = f"There is no encoding called {codec!r}."
        raise refused(name, message, "Name one such as utf-8, cp1252 or latin-1.") from None
    head = head.removeprefix("\ufeff")
    if not head.strip():
        raise refused(name, "The file is empty.", "Export it again.")
    if "\0" in head:
        raise refused(name, "The file has NUL bytes.", "Export it again as CSV in UTF-8.")
    return head, codec


def _first_record(head: str, name: str, delimiter: str) -> tuple[str, ...]:
    try:
        record = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration, TypeError):
        raise refused(name, "The first row cannot be read.", "Check its quotes, or name the delimiter.") from None
    if len(record) > MAXIMUM_COLUMNS:
        raise refused(name, f"The file has more than {MAXIMUM_COLUMNS:,} columns.", "Keep the columns that are needed.")
    return tuple(cell.strip() for cell in record)
