"""A validation on the terminal: a table of exercises, then the findings of each."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import ProofColumn, Severity, Validation
from grader.report.safe_console import SafeConsole
from grader.report.validation.words import OF_COURSE, Found, cell_of, findings_of, in_short, place_of, totals, verdict
from grader.text import clean, clean_line, count

STYLES: dict[Severity, str] = {"error": "red", "warning": "yellow", "note": "dim"}
MARKS: dict[Severity, str] = {"error": "✗ ", "warning": "! "}
GAP = 2
"""Blanks between two columns."""
FILE_WIDTH = 100
"""Columns of a report that is written to a file."""
PLAIN_MARKS: dict[Severity, str] = {"error": "x ", "warning": "! "}


def show(validation: Validation, *, notes: bool, console: Console) -> None:
    """Print it. ``notes``: also the findings that are only worth knowing."""
    out = SafeConsole(console)
    if any(result.cell for result in validation.results):
        _show_table(validation, out)
        out.line()
        _show_cross_talk(validation, out)
    shown: tuple[Severity, ...] = ("error", "warning", "note") if notes else ("error", "warning")
    for exercise, found in groupby(findings_of(validation, *shown), key=lambda each: each.exercise):
        out.line(clean_line(exercise or OF_COURSE), "bold")
        for each in found:
            _show_finding(each, out)
        out.line()
    for note in validation.notes:
        out.line(note, "yellow")
    out.line(verdict(validation), "bold green" if validation.holds else "bold red")
    if summed := " ".join(totals(validation)):
        out.line(summed)
    unshown = 0 if notes else validation.count("note")
    if unshown:
        out.line(f"{count(unshown, 'note')} more: --notes shows them.", "dim")


def render(validation: Validation, *, notes: bool) -> str:
    """The same as text, for a file."""
    written = io.StringIO()
    show(validation, notes=notes, console=Console(file=written, width=FILE_WIDTH))
    return written.getvalue()


def _show_table(validation: Validation, out: SafeConsole) -> None:
    marks = MARKS if out.can_write("✗") else PLAIN_MARKS
    columns = [_column(validation, column, out, marks) for column in validation.proofs]
    columns = [column for column in columns if any(cell.plain for cell in column.cells)]
    first = _Column(heading="Exercise", cells=tuple(out.text(clean_line(each.id)) for each in validation.exercises))
    seconds = [f"{exercise.seconds:.1f}" if exercise.seconds else "–" for exercise in validation.exercises]
    last = _Column(heading="Seconds", cells=tuple(out.text(text, "dim") for text in seconds))
    shown, left_out = _fitting(columns, out.width - first.width - last.width)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    table.add_column(first.heading, overflow="fold")
    for column in (*shown, last):
        table.add_column(column.heading, justify="right")
    for number, exercise in enumerate(validation.exercises):
        row = [column.cells[number] for column in (first, *shown, last)]
        if exercise.unfinished and shown:
            row[1] = out.text("unfinished", "red")
        table.add_row(*row)
    out.show(table)
    if left_out:
        names = ", ".join(column.heading.lower() for column in left_out)
        out.line(f"No column for what found nothing to mend: {names}.", "dim")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of the table. ``has_findings``: one of its cells is marked."""

    heading: str
    cells: tuple[Text, ...]
    has_findings: bool = True

    @property
    def is_bare(self) -> bool:
        """Whether it counts nothing."""
        return all(cell.plain in ("", "0", "–") for cell in self.cells)

    @property
    def width(self) -> int:
        return max(len(self.heading), *(cell.cell_len for cell in self.cells)) + GAP


def _column(validation: Validation, column: ProofColumn, out: SafeConsole, marks: Mapping[Severity, str]) -> _Column:
    cells = []
    worst_of_all: set[Severity | None] = set()
    for exercise in validation.exercises:
        text, worst = cell_of(validation.result(column.proof, exercise.id))
        worst_of_all.add(worst)
        cells.append(out.text(marks.get(worst, "") + text, STYLES.get(worst, "")) if worst else out.text(text))
    return _Column(heading=column.heading, cells=tuple(cells), has_findings=bool(worst_of_all & {"error", "warning"}))


def _fitting(columns: Sequence[_Column], width: int) -> tuple[list[_Column], list[_Column]]:
    """The columns that fit into the width, and those that are left out: of those that found nothing, first those
    without a figure, then the last ones.
    """
    shown, left_out = list(columns), list[_Column]()
    last_first = tuple(reversed(columns))
    bare = [column for column in last_first if column.is_bare]
    for column in (*bare, *(column for column in last_first if not column.is_bare)):
        if sum(each.width for each in shown) <= width:
            break
        if not column.has_findings:
            shown.remove(column)
            left_out.append(column)
    return shown, [column for column in columns if column in left_out]


def _show_cross_talk(validation: Validation, out: SafeConsole) -> None:
    pairs = list(validation.cross_talk())
    if not pairs:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Files of", "also attempt", "Files"):
        table.add_column(heading, overflow="fold")
    for exercise, other, files in pairs:
        table.add_row(*(out.text(clean_line(text)) for text in (exercise, other, in_short(files))))
    out.show(table)
    out.line()


def _show_finding(each: Found, out: SafeConsole) -> None:
    finding = each.finding
    place = place_of(finding)
    style = STYLES[finding.severity]
    words = out.text(f"{clean_line(place)}: " if place else "", "cyan")
    words.append_text(out.text(finding.severity, style))
    words.append_text(out.text(f" [{each.proof}] {clean_line(finding.text)}"))
    out.indented(words, 2)
    for line in clean(finding.detail).strip("\n").rstrip().splitlines():
        out.indented(out.text(line, "dim"), 6)
