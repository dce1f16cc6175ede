"""Answers of the OGC interface: links, the form that is wanted, and bytes of JSON or HTML."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from app.errors import ServiceError

JSON, HTML, GEOJSON = "application/json", "text/html", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
_FORMS = {"json": (JSON, GEOJSON, OPENAPI.split(";", maxsplit=1)[0], SCHEMA), "html": (HTML,)}
Link = dict[str, str]


def base_of(request: Request) -> str:
    """Address of the OGC interface as the client sees it, without a slash at its end."""
    return f"{str(request.base_url).rstrip('/')}/ogc"


def link(rel: str, href: str, kind: str = JSON, title: str = "") -> Link:
    """A link of a document."""
    return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {})}


def self_links(request: Request, form: str, kind: str = JSON) -> list[Link]:
    """Links to this document, and to it in the other form."""
    plain = request.url.remove_query_params("f")
    here, there = ("json", "html") if form == "json" else ("html", "json")
    kinds = {"json": kind, "html": HTML}
    return [
        link("self", str(request.url), kinds[here], "This document"),
        link("alternate", str(plain.include_query_params(f=there)), kinds[there], f"This document as {there.upper()}"),
    ]


def wanted_form(request: Request) -> str:
    """
    Choose JSON or HTML by ``f``, else by the header ``Accept``.

    Parameters
    ----------
    request
        Without both it gets JSON.

    Returns
    -------
    form
        ``json`` or ``html``.

    Raises
    ------
    ServiceError
        406 if none fits.
    """
    named = request.query_params.get("f")
    if named in _FORMS:
        return named
    accepted = request.headers.get("accept") or "*/*"
    if named is None and (form := _accepted_form(accepted)) is not None:
        return form
    raise ServiceError(406, "This address has JSON and HTML: give f=json or f=html, or accept one of the two.")


def _accepted_form(accepted: str) -> str | None:
    """The form of the media range that is preferred most; JSON where both are alike."""
    best: dict[str, float] = {}
    for each in accepted.split(","):
        kind, *parameters = (part.strip().lower() for part in each.split(";"))
        quality = next((_number(part[2:]) for part in parameters if part.startswith("q=")), 1.0)
        for form, kinds in _FORMS.items():
            if kind in kinds or kind == "*/*" or (kind.endswith("/*") and kinds[0].startswith(kind[:-1])):
                best[form] = max(best.get(form, 0.0), quality)
    fitting = [form for form in _FORMS if best.get(form, 0.0) > 0]
    return max(fitting, key=lambda form: best[form], default=None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


@dataclass(frozen=True, kw_only=True)
class Table:
    """
    A table of a page.

    Parameters
    ----------
    headings
        Of its columns.
    rows
        Cells as plain values; a link is shown as one.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


def document_answer(
    request: Request,
    document: Mapping[str, Any],
    *,
    form: str,
    kind: str = JSON,
    title: str = "",
    tables: Sequence[Table] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a document as JSON, or as a page with its title, tables and links."""
    own = {"Vary": "Accept", **(headers or {})}
    if form == "html":
        page = _page(request, title or str(document.get("title", "")), document, tables)
        return Response(page, media_type=HTML, headers=own)
    return Response(json_of(document), headers={**own, "Content-Type": kind})


def json_of(document: Mapping[str, Any]) -> bytes:
    """A document as UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def anchor(href: str, text: str) -> Link:
    """A cell of a table that is a link."""
    return {"href": href, "title": text}


def _page(request: Request, title: str, document: Mapping[str, Any], tables: Sequence[Table]) -> str:
    static = f"{str(request.base_url).rstrip('/')}/static/pages.css"
    described = f"<p>{_cell(document['description'])}</p>" if document.get("description") else ""
    shown = [each for each in document.get("links", ()) if each["rel"] != "self"]
    links = "".join(f"<li>{_cell({'title': each.get('title', each['rel']), **each})}</li>" for each in shown)
    mark = "Not for release: " if "not_for_release" in document else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{mark}{_cell(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{html.escape(static)}"></head><body><main id="main">'
        f'<p><a href="{html.escape(base_of(request))}?f=html">OGC interface</a></p>'
        f"<h1>{mark}{_cell(title)}</h1>{described}{''.join(map(_table, tables))}<h2>Links</h2><ul>{links}</ul>"
        "</main></body></html>\n"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_cell(each)}</th>' for each in table.headings)
    rows = "".join(f"<tr>{''.join(f'<td>{_cell(each)}</td>' for each in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return f'<a href="{html.escape(value["href"])}">{html.escape(value["title"])}</a>'
    return "" if value is None else html.escape(str(value))
