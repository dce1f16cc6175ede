"""
The one escaper that stands before everything that enters Folium, a page or a spreadsheet.

Folium compiles its own output as a second, unsandboxed template, so braces in a school's name could run as code on the
server; Leaflet and the browser add their own ways in. ``html.escape`` stops neither braces nor template literals.
"""

from __future__ import annotations

import html
import re

from clustering.model.plain_text import plain_text

_REFERENCES = {sign: f"&#{ord(sign)};" for sign in "{}$\\`%#"} | {sign: html.escape(sign) for sign in "&<>\"'"}
_SIGN = re.compile(f"[{re.escape(''.join(_REFERENCES))}]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\ufeff")  # noqa: RUF001 (full-width signs)


def escape_for_html(text: str) -> str:
    """
    Make text safe wherever Folium, Jinja, HTML or a script may read it, so that a browser shows it as it was.

    Parameters
    ----------
    text
        Anything, uploaded names in particular.

    Returns
    -------
    escaped
        No angle bracket, ampersand, quote, brace, dollar, per cent, number sign, backslash or backtick, except in
        character references; control characters are spaces.
    """
    return _SIGN.sub(lambda sign: _REFERENCES[sign[0]], plain_text(text))


def escape_for_csv(text: str) -> str:
    """
    Disarm text that a spreadsheet would run as a formula.

    Parameters
    ----------
    text
        A cell of a text column.

    Returns
    -------
    safe
        The same text, after an apostrophe if it begins with ``= + - @``, a tab or the end of a line.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
