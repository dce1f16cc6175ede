"""Pages of features: the query, the entity tag, and the bytes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response

from app.api.ogc.answers import (
    GEOJSON,
    HTML,
    Link,
    Table,
    anchor,
    base_of,
    document_answer,
    link,
    self_links,
    wanted_form,
)
from app.errors import ServiceError, request_error, service_error
from app.services.kept_responses import keep_while_stored
from app.services.layers import LayerRow, find_layer, read_layer
from app.services.service import Service
from app.store import Proposal
from clustering import IndexedLayer, InputError

DEFAULT_LIMIT, MAXIMUM_LIMIT = 100, 10_000
RESERVED = ("limit", "bbox", "datetime", "after", "properties", "f", "bbox-crs", "crs")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True, kw_only=True)
class ItemsQuery:
    """
    What a request for features asks for.

    Parameters
    ----------
    limit
        Most features.
    after
        Identifier of the last feature of the page before.
    bbox
        West, south, east, north [degrees].
    equal
        Property to the value that it must have.
    properties
        Those that are wanted; ``None`` for all.
    """

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    bbox: tuple[float, ...] | None = None
    equal: Mapping[str, str] = field(default_factory=dict)
    properties: tuple[str, ...] | None = None


def items_answer(request: Request, service: Service, collection_id: str) -> Response:
    """A page of features, or 304 if the client has it."""
    layer = find_layer(service, collection_id)
    form = wanted_form(request)
    headers = _headers(request, layer, form)
    query = parse_query(request)
    if _is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    indexed = read_layer(service, layer)
    try:
        page = indexed.page(
            limit=query.limit, after=query.after, bbox=query.bbox, equal=query.equal, properties=query.properties
        )
    except InputError as error:
        raise bad_request(error) from None
    links = [*self_links(request, form, GEOJSON), _link_up(request, layer)]
    if page.last is not None:
        following = str(request.url.include_query_params(after=page.last))
        links.append(link("next", following, GEOJSON if form == "json" else HTML, "Next page"))
        headers["Link"] = f'<{following}>; rel="next"'
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    counts = f'"numberMatched":{page.matched},"numberReturned":{page.returned},"timeStamp":"{now}"'
    start = f'{{{_mark(layer)}"type":"FeatureCollection",{counts},"links":{json.dumps(links)},"features":['
    body = b"".join([start.encode(), page.features, b"]}"])
    if form == "html":
        return _page_of_items(request, layer, indexed, json.loads(body), headers)
    if isinstance(layer.row, Proposal):
        keep_while_stored(request.state, layer.row)
    return Response(body, headers={**headers, "Content-Type": GEOJSON, "Content-Crs": f"<{CRS84}>"})


def item_answer(request: Request, service: Service, collection_id: str, feature_id: str) -> Response:
    """One feature."""
    refuse_unknown(request, ("f", "crs"))
    layer = find_layer(service, collection_id)
    form = wanted_form(request)
    indexed = read_layer(service, layer)
    if (feature := indexed.feature(feature_id)) is None:
        raise ServiceError(404, "There is no such feature.")
    headers = _headers(request, layer, form)
    if _is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    links = [*self_links(request, form, GEOJSON), _link_up(request, layer)]
    if form == "html":
        content = {**json.loads(feature), "links": links}
        table = Table(headings=("Property", "Value"), rows=list(content["properties"].items()))
        return document_answer(request, content, form=form, title=feature_id, tables=[table], headers=headers)
    body = b'{%b"links":%b,%b' % (_mark(layer).encode(), json.dumps(links).encode(), feature[1:])
    return Response(body, headers={**headers, "Content-Type": GEOJSON, "Content-Crs": f"<{CRS84}>"})


def parse_query(request: Request) -> ItemsQuery:
    """
    Read the query of a request for features.

    Parameters
    ----------
    request
        Every parameter that is not reserved is a property and the value that it must have.

    Returns
    -------
    query
        Whose properties are not checked yet.

    Raises
    ------
    ServiceError
        400 if a value cannot be read or a parameter is given twice.
    """
    given = dict(request.query_params)
    if len(given) != len(request.query_params.multi_items()):
        raise bad_parameter("query", "A parameter is given twice.", "Give each once.")
    for name in ("crs", "bbox-crs"):
        if given.get(name, CRS84) != CRS84:
            raise bad_parameter(name, "There is no such coordinate system here.", f"Give {CRS84} or leave it out.")
    if "datetime" in given:
        check_datetime(given["datetime"])  # features have no time, so that all of them fit
    names = given.get("properties")
    return ItemsQuery(
        limit=read_limit(given.get("limit"), default=DEFAULT_LIMIT, maximum=MAXIMUM_LIMIT),
        after=given.get("after"),
        bbox=_bbox(given["bbox"]) if "bbox" in given else None,
        equal={name: text for name, text in given.items() if name not in RESERVED},
        properties=None if names is None else tuple(filter(None, names.split(","))),
    )


def refuse_unknown(request: Request, known: tuple[str, ...]) -> None:
    """Refuse query parameters that an address does not know with 400, as the standard has it."""
    for name in request.query_params:
        if name not in known:
            raise bad_parameter(name, "There is no such query parameter.", f"Known: {', '.join(known)}.")


def check_datetime(text: str) -> None:
    """Refuse with 400 what is no time and no interval of times (RFC 3339, ``..`` for an open end)."""
    for part in text.split("/", 1):
        if part in ("", "..") and "/" in text:
            continue
        try:
            datetime.fromisoformat(part)
        except ValueError:
            remedy = "Give a time such as 2026-09-01T00:00:00Z, or two with / between them."
            raise bad_parameter("datetime", "This is no time.", remedy) from None


def bad_parameter(name: str, message: str, remedy: str) -> ServiceError:
    """400 for a query parameter."""
    return request_error(400, "The address has a query parameter that cannot be used.", [(name, message, remedy)])


def bad_request(error: InputError) -> ServiceError:
    """What the library finds wrong with a query, as 400."""
    extra = service_error(error).extra
    return ServiceError(400, "The address has a query parameter that cannot be used.", extra=extra)


def read_limit(text: str | None, *, default: int, maximum: int) -> int:
    """Most features or rows of a page, ``maximum`` for any number above it; 400 for what is no number above 0."""
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) > 0):
        raise bad_parameter("limit", "This is no whole number above 0.", f"Give 1 to {maximum:,}.")
    return min(int(text), maximum)


def _bbox(text: str) -> tuple[float, ...]:
    """Four numbers, or six of which the heights are left out."""
    remedy = "Give west,south,east,north in degrees, such as -99.9,39.0,-98.5,40.2."
    try:
        numbers = tuple(map(float, text.split(",")))
    except ValueError:
        raise bad_parameter("bbox", "These are no numbers.", remedy) from None
    if len(numbers) == 6:
        numbers = (*numbers[:2], *numbers[3:5])
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or numbers[1] > numbers[3]:
        raise bad_parameter("bbox", "This is no box.", remedy)
    return numbers


def _headers(request: Request, layer: LayerRow, form: str) -> dict[str, str]:
    """
    Headers by which a client can keep an answer.

    What a layer holds never changes; the addresses in it and the software that writes it may. The tag is a weak one,
    since the time of writing is in a page, too.
    """
    seen = f"{request.url}\n{form}\n{_release()}".encode("utf-8", "replace")
    tag = hashlib.blake2b(seen, digest_size=12).hexdigest()
    return {"ETag": f'W/"{layer.row.id[:13]}-{tag}"', "Cache-Control": "private, no-cache", "Vary": "Accept"}


@cache
def _release() -> str:
    return version("feeder-zones")


def _link_up(request: Request, layer: LayerRow) -> Link:
    return link("collection", f"{base_of(request)}/collections/{layer.collection_id}")


def _mark(layer: LayerRow) -> str:
    """The first member of what holds exact counts."""
    return '"not_for_release":"exact counts of students",' if layer.is_exact else ""


def _is_known(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match")
    bare = tag.removeprefix("W/")
    return known is not None and bare in {each.strip().removeprefix("W/") for each in known.split(",")}


def _page_of_items(
    request: Request, layer: LayerRow, indexed: IndexedLayer, document: dict[str, Any], headers: Mapping[str, str]
) -> Response:
    own = f"{base_of(request)}/collections/{layer.collection_id}/items"
    names = list(indexed.fields)
    rows = [
        [
            anchor(f"{own}/{quote(feature['id'], safe='~')}?f=html", feature["id"]),
            *(feature["properties"].get(name) for name in names),
        ]
        for feature in document["features"]
    ]
    counted = f"{document['numberReturned']} of {document['numberMatched']} features."
    table = Table(headings=("id", *names), rows=rows)
    content = {**document, "description": f"{layer.description} {counted}"}
    return document_answer(request, content, form="html", title=layer.title, tables=[table], headers=headers)
