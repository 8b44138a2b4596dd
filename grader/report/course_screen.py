"""What courses ask, in the terminal: the courses, their assignments and exercises, and the statement of an exercise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import Assignment, LatePolicy, ListedCourse, ListedExercise
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, count, points, reflowed

_NUMBERS = ("Points", "Exercises", "Assignments")
"""The columns that hold numbers."""
_UNITS = ((7 * 86_400, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def render_courses(courses: Sequence[ListedCourse], *, console: Console) -> None:
    """Print a table of courses, and how one is chosen."""
    out = SafeConsole(console)
    table = _table("Course", "Title", "Exercises", "Assignments")
    for course in courses:
        name = out.text(clean_line(course.name), "bold")
        if course.is_taken:
            name.append("  taken here", "dim")
        table.add_row(name, out.text(clean_line(course.title)), str(course.exercises), str(len(course.assignments)))
    out.show(table)
    out.line()
    out.line("Every command takes another one by its name:")
    out.line(f"  grade exercises --course {next((each.name for each in courses if not each.is_taken), 'NAME')}")


def render_assignments(assignments: Sequence[Assignment], default: str, *, console: Console) -> None:
    """Print a table of assignments. ``default`` is the id of the one that is graded where nothing names another."""
    out = SafeConsole(console)
    table = _table("Assignment", "Title", "Exercises", "Due")
    for assignment in assignments:
        identity = out.text(clean_line(assignment.id), "bold")
        if assignment.id == default:
            identity.append("  default", "dim")
        due = "" if assignment.due is None else in_words(assignment.due)
        table.add_row(identity, out.text(clean_line(assignment.title)), str(len(assignment.exercises)), out.text(due))
    out.show(table)


def render_assignment(assignment: Assignment, exercises: Sequence[ListedExercise], *, console: Console) -> None:
    """Print an assignment with its rules, and a table of its exercises."""
    out = SafeConsole(console)
    title = out.text(clean_line(assignment.title), "bold")
    title.append_text(out.text(f"  {clean_line(assignment.id)}", "dim"))
    out.show(title)
    for line in rules_of(assignment):
        out.line(line)
    out.line()
    render_exercises(exercises, console=console)
    total = sum(exercise.points for exercise in exercises if not exercise.bonus)
    bonus = sum(exercise.points for exercise in exercises if exercise.bonus)
    more = f", and {points(bonus)} as a bonus" if bonus else ""
    out.line()
    out.line(f"{points(total)} points in all{more}.")


def render_exercises(exercises: Sequence[ListedExercise], *, console: Console) -> None:
    """Print a table of exercises."""
    out = SafeConsole(console)
    numbered = any(exercise.number for exercise in exercises)
    table = _table(*(["No."] if numbered else []), "Exercise", "Title", "Points")
    for exercise in exercises:
        worth = points(exercise.points) + (" bonus" if exercise.bonus else "")
        row = [out.text(clean_line(exercise.id), "bold"), out.text(clean_line(exercise.title)), Text(worth)]
        table.add_row(*([out.text(clean_line(exercise.number))] if numbered else []), *row)
    out.show(table)


def render_exercise(exercise: ListedExercise, *, console: Console) -> None:
    """Print what an exercise asks."""
    out = SafeConsole(console)
    title = out.text(clean_line(exercise.title), "bold")
    worth = f"{points(exercise.points)} points" if exercise.points != 1 else "1 point"
    title.append_text(out.text(f"  {clean_line(exercise.id)}, {worth}", "dim"))
    out.show(title)
    out.line()
    out.line(reflowed(exercise.statement.strip()))


def in_words(moment: datetime) -> str:
    """``Fri 2026-12-04 23:59 Europe/Berlin``: a moment with its zone, or with its offset where the zone has no name."""
    zone = getattr(moment.tzinfo, "key", None) or moment.tzname() or ""
    return f"{moment:%a %Y-%m-%d %H:%M} {zone}".rstrip()


def rules_of(assignment: Assignment) -> list[str]:
    """The rules of an assignment that a student has to know, in sentences."""
    rules = []
    if assignment.due is not None:
        rules.append(f"Due {in_words(assignment.due)}.")
        if assignment.late is not None:
            rules.append(_late(assignment.late))
    if assignment.files:
        rules.append(f"Graded are files named {' or '.join(assignment.files)}.")
    if assignment.max_files is not None:
        rules.append(f"Of one student, at most {count(assignment.max_files, 'file')} are graded.")
    return rules


def _late(late: LatePolicy) -> str:
    end = "" if late.until is None else f"; after {_duration(late.until)}, nothing is given"
    per = _duration(late.per).removeprefix("1 ")
    return f"Late: {points(100 * late.penalty)} % of the points are taken away for each begun {per}{end}."


def _duration(duration: timedelta) -> str:
    seconds = round(duration.total_seconds())
    size, noun = next(unit for unit in _UNITS if seconds % unit[0] == 0)
    return count(seconds // size, noun)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column in _NUMBERS else "left")
    return table
