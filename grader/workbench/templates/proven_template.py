"""Makes a template, and proves it before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader import submission
from grader.course.course import Course, CourseExercise, refuse_unfinished
from grader.course.joined_files import starter_paths
from grader.errors import ExerciseError
from grader.pipeline.open_grader import OpenGrader
from grader.sandbox.preload import modules_for
from grader.workbench.templates.notebook_file import as_notebook
from grader.workbench.templates.script_file import as_script
from grader.workbench.templates.template import Template
from grader.workbench.templates.untouched import find_attempts, find_given_answers, without_starters

WRITERS = {"ipynb": as_notebook, "py": as_script}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTemplate:
    contents: Mapping[str, bytes]
    """The files by their suffixes."""
    exercises: int
    points: float
    """What could be had, bonus included."""


def prove_template(
    template: Template, course: Course, suffixes: Iterable[str], opened: OpenGrader, *, master: Path | None = None
) -> ProvenTemplate:
    """Grade a template as it is, in each format. ``master``: the file that it was made of.

    Raises ExerciseError where something in it counts as an answer, CourseError where a reference fails.
    """
    assignment = course.assignment(template.assignment)
    exercises = course.select((), assignment)
    refuse_unfinished(exercises)
    contents = {suffix: WRITERS[suffix](template) for suffix in suffixes}
    opened.preload(modules_for(item.solution.read_bytes() for item in exercises if not item.is_recorded))
    read = [submission.read(content, f"{assignment.id}.{suffix}") for suffix, content in contents.items()]
    grader = opened.grader(course, assignment.id)
    mistakes = [mistake for each in read for mistake in find_attempts(course, grader.grade(each))]
    if places := _places(course, exercises, master):
        bare = opened.grader(without_starters(course), assignment.id)
        mistakes += find_given_answers(bare.grade(read[0]), places, of_master=master is not None)
    if mistakes:
        raise ExerciseError(list(dict.fromkeys(mistakes)))
    total = sum(item.rubric.total for item in exercises)
    return ProvenTemplate(contents=contents, exercises=len(exercises), points=total)


def _places(course: Course, exercises: Iterable[CourseExercise], master: Path | None) -> Mapping[str, Path]:
    """The files with the code that is handed out, by exercise."""
    if master is not None:
        return {item.exercise.id: master for item in exercises}
    starters = starter_paths(course.layers)
    return {item.exercise.id: starters[item.exercise.id] for item in exercises if item.starter}
