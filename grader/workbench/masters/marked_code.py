"""A code cell of a master, taken apart: what students get of it, and what the solution has."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass, field

from grader.errors import Mistake
from grader.submission.cell_translation import CellTranslator
from grader.submission.python_parser import parse
from grader.workbench.masters.markers import LineMarker, Region, RegionMarker, is_suspect, marker_of
from grader.workbench.masters.master_file import MasterCell
from grader.workbench.templates.template import CODE_HERE

STUB = (CODE_HERE, "...")
"""What takes the place of a solution. It is valid Python wherever statements may stand."""


@dataclass(slots=True)
class MarkedCode:
    """What became of a cell. ``given`` and ``solved`` are its lines for students and in the solution."""

    given: list[str] = field(default_factory=list)
    solved: list[str] = field(default_factory=list)
    has_solution: bool = False
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def template(self) -> str:
        return "\n".join(self.given).strip("\n")

    @property
    def solution(self) -> str:
        return "\n".join(self.solved).strip("\n")


def take_apart(cell: MasterCell) -> MarkedCode:
    """The parts of a code cell, with all mistakes in its markers."""
    done = MarkedCode()
    opened: tuple[int, Region] | None = None
    for number, line in enumerate(cell.source.split("\n"), 1):
        match marker_of(line):
            case RegionMarker(begins=True) as marker:
                if opened is not None:
                    text = f"BEGIN {marker.region} inside of BEGIN {opened[1]} (line {opened[0]}), which has no end yet"
                    done.mistakes.append(cell.mistake(number, text))
                else:
                    opened = (number, marker.region)
                    if marker.region == "SOLUTION":
                        done.has_solution = True
                        indent = line[: len(line) - len(line.lstrip())]
                        done.given += [indent + text for text in STUB] if marker.prompt else []
            case RegionMarker() as marker:
                if opened is None:
                    done.mistakes.append(cell.mistake(number, f"END {marker.region} has no BEGIN {marker.region}"))
                elif opened[1] != marker.region:
                    text = f"END {marker.region} inside of BEGIN {opened[1]} (line {opened[0]}), which has no end yet"
                    done.mistakes.append(cell.mistake(number, text))
                else:
                    opened = None
            case LineMarker() as marker if opened is None:
                done.has_solution = True
                done.solved.append(marker.code)
                _add_stub(done, marker, cell, number)
            case _:
                _add_line(done, line, None if opened is None else opened[1], cell, number)
    if opened is not None:
        done.mistakes.append(cell.mistake(opened[0], f"BEGIN {opened[1]} has no END {opened[1]} in this cell"))
    if not done.mistakes:
        done.mistakes += _broken(done, cell)
    return done


def _add_line(done: MarkedCode, line: str, region: Region | None, cell: MasterCell, number: int) -> None:
    """Adds a line that is no marker, in a region or outside of all."""
    if region in (None, "PROMPT"):
        done.given.append(line)
    if region in (None, "SOLUTION"):
        done.solved.append(line)
    if is_suspect(line):
        text = f"`{line.strip()}` is no marker; write ### BEGIN SOLUTION and ### END SOLUTION, or # SOLUTION after code"
        done.mistakes.append(cell.mistake(number, text))


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
    if marker.prompt:
        done.given.append(indent + stub)


def _broken(done: MarkedCode, cell: MasterCell) -> list[Mistake]:
    """Whether students would get code that is no Python although the master's is."""
    if not done.has_solution or parse(CellTranslator().translate(done.template).code) is not None:
        return []
    if parse(CellTranslator().translate(done.solution).code) is None:
        return [cell.mistake(1, "the solution of this cell is no valid Python")]
    return [
        cell.mistake(1, "without its solution this cell is no valid Python; mark whole statements, and leave a stub")
    ]
