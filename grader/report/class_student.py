"""A class in the terminal: one student, check by check."""

from __future__ import annotations

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.model import AskedExercise, ClassCheck, ClassExercise, ClassResults, Lateness, StudentResult
from grader.report import class_statistics
from grader.report.class_parts import (
    heading_of,
    print_row,
    print_title,
    score_of,
    share_style,
    state_of,
    total_of,
    total_style,
)
from grader.report.person_names import shown_key, shown_name
from grader.report.safe_console import MARKED, STATUS_SYMBOLS, SafeConsole
from grader.text import as_sentence, clean_line, points


def render_student(result: StudentResult, results: ClassResults, *, console: Console) -> None:
    """Print one student's checks, each with points, mistake and comment."""
    _Student(result, results, SafeConsole(console)).print()


class _Student:
    """The details of one student."""

    def __init__(self, result: StudentResult, results: ClassResults, out: SafeConsole) -> None:
        self._result = result
        self._results = results
        self._out = out
        self._ascii = not out.has_symbols

    def print(self) -> None:
        result, out = self._result, self._out
        print_title(self._results, out)
        out.line()
        student = out.text(shown_name(result.student.name), "bold")
        known = [shown_key(text) for text in (result.student.id, result.student.email) if text]
        if known:
            student.append_text(out.text(f"  {', '.join(known)}", "dim"))
        out.show(student)
        if result.path != result.student.name:
            out.line(shown_key(result.path), "dim")
        if result.status == "broken":
            out.line(f"Nothing of it could be graded. This is not a zero. {clean_line(result.why)}".rstrip(), "yellow")
        elif state_of(result):
            state = as_sentence(state_of(result))
            out.line(f"{state[0].upper()}{state[1:]}", "yellow")
        if result.status == "graded" and result.complete and result.why:
            out.line(f"Beside what was graded: {clean_line(result.why)}", "yellow")
        if result.left_out:
            names = ", ".join(shown_key(path) for path in result.left_out)
            out.line(f"Not graded, because there are more files than the assignment takes: {names}.", "yellow")
        if result.status != "graded":
            return
        for asked in self._results.exercises:
            answer = class_statistics.exercise_of(result, asked.id)
            if answer is not None:
                out.line()
                self._print_exercise(answer, asked)
        out.line()
        out.show(Rule(characters="-" if self._ascii else "─", style="dim"))
        lateness = result.lateness
        if lateness is not None and lateness.share:
            print_row(Text("Points"), Text(f"{points(lateness.score_before)} / {points(result.max_score)}"), out)
            print_row(out.text(self._penalty(lateness), "yellow"), Text(f"−{points(lateness.penalty)}"), out)
        print_row(Text("Total", "bold"), Text(total_of(result), f"bold {total_style(result)}"), out)

    def _penalty(self, lateness: Lateness) -> str:
        """``Late by 1 day 2 h: 20 % of 15 points``."""
        by = f"Late by {class_statistics.duration(lateness.by)}, at {lateness.handed_in_at:%Y-%m-%d %H:%M}"
        if lateness.ended:
            return f"{by}: too late for any points"
        return f"{by}: {points(lateness.share * 100)} % of {points(self._result.max_score)} points"

    def _print_exercise(self, exercise: ClassExercise, asked: AskedExercise) -> None:
        out = self._out
        title = heading_of(asked, exercise.title, out)
        title.append_text(out.text(f"  {clean_line(exercise.id)}", "dim"))
        if exercise.status == "graded" and len(self._result.files) > 1:
            title.append_text(out.text(f"  {shown_key(exercise.file)}", "dim"))
        score = f"{score_of(exercise)} / {points(exercise.max_score)}"
        print_row(title, out.text(score, f"bold {share_style(exercise.score, exercise.max_score)}"), out)
        if exercise.status == "not_attempted":
            out.line("  Not attempted.", "dim")
            return
        if exercise.status == "error":
            out.line("  It could not be graded, and the student is not to blame.", "magenta")
        for check in exercise.checks:
            self._print_check(check)

    def _print_check(self, check: ClassCheck) -> None:
        out = self._out
        status = class_statistics.status_of(check)
        known = MARKED if check.marked_by and status != "passed" else STATUS_SYMBOLS[status]
        symbol = known.word.ljust(4) if self._ascii else known.symbol
        won = "?" if check.score is None or check.status == "error" else points(check.score)
        score = out.text(f"{won} / {points(check.max_score)}" if check.max_score else "")
        left = Table.grid()
        left.add_column(no_wrap=True, overflow="crop")
        left.add_column(overflow="fold")
        left.add_row(Text(f"{symbol} ", known.style), out.text(clean_line(check.title)))
        print_row(left, score, out, indent=2)
        if check.mistake:
            out.indented(out.text(clean_line(check.mistake)), len(symbol) + 3)
        if check.marked_by:
            said = f": {clean_line(check.comment)}" if check.comment else "."
            gave = "" if check.given is None else f", {class_statistics.of(*check.given)} then"
            out.indented(out.text(f"Marked by {clean_line(check.marked_by)}{gave}{said}", "cyan"), len(symbol) + 3)
        elif class_statistics.waits(check):
            out.indented(out.text("Waits for a person: grade mark.", "dim"), len(symbol) + 3)
