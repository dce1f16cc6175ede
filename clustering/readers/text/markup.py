"""What stands around a table of text and is no part of it: tags of a web page, and further byte order marks."""

from __future__ import annotations

import codecs
import re

TAG = rb"<[/!?]?[A-Za-z][^<>\r\n]{0,200}>"
# A byte order mark that was taken for text of Windows-1252, and so stands there as three letters.
_MARKS = codecs.BOM_UTF8 + b"|" + "\u00ef\u00bb\u00bf".encode()
_BEFORE = re.compile(rb"(?:" + _MARKS + rb"|" + TAG + rb"|[ \t\r\n])+")
_AFTER = re.compile(rb"(?:" + TAG + rb"|[ \t\r\n])+\Z")
_SEARCHED_BYTES = 4096


def without_markup(body: bytes) -> tuple[bytes, str]:
    """
    Leave out tags and byte order marks before the first heading, and tags after the last record.

    Parameters
    ----------
    body
        UTF-8.

    Returns
    -------
    body
        With the same line breaks, so that rows keep their numbers; the same object if there is nothing to leave out.
    markup
        The tags before the first heading; blank without any.
    """
    found = _BEFORE.match(body, 0, _SEARCHED_BYTES)
    if found is None or not re.search(rb"<|" + _MARKS, found.group()):
        return body, ""
    rest = body[found.end() :]
    closing = _AFTER.search(rest, max(0, len(rest) - _SEARCHED_BYTES))
    if closing is not None:
        rest = rest[: closing.start()] + b"\n"
    markup = b" ".join(re.findall(TAG, found.group())).decode(errors="replace")
    return re.sub(rb"[^\r\n]", b"", found.group()) + rest, markup[:100]
