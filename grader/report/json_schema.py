"""What the JSON formats share: making a JSON Schema, with descriptions, from their types."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema

documented = with_config(ConfigDict(use_attribute_docstrings=True))
"""Decorator for the TypedDicts of a format: the docstring below a field becomes its description in the schema."""


def schema_of(kind: Any, *, title: str) -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a type, or of a union of types."""
    schema = TypeAdapter(kind).json_schema(schema_generator=_WithoutFieldTitles)
    schema.pop("title", None)  # the class name, set by pydantic
    return {"$schema": _WithoutFieldTitles.schema_dialect, "title": title, **schema}


class _WithoutFieldTitles(GenerateJsonSchema):
    """pydantic's schemas without the titles that only repeat field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
