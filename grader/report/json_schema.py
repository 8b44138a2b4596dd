"""What the JSON formats share: how their types become a JSON Schema that describes every field."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema

documented = with_config(ConfigDict(use_attribute_docstrings=True))
"""Decorates the TypedDicts of a format: the text under a field describes it in the schema."""


def schema_of(kind: Any, *, title: str) -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a type, or of a union of types."""
    schema = TypeAdapter(kind).json_schema(schema_generator=_WithoutFieldTitles)
    schema.pop("title", None)  # pydantic's, the name of the class
    return {"$schema": _WithoutFieldTitles.schema_dialect, "title": title, **schema}


class _WithoutFieldTitles(GenerateJsonSchema):
    """pydantic's schemas, less the titles that only repeat the names of the fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
