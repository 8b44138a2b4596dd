"""A template: what students get for an assignment, as cells, whatever the format of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.course.course import CourseExercise
from grader.model import Assignment
from grader.report.course_screen import rules_of
from grader.text import points
from grader.workbench.templates.statement_headings import below_heading

CODE_HERE = "# Your code here"
ANSWER_HERE = "*Your answer here.*"
"""Grading knows both for placeholders, so that they are no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCell:
    kind: Literal["markdown", "code"]
    source: str
    id: str
    """What the cell is called in its file; no two cells of a template have one id."""
    exercise: str = ""
    """The id of the exercise that is answered in it; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    assignment: str
    """Its id."""
    cells: tuple[TemplateCell, ...]


def template_of(assignment: Assignment, exercises: Sequence[CourseExercise]) -> Template:
    """The template of an assignment. ``exercises``: those that it asks for, in its order."""
    return Template(assignment=assignment.id, cells=tuple(_cells(assignment, exercises)))


def _cells(assignment: Assignment, exercises: Sequence[CourseExercise]) -> Iterator[TemplateCell]:
    head = "\n\n".join((f"# {assignment.title}", *rules_of(assignment)))
    yield TemplateCell(kind="markdown", source=head, id="sheet")
    taken: set[str] = set()
    for position, item in enumerate(exercises, 1):
        number = next((number for number in item.numbers if number not in taken), "")
        taken.add(number)
        exercise = item.exercise
        # Ids of cells have at most 64 characters, as those of exercises.
        name = exercise.id if len(exercise.id) <= _LONGEST_NAME else f"exercise-{position}"
        statement = below_heading(exercise.statement.strip(), level=2)
        yield TemplateCell(kind="markdown", source=f"{_heading(item, number)}\n\n{statement}", id=f"{name}-statement")
        if item.starter or not all(check.ANSWERED_IN_WORDS for check in exercise.checks):
            code = item.starter or CODE_HERE
            yield TemplateCell(kind="code", source=code, id=f"{name}-code", exercise=exercise.id)
        if any(check.ANSWERED_IN_WORDS for check in exercise.checks):
            yield TemplateCell(kind="markdown", source=ANSWER_HERE, id=f"{name}-answer", exercise=exercise.id)


_LONGEST_NAME = 64 - len("-statement")


def _heading(item: CourseExercise, number: str) -> str:
    worth = "1 point" if item.rubric.total == 1 else f"{points(item.rubric.total)} points"
    title = f"{number}. {item.exercise.title}" if number else item.exercise.title
    return f"## {title} ({worth}{', bonus' if item.bonus else ''})"
