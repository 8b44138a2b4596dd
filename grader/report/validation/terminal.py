"""A validation on the terminal: a table of exercises, then the findings of each."""

from __future__ import annotations

import io
from itertools import groupby

from rich.console import Console
from rich.table import Table

from grader.model import Severity, Validation
from grader.report.safe_console import SafeConsole
from grader.report.validation.words import OF_COURSE, Found, cell_of, findings_of, in_short, place_of, totals, verdict
from grader.text import clean, clean_line, count

STYLES: dict[Severity, str] = {"error": "red", "warning": "yellow", "note": "dim"}
MARKS: dict[Severity, str] = {"error": "✗ ", "warning": "! "}
FILE_WIDTH = 100
"""Columns of a report that is written to a file."""
PLAIN_MARKS: dict[Severity, str] = {"error": "x ", "warning": "! "}


def show(validation: Validation, *, notes: bool, console: Console) -> None:
    """Print it. ``notes``: also the findings that are only worth knowing."""
    out = SafeConsole(console)
    if validation.exercises:
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
    out.line(" ".join(totals(validation)))
    unshown = 0 if notes else validation.count("note")
    if unshown:
        out.line(f"{count(unshown, 'note')} more: --notes shows them.", "dim")


def render(validation: Validation, *, notes: bool) -> str:
    """The same as text, for a file."""
    written = io.StringIO()
    show(validation, notes=notes, console=Console(file=written, width=FILE_WIDTH))
    return written.getvalue()


def _show_table(validation: Validation, out: SafeConsole) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Exercise", overflow="fold")
    columns = [
        column
        for column in validation.proofs
        if any(validation.result(column.proof, exercise.id) is not None for exercise in validation.exercises)
    ]
    for column in columns:
        table.add_column(column.heading, justify="right")
    table.add_column("Seconds", justify="right")
    marks = MARKS if out.can_write("✗") else PLAIN_MARKS
    for exercise in validation.exercises:
        row = [out.text(clean_line(exercise.id))]
        for column in columns:
            text, worst = cell_of(validation.result(column.proof, exercise.id))
            row.append(out.text(marks.get(worst, "") + text, STYLES.get(worst, "")) if worst else out.text(text))
        if exercise.unfinished and columns:
            row[1] = out.text("unfinished", "red")
        row.append(out.text(f"{exercise.seconds:.1f}" if exercise.seconds else "–", "dim"))
        table.add_row(*row)
    out.show(table)


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
    for line in clean(finding.detail).strip("\n").splitlines():
        out.indented(out.text(line, "dim"), 6)
