"""Bytes of a text file to UTF-8, and the encoding that they had."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from clustering.errors import InputError, Problem

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The codecs of Python that are character sets; the others decode escapes, or take a long time.
_CHARACTER_SETS = re.compile(r"utf-(8|8-sig|16|32)(-[lb]e)?$|ascii|iso|cp\d|mac-|koi8|kz1048|big5|gb|euc|shift|tis-620")
# Bytes that Windows-1252 does not assign: text with one of them has another encoding.
_NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SAMPLED_BYTES = 4096


@dataclass(frozen=True)
class DecodedText:
    """
    Text as UTF-8 bytes without byte order mark.

    Parameters
    ----------
    body
        The bytes.
    encoding
        The codec the file had.
    is_guessed
        Whether the codec was neither set by the user, nor marked, nor UTF-8.
    """

    body: bytes
    encoding: str
    is_guessed: bool


def decode_text(content: bytes, name: str, encoding: str | None = None) -> DecodedText:
    """
    Turn the bytes of a text file into UTF-8.

    Parameters
    ----------
    content
        All bytes.
    name
        What problems call the file.
    encoding
        A Python codec name; else the byte order mark decides, else UTF-8 if the bytes are, else UTF-16 if every other
        byte is NUL, else Windows-1252, or Latin-1 where a byte is none of Windows-1252.

    Returns
    -------
    text
        The text and its encoding.

    Raises
    ------
    InputError
        An unknown encoding, text that is not in it, or NUL bytes.
    """
    marked = next(((mark, codec) for mark, codec in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    body = content[len(marked[0]) :] if marked else content
    if encoding is not None and not is_character_set(encoding):
        remedy = "Set encoding=utf-8, or another such as cp1252 or latin-1."
        message = f"There is no encoding called {encoding[:100]!r}."
        raise InputError([Problem(table=name, message=message, remedy=remedy)])
    codec = encoding or (marked[1] if marked else _unmarked_utf16(body))
    if codec is not None:
        return DecodedText(_to_utf8(body, name, codec), codec, is_guessed=False)
    if body.isascii() or _is_utf8(body):
        return DecodedText(_without_nul(body, name), "utf-8", is_guessed=False)
    guess = "latin-1" if _NOT_IN_CP1252.search(body) else "cp1252"
    return DecodedText(_to_utf8(body, name, guess), guess, is_guessed=True)


def is_character_set(codec: str) -> bool:
    """Whether a codec of Python says how characters are written, and not how bytes are packed or escaped."""
    try:
        return _CHARACTER_SETS.match(codecs.lookup(codec).name) is not None
    except (LookupError, ValueError):
        return False


def first_foreign_row(content: bytes) -> int:
    """Row of the first bytes that are not UTF-8, the header being row 1."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return _row_of(content, error.start)
    return 1


def _to_utf8(body: bytes, name: str, codec: str) -> bytes:
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        position = f"byte 0x{body[error.start]:02x} at offset {error.start:,}"
        message = f"The text is not {codec} ({position})."
        remedy = "Save the file as UTF-8, or set its encoding, for example encoding=cp1252."
        problem = Problem(table=name, row=_row_of(body, error.start), message=message, remedy=remedy)
        raise InputError([problem]) from None
    return _without_nul(body if codec == "utf-8" else text.encode("utf-8", "replace"), name)


def _without_nul(text: bytes, name: str) -> bytes:
    if b"\0" in text:
        remedy = "Export it again as CSV in UTF-8. Renaming a workbook or an archive to .csv does not make it text."
        row = _row_of(text, text.index(b"\0"))
        raise InputError([Problem(table=name, row=row, message="The file has NUL bytes.", remedy=remedy)])
    return text


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(body: bytes) -> str | None:
    """Codec of UTF-16 without a mark: in text of Latin letters nearly every other byte is NUL."""
    head = body[:_SAMPLED_BYTES]
    if len(head) < 4 or len(body) % 2:
        return None
    for codec, high_bytes, low_bytes in (
        ("utf-16-le", head[1::2], head[0::2]),
        ("utf-16-be", head[0::2], head[1::2]),
    ):
        if high_bytes.count(0) >= 0.9 * len(high_bytes) and not low_bytes.count(0):
            return codec
    return None


def _row_of(body: bytes, offset: int) -> int:
    return body[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
