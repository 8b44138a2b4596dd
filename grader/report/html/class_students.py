"""The table of students: what its cells show, and what it is sorted and filtered by."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from grader.model import ClassExercise, ClassResults, Outcome, StudentResult, Visibility
from grader.report import class_statistics
from grader.report.class_parts import score_of, state_of
from grader.report.person_names import shown_key, shown_name
from grader.text import clean_line, points, rounded

_TINY = 1e-9

STATES = {
    "passed": "passed",
    "not-passed": "not passed",
    "provisional": "provisional",
    "broken": "broken",
    "pending": "not graded yet",
}
"""In the order in which they are sorted."""
OUTCOMES = {
    Outcome.COMPLETED: "ran to its end",
    Outcome.FAILED: "an error was left uncaught",
    Outcome.TIMEOUT: "stopped: timeout",
    Outcome.MEMORY: "stopped: memory",
    Outcome.OUTPUT: "stopped: output",
    Outcome.CRASHED: "crashed",
    Outcome.EXITED: "ended itself",
    Outcome.SANDBOX_ERROR: "sandbox failed",
    Outcome.NOT_RUN: "was not run",
}
HIDDEN_WORDS: Mapping[Visibility, str] = {"hidden": "hidden from students", "after-due": "shown after the due date"}
"""What is said of checks that are not public."""
# What an answer is, as a letter for each exercise: full points, some, none, not attempted, waits for a person, could
# not be graded, unknown.
FULL, SOME, NONE, NOT_ATTEMPTED, WAITS, UNGRADED, UNKNOWN = "fpznwe-"
_NOT_PASSED = ("failed", "skipped", "manual", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    text: str
    state: str = ""
    """FULL and so on, for its colour; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    id: str
    total: Cell
    exercises: tuple[Cell, ...]
    status: str
    """A key of STATES."""
    ended: str
    """How the run ended, if it did not run to its end; else empty."""
    late: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentTable:
    """``data`` is what the page's script sorts and filters by, as JSON that may stand in HTML."""

    rows: tuple[Row, ...]
    data: Markup
    statuses: tuple[tuple[int, str], ...]
    """The states that somebody is in: their numbers in ``data``, and their words."""
    outcomes: tuple[tuple[int, str], ...]
    """The outcomes that somebody has, likewise."""
    with_ids: bool


@dataclass(slots=True)
class _Failures:
    """Every way not to pass a check that somebody found: numbered, so that a student's are a few numbers."""

    numbers: dict[tuple[int, str, str, str, str], int] = field(default_factory=dict)

    def of(self, result: StudentResult, exercises: Mapping[str, int]) -> list[int]:
        found = []
        for answer in class_statistics.graded_exercises(result):
            for check in answer.checks:
                status = class_statistics.status_of(check)
                if status in _NOT_PASSED and answer.id in exercises:
                    mistake = "" if check.marked_by else clean_line(check.mistake)
                    hidden = HIDDEN_WORDS.get(check.visibility, "")
                    title = f"{clean_line(check.title)} ({hidden})" if hidden else clean_line(check.title)
                    key = (exercises[answer.id], check.id, title, status, mistake)
                    found.append(self.numbers.setdefault(key, len(self.numbers)))
        return found


def student_table(results: ClassResults) -> StudentTable:
    students = results.students
    with_ids = any(result.student.id for result in students)
    rows = tuple(_row(result, results) for result in students)
    failures = _Failures()
    exercises = {asked.id: number for number, asked in enumerate(results.exercises)}
    outcomes = list(OUTCOMES)
    failed = [failures.of(result, exercises) for result in students]
    statuses = list(STATES)
    graded = [result if result.status == "graded" else None for result in students]
    sort_by: list[Sequence[float | None]] = [range(len(students))]
    if with_ids:
        sort_by.append(_ranks([result.student.id for result in students]))
    sort_by.append([None if result is None else rounded(result.score) for result in graded])
    sort_by += [[_points(result, asked.id) for result in graded] for asked in results.exercises]
    sort_by.append([statuses.index(row.status) for row in rows])
    sort_by.append([_seconds_late(result) for result in students])
    data = {
        "sort": [list(column) for column in sort_by],
        "names": [f"{row.name} {row.id}".strip().casefold() for row in rows],
        "status": [statuses.index(row.status) for row in rows],
        "outcome": [-1 if result.outcome is None else outcomes.index(result.outcome) for result in students],
        "late": [int(result.late) for result in students],
        "states": ["".join(cell.state or UNKNOWN for cell in row.exercises) for row in rows],
        "failed": failed,
        "failures": list(failures.numbers),
        "exercises": [_named(asked.number, asked.title) for asked in results.exercises],
        "notes": {number: note for number, result in enumerate(students) if (note := _note(result))},
    }
    return StudentTable(
        rows=rows,
        data=json_for_html(data),
        statuses=tuple(
            (number, words)
            for number, (status, words) in enumerate(STATES.items())
            if any(row.status == status for row in rows)
        ),
        outcomes=tuple(
            (number, words)
            for number, (outcome, words) in enumerate(OUTCOMES.items())
            if any(result.outcome is outcome for result in students)
        ),
        with_ids=with_ids,
    )


def json_for_html(data: Any) -> Markup:
    """JSON that may stand in a ``script`` element: in ASCII, with nothing that could end the element."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e"))


def _named(number: str, title: str) -> str:
    return clean_line(f"{number}. {title}" if number else title)


def _row(result: StudentResult, results: ClassResults) -> Row:
    total = "" if result.status == "pending" else "!" if result.status == "broken" else points(result.score)
    state = _share_state(result.score, result.max_score) if result.status == "graded" else UNGRADED
    is_odd = result.status == "graded" and result.outcome not in (None, Outcome.COMPLETED, Outcome.FAILED)
    return Row(
        name=shown_name(result.student.name),
        id=shown_name(result.student.id) if result.student.id else "",
        total=Cell(text=total, state=state),
        exercises=tuple(_cell(result, asked.id) for asked in results.exercises),
        status=_status(result),
        ended=OUTCOMES[result.outcome] if is_odd and result.outcome is not None else "",
        late=class_statistics.duration(result.lateness.by) if result.lateness else "late" if result.late else "",
    )


def _status(result: StudentResult) -> str:
    if result.status != "graded":
        return result.status
    if not result.complete:
        return "provisional"
    return "passed" if result.passed else "not-passed"


def _cell(result: StudentResult, exercise: str) -> Cell:
    answer = class_statistics.exercise_of(result, exercise) if result.status == "graded" else None
    if answer is None:
        return Cell(text="–" if result.status == "graded" else "")
    return Cell(text=score_of(answer), state=_state(answer))


def _state(answer: ClassExercise) -> str:
    if answer.status == "not_attempted":
        return NOT_ATTEMPTED
    if answer.status == "error" or any(check.status == "error" for check in answer.checks):
        return UNGRADED
    if any(class_statistics.waits(check) for check in answer.checks):
        return WAITS
    return _share_state(answer.score, answer.max_score)


def _share_state(score: float, most: float) -> str:
    if score >= most - _TINY:
        return FULL
    return SOME if score > 0 else NONE


def _points(result: StudentResult | None, exercise: str) -> float | None:
    """What an exercise is sorted by; None, which comes last, where nothing was attempted or graded."""
    answer = None if result is None else class_statistics.exercise_of(result, exercise)
    return None if answer is None or answer.status != "graded" else rounded(answer.score)


def _seconds_late(result: StudentResult) -> float | None:
    """None, which comes last, if it was in time; of whom it is not known by how much, before all others."""
    if result.lateness is not None:
        return int(result.lateness.by.total_seconds())
    return 0 if result.late else None


def _ranks(ids: Sequence[str]) -> list[float | None]:
    """The places of ids in their order, in which numbers count as numbers; None for nobody's."""
    order = {each: rank for rank, each in enumerate(sorted({each for each in ids if each}, key=_with_numbers))}
    return [order.get(each) for each in ids]


def _with_numbers(text: str) -> list[tuple[int, int, str]]:
    # ``\d`` would also match digits of other scripts of which ``int`` knows only some.
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return [(0, len(part.lstrip("0")), part.lstrip("0")) if part[0] in "0123456789" else (1, 0, part) for part in parts]


def _note(result: StudentResult) -> str:
    """What stands above a student's checks: email, path, and what is to be known beside the points."""
    parts = [shown_key(text) for text in (result.student.email, result.path) if text]
    state = state_of(result)
    why = clean_line(result.why) if result.status != "graded" or not result.complete else ""
    return " · ".join([*parts, *([why or state] if why or state else [])])
