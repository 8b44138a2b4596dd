"""The limits of a run that several exercises share."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from grader.course.course import CourseExercise, load_course
from grader.course.limits import LimitsEntry
from grader.course.named_courses import builtin_course
from grader.model import AssignedExercise, Assignment, GivenLimits
from grader.pipeline.options import GradingOptions
from grader.pipeline.run_limits import DEFAULT, run_limits
from grader.pipeline.settings import settings_of
from tests.helpers.builtin import loaded_course

(ITEM, *_) = loaded_course().exercises
GB = 10**9


def exercise(name: str, time: str | None = None, memory: str | None = None) -> CourseExercise:
    given = {key: value for key, value in (("time", time), ("memory", memory)) if value is not None}
    changes = {"id": name, "limits": LimitsEntry.model_validate(given)}
    return replace(ITEM, exercise=ITEM.exercise.model_copy(update=changes), solution=Path(f"{name}.py"))


def assignment(general: GivenLimits, **exercises: GivenLimits) -> Assignment:
    entries = tuple(AssignedExercise(id=name, limits=limits) for name, limits in exercises.items())
    return Assignment(id="hw", title="Homework", exercises=entries, limits=general)


def seconds(*exercises: CourseExercise, of: Assignment | None = None, timeout_s: float | None = None) -> float:
    return run_limits(exercises, of, timeout_s).wall_s


NOTHING = GivenLimits()


def test_without_any_the_default_holds() -> None:
    assert run_limits([exercise("a")], None, None) == DEFAULT
    assert run_limits([exercise("a")], assignment(NOTHING, a=NOTHING), None) == DEFAULT


def test_an_exercise_has_its_own() -> None:
    assert seconds(exercise("a", "5 s")) == 5
    assert run_limits([exercise("a", memory="4 GB")], None, None).memory_bytes == 4 * GB


def test_the_largest_that_an_exercise_needs_applies_to_the_run_they_share() -> None:
    assert seconds(exercise("a", "5 s"), exercise("b", "7 s")) == 7
    assert seconds(exercise("a", "5 s"), exercise("b", "2 min")) == 120


def test_an_exercise_that_says_nothing_keeps_the_default() -> None:
    assert seconds(exercise("a", "5 s"), exercise("b")) == DEFAULT.wall_s


def test_an_assignment_gives_a_run_less_or_more() -> None:
    assert seconds(exercise("a"), of=assignment(GivenLimits(time_s=5), a=NOTHING)) == 5
    assert seconds(exercise("a"), of=assignment(GivenLimits(time_s=90), a=NOTHING)) == 90


def test_an_exercise_that_needs_more_than_its_assignment_gives_gets_it() -> None:
    assert seconds(exercise("a", "30 s"), exercise("b"), of=assignment(GivenLimits(time_s=5), a=NOTHING)) == 30
    assert seconds(exercise("a", "2 s"), exercise("b"), of=assignment(GivenLimits(time_s=5), a=NOTHING)) == 5


def test_settings_have_the_limits_of_what_is_graded(tmp_path: Path) -> None:
    for folder in ("exercises", "rubrics", "solutions"):
        (tmp_path / folder).mkdir()
        for path in (builtin_course() / folder).glob("double-backward.*"):
            shutil.copy(path, tmp_path / folder)
    path = tmp_path / "exercises" / "double-backward.yaml"
    path.write_text(path.read_text("utf-8") + "\nlimits: {time: 5 s, memory: 4 GB}\n", encoding="utf-8")
    limits = settings_of(load_course(tmp_path), GradingOptions(course=tmp_path)).limits
    assert (limits.wall_s, limits.memory_bytes) == (5, 4 * GB)
    given = GradingOptions(course=tmp_path, exercises=("double-backward",), timeout_s=2.0)
    assert settings_of(load_course(tmp_path), given).limits.wall_s == 2


def test_what_the_assignment_gives_an_exercise_replaces_what_its_file_says() -> None:
    less = assignment(NOTHING, a=GivenLimits(time_s=3))
    assert seconds(exercise("a", "30 s"), of=less) == 3
    memory = run_limits([exercise("a", "30 s", "4 GB")], less, None).memory_bytes
    assert memory == 4 * GB


def test_only_exercises_that_are_graded_count() -> None:
    both = assignment(NOTHING, a=GivenLimits(time_s=3), b=GivenLimits(time_s=60))
    assert seconds(exercise("a"), of=both) == 3


def test_the_users_time_replaces_all_others_and_no_memory() -> None:
    given = assignment(GivenLimits(time_s=90, memory_bytes=3 * GB), a=GivenLimits(time_s=60))
    limits = run_limits([exercise("a")], given, 2.0)
    assert (limits.wall_s, limits.memory_bytes) == (2.0, 3 * GB)
