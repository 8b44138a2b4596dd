"""Makes a pack: what students get of a course for one assignment, so that ``grade`` works at home as in the course."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.course.course import Course, CourseExercise, refuse_unfinished
from grader.course.course_parts import REFERENCES
from grader.course.exported_course import refuse_own_kinds
from grader.course.joined_support import support_files
from grader.course.pack_file import FORMAT, SEED, Pack
from grader.course.packed_checks import PackedExercise, packed_exercises
from grader.course.packed_course import exercise_file, packed_files, unpacked
from grader.course.packed_support import PackedSupport, named_functions, packed_support
from grader.errors import CourseError, UsageError
from grader.language import yaml_file
from grader.model import Assignment
from grader.model.packed import KeptBack, PackContents, PackedPart
from grader.pipeline.open_grader import OpenGrader
from grader.workbench.pack.revealed import revealed
from grader.workbench.pack.staged_pack import StagedPack

Open = Callable[[Path, str], AbstractContextManager[OpenGrader]]
"""Opens a grader for a course in a folder, and an assignment of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePack:
    """``files``: the content of each by its path in the pack."""

    files: Mapping[str, bytes]
    contents: PackContents


def make_pack(course: Course, name: str, *, with_mistakes: bool, open_grader: Open) -> MadePack:
    """The pack of the assignment ``name``.

    Raises UsageError where there is no such assignment, and CourseError where no pack can be made of it.
    """
    assignment = course.assignment(name)
    _refuse(course, assignment)
    refuse_own_kinds(course, assignment)
    exercises = packed_exercises(course, assignment, with_mistakes=with_mistakes)
    refuse_unfinished(exercise.item for exercise in exercises)
    packed = [exercise for exercise in exercises if exercise.checks]
    if not packed:
        raise CourseError(
            f"No check of the assignment `{name}` may go to students: each is `hidden`, `after-due` or says "
            "`reveal: no`."
        )
    support = _support(course, assignment, packed)
    files = packed_files(course, assignment, exercises, support.files)
    pack = Pack(
        format=FORMAT,
        grader=grader.__version__,
        assignment=assignment.id,
        seed=SEED,
        points=_points(exercises, lambda exercise: exercise.points),
        total=_points(exercises, lambda exercise: exercise.item.rubric.total),
        elsewhere=unpacked(exercises),
    )
    items = [exercise.item for exercise in packed]
    with tempfile.TemporaryDirectory() as folder:
        staged = StagedPack(Path(folder).resolve() / "pack", files, pack)
        with open_grader(staged.folder, assignment.id) as opened:
            made = staged.record(opened, items)
    _refuse_solutions(items, made)
    return MadePack(files=made, contents=_contents(course, pack, exercises, support, made))


def _refuse(course: Course, assignment: Assignment) -> None:
    if course.pack is not None:
        raise UsageError("A pack cannot be made of a pack: it has no solutions. Make it where the course is.")
    if any(item.is_recorded for item in course.exercises):
        raise UsageError("A pack cannot be made of an exported course: it has no solutions. Make it where they are.")
    if any(other.seed == SEED for other in course.assignments):
        raise CourseError(
            f"An assignment of this course has the seed {SEED}, which is that of all packs: students would see the "
            "hidden inputs that count. Give the assignment another one."
        )


def _points(exercises: Sequence[PackedExercise], of: Callable[[PackedExercise], float]) -> float:
    # Rounded, since points that are scaled add up to 19.999999999999996.
    return round(sum(of(exercise) for exercise in exercises if not exercise.item.bonus), 6)


def _support(course: Course, assignment: Assignment, packed: Sequence[PackedExercise]) -> PackedSupport:
    public: list[str] = []
    kept_back: list[str] = []
    ids = {exercise.item.exercise.id: exercise for exercise in packed}
    for item in course.exercises:
        if item.mistakes:
            continue
        exercise = ids.get(item.exercise.id)
        for check in yaml_file.load(exercise_file(course, item.exercise.id)).data["checks"]:
            is_packed = exercise is not None and check["id"] not in exercise.kept_back
            (public if is_packed else kept_back).extend(named_functions(check))
    return packed_support(
        support_files(course.layers), public=public, kept_back=kept_back, texts=_read_by_students(assignment, packed)
    )


def _read_by_students(assignment: Assignment, packed: Sequence[PackedExercise]) -> Iterator[str]:
    """What names of helper modules students may know from: statements, starters, and what was handed out."""
    yield from (exercise.item.exercise.statement for exercise in packed)
    yield from (exercise.item.starter for exercise in packed)
    for path in assignment.handout:
        yield path.read_text("utf-8", errors="replace")


def _refuse_solutions(items: Sequence[CourseExercise], files: Mapping[str, bytes]) -> None:
    """Raises CourseError where a file of the pack is a solution, under whatever name: data, for example."""
    solutions = {item.solution.read_bytes(): item.solution for item in items}
    if copies := [f"{name} is {solutions[content]}" for name, content in files.items() if content in solutions]:
        raise CourseError(f"A solution would be given out: {'; '.join(copies)}. Take it out of that folder.")


def _contents(
    course: Course,
    pack: Pack,
    exercises: Sequence[PackedExercise],
    support: PackedSupport,
    files: Mapping[str, bytes],
) -> PackContents:
    return PackContents(
        assignment=pack.assignment,
        seed=pack.seed,
        points=pack.points,
        total=pack.total,
        parts=tuple(
            PackedPart(
                exercise=exercise.item.exercise.id,
                title=exercise.item.exercise.title,
                checks=tuple(check.id for check in exercise.checks),
                points=exercise.points,
                total=exercise.item.rubric.total,
                bonus=exercise.item.bonus,
                recorded_bytes=len(files.get(f"{REFERENCES}/{exercise.item.exercise.id}.recording", b"")),
                kept_back=tuple(KeptBack(check=check, why=why) for check, why in exercise.kept_back.items()),
                revealed=revealed(course, exercise) if exercise.checks else (),
                differences=tuple(f"`{check.id}` {what}" for check, what in exercise.differences()),
            )
            for exercise in exercises
        ),
        support_left_out=support.left_out,
        files=tuple((name, len(content)) for name, content in files.items()),
    )
