"""An exercise in words, as JSON: ``grader.explanation/1``."""

from __future__ import annotations

import json
from typing import Any, Literal

from typing_extensions import TypedDict

from grader.model import Explanation
from grader.report.json_schema import schema_of
from grader.text import without_commands

FORMAT = "grader.explanation/1"


class ExplanationDocument(TypedDict):
    """What ``grade explain --format json`` writes."""

    format: Literal["grader.explanation/1"]
    explanation: Explanation


def json_of(explanation: Explanation) -> str:
    """The document as text."""
    from pydantic import TypeAdapter

    found = TypeAdapter(Explanation).dump_python(explanation, mode="json")
    return without_commands(json.dumps({"format": FORMAT, "explanation": found}, indent=2, ensure_ascii=False)) + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return schema_of(ExplanationDocument, title="An exercise in words, as grade explain writes it")
