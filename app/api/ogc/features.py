"""OGC API Features: what there is, its collections, and their features (parts 1, 3 queryables and 5 schemas)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.api.ogc.answers import (
    GEOJSON,
    HTML,
    OPENAPI,
    SCHEMA,
    Link,
    Table,
    anchor,
    base_of,
    document_answer,
    link,
    self_links,
    wanted_form,
)
from app.api.ogc.items import CRS84, item_answer, items_answer, refuse_unknown
from app.api.ogc.openapi import openapi_document
from app.api.ogc.pages import page_answer, read_page
from app.api.ogc.schemas import GEOMETRIES, field_schemas
from app.api.paging import WHOLE
from app.services.dependencies import ServiceHere
from app.services.layers import LayerRow, covering_extent, find_layer, list_layers, read_layer
from app.services.service import Service
from app.store import Rows, page_of

# Listed in the document of /ogc/api, not in that of the other routes.
router = APIRouter(prefix="/ogc", include_in_schema=False)

_SPEC = "http://www.opengis.net/spec"
CONFORMANCE = (
    *(f"{_SPEC}/ogcapi-common-1/1.0/conf/{name}" for name in ("core", "landing-page", "json", "html", "oas30")),
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    *(f"{_SPEC}/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    *(f"{_SPEC}/ogcapi-features-3/1.0/conf/{name}" for name in ("queryables", "queryables-query-parameters")),
    *(f"{_SPEC}/ogcapi-features-5/1.0/conf/{name}" for name in ("schemas", "queryables")),
    *(
        f"{_SPEC}/ogcapi-processes-1/1.0/conf/{name}"
        for name in ("core", "ogc-process-description", "json", "html", "oas30", "job-list", "dismiss")
    ),
)
_METHODS = ["GET"]
_MAXIMUM_COLLECTIONS = 1_000


@router.api_route("", methods=_METHODS)
@router.api_route("/", methods=_METHODS)
async def landing(request: Request, service: ServiceHere) -> Response:  # noqa: ARG001 (who may read is checked by it)
    """Where everything is."""
    refuse_unknown(request, ("f",))
    form, base = wanted_form(request), base_of(request)
    links = [
        *self_links(request, form),
        link("service-desc", f"{base}/api", OPENAPI, "The interface as OpenAPI"),
        link("service-doc", f"{str(request.base_url).rstrip('/')}/docs", HTML, "The other HTTP interface"),
        link("conformance", f"{base}/conformance", title="What of the standards is kept"),
        link("data", f"{base}/collections", title="Collections"),
        link("http://www.opengis.net/def/rel/ogc/1.0/processes", f"{base}/processes", title="Processes"),
        link("http://www.opengis.net/def/rel/ogc/1.0/job-list", f"{base}/jobs", title="Jobs"),
    ]
    document = {
        "title": "Feeder Zones",
        "description": "Zones proposed, their schools and their feeder links, for map programs (OGC API).",
        "links": links,
    }
    return document_answer(request, document, form=form)


@router.api_route("/conformance", methods=_METHODS)
async def conformance(request: Request, service: ServiceHere) -> Response:  # noqa: ARG001
    """The parts of the standards that are kept."""
    refuse_unknown(request, ("f",))
    form = wanted_form(request)
    table = Table(headings=("Class",), rows=[[each] for each in CONFORMANCE])
    return document_answer(request, {"conformsTo": list(CONFORMANCE)}, form=form, title="Conformance", tables=[table])


@router.api_route("/api", methods=_METHODS)
async def interface(request: Request, service: ServiceHere) -> Response:
    """The OpenAPI document, with every property of every collection as a parameter: by it GDAL passes filters on."""
    refuse_unknown(request, ("f",))
    form = wanted_form(request)
    document = await run_in_threadpool(openapi_document, service, base_of(request))
    if form == "html":
        rows = [[method.upper(), path] for path, item in document["paths"].items() for method in item]
        title = {"links": [link("alternate", f"{base_of(request)}/api", OPENAPI, "OpenAPI document")]}
        table = Table(headings=("Method", "Path"), rows=rows)
        return document_answer(request, title, form=form, title="Interface", tables=[table])
    return document_answer(request, document, form=form, kind=OPENAPI)


@router.api_route("/collections", methods=_METHODS)
async def collections(request: Request, service: ServiceHere) -> Response:
    """Collections that the caller may read, with extents that cover them; the document of each has the exact one."""
    refuse_unknown(request, ("f", "limit", "after"))
    form, base = wanted_form(request), base_of(request)
    layers, described = await run_in_threadpool(_page_of_collections, request, service)
    document = {"title": "Collections", "links": self_links(request, form), "collections": described}
    rows = [
        [anchor(f"{base}/collections/{each.collection_id}?f=html", each.collection_id), each.title, each.description]
        for each in layers
    ]
    table = Table(headings=("Collection", "Title", "What it is"), rows=rows)
    return page_answer(request, document, layers, form=form, tables=[table])


@router.api_route("/collections/{collection_id}", methods=_METHODS)
async def collection(collection_id: str, request: Request, service: ServiceHere) -> Response:
    """One collection with its extent."""
    refuse_unknown(request, ("f",))
    form = wanted_form(request)
    document = await run_in_threadpool(_whole_description, service, collection_id, request)
    document["links"] = [*self_links(request, form), *document["links"]]
    return document_answer(request, document, form=form)


@router.api_route("/collections/{collection_id}/queryables", methods=_METHODS)
async def queryables(collection_id: str, request: Request, service: ServiceHere) -> Response:
    """The properties by which features can be picked."""
    return await run_in_threadpool(_schema_answer, request, service, collection_id, "queryables")


@router.api_route("/collections/{collection_id}/schema", methods=_METHODS)
async def schema(collection_id: str, request: Request, service: ServiceHere) -> Response:
    """The properties that features have."""
    return await run_in_threadpool(_schema_answer, request, service, collection_id, "schema")


@router.api_route("/collections/{collection_id}/items", methods=_METHODS)
async def items(collection_id: str, request: Request, service: ServiceHere) -> Response:
    """A page of features."""
    return await run_in_threadpool(items_answer, request, service, collection_id)


@router.api_route("/collections/{collection_id}/items/{feature_id:path}", methods=_METHODS)
async def item(collection_id: str, feature_id: str, request: Request, service: ServiceHere) -> Response:
    """One feature."""
    return await run_in_threadpool(item_answer, request, service, collection_id, feature_id)


def _page_of_collections(request: Request, service: Service) -> tuple[Rows[LayerRow], list[dict[str, Any]]]:
    whole = list_layers(service, maximum=WHOLE)
    cut = partial(page_of, whole, name=lambda each: each.collection_id)
    layers: Rows[LayerRow] = read_page(request, _MAXIMUM_COLLECTIONS, cut)
    base = base_of(request)
    return layers, [{**_described(each, base), **_spatial(covering_extent(service, each))} for each in layers]


def _spatial(extent: Sequence[float] | None) -> dict[str, Any]:
    return {} if extent is None else {"extent": {"spatial": {"bbox": [extent], "crs": CRS84}}}


def _described(layer: LayerRow, base: str) -> dict[str, Any]:
    """A collection without its extent."""
    mark = {"not_for_release": "exact counts of students"} if layer.is_exact else {}
    return {
        **mark,
        "id": layer.collection_id,
        "title": layer.title,
        "description": layer.description,
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": _links_of(f"{base}/collections/{layer.collection_id}"),
    }


def _links_of(own: str) -> list[Link]:
    ogc = "http://www.opengis.net/def/rel/ogc/1.0"
    return [
        link("self", own, title="The collection"),
        link("items", f"{own}/items", GEOJSON, "Features as GeoJSON"),
        link("items", f"{own}/items?f=html", HTML, "Features as a page"),
        link(f"{ogc}/queryables", f"{own}/queryables", SCHEMA, "Properties to pick features by"),
        link(f"{ogc}/schema", f"{own}/schema", SCHEMA, "Properties of the features"),
        link("describedby", f"{own}/schema", SCHEMA, "Properties of the features"),
    ]


def _whole_description(service: Service, collection_id: str, request: Request) -> dict[str, Any]:
    layer = find_layer(service, collection_id)
    indexed = read_layer(service, layer)
    document = _described(layer, base_of(request))
    document["links"] = document["links"][1:]
    return {**document, **_spatial(indexed.extent), "itemCount": len(indexed)}


def _schema_answer(request: Request, service: Service, collection_id: str, name: str) -> Response:
    """The properties of a collection as JSON Schema."""
    refuse_unknown(request, ("f",))
    form = wanted_form(request)
    layer = find_layer(service, collection_id)
    fields = read_layer(service, layer).fields
    geometry = GEOMETRIES[layer.name]
    shape: dict[str, Any] = {"x-ogc-role": "primary-geometry", "format": f"geometry-{geometry}"}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base_of(request)}/collections/{collection_id}/{name}",
        "type": "object",
        "title": layer.title,
        "description": layer.description,
        "properties": {"geometry": {"title": "geometry", **shape}, **field_schemas(fields)},
        "additionalProperties": False,
    }
    rows = [[each, found.type, found.unit, found.meaning] for each, found in fields.items()]
    table = Table(headings=("Property", "Type", "Unit", "Meaning"), rows=rows)
    return document_answer(request, document, form=form, kind=SCHEMA, tables=[table])
