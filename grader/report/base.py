"""What a report format is: the interface of the modules in this package, and of formats in packages of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

# For types only: ``grade`` imports this module before it starts its worker, and the model imports numpy.
if TYPE_CHECKING:
    from rich.console import Console

    from grader.model import ClassResults, Report


class Render(Protocol):
    """``many``: there is more than one submission."""

    def __call__(self, reports: Sequence[Report], *, many: bool) -> str: ...


class Show(Protocol):
    def __call__(self, reports: Sequence[Report], *, console: Console) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """A format for reports of submissions: a choice of ``grade --format``.

    ``render`` gives the whole text, for a file or for standard output. A format that depends on the terminal's width,
    colours or encoding also has ``show``, which prints to standard output in place of ``render``.

    ``hides``: its reader knows who may see which check, such as Gradescope. Unless the user names an audience, it gets
    the reports for staff, with the visibility of each check; other formats get those for students.

    ``appends``: a file is written to at its end, since other programs have written there.
    ``tells_failure``: the exit code says whether the submission passed. False where the format's reader takes any other
    code than 0 for a failure of the grader.
    ``single``: a report is of one submission, since its reader knows no more than one. ``render`` gets one report.
    ``suffix``: of a file in this format, where the grader chooses its name; without a dot.
    """

    name: str
    render: Render
    suffix: str = "txt"
    show: Show | None = None
    hides: bool = False
    appends: bool = False
    tells_failure: bool = True
    single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """A table for another program, and notes about it for the instructor."""

    text: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTableFormat:
    """A format for a class, written from its results alone: a choice of ``grade results --csv``."""

    name: str
    render: Callable[[ClassResults], ClassTable]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillOptions:
    """``column``: the column to fill in; None: the format finds it. ``provisional``: fill in provisional totals.
    ``replace``: fill in also where the file has another grade. ``now``: when it is filled in, which decides what
    students may read; None: nothing that they may read only once the assignment is due.
    """

    column: str | None = None
    provisional: bool = False
    replace: bool = False
    now: datetime | None = None


class Fill(Protocol):
    """Raises UsageError if the exported text is not a table of this format."""

    def __call__(self, results: ClassResults, exported: str, options: FillOptions) -> ClassTable: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTableFormat:
    """A format for a class that fills in a table exported by another program: a choice of ``grade results --csv``.

    ``exported`` says in words which file ``--fill`` must name; ``takes_column``: whether ``--column`` may be given.
    """

    name: str
    exported: str
    takes_column: bool = False
    fill: Fill


class RenderClass(Protocol):
    """``reports``: those of all hand-ins, with their evidence; they are only read as far as they are needed, and not
    kept. ``names``: say who made which mistake.
    """

    def __call__(self, results: ClassResults, reports: Iterable[Report], *, names: bool) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPageFormat:
    """A format for a class as a whole, for staff: what ``grade results --format`` writes in place of the report format
    of this name. ``show`` is as in ReportFormat.
    """

    name: str
    render: RenderClass
    show: Callable[[ClassResults, Console], None] | None = None


ClassFormat = NewTableFormat | FilledTableFormat
