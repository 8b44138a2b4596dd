"""Expressions, and fields with lines of them, as they stand in YAML: read, written and documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from grader.language import expression
from grader.language.expression import Expression
from grader.language.validation import MistakeCollector, describe

REFERENCE = "reference"
"""In ``expect``: compare with the value of the reference solution."""
NUMERIC = "numeric"
"""In ``expect``: compare a gradient with the result of numerical differentiation."""
ALL_WANTED_WORDS = frozenset({REFERENCE, NUMERIC})


class _ExpressionInYaml:
    """How pydantic validates, serializes and documents an expression."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            read_expression, serialization=core_schema.plain_serializer_function_ser_schema(lambda read: read.text)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # YAML reads the 2 of `expect: {passes: 2}` as a number, so editors must accept numbers too.
        return {"type": ["string", "number", "boolean"]}


Expr = Annotated[Expression, _ExpressionInYaml]
"""The type of a field with an expression: a text, number or truth value in YAML."""


def read_expression(value: object) -> Expression:
    """Raises ValueError, with a message for the instructor, if the value is not an expression."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, str | int | float):
        return expression.parse(value)
    hint = " (for no gradient, write `None`)" if value is None else ""
    if isinstance(value, tuple | list) and len(text := str(list(value))) <= 80:
        hint = f' (a list of numbers needs quotes: `"{text}"`)'
    raise ValueError(f"expected an expression such as `gradient == 2 * leaf`, found {describe(value)}{hint}")


Names = str | Annotated[list[str], Field(min_length=1)]
"""How a field that lists names stands in YAML, in the JSON Schema."""

EVIDENCE_WORDS = ("passed", "seen", "never")


class _EvidenceInYaml:
    """How pydantic validates, serializes and documents the field ``evidence``."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read_evidence,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda read: read.text if isinstance(read, Expression) else read
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"enum": list(EVIDENCE_WORDS)}, {"type": "string"}]}


Evidence = Annotated[Literal["passed", "seen", "never"] | Expression, _EvidenceInYaml]
"""What proves an attempt: one of three words, or a condition on a candidate."""


def _read_evidence(value: object) -> object:
    if value in EVIDENCE_WORDS:
        return value
    if isinstance(value, str) and not value.strip().isidentifier():
        return read_expression(value)
    if isinstance(value, Expression):
        return value
    raise ValueError(
        f"expected `passed`, `seen`, `never`, or a condition such as `passes >= 2`, found {describe(value)}"
    )


def evidence_field(default: Literal["passed", "seen", "never"]) -> Any:
    """The field ``evidence`` with the default of a kind. ``never`` suits a kind that by itself proves nothing."""
    return Field(
        default=default,
        description="What proves an attempt at the exercise: this check `passed`, a candidate was `seen`, or `never`; "
        "or a condition, which proves it where it holds for any candidate, whether that meets `given` or not.",
    )


class Expectation(NamedTuple):
    """A line of ``expect``. ``wanted`` may be a keyword of the kind, such as ``reference``, instead of a value."""

    observed: Expression
    wanted: Expression


def expectations(value: object, wanted: str) -> tuple[Expectation, ...]:
    """A field with lines of what is observed and what is wanted. ``wanted``: such lines in words."""
    if not isinstance(value, Mapping):
        raise ValueError(f"expected {wanted}, found {describe(value)}")
    mistakes = MistakeCollector()
    pairs = []
    for key, line in value.items():
        with mistakes.at(key):
            pairs.append(Expectation(read_expression(key), read_expression(line)))
    mistakes.raise_if_any()
    return tuple(pairs)


def lines_of(value: object) -> tuple[object, ...]:
    """A field that is an expression, or a list of expressions."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)
