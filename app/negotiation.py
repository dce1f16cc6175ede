"""Which form of an answer a client takes (``Accept``; RFC 9110, 12.5.1)."""

from __future__ import annotations

import re

_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


# The forms that ``f`` names, with the media type of each; GeoJSON is JSON too.
FORMS = {"json": "application/json", "geojson": "application/geo+json", "csv": "text/csv", "html": "text/html"}


def quality(accept: str, media_type: str) -> float:
    """
    Say how much a client likes a media type.

    Parameters
    ----------
    accept
        The header ``Accept``; blank takes everything.
    media_type
        Without parameters. ``application/json`` in the header takes ``application/geo+json`` too.

    Returns
    -------
    quality
        0 (it does not take it) to 1, of the range that names the type most closely.
    """
    if not accept.strip():
        return 1.0
    kind, _, name = media_type.partition("/")
    names = [media_type, f"{kind}/*", "*/*"]
    if name.endswith("+json"):
        names.insert(1, "application/json")
    given = dict(filter(None, map(_range, accept.split(","))))
    return next((given[each] for each in names if each in given), 0.0)


def prefers_csv(accept: str) -> bool:
    """Whether a client names CSV, and takes JSON no more readily."""
    csv = quality(accept, "text/csv")
    return "text/csv" in accept.lower() and csv > 0 and csv >= quality(accept, "application/json")


def prefers_page(accept: str) -> bool:
    """Whether a client names HTML, as browsers do that open an address, and takes it no less readily than JSON."""
    return "text/html" in accept.lower() and quality(accept, "text/html") >= quality(accept, "application/problem+json")


def _range(text: str) -> tuple[str, float] | None:
    """A range of media types and its quality; ``None`` for what is none."""
    name, *parameters = [each.strip().lower() for each in text.split(";")]
    if not re.fullmatch(r"[\w.+*-]+/[\w.+*-]+", name):
        return None
    found = [each.partition("=")[2].strip() for each in parameters if each.partition("=")[0].strip() == "q"]
    if not found:
        return name, 1.0
    return name, float(found[0]) if _QUALITY.fullmatch(found[0]) else 0.0
