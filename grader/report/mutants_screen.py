"""What became of mutants, in the terminal: a table of exercises, what each check caught, survivors as diffs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from grader.model import MutantResult, MutantState, Mutation
from grader.report.safe_console import SafeConsole
from grader.text import clean, clean_line, count

_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_STATES: tuple[MutantState, ...] = ("survived", "explained", "equivalent")
_COUNTED: tuple[MutantState, ...] = ("caught", *_STATES)


def render(mutations: Sequence[Mutation], *, survivors: bool, goal: float, console: Console) -> None:
    """Print a table; of a single exercise what each check caught, too. ``survivors``: and all that survived.
    ``goal``: the score in percent to reach.
    """
    out = SafeConsole(console)
    if not mutations:
        out.line("There are no mutants: no exercise here has a reference solution that passes and can be changed.")
        return
    out.show(_table(mutations, goal, out))
    if len(mutations) == 1:
        out.line()
        _render_checks(mutations[0], out)
    for mutation in mutations if survivors else ():
        for state in _STATES:
            for mutant in mutation.having(state):
                out.line()
                _render(mutation, mutant, out)
    out.line()
    _render_advice(mutations, survivors, goal, out)


def render_mutant(mutation: Mutation, mutant: MutantResult, *, console: Console) -> None:
    """Print one mutant, and what became of it."""
    out = SafeConsole(console)
    _render(mutation, mutant, out)


def _table(mutations: Sequence[Mutation], goal: float, out: SafeConsole) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Exercise", overflow="fold")
    for column in ("Mutants", "Caught", "Survived", "Explained", "Equivalent", "Score"):
        table.add_column(column, justify="right")
    for mutation in mutations:
        low = mutation.score is not None and 100 * mutation.score < goal
        counts = [str(len(mutation.having(state))) for state in _COUNTED]
        score = out.text(percent(mutation.score), "bold red" if low else "bold")
        table.add_row(out.text(clean_line(mutation.exercise)), str(len(mutation.mutants)), *counts, score)
    return table


def percent(score: float | None) -> str:
    """``97 %``; rounded down, so that 100 means all."""
    return "–" if score is None else f"{int(100 * score + 1e-9)} %"


def _render_checks(mutation: Mutation, out: SafeConsole) -> None:
    for check, caught in mutation.caught_by_check.items():
        out.line(f"{clean_line(check)}: caught {caught}")
    late = sum(mutant.timed_out for mutant in mutation.mutants)
    if late:
        out.line(f"({count(late, 'mutant')} did not come to an end, which counts as caught.)")


def _render(mutation: Mutation, mutant: MutantResult, out: SafeConsole) -> None:
    place = f"line {mutant.line}" if mutant.cell is None else f"code cell {mutant.cell}, line {mutant.line}"
    out.show(out.text(f"{mutant.state}  {clean_line(mutant.name)}", "bold"))
    out.line(f"  {clean_line(mutation.exercise)}, {place}: {mutant.about}")
    if mutant.reason:
        out.line(f"  {clean_line(mutant.reason)}")
    if mutant.state == "caught":
        by = ", ".join(map(clean_line, mutant.caught_by)) or "the run, which did not end as it should"
        out.line(f"  caught by {by}")
    for line in clean(mutant.diff).split("\n"):
        # The names of files say nothing here, and a hunk says only where it is.
        if not line.startswith(("---", "+++", "@@")):
            out.show(out.text(f"    {line}", _STYLES.get(line[:1], "")))


def _render_advice(mutations: Sequence[Mutation], survivors: bool, goal: float, out: SafeConsole) -> None:
    survived = sum(len(mutation.having("survived")) for mutation in mutations)
    low = [mutation for mutation in mutations if mutation.score is not None and 100 * mutation.score < goal]
    if not survived:
        out.line("Every mutant that is wrong was caught.")
        return
    out.line(
        f"{count(survived, 'mutant')} got full marks. Where that is a mistake, mend a check; where it is right, say "
        "why in solutions/mistakes/<id>/mutants.yaml." + ("" if survivors else " --survivors shows them.")
    )
    if low:
        names = ", ".join(mutation.exercise for mutation in low)
        out.line(f"Below the goal of {goal:g} %: {names}.")
