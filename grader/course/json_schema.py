"""The JSON Schemas of the files that an instructor writes, for editors and for ``grade schema``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from grader.course.any_of import OF_THE_CHECK
from grader.course.assignment import AssignmentFile
from grader.course.course_checks import CourseKinds
from grader.course.course_settings import CourseSettings
from grader.course.exercise import Exercise
from grader.course.explained_mutants import Reasons
from grader.course.known_submissions import Expected
from grader.course.rubric import Rubric
from grader.judging import check_kinds
from grader.judging.any_of import ANY_OF, ANY_OF_IN_WORDS
from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import ALL_WANTED_WORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def exercise_schema(of_course: CourseKinds | None = None) -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of an exercise file, with all installed check kinds, and those of a course."""
    kinds = check_kinds.kinds() if of_course is None else of_course.all()
    models: list[tuple[type[BaseModel], Literal["validation"]]] = [(Exercise, "validation")]
    models += [(model, "validation") for model in kinds.values()]
    references, definitions = models_json_schema(models)
    defined = definitions["$defs"]
    schema = dict(defined.pop(references[Exercise, "validation"]["$ref"].removeprefix("#/$defs/")))
    alternatives = [references[model, "validation"] for model in kinds.values()]
    for model, alternative in zip(kinds.values(), alternatives, strict=True):
        _leave_out_what_is_refused(model, defined[alternative["$ref"].removeprefix("#/$defs/")]["properties"])
    for alternative in alternatives:
        # A kind narrows this field to a Literal, which loses the description of the base class.
        kind = defined[alternative["$ref"].removeprefix("#/$defs/")]["properties"]["kind"]
        kind.setdefault("description", Check.model_fields["kind"].description)
    defined |= _ways_schemas([alternative["$ref"].removeprefix("#/$defs/") for alternative in alternatives], defined)
    schema["properties"]["checks"] |= {
        "items": {"oneOf": [*alternatives, {"$ref": f"#/$defs/{_WAYS}"}]},
        "minItems": 1,
    }
    return {"$schema": DIALECT, **schema, "$defs": defined}


def _leave_out_what_is_refused(kind: type[Check], properties: dict[str, Any]) -> None:
    """Takes out of a kind's properties what is shared by all kinds and refused by this one."""
    refused = [*kind.IGNORES, *(() if kind.LOOKS_AT_GRADIENTS else ("allow",))]
    for name in refused:
        properties.pop(name, None)
    words = sorted(ALL_WANTED_WORDS - kind.WANTED_WORDS)
    if "expect" in properties and words:
        wanted = properties["expect"]["additionalProperties"]
        properties["expect"]["additionalProperties"] = {**wanted, "not": {"enum": words}}


_WAYS, _WAY = "AnyOfCheck", "Way"


def _ways_schemas(kinds: Iterable[str], defined: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas of a check with ``any-of`` and of a way. Both may have the fields of any kind: which go together is
    only known where the two are joined.
    """
    fields: dict[str, list[dict[str, str]]] = {}
    for name in kinds:
        for field in defined[name]["properties"]:
            fields.setdefault(field, []).append({"$ref": f"#/$defs/{name}/properties/{field}"})
    joined = {
        field: {
            "description": defined[variants[0]["$ref"].split("/")[2]]["properties"][field].get("description"),
            "anyOf": variants,
        }
        for field, variants in fields.items()
    }
    of_a_way = {field: schema for field, schema in joined.items() if field not in OF_THE_CHECK}
    ways = {
        "type": "array",
        "minItems": 2,
        "items": {"$ref": f"#/$defs/{_WAY}"},
        "description": ANY_OF_IN_WORDS,
    }
    return {
        _WAYS: {
            "title": _WAYS,
            "type": "object",
            "properties": {**joined, ANY_OF: ways},
            "required": ["id", ANY_OF],
            "additionalProperties": False,
        },
        _WAY: {"title": _WAY, "type": "object", "properties": of_a_way, "additionalProperties": False},
    }


def assignment_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of an assignment file."""
    return {"$schema": DIALECT, **AssignmentFile.model_json_schema()}


def course_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a ``course.yaml``."""
    return {"$schema": DIALECT, **CourseSettings.model_json_schema()}


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a rubric file."""
    return {"$schema": DIALECT, **Rubric.model_json_schema()}


def verdicts_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a ``verdicts.yaml``: what each known submission of an exercise must get."""
    entry = Expected.model_json_schema()
    title = "Known submissions, by the names of their files"
    return {"$schema": DIALECT, "title": title, "type": "object", "additionalProperties": entry}


def mutants_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a ``mutants.yaml``: why mutants of the reference may get full marks."""
    return {"$schema": DIALECT, **Reasons.model_json_schema()}
