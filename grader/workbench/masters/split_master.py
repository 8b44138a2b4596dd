"""The template and the reference solutions of a master."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.course.course import CourseExercise
from grader.errors import Mistake
from grader.submission.statements import statements_of
from grader.workbench.masters.cell_exercises import exercises_of_cells
from grader.workbench.masters.marked_code import STUB, take_apart
from grader.workbench.masters.markers import has_marker, marker_in_text
from grader.workbench.masters.master_file import Master, MasterCell
from grader.workbench.templates.template import ANSWER_HERE, Template, TemplateCell

_COMMAND = re.compile(
    r"[ \t]*#+[ \t]*(?P<side>ASSIGNMENT|BEGIN|END)[ \t]+(?P<what>CONFIG|QUESTION|SOLUTION|PROMPT|TESTS?|EXPORT)\b",
    re.IGNORECASE,
)
"""What Otter's raw cells begin with: they say what the cells up to the next of them are."""


@dataclass(slots=True)
class SplitMaster:
    template: Template
    references: dict[str, list[TemplateCell]] = field(default_factory=dict)
    """The cells of each reference solution, by the exercise."""
    mistakes: list[Mistake] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A cell, in the form for students and in the form of the solution; None: it is not there."""

    cell: MasterCell
    exercise: str
    given: str | None
    solved: str | None
    has_solution: bool


def split_master(master: Master, assignment: str, exercises: Sequence[CourseExercise]) -> SplitMaster:
    """Take a master apart. ``exercises``: those that the assignment asks for."""
    split = SplitMaster(template=Template(assignment=assignment, cells=()))
    owners = exercises_of_cells(master.cells, exercises)
    pieces = list(_pieces(master, owners, split.mistakes))
    for piece in pieces:
        if piece.has_solution and not piece.exercise:
            text = "this solution belongs to no exercise: no tag names one, and no heading above does"
            split.mistakes.append(piece.cell.mistake(1, text))
    for item in exercises:
        name = item.exercise.id
        if cells := list(_reference(name, pieces)):
            split.references[name] = cells
        elif name not in owners:
            text = f"nothing in it is about `{name}`, which the assignment asks for; put its title into a heading"
            split.mistakes.append(Mistake(path=master.path, line=None, text=text))
    split.mistakes.sort(key=lambda mistake: (mistake.line is None, mistake.line or 0))
    split.template = replace(split.template, cells=tuple(_template_cells(pieces)))
    return split


def _pieces(master: Master, owners: Sequence[str], mistakes: list[Mistake]) -> Iterator[_Piece]:
    opened: tuple[str, MasterCell] | None = None  # what Otter's raw cells say of the cells below
    for cell, exercise in zip(master.cells, owners, strict=True):
        command = _COMMAND.match(cell.source) if cell.kind == "raw" else None
        if command is not None:
            opened = _after_command(command, cell, opened, mistakes)
            continue
        inside = opened[0] if opened is not None else ""
        if inside.startswith("TEST"):
            continue
        piece = _piece(cell, exercise, mistakes, is_solution=cell.is_solution or inside == "SOLUTION")
        if inside == "PROMPT":
            piece = replace(piece, solved=None)
        elif inside == "SOLUTION" and _has_prompt_cell(master, cell):
            piece = replace(piece, given=None)
        yield piece
    if opened is not None:
        mistakes.append(opened[1].mistake(1, f"BEGIN {opened[0]} has no END {opened[0]}"))


def _after_command(
    command: re.Match[str], cell: MasterCell, opened: tuple[str, MasterCell] | None, mistakes: list[Mistake]
) -> tuple[str, MasterCell] | None:
    side, what = command["side"].upper(), command["what"].upper()
    if what not in ("SOLUTION", "PROMPT", "TEST", "TESTS"):
        return opened
    if side == "BEGIN":
        if opened is not None:
            mistakes.append(cell.mistake(1, f"BEGIN {what} inside of BEGIN {opened[0]} (cell {opened[1].number})"))
        return (what, cell)
    if opened is None or opened[0] != what:
        mistakes.append(cell.mistake(1, f"END {what} has no BEGIN {what}"))
    return None


def _has_prompt_cell(master: Master, cell: MasterCell) -> bool:
    """Whether cells for students stand just before or after the raw cells around a solution."""
    raw = [each for each in master.cells if each.kind == "raw" and _COMMAND.match(each.source)]
    before = [each for each in raw if each.number < cell.number]
    after = [each for each in raw if each.number > cell.number]
    near = [*before[-2:-1], *after[1:2]]
    return any("PROMPT" in each.source.split("\n")[0].upper() for each in near)


def _piece(cell: MasterCell, exercise: str, mistakes: list[Mistake], *, is_solution: bool) -> _Piece:
    given: str | None = cell.source
    solved: str | None = cell.source
    has_solution = False
    if cell.kind != "code":
        if (line := marker_in_text(cell.source)) is not None:
            text = "a marker in a text cell marks nothing; give the cell the tag `solution`"
            mistakes.append(cell.mistake(line, text))
        elif is_solution:
            given, has_solution = ANSWER_HERE, True
    elif is_solution and not has_marker(cell.source):
        given, has_solution = "\n".join(STUB), True
    else:
        marked = take_apart(cell)
        mistakes += marked.mistakes
        given, solved, has_solution = marked.template, marked.solution, marked.has_solution
    return _Piece(cell=cell, exercise=exercise, given=given, solved=solved, has_solution=has_solution)


def _template_cells(pieces: Sequence[_Piece]) -> Iterator[TemplateCell]:
    for piece in pieces:
        if piece.given is not None and (piece.given.strip() or piece.has_solution):
            is_code = piece.cell.kind == "code"
            yield TemplateCell(
                kind="code" if is_code else "markdown",
                source=piece.given,
                id=f"cell-{piece.cell.number}",
                exercise=piece.exercise if is_code or piece.has_solution else "",
            )


def _reference(exercise: str, pieces: Sequence[_Piece]) -> Iterator[TemplateCell]:
    """The cells of a reference: those of the exercise, and of the code before it what they need."""
    own = [piece for piece in pieces if piece.exercise == exercise]
    if not any(piece.has_solution for piece in own):
        return
    chosen = [piece for piece in own if piece.has_solution or piece.cell.kind == "code"]
    wanted = {name for piece in chosen for name in _names(piece, "reads")}
    first = min(piece.cell.number for piece in chosen)
    for piece in reversed([piece for piece in pieces if piece.cell.number < first and piece.cell.kind == "code"]):
        if not piece.exercise or wanted & _names(piece, "binds"):
            chosen.append(piece)
            wanted |= _names(piece, "reads")
    for piece in sorted(chosen, key=lambda piece: piece.cell.number):
        if piece.solved is not None and piece.solved.strip():
            yield TemplateCell(
                kind="code" if piece.cell.kind == "code" else "markdown",
                source=piece.solved,
                id=f"cell-{piece.cell.number}",
            )


def _names(piece: _Piece, which: str) -> set[str]:
    """The names that a cell reads or binds."""
    if piece.cell.kind != "code" or piece.solved is None:
        return set()
    return {name for each in statements_of(piece.solved) or () for name in getattr(each.effects, which)}
