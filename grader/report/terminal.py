"""The report that a student reads in the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader import model
from grader.report.base import ReportFormat
from grader.report.report_words import MORE_POINTS, STOPPED, shown_exercises, why_not_final
from grader.report.safe_console import STATUS_SYMBOLS, SafeConsole
from grader.report.terminal_run import show_run
from grader.text import as_sentence, capitalized, clean, clean_line, count, points, shorten

SOURCE_LENGTH = 240
WORDS_LENGTH = 400
LABEL_LENGTH = 20
"""Characters of a label beside a value; a longer place gets a line of its own."""
PAGE_WIDTH = 100
"""Columns of a report that is written to a file."""


def render_all(reports: Sequence[model.Report], *, console: Console) -> None:
    """Print every report; after several, a summary."""
    for number, report in enumerate(reports):
        if number:
            console.print()
        render(report, console=console)
    if len(reports) > 1:
        render_summary(reports, console=console)


def render_page(reports: Sequence[model.Report], *, many: bool) -> str:
    """Every report as plain text of a fixed width, for a file."""
    page = io.StringIO()
    render_all(reports, console=Console(file=page, width=PAGE_WIDTH))
    return page.getvalue()


def render(report: model.Report, *, console: Console) -> None:
    """Print the whole report of one submission."""
    _Renderer(console).report(report)


def render_summary(reports: Sequence[model.Report], *, console: Console) -> None:
    """Print a table with one row for each submission."""
    _Renderer(console).summary(reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is new in a report. A location alone is not new: every line that is added moves the lines below it."""

    run: bool = False
    """Whether the outcome or the uncaught errors changed."""
    notices: tuple[str, ...] = ()
    exercises: tuple[model.ExerciseReport, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of exercises that are no longer reported."""


def find_change(before: model.Report, after: model.Report) -> Change:
    """What is new in ``after``; both are reports of one submission."""
    known = {exercise.id: _without_locations(exercise) for exercise in shown_exercises(before)}
    reported = shown_exercises(after)
    return Change(
        run=_shown_of_run(before.run) != _shown_of_run(after.run),
        notices=tuple(notice for notice in after.run.notices if notice not in before.run.notices),
        exercises=tuple(exercise for exercise in reported if known.get(exercise.id) != _without_locations(exercise)),
        gone=tuple(identity for identity in known if identity not in {exercise.id for exercise in reported}),
    )


def render_change(before: model.Report, after: model.Report, *, time: str, console: Console) -> None:
    """Print a line with the time and the score, what ``find_change`` finds, and the total.

    If nothing is new, only the first line is printed, and says so.
    """
    _Renderer(console).change(before, after, time)


def render_event(words: str, *, time: str, console: Console) -> None:
    """Print what happened between two reports, such as a file that cannot be read."""
    _Renderer(console).event(words, time)


class _Renderer:
    """Prints reports and parts of them on one console."""

    def __init__(self, console: Console) -> None:
        self._out = SafeConsole(console)
        self._ascii = not self._out.can_write("".join(known.symbol for known in STATUS_SYMBOLS.values()))

    # ------------------------------------------------------------------------------------------------- one report

    def report(self, report: model.Report) -> None:
        self._out.line(clean_line(report.submission.path), "bold")
        if report.error is not None:
            reason = as_sentence(capitalized(report.error.removeprefix(f"{report.submission.path}: ")))
            self._out.line(f"It could not be read, so nothing was graded. {reason}", "bold yellow")
            return
        if report.assignment:
            about = self._out.text(f"Assignment: {clean_line(report.assignment_title)}")
            self._out.show(about.append_text(self._out.text(f"  {clean_line(report.assignment)}", "dim")))
        if report.course is not None:
            self._out.line(f"Course: {clean_line(report.course.name)}", "dim")
        show_run(report.run, self._out)
        self._notices(report.run.notices)
        if report.isolation.level is not model.Level.STRICT:
            why = "as `--isolation` asked" if report.isolation.is_as_asked else "`grade doctor` says why"
            self._out.line(f"Isolation is {report.isolation.level}, not strict; {why}.", "dim")
        reported = shown_exercises(report)
        self._exercises(reported, report.basis)
        left = [exercise for exercise in report.exercises if exercise not in reported]
        if left:
            self._out.line()
            self._out.line(self._not_attempted([clean_line(exercise.id) for exercise in left]), "dim")
        self._total(report)

    def _not_attempted(self, names: Sequence[str]) -> str:
        """The exercises that nobody attempted, as many as fit on one line."""
        for shown in range(len(names), 0, -1):
            rest = f" and {len(names) - shown} more" if shown < len(names) else ""
            line = f"Not attempted: {', '.join(names[:shown])}{rest}."
            if len(line) <= self._out.width:
                return line
        return f"Not attempted: {count(len(names), 'exercise')}."

    def _notices(self, notices: Iterable[str]) -> None:
        for notice in notices:
            self._out.line(f"Note: {clean_line(notice)}", "dim")

    def _exercises(self, exercises: Iterable[model.ExerciseReport], basis: model.Basis) -> None:
        for exercise in exercises:
            self._out.line()
            # Of an assignment, an exercise in which nothing was found is one sentence; --exercise shows its checks.
            untouched = basis == "assignment" and exercise.status == "not_attempted"
            is_brief = untouched and not any(check.location for check in exercise.checks)
            self._exercise(replace(exercise, checks=()) if is_brief else exercise)

    def _exercise(self, exercise: model.ExerciseReport) -> None:
        number = f"{clean_line(exercise.number)} · " if exercise.number else ""
        title = self._out.text(f"{number}{clean_line(exercise.title)}", "bold")
        title.append_text(self._out.text(f"  {clean_line(exercise.id)}", "dim"))
        if exercise.bonus:
            title.append("  bonus", "dim")
        self._scored(title, exercise, "bold")
        said = [check for check in exercise.checks if exercise.message and exercise.message in check.message]
        if exercise.message and not said:
            self._out.indented(self._out.text(exercise.message), 2)
        for check in exercise.checks:
            # What several checks say because of an error is printed once.
            repeats = check in said[1:]
            self._check(replace(check, message=_without(check.message, exercise.message)) if repeats else check)
        if exercise.words is not None and any(
            check.status == "manual" and not check.withheld for check in exercise.checks
        ):
            self._words(exercise.words)

    def _words(self, words: model.Words) -> None:
        """What a person has to read, shortened, with a bar at its left that no text in it can leave."""
        bar = "│ " if self._out.can_write("│") else "| "
        text = self._out.text(shorten(clean_line(" ".join(words.text.split())), WORDS_LENGTH))
        self._out.indented(self._out.text(f"written: {words.place}", "dim"), 4)
        for line in text.wrap(self._out.console, max(self._out.width - 4 - len(bar), 10)):
            self._out.indented(Text.assemble((bar, "cyan"), line), 4)

    def _check(self, check: model.CheckReport) -> None:
        known = STATUS_SYMBOLS[check.status]
        symbol = known.word.ljust(4) if self._ascii else known.symbol
        title = self._out.text(clean_line(check.title), "dim" if check.status == "skipped" else "")
        if check.status == "passed" and check.location:
            place = self._out.text(check.location.in_words_alone(), "dim")
            room = self._out.width - len(symbol) - 3 - len(_score(check)) - 2
            last_line = title.wrap(self._out.console, max(room, 10))[-1].cell_len
            title.append("  " if last_line + 2 + place.cell_len <= room else "\n").append_text(place)
        self._scored(title, check, symbol=Text(f"  {symbol} ", known.style))
        indent = 3 + len(symbol)
        if check.status == "passed":
            if check.remark:
                self._out.indented(self._out.text(check.remark), indent)
            return
        if check.message:
            self._out.indented(self._out.text(check.message, "dim" if check.status == "skipped" else ""), indent)
        if check.status != "skipped":
            rows = self._grid()
            for label, value in self._details(check):
                rows.add_row(label, value)
            if rows.row_count:
                self._out.indented(rows, indent)

    def _details(self, check: model.CheckReport) -> Iterable[tuple[Text, Text]]:
        """Labels and values of what is known besides the message, the most useful first."""
        if check.expected is not None:
            yield self._out.text("expected", "dim"), self._out.text(check.expected, "green")
        if check.actual is not None:
            yield self._out.text("actual", "dim"), self._out.text(check.actual, "red")
        if check.location and check.source:
            source = self._out.text(shorten(clean(check.source).strip(), SOURCE_LENGTH), "cyan")
            place = check.location.in_words_beside(check.source)
            if len(place) > LABEL_LENGTH:
                yield self._out.text("at", "dim"), self._out.text(place, "dim")
                yield Text(), source
            else:
                yield self._out.text(place, "dim"), source
            if check.candidates > 1:
                yield Text(), self._out.text(f"the closest of {check.candidates} that were looked at", "dim")
        elif check.location:
            yield self._out.text("at", "dim"), self._out.text(check.location.in_words())
        if check.hint:
            yield self._out.text("hint", "dim"), self._out.text(check.hint, "italic")

    def _total(self, report: model.Report) -> None:
        self._out.line()
        self._out.show(Rule(characters="-" if self._ascii else "─", style="dim"))
        self._points(report)
        if report.more_points:
            self._out.line(MORE_POINTS, "dim")

    def _points(self, report: model.Report) -> None:
        if _is_nothing_found(report):
            self._out.line(
                "Nothing was found that answers an exercise. Name one to see what is missing: --exercise ID.",
                "yellow",
            )
            return
        found = report.basis == "found"
        label = Text("Total of what was found" if found else "Total", "bold")
        if report.passed and report.complete and report.max_score:
            what = "All that was found" if found else "Everything asked for"
            label.append(f"  {'All that is shown' if report.more_points else what} passed.", "green")
        self._scored(label, report, "bold")
        if found and report.max_score:
            self._out.line("Graded is what was found; --assignment ID or --exercise ID asks for more.", "dim")
        if not report.complete:
            self._out.line(why_not_final(report), "yellow")

    # ---------------------------------------------------------------------------------------- one after another

    def change(self, before: model.Report, after: model.Report, time: str) -> None:
        change = find_change(before, after)
        if change == Change():
            self._headline(after, "nothing changed", time)
            return
        self._out.line()
        was = _score(before)
        self._headline(after, "as before" if was == _score(after) else f"was {was}" if was else "", time)
        if change.run:
            show_run(after.run, self._out)
            if before.run.outcome in STOPPED and after.run.outcome not in STOPPED:
                self._out.line("This time it ran to its end.", "dim")
            if before.run.errors and not after.run.errors:
                self._out.line("No uncaught errors any more.", "dim")
        self._notices(change.notices)
        self._exercises(change.exercises, after.basis)
        if change.gone:
            self._out.line()
            self._out.line(f"No longer graded: {', '.join(map(clean_line, change.gone))}.", "dim")
        self._total(after)

    def _headline(self, report: model.Report, words: str, time: str) -> None:
        line = Text().append(f"{time}  ", "dim")
        if report.max_score:
            line.append(_score(report), f"bold {_score_style(report)}")
        elif _is_nothing_found(report):
            line.append("nothing attempted", "yellow")
        else:
            line.append("no points are shown", "dim")
        if words:
            line.append(f", {words}", "dim")
        self._out.show(line)

    def event(self, words: str, time: str) -> None:
        line = Text().append(f"{time}  ", "dim").append(self._out.text(words, "yellow"))
        # Not broken into several lines: terminals and editors turn a path with a line number into a link.
        self._out.show(line, soft_wrap=True)

    # -------------------------------------------------------------------------------------------- several reports

    def summary(self, reports: Sequence[model.Report]) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
        table.add_column("Submission", overflow="fold")
        table.add_column("Score", justify="right", overflow="fold")
        table.add_column("Checks passed", justify="right", overflow="fold")
        table.add_column("Run", overflow="fold")
        for report in reports:
            tried = [exercise for exercise in report.exercises if exercise.status == "graded"]
            checks = [check for exercise in tried for check in exercise.checks]
            passed = sum(check.status == "passed" for check in checks)
            table.add_row(
                self._out.text(clean_line(report.submission.path)),
                Text(_score(report), _score_style(report)),
                Text(f"{passed} of {len(checks)}" if checks else ""),
                Text(_how_it_ran(report), "yellow" if report.error or report.run.outcome in STOPPED else "dim"),
            )
        self._out.line()
        self._out.show(table)

    # ----------------------------------------------------------------------------------------------------- pieces

    def _grid(self) -> Table:
        """A table of two columns, for labels and values."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, overflow="crop")
        grid.add_column(overflow="fold")
        return grid

    def _scored(self, left: Text, scored: _Scored, weight: str = "", symbol: Text | None = None) -> None:
        """A row with the points at its right end; ``left`` may take several lines."""
        grid = Table.grid(expand=True)
        if symbol is not None:
            grid.add_column(no_wrap=True, overflow="crop")
        grid.add_column(ratio=1, overflow="fold")
        grid.add_column(justify="right", no_wrap=True, overflow="crop")
        points_won = Text(f"  {_score(scored)}", f"{weight} {_score_style(scored)}")
        grid.add_row(*([symbol] if symbol is not None else []), left, points_won)
        self._out.show(grid)


def _is_nothing_found(report: model.Report) -> bool:
    """Whether nothing was attempted. Of an exercise without checks that are shown, nobody can tell."""
    shown = [exercise for exercise in report.exercises if exercise.checks or exercise.status != "graded"]
    return (
        not report.max_score
        and (bool(shown) or not report.exercises)
        and all(exercise.status == "not_attempted" for exercise in shown)
    )


def _without_locations(exercise: model.ExerciseReport) -> model.ExerciseReport:
    """What is shown of an exercise, without locations."""
    return replace(exercise, checks=tuple(_without_location(check) for check in exercise.checks))


def _without_location(check: model.CheckReport) -> model.CheckReport:
    if check.status == "passed":
        return replace(check, location=None, source=None, message="", hint=None, candidates=0)
    return replace(check, location=None)


def _shown_of_run(run: model.RunSummary) -> tuple[object, ...]:
    """What is shown of a run, without locations and notices."""
    stopped = (run.outcome, run.detail) if run.outcome in STOPPED else None
    return stopped, *((error.type, error.text, error.provoked) for error in run.errors)


_Scored = model.Report | model.ExerciseReport | model.CheckReport


def _score(scored: _Scored) -> str:
    """``2.5 / 4``; ``? / 4`` while the points are not known; empty if nothing can be won."""
    if not scored.max_score:
        return ""
    known = points(scored.score) if scored.score is not None and not _is_error(scored) else "?"
    return f"{known} / {points(scored.max_score)}"


def _score_style(scored: _Scored) -> str:
    if _is_error(scored):
        return "magenta"
    if scored.score is None or (isinstance(scored, model.CheckReport) and scored.status == "skipped"):
        return "dim"
    if scored.score >= scored.max_score:
        return "green"
    return "yellow" if scored.score > 0 else "red"


def _is_error(scored: _Scored) -> bool:
    return not isinstance(scored, model.Report) and scored.status == "error"


def _how_it_ran(report: model.Report) -> str:
    """The run's outcome, briefly. Errors that a check asks for are not mentioned."""
    if report.error is not None:
        return "unreadable"
    if report.run.outcome is not model.Outcome.FAILED:
        return str(report.run.outcome)
    return "completed" if report.run.errors and all(error.provoked for error in report.run.errors) else "with errors"


def _without(message: str, reason: str) -> str:
    """A message without the reason that was printed above it."""
    return " ".join(message.replace(reason, "See the error above.", 1).split())


FORMAT = ReportFormat(name="terminal", render=render_page, show=render_all)
