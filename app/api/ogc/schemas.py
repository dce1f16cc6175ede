"""The properties of features as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clustering import ColumnDescription

# The geometry of each layer, as part 5 of the standard names it.
GEOMETRIES = {"zones": "polygon", "zone-schools": "point", "links": "linestring", "schools": "point"}
_TYPES = {"number": "number", "integer": "integer", "boolean": "boolean"}


def field_schemas(fields: Mapping[str, ColumnDescription]) -> dict[str, dict[str, Any]]:
    """
    Write columns as schemas.

    Parameters
    ----------
    fields
        Column to what it holds.

    Returns
    -------
    schemas
        Column to its type, title, meaning and unit. Values may be missing (``null``), which schemas of features leave
        unsaid.
    """
    return {
        name: {
            "title": name,
            "type": _TYPES.get(found.type, "string"),
            **({"description": found.meaning} if found.meaning else {}),
            **({"x-ogc-unit": found.unit} if found.unit else {}),
            **({"enum": list(found.constraints["enum"])} if "enum" in found.constraints else {}),
        }
        for name, found in fields.items()
    }
