"""A check in the terminal: title and points, and of one that has not passed what is known about it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from grader import model
from grader.report.report_words import is_marked, is_marked_down, message_of, score_in_words, status_of
from grader.report.safe_console import MARKED, STATUS_SYMBOLS, SafeConsole
from grader.report.terminal.place import fitting
from grader.report.terminal.score import show_scored
from grader.text import clean, clean_line, shorten

SOURCE_LENGTH = 240
LABEL_LENGTH = 20
"""The most columns of a label beside a value; a longer place gets a line of its own."""
LABEL_SHARE = 5
"""A label has no more than such a part of the columns: the values need the others."""
VALUE_LABEL = len("expected") + 2
"""The columns that the longest label besides places takes, with the space after it."""


def show_check(check: model.CheckReport, out: SafeConsole) -> None:
    known = MARKED if is_marked_down(check) else STATUS_SYMBOLS[status_of(check)]
    symbol = known.symbol if out.has_symbols else known.word.ljust(4)
    indent = 3 + len(symbol)
    title = out.text(clean_line(check.title), "dim" if check.status == "skipped" else "")
    if check.status == "passed" and check.location:
        room = out.width - indent - len(score_in_words(check)) - 2
        place = out.text(fitting(check.location.in_words_alone(), check.location, room), "dim")
        last_line = title.wrap(out.console, max(room, 10))[-1].cell_len
        title.append("  " if last_line + 2 + place.cell_len <= room else "\n").append_text(place)
    show_scored(out, title, check, symbol=Text(f"  {symbol} ", known.style))
    said = message_of(check) if is_marked(check) else check.remark if check.status == "passed" else check.message
    if said:
        out.indented(out.text(said, "dim" if check.status == "skipped" else ""), indent)
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True, overflow="crop")
    rows.add_column(overflow="fold")
    if check.status not in ("passed", "skipped"):
        for label, value in _details(check, out, out.width - indent):
            rows.add_row(label, value)
    if check.comment:
        rows.add_row(out.text("comment", "dim"), out.text(check.comment))
    if rows.row_count:
        out.indented(rows, indent)


def _details(check: model.CheckReport, out: SafeConsole, width: int) -> Iterator[tuple[Text, Text]]:
    """Labels and values of what is known besides the message, the most useful first."""
    if check.expected is not None:
        yield out.text("expected", "dim"), out.text(check.expected, "green")
    if check.actual is not None:
        yield out.text("actual", "dim"), out.text(check.actual, "red")
    if check.location and check.source:
        source = out.text(shorten(clean(check.source).strip(), SOURCE_LENGTH), "cyan")
        place = check.location.in_words_beside(check.source)
        if len(place) > min(LABEL_LENGTH, out.width // LABEL_SHARE):
            yield out.text("at", "dim"), out.text(fitting(place, check.location, width - VALUE_LABEL), "dim")
            yield Text(), source
        else:
            yield out.text(place, "dim"), source
        if check.candidates > 1:
            yield Text(), out.text(f"the closest of {check.candidates} that were looked at", "dim")
    elif check.location:
        place = fitting(check.location.in_words(), check.location, width - VALUE_LABEL)
        yield out.text("at", "dim"), out.text(place)
    if check.hint:
        yield out.text("hint", "dim"), out.text(check.hint, "italic")
