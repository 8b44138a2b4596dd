"""Which statements of a submission are the student's own, and which were handed out.

A statement was handed out if its fingerprint is the handout's, and it uses nothing of the student's own: a given
``d = f(a)`` below the student's own ``def f`` shows what that function does.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.model import RunPlace, Submission
from grader.submission.broken_code import was_meant_as_code
from grader.submission.fingerprints import (
    Handout,
    StatementFingerprints,
    broken_lines,
    fingerprint_of_line,
    given_by_cells,
)
from grader.submission.statements import Effects, Statement, figure_libraries, statements_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStatement:
    """A statement of the student's own, or a line that does not parse. Lines count from 1 within the cell."""

    cell: int
    first_line: int
    last_line: int
    is_live: bool
    """It does something that could be an answer, or was meant to."""


class OwnCode:
    """The student's own statements of a submission."""

    def __init__(self, submission: Submission, handout: Handout) -> None:
        self._first_lines = tuple(cell.first_line for cell in submission.cells)
        reader = _Reader(submission, handout)
        self._given: dict[int, list[tuple[int, int]]] = {}
        self._own: dict[int, list[OwnStatement]] = {}
        for number in range(len(submission.cells)):
            own, given = reader.read(number)
            self._own[number], self._given[number] = own, given
        self._drawings = reader.drawings

    def is_own(self, place: RunPlace) -> bool:
        """Whether the statement at a place is the student's own, or uses something of the student's own.

        Where the line is not known, one statement of the student's own in the cell is enough.
        """
        if not 0 <= place.cell < len(self._first_lines):
            return True  # a module that was handed in with the file
        given = self._given[place.cell]
        if not given:
            return True
        if place.line == 0:
            return bool(self._own[place.cell])
        line = place.line - self._first_lines[place.cell] + 1
        if any(own.first_line <= line <= own.last_line for own in self._own[place.cell]):
            return True
        return not any(first <= line <= last for first, last in given)

    def is_own_figure(self, place: RunPlace) -> bool:
        """Whether a figure has something of the student's own: it may be shown by a statement that was handed out."""
        return self.is_own(place) or any(
            cell == place.cell and line + self._first_lines[cell] - 1 <= place.line for cell, line in self._drawings
        )

    def has_own(self, cell: int) -> bool:
        """Whether a cell has a statement of the student's own, or no code at all."""
        return bool(self._own.get(cell)) or not self._given.get(cell)

    def live_places(self) -> Iterator[RunPlace]:
        """The places of the student's own statements that do something, in the order of the file."""
        for cell, found in self._own.items():
            for own in found:
                if own.is_live:
                    line = self._first_lines[cell] + own.first_line - 1
                    yield RunPlace(cell=cell, line=line, statement=0)


@dataclass(slots=True)
class _State:
    """What is the student's own where a statement begins."""

    names: set[str] = field(default_factory=set)
    differentiated: set[str] = field(default_factory=set)
    """Names from which a statement of the student's own called ``backward``."""
    libraries: set[str] = field(default_factory=set)
    """Names of imported modules, and of what comes from them."""
    figures: set[str] = field(default_factory=set)
    """Names of modules that keep figures."""
    has_drawn: bool = False
    """A statement of the student's own drew something."""

    def is_used_by(self, effects: Effects) -> bool:
        return (
            not self.names.isdisjoint(effects.reads)
            or not self.differentiated.isdisjoint(effects.differentiates)
            or (self.has_drawn and not self.figures.isdisjoint(effects.reads))
        )

    def after_given(self, effects: Effects) -> None:
        self.names -= effects.binds
        self.differentiated -= effects.binds

    def after_own(self, effects: Effects) -> None:
        self.differentiated -= effects.binds
        self.names |= effects.binds | (effects.changes - self.libraries)
        self.differentiated |= effects.differentiates
        self.has_drawn |= self.draws(effects)

    def draws(self, effects: Effects) -> bool:
        return effects.plots or not self.figures.isdisjoint(effects.reads)


class _Reader:
    """Reads the cells of a submission in their order."""

    def __init__(self, submission: Submission, handout: Handout) -> None:
        self._submission = submission
        self._handout = handout
        self._fingerprints = StatementFingerprints()
        self._state = _State()
        self._by_cells = given_by_cells(handout, submission.cells) if handout.cells else frozenset()
        self._modules = {file.path: file.content for file in submission.companions if file.path.endswith(".py")}
        self._own: list[OwnStatement] = []
        self._given: list[tuple[int, int]] = []
        self.drawings: list[tuple[int, int]] = []
        """Cell and line of each statement of the student's own that draws."""

    def read(self, number: int) -> tuple[list[OwnStatement], list[tuple[int, int]]]:
        """The student's own statements of a cell, and the lines of those that were handed out."""
        cell = self._submission.cells[number]
        self._own, self._given = [], []
        for index, statement in enumerate(statements_of(cell.code) or ()):
            self._read(statement, number, known=(number, index) in self._by_cells)
        for first, last, text in _blocks(broken_lines(cell)):
            self._read_broken(number, first, last, text)
        for broken in cell.broken_statements:
            self._state.names.update(broken.binds)
        return self._own, self._given

    def _read(self, statement: Statement, cell: int, scope: str = "", *, known: bool = False) -> None:
        handout, state, effects = self._handout.statements, self._state, statement.effects
        self._note_imports(effects)
        known = self._fingerprints.of(statement, scope=scope) in handout or known
        header = self._fingerprints.header_of(statement, scope=scope) if statement.parts else ""
        if known and not state.is_used_by(effects):
            self._given.append((statement.first_line, statement.last_line))
            state.after_given(effects)
        elif statement.parts and header in handout:
            # A block in which only some statements were changed.
            before = len(self._own)
            for part in statement.parts:
                self._read(part, cell, header)
            changed = effects.binds if len(self._own) > before else set()
            state.names |= changed
            self._given.append((statement.first_line, statement.parts[0].first_line - 1))
        else:
            if state.draws(effects):
                self.drawings.append((cell, statement.first_line))
            self._add_own(cell, statement.first_line, statement.last_line, is_live=not statement.is_idle)
            state.after_own(effects)
        self._fingerprints.bind(effects)

    def _read_broken(self, cell: int, first: int, last: int, text: str) -> None:
        """Lines that do not parse. Text that stands in a cell for code is no code."""
        if all(fingerprint_of_line(line) in self._handout.statements for line in text.split("\n")):
            self._given.append((first, last))
        else:
            self._add_own(cell, first, last, is_live=was_meant_as_code(textwrap.dedent(text)))

    def _add_own(self, cell: int, first: int, last: int, *, is_live: bool) -> None:
        self._own.append(OwnStatement(cell=cell, first_line=first, last_line=last, is_live=is_live))

    def _note_imports(self, effects: Effects) -> None:
        """What comes from a module that was handed in with the file is the student's own; other modules are not."""
        for name, module in effects.imports.items():
            own = self._names_of(module) if self._modules else None
            if own is None:
                self._state.names.discard(name)
                self._state.libraries.add(name)
            else:
                self._state.names.update(own if name == "*" else {name})
        self._state.figures |= figure_libraries(effects.imports)

    def _names_of(self, module: str) -> set[str] | None:
        """The names that a module of the student's own binds; None if there is no such module."""
        path = module.replace(".", "/")
        content = self._modules.get(f"{path}.py", self._modules.get(f"{path}/__init__.py"))
        if content is None:
            return None
        read = statements_of(content.decode("utf-8", "replace")) or ()
        return {name for statement in read for name in (*statement.effects.binds, *statement.effects.imports)}


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Consecutive lines together: the first and last number, and the text."""
    block: list[tuple[int, str]] = []
    for number, text in lines:
        if block and number > block[-1][0] + 1:
            yield block[0][0], block[-1][0], "\n".join(line for _, line in block)
            block = []
        block.append((number, text))
    if block:
        yield block[0][0], block[-1][0], "\n".join(line for _, line in block)
