"""An exercise of two checks with its rubric."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import CourseExercise
from grader.course.exercise import load_exercise
from grader.course.rubric import load_rubric

EXERCISE = """
id: sample
title: The sample
statement: Do it.
checks:
  - {id: first, title: The first, kind: backward, holds: passes >= 1}
  - {id: second, title: The second, kind: backward, holds: passes >= 2}
"""
RUBRIC = """
exercise: sample
checks:
  first:
    points: 3
    hint: Look again.
    partial: true
    mistakes:
      - {when: passes == 7, say: Seven passes., credit: 0.5}
      - {when: 'not found and passed("second")', say: Only the second.}
      - {when: passes == 8, say: Eight passes., hint: Count them.}
      - {when: passes == 9, say: Nine passes., hint: ""}
    remarks:
      - {when: passes >= 2, say: More than one.}
      - {when: 'passes >= 3 and passed("second")', say: More than two.}
  second: {points: 1, needs: [first]}
"""


@pytest.fixture
def item(tmp_path: Path) -> CourseExercise:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "rubrics").mkdir()
    exercise_path, rubric_path = tmp_path / "exercises" / "sample.yaml", tmp_path / "rubrics" / "sample.yaml"
    exercise_path.write_text(EXERCISE)
    rubric_path.write_text(RUBRIC)
    exercise = load_exercise(exercise_path)
    return CourseExercise(
        exercise=exercise, rubric=load_rubric(rubric_path, exercise), solution=tmp_path / "solutions" / "sample.py"
    )
