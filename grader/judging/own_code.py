"""Which statements of a submission are the student's own, and which were handed out.

A statement was handed out if it comes from the handout (see ``grader.submission.handed_back``) and uses nothing of the
student's own: a given ``d = f(a)`` below the student's own ``def f`` shows what that function does.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader.model import RunPlace, Submission
from grader.submission.broken_code import was_meant_as_code
from grader.submission.fingerprints import (
    Handout,
    broken_lines,
    fingerprint_of_header,
    fingerprint_of_line,
    fingerprint_of_part,
)
from grader.submission.handed_back import find_handed_back
from grader.submission.statements import Effects, Statement, figure_libraries, statements_of

NEAR = 4
"""Statements between one of the student's own and a piece of the handout that still shows what that one does."""
LONGEST_BROKEN = 2_000
"""Characters of code that does not parse, in which words are told from code."""
_TORCH = frozenset({"torch", "functorch", "d2l"})
Kind = Literal["own", "derived", "given"]
"""``derived``: a longer piece of the handout that uses something of the student's own, such as a name that was bound
anew far above. It may be right or wrong, but proves no attempt.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A statement, or lines that do not parse. Lines count from 1 within the cell."""

    first_line: int
    last_line: int
    kind: Kind
    is_live: bool = False
    """It does something that could be an answer, or was meant to."""
    uses_torch: bool = True
    """As far as the names that it reads show. What only prints uses nothing."""
    inner_lines: tuple[int, ...] = ()
    """The first lines of the statements in it that do something, such as those of ``main()``."""


class OwnCode:
    """The student's own statements of a submission."""

    def __init__(self, submission: Submission, handout: Handout) -> None:
        self._first_lines = tuple(cell.first_line for cell in submission.cells)
        reader = _Reader(submission, handout)
        self._stretches = tuple(tuple(reader.read(number)) for number in range(len(submission.cells)))
        self._kinds = tuple(map(_kinds_by_line, self._stretches))
        self._drawings = reader.drawings

    @property
    def seen(self) -> object:
        """All that was found. Its ``repr`` is the same in every process."""
        return self._first_lines, self._stretches, sorted(self._drawings.items())

    def is_own(self, place: RunPlace) -> bool:
        """Whether the statement at a place is the student's own, or uses something of the student's own.

        Where the line is not known, one statement of the student's own in the cell is enough.
        """
        return self._kind(place) != "given"

    def proves(self, place: RunPlace) -> bool:
        """Whether what happened at a place may prove an attempt."""
        return self._kind(place) == "own"

    def is_own_figure(self, place: RunPlace) -> bool:
        """Whether a figure has something of the student's own: it may be shown by a statement that was handed out."""
        drawn = self._drawings.get(place.cell)
        return self.is_own(place) or (drawn is not None and drawn + self._first_lines[place.cell] - 1 <= place.line)

    def has_own(self, cell: int) -> bool:
        """Whether a cell has a statement of the student's own, or no code at all."""
        stretches = self._stretches[cell]
        return not stretches or any(stretch.kind != "given" for stretch in stretches)

    def live_places(self, *, with_torch: bool = False) -> Iterator[RunPlace]:
        """The places of the student's own statements that do something, in the order of the file.

        ``with_torch``: only of those that use torch, or what comes from it, or define something.
        """
        for cell, stretches in enumerate(self._stretches):
            for stretch in stretches:
                if stretch.kind == "own" and (stretch.uses_torch or not with_torch):
                    lines = (stretch.first_line, *stretch.inner_lines) if stretch.is_live else stretch.inner_lines
                    for line in lines:
                        yield RunPlace(cell=cell, line=self._first_lines[cell] + line - 1, statement=0)

    def _kind(self, place: RunPlace) -> Kind:
        if not 0 <= place.cell < len(self._first_lines):
            return "own"  # a module that was handed in with the file
        kinds = self._kinds[place.cell]
        if place.line:
            return kinds.get(place.line - self._first_lines[place.cell] + 1, "own")
        found = set(kinds.values()) or {"own"}
        return "own" if "own" in found else "derived" if "derived" in found else "given"


def _kinds_by_line(stretches: Sequence[_Stretch]) -> dict[int, Kind]:
    """The kind of each line. Where statements share a line, it is the student's own if one of them is."""
    kinds: dict[int, Kind] = {}
    for stretch in stretches:
        for line in range(stretch.first_line, stretch.last_line + 1):
            if kinds.get(line) != "own":
                kinds[line] = stretch.kind
    return kinds


@dataclass(slots=True)
class _State:
    """What is the student's own where a statement begins.

    Of each name it has the number of the statement of the student's own that it comes from, of the latest if several.
    """

    names: dict[str, int] = field(default_factory=dict)
    differentiated: dict[str, int] = field(default_factory=dict)
    """Names from which a statement of the student's own called ``backward``."""
    libraries: set[str] = field(default_factory=set)
    """Names of imported modules, and of what comes from them."""
    figures: set[str] = field(default_factory=set)
    """Names of modules that keep figures."""
    from_torch: set[str] = field(default_factory=lambda: {"torch"})
    """Names of torch, of what comes from it, and of what was computed with it."""
    drawn: int | None = None
    """The latest statement of the student's own that drew something."""

    def origin_of(self, effects: Effects) -> int | None:
        """The latest statement of the student's own that a statement uses; None if it uses none."""
        used = [self.names[name] for name in effects.reads if name in self.names]
        used += [self.differentiated[name] for name in effects.differentiates if name in self.differentiated]
        if self.drawn is not None and not self.figures.isdisjoint(effects.reads):
            used.append(self.drawn)
        return max(used, default=None)

    def after_given(self, effects: Effects) -> None:
        for name in effects.binds:
            self.names.pop(name, None)
            self.differentiated.pop(name, None)

    def after_own(self, effects: Effects, origin: int) -> None:
        for name in effects.binds:
            self.differentiated.pop(name, None)
        self.names |= dict.fromkeys(effects.binds | (effects.changes - self.libraries), origin)
        self.differentiated |= dict.fromkeys(effects.differentiates, origin)
        if self.draws(effects):
            self.drawn = origin

    def draws(self, effects: Effects) -> bool:
        return effects.plots or not self.figures.isdisjoint(effects.reads)


class _Reader:
    """Reads the cells of a submission in their order."""

    def __init__(self, submission: Submission, handout: Handout) -> None:
        self._submission = submission
        self._handout = handout
        self._state = _State()
        self._handed_back = find_handed_back(handout, submission.cells)
        self._modules = {file.path: file.content for file in submission.companions if file.path.endswith(".py")}
        self._found: list[_Stretch] = []
        self._number = 0
        self.drawings: dict[int, int] = {}
        """The first line in each cell on which the student's own code draws."""

    def read(self, number: int) -> Sequence[_Stretch]:
        """The statements of a cell, which have to be read in the order of the file."""
        cell = self._submission.cells[number]
        self._found = []
        for index, statement in enumerate(statements_of(cell.code) or ()):
            place = (number, index)
            known, in_run = place in self._handed_back.statements, place in self._handed_back.in_runs
            self._read(statement, number, known=known, in_run=in_run)
        for first, last, text in _blocks(broken_lines(cell)):
            self._read_broken(first, last, text)
        kinds = _kinds_by_line(self._found)
        for broken in cell.broken_statements:
            if kinds.get(broken.line - cell.first_line + 1) != "given":
                self._state.names |= dict.fromkeys(broken.binds, self._number)
        return self._found

    def _read(self, statement: Statement, cell: int, scope: str = "", *, known: bool, in_run: bool = False) -> None:
        state, effects = self._state, statement.effects
        self._number += 1
        self._note_imports(effects)
        uses_torch = self._uses_torch(statement)
        origin = state.origin_of(effects)
        if known and origin is None:
            self._add(statement.first_line, statement.last_line, "given")
            state.after_given(effects)
        elif statement.parts and (header := fingerprint_of_header(statement, scope)) in self._handout.parts:
            self._read_parts(statement, cell, header)
        else:
            if state.draws(effects):
                self.drawings.setdefault(cell, statement.first_line)
            origin = origin if known and origin is not None else self._number
            is_far = in_run and self._number - origin > NEAR
            self._add(
                statement.first_line,
                statement.last_line,
                "derived" if is_far else "own",
                is_live=not statement.is_idle,
                uses_torch=uses_torch and not statement.prints_only,
                inner_lines=statement.inner_lines,
            )
            state.after_own(effects, origin)

    def _uses_torch(self, statement: Statement) -> bool:
        """Whether a statement uses torch or what comes from it; of a definition, it is not known."""
        effects, names = statement.effects, self._state.from_torch
        found = statement.is_definition or bool(effects.differentiates) or not names.isdisjoint(effects.reads)
        if found or "*" in names:
            names |= effects.binds
        else:
            names -= effects.binds
        return found or "*" in names

    def _read_parts(self, statement: Statement, cell: int, header: str) -> None:
        """Reads a block of the handout in which some statements were changed.

        A class with a method of the student's own is theirs: its first line is the place of modules that are made of
        it.
        """
        before = len(self._found)
        for part in statement.parts:
            self._read(part, cell, header, known=fingerprint_of_part(part, header) in self._handout.parts)
        kinds = {stretch.kind for stretch in self._found[before:]}
        is_theirs = statement.is_definition and "own" in kinds
        self._add(statement.first_line, statement.parts[0].first_line - 1, "own" if is_theirs else "given")
        if kinds != {"given"}:
            self._state.names |= dict.fromkeys(statement.effects.binds, self._number)

    def _read_broken(self, first: int, last: int, text: str) -> None:
        """Lines that do not parse. Text that stands in a cell for code is no code."""
        if all(fingerprint_of_line(line) in self._handout.parts for line in text.split("\n")):
            self._add(first, last, "given")
        else:
            self._add(first, last, "own", is_live=was_meant_as_code(textwrap.dedent(text[:LONGEST_BROKEN])))

    def _add(
        self,
        first: int,
        last: int,
        kind: Kind,
        *,
        is_live: bool = False,
        uses_torch: bool = True,
        inner_lines: tuple[int, ...] = (),
    ) -> None:
        self._found.append(
            _Stretch(
                first_line=first,
                last_line=last,
                kind=kind,
                is_live=is_live,
                uses_torch=uses_torch,
                inner_lines=inner_lines,
            )
        )

    def _note_imports(self, effects: Effects) -> None:
        """What comes from a module that was handed in with the file is the student's own; other modules are not."""
        for name, module in effects.imports.items():
            own = self._names_of(module) if self._modules else None
            if own is not None or module.partition(".")[0] in _TORCH:
                self._state.from_torch.add(name)
            if own is None:
                self._state.names.pop(name, None)
                self._state.libraries.add(name)
            else:
                self._state.names |= dict.fromkeys(own if name == "*" else {name}, self._number)
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
