"""The errors of a run in the order of the file, and which of them follow from an earlier one.

A statement that failed did not bind its names, and in a notebook the rest of its cell did not run. What needs these
names fails too: such an error has a ``cause``, and needs no mending of its own.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.judging.locations import location_of
from grader.model import Observation, RunError, RunPlace, Submission, UncaughtError
from grader.submission.broken_code import plain_cause
from grader.submission.statements import Statement, statements_of
from grader.text_bounds import NAME, TEXT, bounded

_UNDEFINED = re.compile(r"^name '([^']{1,100})' is not defined")
_IN_FILE = re.compile(r" \([^()\n]{0,300}, line \d+\)$")
"""What Python adds to the text of a syntax error. The place is said elsewhere, by the student's own cells and lines."""
MAX_NEEDS = 8
"""Names that a report says an error lacks."""
_OWN_CAUSES = frozenset({"Stopped", "SyntaxError", "SystemExit"})
"""Errors that do not come from the value of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedError:
    """An error with its place in the run."""

    place: RunPlace
    error: RunError
    raised: bool = True
    """A statement raised it; False: Python could not read a statement, so that it never began."""


def find_run_errors(submission: Submission, observation: Observation) -> tuple[PlacedError, ...]:
    """The uncaught exceptions of a run, and the statements that did not run because they are broken."""
    broken = tuple(_broken_statements(submission))
    uncaught = tuple(_uncaught(submission, observation))
    if not uncaught and not broken:
        return ()
    found = _Causes(submission, broken, uncaught).add()
    return tuple(sorted(found, key=lambda item: (item.place.cell, item.place.line)))


def _broken_statements(submission: Submission) -> Iterator[PlacedError]:
    for number, cell in enumerate(submission.cells):
        for broken in cell.broken_statements:
            place = RunPlace(cell=number, line=broken.line, statement=0)
            yield PlacedError(place=place, error=_error(submission, place, "SyntaxError", broken.text), raised=False)


def _uncaught(submission: Submission, observation: Observation) -> Iterator[PlacedError]:
    for event in observation.events:
        if not isinstance(event, UncaughtError):
            continue
        place, text = event.place, event.error.text
        if event.syntax:
            if 0 <= place.cell < len(submission.cells) and submission.cells[place.cell].broken_statements:
                continue  # the cell's broken statements say it, with their causes
            text = f"{plain_cause(_IN_FILE.sub('', text))}. None of this code was run."
        error = _error(submission, place, event.error.type, text)
        yield PlacedError(place=place, error=error, raised=not event.syntax)


def _error(submission: Submission, place: RunPlace, kind: str, text: str) -> RunError:
    where = location_of(place, submission)
    source = None if where is None else submission.source_line(where)
    return RunError(location=where, type=kind, text=bounded(text, TEXT), source=source)


@dataclass(slots=True)
class _Causes:
    """Goes through the statements in the order in which they ran, with the names that a failed one left unbound."""

    submission: Submission
    broken: Sequence[PlacedError]
    uncaught: Sequence[PlacedError]
    missing: dict[str, PlacedError] = field(default_factory=dict)
    """Each name with the error because of which it is unbound, or has an older value."""
    number: int = 0
    """Running number of the statement, as in ``RunPlace.statement``."""

    def add(self) -> Iterator[PlacedError]:
        """The errors, those that follow from another with their cause."""
        failed = {item.place.statement: item for item in self.uncaught if item.raised}
        broken: dict[int, list[PlacedError]] = {}
        for item in self.broken:
            broken.setdefault(item.place.cell, []).append(item)
        causes: dict[int, RunError] = {}
        for position, cell in enumerate(self.submission.cells):
            names = [statement.binds for statement in cell.broken_statements]
            left_out = deque(zip(broken.get(position, ()), names, strict=True))
            statements = statements_of(cell.code) or ()
            for index, statement in enumerate(statements):
                line = cell.first_line + statement.first_line - 1
                while left_out and left_out[0][0].place.line < line:
                    self._leave_unbound(*left_out.popleft())
                if left_out and left_out[0][0].place.line == line:
                    # It parses and does not compile, such as a `return` outside of a function: this ends its cell.
                    self._leave_unbound(left_out[0][0], _bound(*statements[index:]))
                    break
                self.number += 1
                error = failed.get(self.number)
                if error is None:
                    self._succeeded(statement)
                    continue
                cause, needs = self._cause(error, statement)
                if cause is not None:
                    causes[id(error)] = replace(error.error, cause=cause.error.location, needs=_shown(needs))
                # In a notebook an error ends its cell.
                goes_on = self.submission.format == "py"
                self._leave_unbound(cause or error, _bound(*(statements[index : index + 1 if goes_on else None])))
                if not goes_on:
                    break
            for item, binds in left_out:
                self._leave_unbound(item, binds)
        for item in (*self.broken, *self.uncaught):
            yield replace(item, error=causes.get(id(item), item.error))

    def _leave_unbound(self, cause: PlacedError, names: Sequence[str]) -> None:
        self.missing |= dict.fromkeys(names, cause)

    def _succeeded(self, statement: Statement) -> None:
        used = self._used(statement)
        if used:
            self.missing |= dict.fromkeys(_bound(statement), self.missing[used[0]])
        else:
            for name in _bound(statement):
                self.missing.pop(name, None)

    def _cause(self, failed: PlacedError, statement: Statement) -> tuple[PlacedError | None, tuple[str, ...]]:
        """The error that an error follows from, and the names that its statement needs of it."""
        undefined = _UNDEFINED.match(failed.error.text) if failed.error.type == "NameError" else None
        if undefined is not None:
            name = undefined[1]
            cause = self.missing.get(name) or self.missing.get("*")  # `from x import *` may have bound any name
            if cause is None:
                self.missing[name] = failed  # what nothing binds is an error once, however often it is used
            return cause, (name,)
        used = () if failed.error.type in _OWN_CAUSES else self._used(statement)
        return (self.missing[used[0]], used) if used else (None, ())

    def _used(self, statement: Statement) -> tuple[str, ...]:
        """The missing names that a statement reads. A function's body runs later."""
        if statement.is_definition or not self.missing:
            return ()
        return tuple(sorted(name for name in statement.effects.reads if name in self.missing))


def _shown(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(bounded(name, NAME) for name in names[:MAX_NEEDS])


def _bound(*statements: Statement) -> tuple[str, ...]:
    return tuple(name for each in statements for name in (*each.effects.binds, *each.effects.imports))
