"""The files of a pack: what students get of a course for one assignment, without solutions and kept-back checks.

Every file of the course is written anew from what the pack needs of it, so that no comment, no field and no file goes
out that was not asked for. ``exported_course`` is for staff and gives whole files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from grader import submission as submissions
from grader.course.assignment import AssignmentFile
from grader.course.course import Course
from grader.course.course_parts import ASSIGNMENTS, COURSE_FILE, EXERCISES, RUBRICS, SUPPORT
from grader.course.formulas import exercise_with_formulas
from grader.course.handout_file import HANDOUT_FILE, handout_text
from grader.course.joined_files import joined_handout
from grader.course.pack_file import UnpackedExercise
from grader.course.packed_checks import PackedExercise
from grader.course.questions_file import QUESTIONS_FILE, questions_text
from grader.course.starters import handed_out
from grader.errors import CourseError, SubmissionError, reason_of
from grader.judging.functions.data_files import DATA
from grader.language import yaml_file
from grader.language.yaml_file import shown
from grader.language.yaml_text import yaml_text
from grader.model import Assignment
from grader.submission.fingerprints import Handout, handout_of

_OF_THE_RUN = ("id", "title", "files", "limits", "max-files")
"""What goes in of an assignment's file. Its `data` goes in with the files themselves; when it is due, what lateness
costs, what was handed out and the seed are not for students."""
_OF_THE_ENTRY = ("exercise", "number", "bonus", "limits")
"""The same of an entry of `exercises`: points are those of the rubrics, which are scaled already."""


def packed_files(
    course: Course, assignment: Assignment, exercises: Sequence[PackedExercise], support: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The content of each file by its path in the pack, without ``pack.json`` and recordings, in the order of paths.

    ``support``: the helper modules that go in, by their paths in ``support/``. Raises CourseError where a file cannot
    be read.
    """
    packed = [exercise for exercise in exercises if exercise.checks]
    files: dict[str, bytes] = {}
    for exercise in packed:
        identity = exercise.item.exercise.id
        files[f"{EXERCISES}/{identity}.yaml"] = _exercise_text(course, exercise).encode()
        files[f"{RUBRICS}/{identity}.yaml"] = _rubric_text(exercise).encode()
        files |= _data_files(course, exercise)
    files[f"{ASSIGNMENTS}/{assignment.id}.yaml"] = _assignment_text(course, assignment, packed).encode()
    files[COURSE_FILE] = yaml_text({"default": assignment.id}).encode()
    handout = _given_out(course, assignment, exercises)
    if handout != Handout():
        files[HANDOUT_FILE] = handout_text(handout).encode()
    ids = {None, *(exercise.item.exercise.id for exercise in packed)}
    elsewhere = {exercise.item.exercise.id for exercise in exercises if not exercise.checks}
    # Questions of exercises that the assignment does not ask for may not be known yet.
    questions = [
        replace(question, exercise=None if question.exercise in elsewhere else question.exercise)
        for question in course.questions
        if question.exercise in ids | elsewhere
    ]
    if questions:
        files[QUESTIONS_FILE] = questions_text(questions).encode()
    files |= {f"{SUPPORT}/{name}": content for name, content in support.items()}
    files |= dict(_data_of_the_run(course, assignment))
    return dict(sorted(files.items()))


def unpacked(exercises: Sequence[PackedExercise]) -> tuple[UnpackedExercise, ...]:
    """The exercises of which no check goes in: students know from the sheet that they are there."""
    return tuple(
        UnpackedExercise(id=exercise.item.exercise.id, title=exercise.item.exercise.title, number=exercise.item.numbers)
        for exercise in exercises
        if not exercise.checks
    )


def exercise_file(course: Course, exercise: str) -> Path:
    return course.layers.exercises[exercise]


def _exercise_text(course: Course, exercise: PackedExercise) -> str:
    """The exercise's file as it is written, with the checks that go in. Formulas stand in their lines: `let` may have
    some of checks that stay out.
    """
    data = exercise_with_formulas(yaml_file.load(exercise_file(course, exercise.item.exercise.id)).data)
    kept = [check for check in data["checks"] if check["id"] not in exercise.kept_back]
    return yaml_text({**data, "checks": kept})


def _rubric_text(exercise: PackedExercise) -> str:
    entries: dict[str, Any] = {}
    for check in exercise.checks:
        marked = exercise.item.rubric.checks[check.id]
        mistakes, remarks = exercise.rules(check)
        known = [
            {
                "when": rule.when.text,
                "say": rule.say,
                **({} if rule.hint is None else {"hint": rule.hint}),
                **({"credit": rule.credit} if rule.credit else {}),
            }
            for rule in mistakes
        ]
        entry = {
            "points": marked.points,
            "hint": marked.hint,
            "needs": exercise.needs(check),
            "partial": marked.partial,
            "mistakes": known,
            "remarks": [{"when": rule.when.text, "say": rule.say} for rule in remarks],
        }
        entries[check.id] = {key: value for key, value in entry.items() if value or key == "points"}
    return yaml_text({"exercise": exercise.item.exercise.id, "checks": entries})


def _assignment_text(course: Course, assignment: Assignment, packed: Sequence[PackedExercise]) -> str:
    """The assignment's file as it is written, with what students need to know."""
    path = course.layers.files(ASSIGNMENTS)[assignment.id]
    data = yaml_file.load(path).data
    ids = {exercise.item.exercise.id: exercise.item for exercise in packed}
    entries = []
    for written in data["exercises"]:
        entry = {"exercise": written} if isinstance(written, str) else dict(written)
        if (item := ids.get(entry["exercise"])) is not None:
            if item.numbers:
                entry["number"] = item.numbers  # as texts: 1.10 is another number than 1.1
            entries.append({key: entry[key] for key in _OF_THE_ENTRY if key in entry})
    left: dict[str, Any] = {key: data[key] for key in _OF_THE_RUN if key in data}
    left["exercises"] = entries
    if assignment.data is not None:
        left["data"] = data["data"]
    assert left.keys() <= {field.alias or name for name, field in AssignmentFile.model_fields.items()}
    return yaml_text(left)


def _given_out(course: Course, assignment: Assignment, exercises: Sequence[PackedExercise]) -> Handout:
    """Fingerprints of what was handed out for this assignment, which is not in the pack itself."""
    items = [exercise.item for exercise in exercises]
    given = handed_out(
        statements=[item.exercise.statement for item in items],
        starters={item.exercise.id: item.starter for item in items if item.starter},
        sheets=[[item.exercise.id for item in items]],
    )
    try:
        sheets = handout_of(submissions.load(str(path)) for path in assignment.handout)
        return joined_handout(course.layers, []).joined(given).joined(sheets)
    except SubmissionError as error:
        raise CourseError(f"The handout of the assignment `{assignment.id}` cannot be read. {error}") from error


def _data_files(course: Course, exercise: PackedExercise) -> dict[str, bytes]:
    """The files with numbers that the checks which go in name."""
    folder = exercise_file(course, exercise.item.exercise.id).parent
    data = yaml_file.load(exercise_file(course, exercise.item.exercise.id)).data
    kept = [check for check in data["checks"] if check["id"] not in exercise.kept_back]
    files = {}
    for name in dict.fromkeys(_named_files(kept)):
        for path in (f"{DATA}/{name}", name):
            if (folder / path).is_file():
                files[f"{EXERCISES}/{path}"] = _read(folder / path)
    return files


def _named_files(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(name := value.get("file"), str):
            yield name
        for inner in value.values():
            yield from _named_files(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named_files(inner)


def _data_of_the_run(course: Course, assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """What lies in the working folder of a submission, without hidden files."""
    if assignment.data is None:
        return
    for path in sorted(assignment.data.absolute().rglob("*")):
        inside = PurePosixPath(course.layers.place_of(path))
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
            yield inside.as_posix(), _read(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{shown(path)} cannot be read: {reason_of(error)}.") from error
