r"""
What no request may hold: text that UTF-8 or PostgreSQL cannot hold, and numbers that no column can.

A lone surrogate, one half of a pair of UTF-16 (``\ud800``), can be written in JSON and in Python, and nowhere else: it
would be stored, and then every list that shows it would fail. PostgreSQL holds no text with the sign NUL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from app.errors import MAXIMUM_REQUEST_PROBLEMS, ServiceError, request_error

_WHOLE_NUMBERS = range(-(2**63), 2**63)
_TEXT = "The text holds a sign that cannot be kept: NUL, or one half of a pair (\\ud800 to \\udfff)."


def is_odd_text(text: str) -> bool:
    """Whether UTF-8 or a database cannot hold a text."""
    if "\0" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def is_odd_bytes(data: bytes) -> bool:
    """Whether bytes are no text in UTF-8, or hold NUL."""
    try:
        return "\0" in data.decode()
    except UnicodeDecodeError:
        return True


def refuse_odd_value(value: Any, start: str = "") -> None:
    """
    Refuse plain values that cannot be stored.

    Parameters
    ----------
    value
        As ``json.loads`` gives it.
    start
        Of the names of fields in the problem.

    Raises
    ------
    ServiceError
        422 of type ``unreadable-text``, or ``invalid-input`` if numbers alone are wrong.
    """
    problems = []
    is_text = False
    for name, each in _leaves(value, start):
        if isinstance(each, str) and is_odd_text(each):
            is_text = True
            problems.append((_shown(name), _TEXT, "Take the sign out."))
        elif isinstance(each, float) and not math.isfinite(each):
            problems.append((_shown(name), "This is no finite number.", "Give a number, or null."))
        elif isinstance(each, int) and each not in _WHOLE_NUMBERS:
            problems.append((_shown(name), "This whole number is too large.", "Give one of at most 64 bits."))
        if len(problems) == MAXIMUM_REQUEST_PROBLEMS:
            break
    if problems:
        detail = "The request holds values that cannot be kept."
        raise request_error(422, detail, problems, type_name="unreadable-text" if is_text else None)


def refuse_odd_json(body: bytes | str, start: str = "") -> None:
    """As :func:`refuse_odd_value`, of JSON; what is no JSON is left to whoever reads it."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    refuse_odd_value(value, start)


def odd_form(body: bytes) -> ServiceError | None:
    """Refuse the fields of a form (``application/x-www-form-urlencoded``), or the query of an address."""
    problems = [
        (name.decode("ascii", "replace"), _TEXT, "Write texts in UTF-8, percent-encoded.")
        for name, _, value in (field.partition(b"=") for field in body.split(b"&"))
        if is_odd_bytes(_decoded(name)) or is_odd_bytes(_decoded(value))
    ]
    if not problems:
        return None
    return request_error(400, "A parameter holds what UTF-8 cannot.", problems, type_name="unreadable-text")


def odd_address(path: bytes, query: bytes) -> ServiceError | None:
    """Refuse an address whose path or query is not UTF-8 behind its percent signs."""
    if is_odd_bytes(unquote_to_bytes(path)):
        return ServiceError(400, "The path of the address holds what UTF-8 cannot.", type_name="unreadable-text")
    return odd_form(query) if query else None


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _leaves(value: Any, start: str) -> Iterator[tuple[str, Any]]:
    """Every name and value of nested plain values, without recursion: they may be nested deeply."""
    waiting = [(start, value)]
    while waiting:
        name, each = waiting.pop()
        if isinstance(each, dict):
            yield from ((name, key) for key in each)
            waiting += [(f"{name}.{key}"[-200:] if name else str(key)[:200], inner) for key, inner in each.items()]
        elif isinstance(each, list):
            waiting += [(f"{name}.{number}"[-200:], inner) for number, inner in enumerate(each)]
        else:
            yield name, each


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode().replace("\0", "?").lstrip(".")
