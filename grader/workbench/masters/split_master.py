"""The template and the reference solutions of a master."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.course.course import CourseExercise
from grader.errors import Mistake
from grader.submission.statements import statements_of
from grader.text import shorten
from grader.workbench.masters.cell_exercises import exercises_of_cells
from grader.workbench.masters.marked_code import take_apart, take_apart_solution
from grader.workbench.masters.marked_text import take_apart_text
from grader.workbench.masters.markers import has_region, has_solution_marker
from grader.workbench.masters.master_file import Master, MasterCell
from grader.workbench.masters.text_warnings import find_text_warnings
from grader.workbench.masters.whole_cells import whole_cell
from grader.workbench.templates.template import Template, TemplateCell

_COMMAND = re.compile(
    r"\s*#+[ \t]*(?:ASSIGNMENT[ \t]+CONFIG|PLUGIN|"
    r"(?P<side>BEGIN|END)[ \t]+(?P<what>QUESTION|SOLUTION|PROMPT|TESTS?|EXPORT|PLUGIN))\b",
    re.IGNORECASE,
)
"""What Otter's raw cells begin with: they say what the cells up to the next of them are."""
_LIKE_COMMAND = re.compile(r"\s*#*[ \t]*(?:BEG\w*|END\w*|START|STOP|ASSIGN\w*)\b.*", re.IGNORECASE)


@dataclass(slots=True)
class SplitMaster:
    template: Template
    references: dict[str, list[TemplateCell]] = field(default_factory=dict)
    """The cells of each reference solution, by the exercise."""
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    """What students get although it may be a solution, and what they do not get although it was there."""


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
    pieces = list(_pieces(master, owners, split))
    split.warnings += find_text_warnings([(piece.cell, piece.given, piece.has_solution) for piece in pieces])
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
    for found in (split.mistakes, split.warnings):
        found.sort(key=lambda mistake: (mistake.line is None, mistake.line or 0))
    split.template = replace(split.template, cells=tuple(_template_cells(pieces)))
    return split


def _pieces(master: Master, owners: Sequence[str], split: SplitMaster) -> Iterator[_Piece]:
    opened: tuple[str, MasterCell] | None = None  # what Otter's raw cells say of the cells below
    for cell, exercise in zip(master.cells, owners, strict=True):
        command = _COMMAND.match(cell.source) if cell.kind == "raw" else None
        if command is not None:
            opened = _after_command(command, cell, opened, split.mistakes)
            continue
        if cell.kind == "raw" and (like := _LIKE_COMMAND.match(cell.source)):
            text = f"`{shorten(like[0].strip(), 60)}` is nothing that a raw cell says; did you mean {_KNOWN_COMMANDS}?"
            split.mistakes.append(cell.mistake(1, text))
        inside = opened[0] if opened is not None else ""
        whole = whole_cell(cell.source) if cell.kind == "code" or not cell.is_solution else None
        if inside.startswith("TEST") or whole == "ignore" or (whole == "test" and cell.kind == "code"):
            continue
        is_solution = cell.is_solution or (inside == "SOLUTION" and not _marks_solution(cell))
        if cell.kind == "code" and whole == "solution":
            is_solution = True
        piece = _piece(cell, exercise, split, is_solution=is_solution)
        if inside == "PROMPT":
            piece = replace(piece, solved=None)
        elif (inside == "SOLUTION" and _has_prompt_cell(master, cell)) or (cell.kind == "code" and whole == "seed"):
            piece = replace(piece, given=None)
        yield piece
    if opened is not None:
        split.mistakes.append(opened[1].mistake(1, f"BEGIN {opened[0]} has no END {opened[0]}"))


_KNOWN_COMMANDS = "`# BEGIN SOLUTION`, `# BEGIN PROMPT`, `# BEGIN TESTS`, `# BEGIN QUESTION`, or `# END …` of one"


def _marks_solution(cell: MasterCell) -> bool:
    """Whether a cell between Otter's raw cells marks lines of its own: its other lines are for students."""
    return cell.kind == "code" and has_solution_marker(cell.source)


def _after_command(
    command: re.Match[str], cell: MasterCell, opened: tuple[str, MasterCell] | None, mistakes: list[Mistake]
) -> tuple[str, MasterCell] | None:
    side, what = (command["side"] or "").upper(), (command["what"] or "").upper()
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


def _piece(cell: MasterCell, exercise: str, split: SplitMaster, *, is_solution: bool) -> _Piece:
    """A cell taken apart. ``is_solution``: all of it is the solution, unless it marks which part is."""
    if cell.kind != "code":
        text = take_apart_text(replace(cell, is_solution=is_solution))
        split.mistakes += text.mistakes
        given, solved = "\n".join(text.given), "\n".join(text.solved)
        return _Piece(cell=cell, exercise=exercise, given=given, solved=solved, has_solution=text.has_solution)
    whole = is_solution and not has_region(cell.source)
    marked = take_apart_solution(cell) if whole else take_apart(cell)
    split.mistakes += marked.mistakes
    split.warnings += marked.warnings
    return _Piece(
        cell=cell,
        exercise=exercise,
        given=marked.template,
        solved=marked.solution,
        has_solution=marked.has_solution,
    )


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
