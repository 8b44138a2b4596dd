"""Points in the terminal: as text, in a colour for the share that was won, at the right end of a row."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from grader import model
from grader.report.report_words import Scored, score_in_words
from grader.report.safe_console import SafeConsole

SHARE_STYLES = ((1.0, "green"), (0.5, "yellow"), (0.0, "dark_orange3"))
"""The styles of scores of at least, and for the last above, such a share of the points."""
NONE_STYLE = "red"


def score_style(scored: Scored) -> str:
    """The colour of a score. It only repeats what the numbers say."""
    if not isinstance(scored, model.Report) and scored.status == "error":
        return "magenta"
    if scored.score is None or (isinstance(scored, model.CheckReport) and scored.status == "skipped"):
        return "dim"
    if scored.score <= 0 < scored.max_score:
        return NONE_STYLE
    return next(style for share, style in SHARE_STYLES if scored.score >= share * scored.max_score)


def show_scored(out: SafeConsole, left: Text, scored: Scored, *, weight: str = "", symbol: Text | None = None) -> None:
    """Print a row with the points at its right end; ``left`` may take several lines."""
    grid = Table.grid(expand=True)
    if symbol is not None:
        grid.add_column(no_wrap=True, overflow="crop")
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True, overflow="crop")
    points_won = Text(f"  {score_in_words(scored)}", f"{weight} {score_style(scored)}")
    grid.add_row(*([symbol] if symbol is not None else []), left, points_won)
    out.show(grid)
