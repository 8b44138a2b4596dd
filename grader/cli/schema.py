"""``grade schema``: print the JSON Schema of a kind of file that instructors write, or of a result."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass

from grader.cli.options import parse_options
from grader.course.json_schema import assignment_schema, exercise_schema, mutants_schema, rubric_schema, verdicts_schema
from grader.report import class_jsonl, observation_json
from grader.report import json as result
from grader.report.explanation import json as explanation
from grader.report.validation import json as validation

_SCHEMAS = {
    "assignment": assignment_schema,
    "exercise": exercise_schema,
    "explanation": explanation.json_schema,
    "observe": observation_json.json_schema,
    "mutants": mutants_schema,
    "rubric": rubric_schema,
    "result": result.json_schema,
    "student": class_jsonl.json_schema,
    "validation": validation.json_schema,
    "verdicts": verdicts_schema,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaOptions:
    of: str


def main(argv: Sequence[str]) -> int:
    """Print one schema; 0. Wrong usage ends in SystemExit(2), as argparse has it."""
    parser = argparse.ArgumentParser(
        prog="grade schema",
        description="Print the JSON Schema (Draft 2020-12) of a kind of file. Editors that know it complete and check "
        "the fields of exercises and rubrics as you type.",
        epilog="example: grade schema exercise > exercise.schema.json",
    )
    parser.add_argument("of", choices=sorted(_SCHEMAS), metavar="KIND", help=f"one of {', '.join(sorted(_SCHEMAS))}")
    options = parse_options(parser, argv, SchemaOptions)
    print(json.dumps(_SCHEMAS[options.of](), indent=2))
    return 0
