"""The JSON Schemas of the files that an instructor writes, for editors and for ``grade schema``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from grader.course.assignment import AssignmentFile
from grader.course.exercise import Exercise
from grader.course.known_submissions import Expected
from grader.course.rubric import Rubric
from grader.judging import check_kinds
from grader.judging.checks.base import Check

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def exercise_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of an exercise file, with all installed check kinds."""
    kinds = check_kinds.kinds()
    models: list[tuple[type[BaseModel], Literal["validation"]]] = [(Exercise, "validation")]
    models += [(model, "validation") for model in kinds.values()]
    references, definitions = models_json_schema(models)
    defined = definitions["$defs"]
    schema = dict(defined.pop(references[Exercise, "validation"]["$ref"].removeprefix("#/$defs/")))
    alternatives = [references[model, "validation"] for model in kinds.values()]
    for alternative in alternatives:
        # A kind narrows this field to a Literal, which loses the description of the base class.
        kind = defined[alternative["$ref"].removeprefix("#/$defs/")]["properties"]["kind"]
        kind.setdefault("description", Check.model_fields["kind"].description)
    schema["properties"]["checks"] |= {"items": {"oneOf": alternatives}, "minItems": 1}
    return {"$schema": DIALECT, **schema, "$defs": defined}


def assignment_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of an assignment file."""
    return {"$schema": DIALECT, **AssignmentFile.model_json_schema()}


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a rubric file."""
    return {"$schema": DIALECT, **Rubric.model_json_schema()}


def verdicts_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a ``verdicts.yaml``: what each known submission of an exercise must get."""
    entry = Expected.model_json_schema()
    title = "Known submissions, by the names of their files"
    return {"$schema": DIALECT, "title": title, "type": "object", "additionalProperties": entry}
