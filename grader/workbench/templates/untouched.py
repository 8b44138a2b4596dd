"""Proves a template: a student who writes nothing gets nothing, and no exercise counts as attempted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from grader.course.course import Course
from grader.course.starters import handed_out
from grader.errors import Mistake
from grader.language.yaml_file import shown
from grader.model import Report


def without_starters(course: Course) -> Course:
    """The course as if it knew of no code that was handed out. Then a starter's code counts as a student's own."""
    exercises = tuple(replace(item, starter="") for item in course.exercises)
    assignments = tuple(replace(assignment, handout=()) for assignment in course.assignments)
    handout = handed_out(statements=[item.exercise.statement for item in exercises], starters={})
    return replace(course, exercises=exercises, assignments=assignments, handout=handout)


def find_attempts(course: Course, report: Report) -> Iterator[Mistake]:
    """What grading an untouched template found that should not be there. ``report``: by the course."""
    for exercise in report.exercises:
        path = shown(course.layers.exercises[exercise.id])
        passed = [check for check in exercise.checks if check.status == "passed"]
        for check in passed:
            yield Mistake(path=path, line=None, text=f"the untouched template passes `{check.id}` ({check.title})")
        if exercise.status == "error":
            text = f"the untouched template could not be graded: {exercise.message}"
            yield Mistake(path=path, line=None, text=text)
        elif exercise.status != "not_attempted" and not passed:
            words = f' by "{exercise.words.text}"' if exercise.words is not None else ""
            text = f"the untouched template counts as an attempt{words}; nothing in it is an answer"
            yield Mistake(path=path, line=None, text=text)


def find_given_answers(report: Report, places: Mapping[str, Path], *, of_master: bool = False) -> Iterator[Mistake]:
    """Checks that what is handed out passes by itself. ``report``: by the course ``without_starters``. ``places``: the
    file with the code that is handed out, by exercise. ``of_master``: it is the master, which has further cells.
    """
    of_what = " of the template" if of_master else ""
    for exercise in report.exercises:
        for check in exercise.checks if exercise.id in places else ():
            if check.status == "passed":
                where = f", {check.location.in_words_alone()}{of_what}" if check.location is not None else ""
                yield Mistake(
                    path=shown(places[exercise.id]),
                    line=None,
                    text=f"what is handed out passes `{check.id}` of `{exercise.id}` ({check.title}{where}) by itself. "
                    "It proves nothing, so nobody could earn these points; take the answer out of it",
                )
