"""Arcs of a TopoJSON: GDAL reads a shape whose arcs are not there as a shape without geometry, and says nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clustering.readers.isolation.child.answers import CodedError


def check_arcs(path: str) -> None:
    """
    Raise for a shape that names an arc which the file does not have.

    Parameters
    ----------
    path
        A TopoJSON, of which the brackets were counted before.
    """
    try:
        topology = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except ValueError:  # GDAL says whether it can read it
        return
    arcs, objects = topology.get("arcs"), topology.get("objects")
    count = len(arcs) if isinstance(arcs, list) else 0
    shapes = (shape for each in objects.values() for shape in _shapes_of(each)) if isinstance(objects, dict) else ()
    for record, shape in enumerate(shapes, start=1):
        for index in _indices_of(shape.get("arcs")):
            if not -count <= index < count:  # a negative one is an arc the other way round: -1 is the first
                raise CodedError("arcs", record=record, index=index, count=count)


def _shapes_of(item: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(item, dict):
        return
    if item.get("type") == "GeometryCollection":
        for part in item.get("geometries") or ():
            yield from _shapes_of(part)
    else:
        yield item


def _indices_of(arcs: Any) -> Iterator[int]:
    if isinstance(arcs, list):
        for each in arcs:
            yield from _indices_of(each)
    elif isinstance(arcs, int):
        yield arcs
