"""What a command wrote into a course, and what to do next, in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from grader.model import WrittenFiles
from grader.report.safe_console import SafeConsole
from grader.text import clean_line


def render_written(written: WrittenFiles, *, console: Console) -> None:
    """Print the files that were written, remarks, and the steps that come next."""
    out = SafeConsole(console)
    out.line(clean_line(written.title), "bold")
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for file in written.files:
        table.add_row(out.text(clean_line(file.path)), out.text(clean_line(file.about)))
    out.indented(table, 2)
    for remark in written.remarks:
        out.line()
        out.line(clean_line(remark))
    if written.next_steps:
        out.line()
        out.line("Next", "bold")
    for step in written.next_steps:
        if step.command:
            out.line(f"  $ {clean_line(step.command)}", "bold", soft_wrap=True)
            out.indented(out.text(step.about), 6)
        else:
            out.indented(out.text(step.about), 2)
