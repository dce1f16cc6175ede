"""A table as a file to download."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

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
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(body, headers={**(headers or {}), **disposition}, media_type=CSV_MEDIA_TYPE)
