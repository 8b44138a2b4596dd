"""The YAML of an exercise, as `load_exercise` reads it."""

from __future__ import annotations

from fuzz.target import Target, promise, scratch, strictly
from grader.course.course_folder import builtin_course
from grader.course.exercise import load_exercise
from grader.errors import ExerciseError
from grader.judging.judge import Judge


def check(data: bytes) -> None:
    """Raises where a file is neither an exercise nor refused with every mistake on a line of its own."""
    path = scratch() / "exercise.yaml"
    path.write_bytes(data)
    with strictly():
        try:
            read = load_exercise(path)
        except ExerciseError as error:
            for mistake in error.mistakes:
                promise(mistake.text.strip(), "a mistake without a word")
                promise(mistake.line is None or 1 <= mistake.line <= data.count(b"\n") + data.count(b"\r") + 2,
                        "a mistake on a line that is not there")  # fmt: skip
            return
        promise(read.model_dump_json(), "an exercise that cannot be written")
        Judge(read.id, read.checks, seed=0)  # draws the hidden inputs


def seeds() -> list[bytes]:
    """Those of the built-in course, under the one name, and the shortest."""
    short = b"id: exercise\ntitle: T\nstatement: S\nchecks:\n- {id: a, kind: backward, expect: {gradient: leaf}}\n"
    files = sorted((builtin_course() / "exercises").glob("*.yaml"))
    return [short, *(path.read_bytes().replace(f"id: {path.stem}".encode(), b"id: exercise", 1) for path in files)]


WORDS = (
    "kind: function", "kind: backward", "kind: plot", "kind: answer", "kind: uses", "kind: raises", "kind: output",
    "kind: value", "expect:", "given:", "holds:", "names:", "inputs:", "&a", "*a", "<<: *a", "!!python/object",
    "!!binary", "? ", "- ", "{", "}", "[", "]", "|", ">-", "null", "~", ".nan", ".inf", "1e999", "0x10", "2020-01-01",
    "\t", "\x00", "normal: [", "count: ", "numeric", "reference", "own",
)  # fmt: skip

TARGET = Target(
    name="exercises",
    about="any file is an exercise, or is refused with its mistakes",
    check=check,
    seeds=seeds,
    words=WORDS,
    longest=6_000,
)  # fmt: skip
