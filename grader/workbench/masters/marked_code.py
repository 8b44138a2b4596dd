"""A code cell of a master, taken apart: what students get of it, and what the solution has."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, field

from grader.errors import Mistake
from grader.submission.cell_translation import CellTranslator
from grader.submission.python_parser import parse
from grader.text import shorten
from grader.workbench.masters.markers import LineMarker, RegionMarker, marker_of
from grader.workbench.masters.master_file import MasterCell
from grader.workbench.masters.near_markers import find_doubtful, find_near_markers
from grader.workbench.masters.open_region import OpenRegion
from grader.workbench.templates.template import CODE_HERE

STUB = (CODE_HERE, "...")
"""What takes the place of a solution. It is valid Python wherever statements may stand."""

_AUTOTEST = re.compile(r"[ \t]*#+[ \t]*(?:HASHED[ \t]+)?AUTOTEST\b")


@dataclass(slots=True)
class MarkedCode:
    """What became of a cell. ``given`` and ``solved`` are its lines for students and in the solution."""

    given: list[str] = field(default_factory=list)
    given_from: list[int] = field(default_factory=list)
    """For each line of ``given`` the line of the cell, from 1."""
    solved: list[str] = field(default_factory=list)
    solved_from: list[int] = field(default_factory=list)
    """For each line of ``solved`` the line of the cell."""
    has_solution: bool = False
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)

    def give(self, line: str, number: int) -> None:
        self.given.append(line)
        self.given_from.append(number)

    def solve(self, line: str, number: int) -> None:
        self.solved.append(line)
        self.solved_from.append(number)

    @property
    def template(self) -> str:
        return "\n".join(self.given).strip("\n")

    @property
    def solution(self) -> str:
        return "\n".join(self.solved).strip("\n")


def take_apart(cell: MasterCell) -> MarkedCode:
    """The parts of a code cell, with all mistakes in its markers."""
    done = MarkedCode()
    opened = OpenRegion(cell)
    for number, line in enumerate(cell.source.split("\n"), 1):
        match marker_of(line):
            case RegionMarker() as marker:
                if opened.meet(marker, number) and marker.region == "SOLUTION":
                    done.has_solution = True
                    indent = line[: len(line) - len(line.lstrip())]
                    for text in STUB if marker.prompt else ():
                        done.give(indent + text, number)
            case LineMarker() as marker if opened.region is None:
                if marker.word != "IGNORE":
                    done.solve(marker.code, number)
                if marker.word == "SOLUTION":
                    done.has_solution = True
                if marker.prompt:
                    _add_stub(done, marker, cell, number)
            case LineMarker() as marker if opened.region == "SOLUTION":
                if marker.word != "IGNORE":
                    done.solve(marker.code, number)
            case _:
                if opened.region in (None, "PROMPT"):
                    done.give(line, number)
                if opened.region in (None, "SOLUTION"):
                    done.solve(line, number)
    opened.close()
    done.mistakes += opened.mistakes
    _find_near_markers(done, cell)
    done.mistakes.sort(key=lambda mistake: mistake.line or 0)
    if not done.mistakes:
        done.mistakes += _broken(done, cell)
    return done


def take_apart_solution(cell: MasterCell) -> MarkedCode:
    """A code cell that is a solution as a whole: students get its prompt, else a stub; the solution has no markers."""
    done = MarkedCode(solved=take_apart(cell).solved, has_solution=True)
    opened = OpenRegion(cell)
    for number, line in enumerate(cell.source.split("\n"), 1):
        if isinstance(marker := marker_of(line), RegionMarker):
            opened.meet(marker, number)
        elif opened.region == "PROMPT":
            done.give(line, number)
    opened.close()
    done.given = done.given or list(STUB)
    done.mistakes += opened.mistakes
    return done


def _find_near_markers(done: MarkedCode, cell: MasterCell) -> None:
    """Notes comments that look like markers: what they were meant to mark is handed out."""
    given = "\n".join(done.given)
    near = {done.given_from[line - 1]: meant for line, meant in find_near_markers(given)}
    # Also in a region that is dropped: a misspelled end lets it go on to a later one.
    near |= {line: meant for line, meant in find_near_markers(cell.source) if "BEGIN " in meant or "END " in meant}
    lines = cell.source.split("\n")
    for number, meant in sorted(near.items()):
        if marker_of(lines[number - 1]) is None:
            text = f"`{shorten(lines[number - 1].strip(), 60)}` is no marker; did you mean `{meant}`?"
            done.mistakes.append(cell.mistake(number, text))
    for number, line in enumerate(lines, 1):
        if _AUTOTEST.match(line):
            text = f"`{shorten(line.strip(), 60)}` is replaced by tests in nbgrader and by nothing here; take it out"
            done.mistakes.append(cell.mistake(number, text))
    for place, comment in find_doubtful(given):
        if (number := done.given_from[place - 1]) not in near:
            text = f"students get this line and what follows it, although it says `{shorten(comment, 60)}`"
            done.warnings.append(cell.mistake(number, text))


def _add_stub(done: MarkedCode, marker: LineMarker, cell: MasterCell, number: int) -> None:
    """What takes the place of a line: of an assignment its name, else three dots."""
    code = marker.code
    indent = code[: len(code) - len(code.lstrip())]
    tree = parse(textwrap.dedent(code))
    match tree.body if tree is not None else None:
        case [ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value)]:
            before = textwrap.dedent(code).encode()[: value.col_offset].decode()  # columns count bytes
            stub = f"{before.rstrip('( ')} ..."
        case [_, *_]:
            stub = "..."
        case _:
            text = "# SOLUTION marks a line that is no whole statement; put BEGIN SOLUTION and END SOLUTION around it"
            done.mistakes.append(cell.mistake(number, text))
            return
    done.give(indent + stub, number)


def _broken(done: MarkedCode, cell: MasterCell) -> list[Mistake]:
    """Whether the solution is no Python, or what students would get is none although the solution is."""
    if not done.has_solution:
        return []
    solution = "\n".join(done.solved)
    translated = CellTranslator().translate(solution)
    if translated.broken:
        wrong = translated.broken[0]
        why = wrong.text.partition(". ")[0].rstrip(".")  # what follows is what becomes of a submission with it
        return [cell.mistake(done.solved_from[wrong.line - 1], f"the solution of this cell is no valid Python: {why}")]
    if parse(translated.code) is None:
        return [cell.mistake(1, "the solution of this cell is no valid Python")]
    given = CellTranslator().translate(done.template)
    if parse(given.code) is not None and not given.broken:
        return []
    return [
        cell.mistake(1, "without its solution this cell is no valid Python; mark whole statements, and leave a stub")
    ]
