"""What the JSON formats share: making a JSON Schema, with descriptions, from their types."""

from __future__ import annotations

from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type)


def documented(kind: Kind) -> Kind:
    """Decorator for the TypedDicts of a format: the docstring below a field becomes its description in the schema.

    Sets what ``pydantic.with_config`` sets; reports are written without pydantic, whose import takes a while.
    """
    kind.__pydantic_config__ = {"use_attribute_docstrings": True}  # type: ignore[attr-defined]  # pydantic's own name
    return kind


def schema_of(kind: Any, *, title: str) -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a type, or of a union of types."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class WithoutFieldTitles(GenerateJsonSchema):
        """pydantic's schemas without the titles that only repeat field names."""

        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    schema = TypeAdapter(kind).json_schema(schema_generator=WithoutFieldTitles)
    schema.pop("title", None)  # the class name, set by pydantic
    return {"$schema": WithoutFieldTitles.schema_dialect, "title": title, **schema}
