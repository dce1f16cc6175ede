"""
The mark of files that hold exact counts of students: inside, and in their names.

Whoever finds such a file must see that it is not for release, whatever program opens it. So JSON has the mark as its
first member, features of GeoJSON as a property (map programs drop members outside the features), CSV as its
first column, since a line above the headings would break its readers, and pages in their heading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from clustering.errors import InputError, Problem
from clustering.model.disclosure_setting import MARK_FIELD, is_exact

MARK_NAME = "exact-not-for-release"
MARK_TEXT = "exact counts of students"
MARK_OF_PAGES = "Exact counts of students: not for release."

_FIELD = f'"{MARK_FIELD}":"{MARK_TEXT}"'.encode()
_MARKED_DATA = re.compile(rb'\{\s*"%b":|%b[,\n]' % ((MARK_FIELD.encode(),) * 2))
_CSV_RECORD = re.compile(rb'(?:"(?:[^"]|"")*"|[^"\n])*\n')


def release_name(name: str, disclosure: str) -> str:
    """
    Name a file, so that its name says whether it may be released.

    Parameters
    ----------
    name
        As for protected counts, or a path below a folder with ``/``.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    name
        For exact counts ``zones-exact-not-for-release.geojson`` of ``zones.geojson``; else as it was.
    """
    path = PurePosixPath(name)
    if not is_exact(disclosure) or MARK_NAME in path.name:
        return name
    return str(path.with_name(f"{path.stem}-{MARK_NAME}{path.suffix}"))


def with_release_mark(name: str, data: bytes, disclosure: str) -> bytes:
    """
    Write into a file of exact counts that it is not for release.

    Parameters
    ----------
    name
        Of the file, or its ending alone, which says what it is: ``.json``, ``.geojson``, ``.csv`` or ``.html``.
    data
        A JSON object, a table with a header, or a page.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    marked
        The same bytes for protected counts, and for a file that has its mark. Else JSON and GeoJSON have the member
        ``not_for_release`` first, features have it among their properties, and CSV has it as its first column.
    """
    if not is_exact(disclosure) or is_marked(data):
        return data
    ending = name.lower().rpartition(".")[2]  # a path named ".csv" would have no suffix
    if ending == "csv":
        return _marked_csv(data)
    if ending == "html":
        return _marked_page(data)
    if ending == "geojson":  # no text can hold this: quotes inside texts are escaped
        data = data.replace(b'"properties":{', b'"properties":{%b,' % _FIELD)
    return b"{%b%b%b" % (_FIELD, b"" if data[1:2] == b"}" else b",", data[1:])


def marked_files(contents: Mapping[str, bytes], disclosure: str) -> dict[str, bytes]:
    """
    Mark files that are written together.

    Parameters
    ----------
    contents
        File name to bytes.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    contents
        For exact counts with the mark in every file and name (:func:`with_release_mark`, :func:`release_name`).
    """
    return {
        release_name(name, disclosure): with_release_mark(name, data, disclosure) for name, data in contents.items()
    }


def is_marked(data: bytes) -> bool:
    """Whether a file says inside that it is not for release."""
    if data.lstrip()[:1] == b"<":
        return MARK_OF_PAGES.encode() in data
    return _MARKED_DATA.match(data) is not None


def check_name_says_exact(name: str, data: bytes) -> None:
    """
    Refuse a name that does not say what is in the file.

    Parameters
    ----------
    name
        That somebody chose.
    data
        Of the file.

    Raises
    ------
    InputError
        The file has the mark of exact counts, and the name does not hold ``exact``.
    """
    if "exact" in PurePosixPath(name).name.lower() or not is_marked(data):
        return
    message = "The file holds exact counts of students and is not for release, but its name does not say so."
    remedy = f"Call it {release_name(PurePosixPath(name).name, 'exact')}, or any name with exact in it."
    raise InputError([Problem(table="files", value=PurePosixPath(name).name, message=message, remedy=remedy)])


def _marked_csv(data: bytes) -> bytes:
    """Put a column before all others; a line feed within quotes ends no record."""
    records = _CSV_RECORD.findall(data if data.endswith(b"\n") else data + b"\n")
    head, *rows = records or [b"\n"]
    text = MARK_TEXT.encode()
    return b"".join([MARK_FIELD.encode(), b",", head, *(part for row in rows for part in (text, b",", row))])


def _marked_page(data: bytes) -> bytes:
    banner = f'<p class="warning" role="note"><strong>{MARK_OF_PAGES}</strong></p>'.encode()
    titled = data.replace(b"<title>", b"<title>Not for release: ", 1)
    return re.sub(rb"(<body[^>]*>)", lambda found: found[1] + banner, titled, count=1)
