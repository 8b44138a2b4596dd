"""A class in the terminal: how each check went, and the mistakes that students share."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import ClassResults
from grader.report import class_statistics
from grader.report.class_parts import heading_of, print_row, print_title
from grader.report.person_names import shown_name
from grader.report.safe_console import SafeConsole
from grader.text import clean_line

BAR_WIDTH = 10
GAP = 2


def render_checks(results: ClassResults, *, console: Console) -> None:
    """Print how many passed each check."""
    _print_checks(results, SafeConsole(console))


def render_mistakes(results: ClassResults, *, console: Console, names: bool = False) -> None:
    """Print mistakes, those of most students first; ``names``: with the students who made them."""
    _print_mistakes(results, SafeConsole(console), names=names)


def _print_checks(results: ClassResults, out: SafeConsole) -> None:
    print_title(results, out)
    rates = class_statistics.rates(results)
    checks = [check for rated in rates for check in rated.checks]
    counts = max((len(_count(check)) for check in checks), default=0)
    asides = max((len(_aside(check)) for check in checks), default=0)
    for rated in rates:
        heading = heading_of(rated.exercise, rated.exercise.title, out)
        heading.append_text(out.text(f"  {clean_line(rated.exercise.id)}", "dim"))
        out.line()
        print_row(heading, out.text(f"attempted by {rated.attempted} of {len(results.students)}", "dim"), out)
        for check in rated.checks:
            rate = _bar(check, out)
            rate.append(f"  {_count(check):>{counts}}  {_percent(check):>5}")
            if asides:
                rate.append(f"  {_aside(check):<{asides}}", "yellow")
            print_row(out.text(clean_line(check.title)), rate, out, indent=2)


def _bar(check: class_statistics.CheckRate, out: SafeConsole) -> Text:
    """The share of judged answers that passed, as a bar; blank if none was judged."""
    if not check.judged:
        return Text(" " * BAR_WIDTH)
    full, empty = ("█", "░") if out.can_write("█░") else ("#", "-")
    filled = round(check.passed / check.judged * BAR_WIDTH)
    bar = Text(full * filled, "green")
    bar.append(empty * (BAR_WIDTH - filled), "dim")
    return bar


def _count(check: class_statistics.CheckRate) -> str:
    return f"{check.passed} of {check.judged}" if check.judged else ""


def _percent(check: class_statistics.CheckRate) -> str:
    return f"{check.passed / check.judged * 100:.0f} %" if check.judged else ""


def _aside(check: class_statistics.CheckRate) -> str:
    """How many answers count neither as passed nor as failed."""
    parts = []
    if check.waiting:
        parts.append(f"{check.waiting} {'waits' if check.waiting == 1 else 'wait'}")
    if check.ungraded:
        parts.append(f"{check.ungraded} ungraded")
    return ", ".join(parts)


def _print_mistakes(results: ClassResults, out: SafeConsole, *, names: bool) -> None:
    print_title(results, out)
    found = class_statistics.shared_mistakes(results)
    named = [mistake for mistake in found if mistake.sentence]
    others = [mistake for mistake in found if not mistake.sentence]
    if not found:
        out.line()
        out.line("No check failed.")
    for heading, mistakes in (("Named mistakes", named), ("Failed with no named mistake", others)):
        if not mistakes:
            continue
        out.line()
        out.line(f"{heading}, of those who attempted the exercise:", "dim")
        grid = Table.grid(padding=(0, GAP, 0, 0))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(overflow="fold")
        for mistake in mistakes:
            grid.add_row(out.text(f"  {len(mistake.students)} of {mistake.attempted}", "bold"), _what(mistake, out))
            if names:
                listed = ", ".join(shown_name(student.name) for student in mistake.students)
                grid.add_row(Text(), out.text(listed, "dim"))
        out.show(grid)


def _what(mistake: class_statistics.SharedMistake, out: SafeConsole) -> Text:
    where = f"{clean_line(mistake.exercise.id)} · {clean_line(mistake.check)}"
    return out.text(f"{where}: {clean_line(mistake.sentence)}" if mistake.sentence else where)
