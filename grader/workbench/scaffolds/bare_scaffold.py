"""A scaffold for a kind of check that brings none: its fields, with what its model says of them.

Nobody but the kind's author knows what passes it, so there is neither a solution nor a known submission.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from grader.judging.checks.base import Check

_WIDTH = 116
_PLACEHOLDERS: Mapping[str, object] = {"string": "…", "integer": 1, "number": 1.0, "boolean": True, "array": []}


def bare_checks(kind: str, model: type[Check]) -> str:
    """A list of one check, with the fields that must be given; those that may be are named in comments."""
    schema = model.model_json_schema(by_alias=True)
    fields: Mapping[str, Mapping[str, Any]] = schema["properties"]
    own = [name for name in fields if name not in Check.model_fields]
    required = [name for name in own if name in schema.get("required", ())]
    lines = [f"# Kind `{kind}` is that of an installed package, which brings no scaffold: these are its fields."]
    lines += [f"- id: {kind}", f"  title: What {kind} has to find", f"  kind: {kind}"]
    for name in required:
        lines += _comment(fields[name])
        lines.append(f"  {name}: {_yaml(_placeholder(fields[name]))}")
    for name in own:
        if name not in required:
            lines += _comment(fields[name])
            lines.append(f"  # {name}: {_yaml(fields[name].get('default'))}")
    variables = ", ".join(model.VARIABLES)
    if variables:
        lines += _wrapped(f"`given`, `expect` and `holds` may use {variables}.")
    return "\n".join(lines) + "\n"


def bare_rubric(kind: str) -> str:
    """The entry of that check."""
    return f"{kind}:\n  points: 1\n  hint: Say here what to try.\n"


def _comment(field: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrapped(str(field.get("description", "")) or "It has no description.")


def _wrapped(text: str) -> list[str]:
    return [f"  # {line}" for line in textwrap.wrap(text, _WIDTH - 4)]


def _placeholder(field: Mapping[str, Any]) -> object:
    """A value that the field may have, as far as its schema tells."""
    for key in ("default", "const"):
        if key in field:
            return field[key]
    if field.get("enum"):
        return field["enum"][0]
    for bound in ("minimum", "maximum"):
        if bound in field:
            return field[bound]
    return _PLACEHOLDERS.get(str(field.get("type")), "…")


def _yaml(value: object) -> str:
    return (
        yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1000).removesuffix("\n...\n").strip()
    )
