"""Answers that are files: a table to download, or a document; their names say whether they may be released."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

from clustering import is_marked, release_name, with_release_mark

_ENDINGS = {"application/json": ".json", "application/geo+json": ".geojson", "text/html": ".html"}
CSV_MEDIA_TYPE = "text/csv; charset=utf-8"


def csv_response(body: bytes, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """
    Answer with CSV.

    Parameters
    ----------
    body
        The table.
    name
        Of the file, without its ending.
    headers
        Further headers.

    Returns
    -------
    response
        That a browser downloads.
    """
    file = _file_name(body, name, ".csv")
    disposition = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(body, headers={**(headers or {}), **disposition}, media_type=CSV_MEDIA_TYPE)


def document_response(
    body: bytes, name: str, media_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    """
    Answer with a document that a browser shows.

    Parameters
    ----------
    body
        JSON, GeoJSON or HTML.
    name
        Under which a browser would save it, without its ending.
    media_type
        Of the body.
    headers
        Further headers.

    Returns
    -------
    response
        Of exact counts it proposes a file name that says so.
    """
    named = {}
    if is_marked(body):
        ending = next(ending for kind, ending in _ENDINGS.items() if media_type.startswith(kind))
        named = {"Content-Disposition": f'inline; filename="{_file_name(body, name, ending)}"'}
    return Response(body, headers={**(headers or {}), **named}, media_type=media_type)


def with_member(envelope: bytes, name: str, document: bytes) -> bytes:
    """Put a document, byte for byte, into a JSON object as its last member; marked as the document is."""
    return with_release_mark(
        ".json",
        b'%b,"%b":%b}' % (envelope[:-1], name.encode(), document),
        "exact" if is_marked(document) else "protected",
    )


def _file_name(body: bytes, name: str, ending: str) -> str:
    if not is_marked(body):
        return f"{name}{ending}"
    return release_name(f"{name.removesuffix('-exact')}{ending}", "exact")
