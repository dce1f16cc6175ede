"""Text that is no delimited text: web pages, map files and fixed width are refused by name, with what to export."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clustering.errors import InputError, Problem
from clustering.readers.text.markup import TAG, without_markup

_START_BYTES = 1_000
_PAGE = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*-->\s*)*<(!doctype\s+html|html|head|body|table|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_CELLS = re.compile(rb"<(table|tr|td|th)\b", re.IGNORECASE)
_PREFORMATTED = re.compile(rb"<pre\b", re.IGNORECASE)
_SEARCHED_BYTES = 1_000_000
_SPREADSHEET = re.compile(rb"\s*<\?xml[^>]*>\s*(<\?mso-application[^>]*>\s*)?<([a-z]+:)?Workbook\b", re.IGNORECASE)
SPATIAL_EXPORT = (
    "Open it in a geographic program (QGIS, ArcGIS) and save it as GeoJSON, GeoPackage or a zipped shapefile."
)
# First bytes of text that other programs draw maps from.
_MAP_FILES = (
    (re.compile(rb"!table\s", re.IGNORECASE), "a MapInfo table (TAB), which is several files"),
    (
        re.compile(rb"version\s+\d+\s+(charset|delimiter|coordsys|columns)\b", re.IGNORECASE),
        "a MapInfo interchange file (MIF)",
    ),
    (
        re.compile(rb"(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*-->\s*)*<gpx\b", re.IGNORECASE | re.DOTALL),
        "a GPX of places or tracks",
    ),
    (re.compile(rb"(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*-->\s*)*<(wfs|gml|ogr):", re.IGNORECASE | re.DOTALL), "GML"),
)
_GAP = re.compile(r"\S {2,}(?=\S)")
_LEAST_GAPS = 2
_SAVED_AGAIN = "Open it in a spreadsheet program and save it as CSV, or as a workbook (XLSX)."


def check_is_no_page(content: bytes, name: str) -> None:
    """
    Refuse a web page, which report servers call ``.xls``, a workbook of the years before 2007 in XML, and map files.

    Delimited text with tags only before and after it, or within ``<pre>``, is no web page.

    Parameters
    ----------
    content
        Of the file.
    name
        What problems call the file.

    Raises
    ------
    InputError
        The file is one of them.
    """
    start = content[:_START_BYTES].removeprefix(b"\xef\xbb\xbf")
    if _PAGE.match(start) and not _holds_plain_text(content[:_SEARCHED_BYTES]):
        raise _refused(name, "The file is a web page (HTML), whatever its name says.", _SAVED_AGAIN)
    if _SPREADSHEET.match(start):
        raise _refused(name, "The file is a workbook in an old form of XML, whatever its name says.", _SAVED_AGAIN)
    for pattern, called in _MAP_FILES:
        if pattern.match(start.lstrip()):
            raise _refused(name, f"The file is {called}, which is not read.", SPATIAL_EXPORT)


def check_has_no_fixed_width(headings: Sequence[str], name: str) -> None:
    """
    Refuse a file with columns of fixed width, which is one column to a reader of delimited text.

    Parameters
    ----------
    headings
        That were found in the file.
    name
        What problems call the file.

    Raises
    ------
    InputError
        The only heading is three words or more with wide gaps between them.
    """
    if len(headings) == 1 and len(_GAP.findall(headings[0])) >= _LEAST_GAPS:
        message = "The file has columns of fixed width: blanks stand between them, and no delimiter."
        remedy = "Open it in a spreadsheet program, divide the text by fixed width, and save it as CSV."
        raise _refused(name, message, remedy)


def _holds_plain_text(page: bytes) -> bool:
    """Whether what looks like a web page is plain text with tags around it, and no table."""
    if _CELLS.search(page):
        return False
    body, _ = without_markup(page)
    return bool(body.strip()) and (_PREFORMATTED.search(page) is not None or re.search(TAG, body) is None)


def _refused(name: str, message: str, remedy: str) -> InputError:
    return InputError([Problem(table=name, message=message, remedy=remedy)])
