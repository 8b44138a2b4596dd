"""What a pack for students holds and gives away, in the terminal."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.padding import Padding

from grader.model.packed import PackContents, PackedPart, Revealed
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, count, points


def render_pack(contents: PackContents, *, written: str | None, console: Console) -> None:
    """``written``: where the pack was written to; None: nowhere."""
    out = SafeConsole(console)
    for part in contents.parts:
        _show_part(part, out)
    if contents.support_left_out:
        out.line(f"Left out of support/: {', '.join(contents.support_left_out)}, which only other checks use.")
        out.line()
    size = sum(size for _, size in contents.files)
    what = f"{count(len(contents.files), 'file')}, {_bytes(size)}"
    out.line(f"{written}: the pack of `{contents.assignment}`, {what}." if written else f"Not written: {what}.", "bold")
    if contents.points < contents.total:
        out.line(
            f"It decides about {points(contents.points)} of {points(contents.total)} points, and says so in each "
            "report."
        )
    else:
        out.line(f"It decides about all {points(contents.total)} points: every check of the assignment is in it.")
    out.line(f"Hidden inputs are drawn from the seed {contents.seed}, which is that of every pack.", "dim")


def _show_part(part: PackedPart, out: SafeConsole) -> None:
    title = out.text(clean_line(part.title), "bold")
    title.append_text(out.text(f"  {clean_line(part.exercise)}{' (bonus)' if part.bonus else ''}", "dim"))
    out.show(title)
    if not part.checks:
        out.line("  No check of it goes in; the report says that it is checked by the instructor.")
    else:
        recorded = f", with {_bytes(part.recorded_bytes)} of its reference" if part.recorded_bytes else ""
        out.line(f"  {points(part.points)} of {points(part.total)} points{recorded}")
    for kept in part.kept_back:
        out.line(f"  stays out  {kept.check}: {kept.why}")
    for difference in part.differences:
        _indented(out, f"differs    {difference}", 2)
    for check, lines in groupby(part.revealed, key=lambda line: line.check):
        out.line(f"  goes in    {check}")
        listed = list(lines)
        for line in (line for line in listed if line.field not in _RULES):
            _show_revealed(line, out)
        if rules := [line for line in listed if line.field in _RULES]:
            text = f"{count(len(rules), 'rule')} of the rubric: known mistakes and remarks, with what shows them"
            _indented(out, f"{_place(rules[0])}  {text}", 4)
    out.line()


_RULES = ("mistakes", "remarks")


def _show_revealed(line: Revealed, out: SafeConsole) -> None:
    text = out.text(f"{_place(line)}  {line.field}  {clean_line(line.text)}")
    text.append_text(out.text(f"  → {line.tells}", "dim"))
    out.show(Padding(text, (0, 0, 0, 4)))


def _place(line: Revealed) -> str:
    return f"{line.path}:{line.line}" if line.line else line.path


def _indented(out: SafeConsole, text: str, columns: int) -> None:
    out.show(Padding(out.text(clean_line(text)), (0, 0, 0, columns)))


def _bytes(size: int) -> str:
    return f"{size} bytes" if size < 2000 else f"{size / 1000:.1f} kB" if size < 10**6 else f"{size / 10**6:.1f} MB"
