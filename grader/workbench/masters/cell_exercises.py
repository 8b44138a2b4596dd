"""Which exercise each cell of a master is about: what its tags name, else the heading above."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.course.course import CourseExercise
from grader.judging.sections.names import NameIndex
from grader.judging.sections.numbers import number_mark
from grader.workbench.masters.master_file import MasterCell
from grader.workbench.masters.whole_cells import whole_cell

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_QUESTION_NAME = re.compile(r"^[ \t]*name:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def exercises_of_cells(cells: Iterable[MasterCell], exercises: Sequence[CourseExercise]) -> list[str]:
    """The id of the exercise of each cell; empty: none."""
    ids = {item.exercise.id for item in exercises}
    index = NameIndex([item.exercise.names for item in exercises])
    by_number = {number: item.exercise.id for item in exercises for number in item.numbers if len(item.numbers) == 1}
    found: list[str] = []
    current, level = "", 0
    for cell in cells:
        own = next((name for name in cell.names if name in ids), "")
        if cell.kind == "markdown" and whole_cell(cell.source) != "ignore":  # `## Ignore ##` is no heading
            for line in _lines_outside_fences(cell.source):
                if heading := _HEADING.match(line):
                    named = _named(heading[2], index, by_number)
                    if named or len(heading[1]) <= level:
                        current, level = named, len(heading[1])
        elif cell.kind == "raw" and (name := _QUESTION_NAME.search(cell.source)) and name[1].strip("'\"") in ids:
            current, level = name[1].strip("'\""), 0  # the raw cell with which Otter begins a question
        found.append(own or current)
    return found


def _named(title: str, index: NameIndex, by_number: dict[str, str]) -> str:
    owners = index.named_in(title)
    if len(owners) == 1:
        return next(iter(owners))
    mark = number_mark(title, anywhere=True)
    return by_number.get(mark.number, "") if mark is not None else ""


def _lines_outside_fences(markdown: str) -> Iterable[str]:
    fence = False
    for line in markdown.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fence = not fence
        elif not fence:
            yield line
