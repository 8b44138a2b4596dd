"""Fuzz target: any content of an exercise file."""

from __future__ import annotations

from fuzz.target import Target, promise, scratch, strictly
from grader.course.exercise import load_exercise
from grader.course.named_courses import builtin_course
from grader.errors import ExerciseError
from grader.judging.judge import Judge


def check(data: bytes) -> None:
    """Raises unless loading a file gives an exercise, or an ExerciseError whose mistakes have valid lines."""
    path = scratch() / "exercise.yaml"
    path.write_bytes(data)
    with strictly():
        try:
            read = load_exercise(path)
        except ExerciseError as error:
            for mistake in error.mistakes:
                promise(mistake.text.strip(), "a mistake without a text")
                last = data.count(b"\n") + data.count(b"\r") + 2
                promise(mistake.line is None or 1 <= mistake.line <= last, "a mistake on a line that does not exist")
            return
        promise(read.model_dump_json(), "an exercise that cannot be serialized")
        Judge(read.id, read.checks, seed=0)  # draws the hidden inputs


def seeds() -> list[bytes]:
    """The shortest possible exercise, and those of the built-in course under the id that the file name requires."""
    short = b"id: exercise\ntitle: T\nstatement: S\nchecks:\n- {id: a, kind: backward, expect: {gradient: leaf}}\n"
    ways = short.replace(
        b"expect: {gradient: leaf}", b"only: true, any-of: [{leaf: x}, {expect: {gradient: reference}}]"
    )
    files = sorted((builtin_course() / "exercises").glob("*.yaml"))
    return [
        short,
        ways,
        *(path.read_bytes().replace(f"id: {path.stem}".encode(), b"id: exercise", 1) for path in files),
    ]


WORDS = (
    "kind: function", "kind: backward", "kind: plot", "kind: answer", "kind: uses", "kind: raises", "kind: output",
    "kind: value", "kind: steps", "every:", "never:", "next:", "any-of:", "only: true", "steps:", "leaves: [w, b]",
    "expect:", "given:", "holds:", "names:", "inputs:", "&a", "*a", "<<: *a", "!!python/object",
    "!!binary", "? ", "- ", "{", "}", "[", "]", "|", ">-", "null", "~", ".nan", ".inf", "1e999", "0x10", "2020-01-01",
    "\t", "\x00", "normal: [", "count: ", "numeric", "reference", "own",
)  # fmt: skip

TARGET = Target(
    name="exercises",
    about="any file becomes an exercise or an error with all its mistakes",
    check=check,
    seeds=seeds,
    words=WORDS,
    longest=6_000,
)
