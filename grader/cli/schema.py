"""``grade schema``: print the JSON Schema of a kind of file that instructors write, or of a result."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.options import add_course_option, add_trust_option, parse_options
from grader.course.course_checks import CourseKinds, load_course_kinds
from grader.course.course_folder import find_course
from grader.course.course_layers import course_roots
from grader.course.json_schema import (
    assignment_schema,
    course_schema,
    exercise_schema,
    mutants_schema,
    rubric_schema,
    verdicts_schema,
)
from grader.course.trusted_checks import trusted_checks
from grader.errors import ExerciseError
from grader.report import class_jsonl, observation_json
from grader.report import json as result
from grader.report.explanation import json as explanation
from grader.report.validation import json as validation

_SCHEMAS = {
    "assignment": assignment_schema,
    "course": course_schema,
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
    course: Path | None
    trust_checks: tuple[Path, ...]


def main(argv: Sequence[str]) -> int:
    """Print one schema; 0. Wrong usage ends in SystemExit(2), as argparse has it."""
    parser = argparse.ArgumentParser(
        prog="grade schema",
        description="Print the JSON Schema (Draft 2020-12) of a kind of file. Editors that know it complete and check "
        "the fields of exercises and rubrics as you type.",
        epilog="example: grade schema exercise > exercise.schema.json",
    )
    parser.add_argument("of", choices=sorted(_SCHEMAS), metavar="KIND", help=f"one of {', '.join(sorted(_SCHEMAS))}")
    add_course_option(parser)
    add_trust_option(parser)
    options = parse_options(parser, argv, SchemaOptions)
    if options.of == "exercise" and options.course is not None:
        schema = exercise_schema(_kinds(options.course, options.trust_checks))
    else:
        schema = _SCHEMAS[options.of]()
    print(json.dumps(schema, indent=2))
    return 0


def _kinds(course: Path, trust_checks: Sequence[Path]) -> CourseKinds:
    """The kinds of checks that a course brings. Raises UsageError, and ExerciseError with mistakes of ``checks.py``."""
    root = find_course(Path.cwd(), course)
    kinds, mistakes = load_course_kinds(course_roots(root), trusted_checks(root, course, trust_checks))
    if mistakes:
        raise ExerciseError(mistakes)
    return kinds
