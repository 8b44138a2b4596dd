"""What checks that were tried on a file said of it, in the terminal."""

from __future__ import annotations

from rich.console import Console

from grader.model import ObservedFile
from grader.report.safe_console import SafeConsole
from grader.report.trace_lines import show_trace
from grader.text import clean_line


def render_trace(observed: ObservedFile, *, console: Console) -> None:
    """Print what the checks that were tried said of a file."""
    out = SafeConsole(console)
    out.line(clean_line(observed.path), "bold")
    if observed.detail:
        out.line(observed.detail, "yellow")
    for number, trace in enumerate(observed.traces):
        if number:
            out.line()
        show_trace(trace, out)
