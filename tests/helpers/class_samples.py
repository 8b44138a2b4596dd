"""Results of classes built by hand, for the tests of class reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from grader import model

AT = datetime(2026, 10, 3, 14, 5, tzinfo=UTC)
ANSI = "\x1b[31mMallory\x1b[0m [bold]M[/]"
FORMULA = "=cmd|' /C calc'!A0"
CHINESE = "王小明"

ZEROED = "Whenever a second pass came, the gradient had been cleared before it."
UNCUT = "u has the right values, but it still remembers where they came from."

ASKED = (
    model.AskedExercise(id="autodiff-modes", title="Forward and reverse mode", max_score=3.0),
    model.AskedExercise(id="detach-semantics", title="Detach, a constant out of the graph", max_score=3.0),
    model.AskedExercise(id="double-backward", title="Backward, twice", max_score=4.0),
)


def check(**fields: Any) -> model.ClassCheck:
    """A check that passed, unless ``fields`` say otherwise."""
    defaults: dict[str, Any] = {
        "id": "second-backward-fails",
        "kind": "raises",
        "title": "A second backward over the same graph raises an error",
        "status": "passed",
        "score": 2.0,
        "max_score": 2.0,
    }
    return model.ClassCheck(**(defaults | fields))


def failed(**fields: Any) -> model.ClassCheck:
    """A check that earned nothing."""
    return check(**({"status": "failed", "score": 0.0} | fields))


def waiting(**fields: Any) -> model.ClassCheck:
    """A check that still waits for a person's mark."""
    return check(**({"kind": "answer", "status": "manual", "score": None} | fields))


def exercise(id: str, *checks: model.ClassCheck, **fields: Any) -> model.ClassExercise:
    """A graded answer to one of ASKED. Its points are the sum of its checks' points."""
    asked = next(each for each in ASKED if each.id == id)
    defaults: dict[str, Any] = {
        "id": id,
        "title": asked.title,
        "status": "graded",
        "score": sum(each.score or 0.0 for each in checks),
        "max_score": asked.max_score,
        "checks": checks,
        "file": "homework.ipynb",
    }
    return model.ClassExercise(**(defaults | fields))


def untried(id: str) -> model.ClassExercise:
    """An exercise that was not attempted. Its checks are listed, and failed."""
    return exercise(id, failed(), status="not_attempted", file="")


MODES = {"id": "what-is-stored", "title": "What reverse mode has to hold on to"}
CHOICES = {"id": "choices", "title": "M1 to M5: which mode, and at what price", "max_score": 1.0}
CUT = {"id": "cut", "title": "u has the values of y and is no longer part of the graph", "max_score": 1.0}
USED = {"id": "used", "kind": "backward", "title": "The gradient of sum(u * x) is u"}
ADDS = {"id": "gradient-accumulates", "kind": "backward", "title": "Two passes that work add their gradients up"}


def result(name: str, *exercises: model.ClassExercise, **fields: Any) -> model.StudentResult:
    """A graded student whose points are the sums of the exercises' points."""
    known = {each: fields.pop(each) for each in ("key", "id", "email") if each in fields}
    student = model.Student(**({"key": name, "name": name} | known))
    checks = [each for one in exercises if one.status != "not_attempted" for each in one.checks]
    defaults: dict[str, Any] = {
        "student": student,
        "status": "graded",
        "score": sum(each.score for each in exercises),
        "max_score": sum(each.max_score for each in ASKED),
        "complete": not any(each.score is None or each.status == "error" for each in checks),
        "passed": all(each.status in ("passed", "manual") for each in checks),
        "exercises": exercises,
        "path": f"{name}.ipynb",
        "files": ("homework.ipynb",),
        "outcome": model.Outcome.COMPLETED,
        "graded_at": AT,
    }
    return model.StudentResult(**(defaults | fields))


def results(*students: model.StudentResult, **fields: Any) -> model.ClassResults:
    """The results of an assignment with these students."""
    defaults: dict[str, Any] = {
        "assignment": "Homework 2",
        "exercises": ASKED,
        "students": students,
        "graded_at": AT,
    }
    return model.ClassResults(**(defaults | fields))


DUE = datetime(2026, 10, 1, 10, 0, tzinfo=timezone(timedelta(hours=2)))
POLICY = model.LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=3))


def late(of: model.StudentResult, **fields: Any) -> model.StudentResult:
    """The result of a student who was 26 hours late, at a tenth of ten points for each begun day."""
    handed_in_at = DUE + timedelta(hours=26)
    defaults: dict[str, Any] = {
        "handed_in_at": handed_in_at,
        "by": timedelta(hours=26),
        "periods": 2,
        "share": 0.2,
        "score_before": of.score,
        "penalty": min(2.0, of.score),
    }
    lateness = model.Lateness(**(defaults | fields))
    return replace(of, late=True, handed_in_at=handed_in_at, lateness=lateness, score=of.score - lateness.penalty)


def on_a_sheet(*students: model.StudentResult, **fields: Any) -> model.ClassResults:
    """The results of an assignment of ASKED, numbered from 1, of which the last is a bonus."""
    asked = tuple(
        replace(each, number=str(number), bonus=each is ASKED[-1]) for number, each in enumerate(ASKED, start=1)
    )
    bonus = {each.id: each.bonus for each in asked}
    numbered = (
        replace(
            each,
            exercises=tuple(replace(answer, bonus=bonus[answer.id]) for answer in each.exercises),
            max_score=sum(one.max_score for one in asked if not one.bonus),
        )
        for each in students
    )
    defaults = {"assignment": "hw2", "title": "Homework 2", "basis": "assignment", "exercises": asked}
    return results(*numbered, **(defaults | fields))


def ada() -> model.StudentResult:
    """Everything right, with an answer marked by hand."""
    marked = waiting(**MODES, score=2.0, marked_by="kim", comment="Well said.")
    return result(
        "Lovelace, Ada",
        exercise("autodiff-modes", check(**CHOICES, score=1.0), marked),
        exercise("detach-semantics", check(**CUT, score=1.0), check(**USED)),
        exercise("double-backward", check(), check(**ADDS)),
        key="1001",
        id="1001",
        email="ada@example.org",
    )


def alan() -> model.StudentResult:
    """Late, with two named mistakes, one with partial credit, and an answer that waits for a mark."""
    return result(
        "Turing, Alan",
        exercise("autodiff-modes", check(**CHOICES, score=1.0), waiting(**MODES)),
        exercise("detach-semantics", failed(**CUT, mistake=UNCUT), check(**USED, status="skipped", score=0.0)),
        exercise("double-backward", check(), failed(**ADDS, score=0.5, mistake=ZEROED)),
        key="1002",
        id="1002",
        email="alan@example.org",
        late=True,
    )


def grace() -> model.StudentResult:
    """The submission could not be read."""
    return result(
        "Hopper, Grace",
        status="broken",
        score=0.0,
        complete=False,
        passed=False,
        outcome=None,
        why="homework.pdf is a PDF. Hand in the notebook (.ipynb) or the script (.py) itself.",
        key="1003",
        id="1003",
    )


def mallory() -> model.StudentResult:
    """A name with terminal codes; two exercises not attempted; stopped for time."""
    return result(
        ANSI,
        untried("autodiff-modes"),
        untried("detach-semantics"),
        exercise("double-backward", check(), failed(**ADDS, mistake=ZEROED)),
        key="1004",
        id="1004",
        outcome=model.Outcome.TIMEOUT,
    )


def bobby() -> model.StudentResult:
    """A name that a spreadsheet would run as a formula; a check with an error; a failed check without a mistake."""
    return result(
        FORMULA,
        untried("autodiff-modes"),
        exercise("detach-semantics", check(**CUT, status="error", score=0.0), failed(**USED)),
        untried("double-backward"),
        key=FORMULA,
        path=f"{FORMULA}.ipynb",
    )


def xiaoming() -> model.StudentResult:
    """A name without spaces; a third of a point."""
    return result(
        CHINESE,
        untried("autodiff-modes"),
        exercise("detach-semantics", check(**CUT, score=1.0), failed(**USED, score=2 / 3)),
        exercise("double-backward", check(), failed(**ADDS, score=0.1 + 0.2)),
        key="xm@example.org",
        email="xm@example.org",
    )


def joan() -> model.StudentResult:
    """Handed in, and not graded yet."""
    return result(
        "Clarke, Joan", status="pending", score=0.0, complete=False, passed=False, outcome=None, graded_at=None
    )


def sample() -> model.ClassResults:
    """One student of every kind."""
    return results(joan(), grace(), ada(), alan(), bobby(), mallory(), xiaoming())
