"""
The one escaper that stands before everything that enters Folium, a page or a spreadsheet.

Folium compiles its own output as a second, unsandboxed template, so braces in a school's name could run as code on the
server; Leaflet and the browser add their own ways in. ``html.escape`` stops neither braces nor template literals.
"""

from __future__ import annotations

import html
import re

from clustering.model.plain_text import plain_text

_TEMPLATE_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}$\\`%#"})
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "\ufeff")  # noqa: RUF001 (full-width signs)


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
    escaped = html.escape(plain_text(text), quote=True)
    # References hold "#" and "&" of their own: they are set aside before those signs are escaped.
    parts = re.split(r"(&#?\w+;)", escaped)
    return "".join(part if number % 2 else part.translate(_TEMPLATE_SIGNS) for number, part in enumerate(parts))


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
        The same text, after an apostrophe if it begins with ``= + - @``, a tab or a carriage return.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
