"""JSON Schema as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema


class WithoutTitles(GenerateJsonSchema):
    """JSON Schema in which no title repeats the name of a field."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False


def without_references(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Put each definition in the place of the references to it."""
    definitions = schema.get("$defs", {})

    def inlined(part: Any) -> Any:
        """A part of the schema with its references resolved."""
        if isinstance(part, list):
            return [inlined(each) for each in part]
        if not isinstance(part, Mapping):
            return part
        own = {name: inlined(each) for name, each in part.items() if name not in ("$ref", "$defs")}
        return {**inlined(definitions[part["$ref"].rpartition("/")[2]]), **own} if "$ref" in part else own

    whole: dict[str, Any] = inlined(schema)
    return whole
