"""Reports made by hand, for the tests of their formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader import model

HOSTILE = "[bold red]x[/] \x1b[2J\x1b]0;owned\x07\x9b31m \u202etxt.exe\u2066 \ud800 \x00 :bomb: 好 é"


def check(**fields: Any) -> model.CheckReport:
    """A check that passed, with other ``fields`` where they are given."""
    defaults: dict[str, Any] = {
        "id": "gradient-accumulates",
        "kind": "backward",
        "title": "Two passes add up",
        "status": "passed",
        "score": 2.0,
        "max_score": 2.0,
        "message": "",
    }
    return model.CheckReport(**(defaults | fields))


def failed_check(**fields: Any) -> model.CheckReport:
    """A check with everything that a failure can have."""
    defaults: dict[str, Any] = {
        "status": "failed",
        "score": 0.5,
        "message": "x.grad is 3·x², the gradient of x³: `u` was still attached to the graph.",
        "expected": "[0, 1, 4, 9]",
        "actual": "[0, 3, 12, 27]",
        "hint": "Cut u out of the graph with detach().",
        "location": model.Location(cell=3, line=2),
        "source": "    z.sum().backward()",
    }
    return check(**(defaults | fields))


def exercise(*checks: model.CheckReport, **fields: Any) -> model.ExerciseReport:
    """A graded exercise whose points are the sums over its checks."""
    defaults: dict[str, Any] = {
        "id": "double-backward",
        "title": "Backward, twice",
        "status": "graded",
        "score": sum(each.score or 0.0 for each in checks),
        "max_score": sum(each.max_score for each in checks),
        "checks": checks,
        "max_scores": _max_scores(checks),
    }
    return model.ExerciseReport(**(defaults | fields))


def _max_scores(checks: Sequence[model.CheckReport]) -> dict[model.Visibility, float]:
    kinds = dict.fromkeys(each.visibility for each in checks)
    return {kind: sum(each.max_score for each in checks if each.visibility == kind) for kind in kinds}


def run(outcome: model.Outcome = model.Outcome.COMPLETED, **fields: Any) -> model.RunSummary:
    """A run that took a tenth of a second."""
    return model.RunSummary(**({"outcome": outcome, "duration_s": 0.1} | fields))


def report(*exercises: model.ExerciseReport, path: str = "homework.ipynb", **fields: Any) -> model.Report:
    """A strictly isolated run whose points are the sums over the exercises."""
    statuses = [each.status for exercise in exercises for each in exercise.checks]
    defaults: dict[str, Any] = {
        "version": "0.1.0",
        "seed": 0,
        "submission": model.Submission(path=path, format="ipynb", sha256="0" * 64, cells=()),
        "isolation": model.Isolation(level=model.Level.STRICT, mechanisms=("namespaces", "seccomp")),
        "run": run(),
        "score": sum(each.score for each in exercises),
        "max_score": sum(each.max_score for each in exercises),
        "complete": not {"manual", "error"} & set(statuses),
        "exercises": exercises,
        "passed": set(statuses) == {"passed"},
        "basis": "exercises",
    }
    return model.Report(**(defaults | fields))


def hostile_report() -> model.Report:
    """A report in which every text that can come from a student attacks."""
    place = model.Location(cell=1, line=1)
    error = model.RunError(location=place, type=HOSTILE, text=HOSTILE, source=HOSTILE)
    return report(
        exercise(
            failed_check(
                title=HOSTILE, message=HOSTILE, expected=HOSTILE, actual=HOSTILE, hint=HOSTILE, source=HOSTILE
            ),
            check(status="manual", score=None, message=HOSTILE),
            check(status="skipped", score=0.0, message=HOSTILE),
            title=HOSTILE,
            message=HOSTILE,
            words=model.Words(text=HOSTILE, place=HOSTILE),
        ),
        exercise(status="not_attempted", title=HOSTILE, message=HOSTILE),
        path=HOSTILE,
        isolation=model.Isolation(level=model.Level.NONE, mechanisms=(), missing=(HOSTILE,)),
        run=run(model.Outcome.CRASHED, detail=HOSTILE, errors=(error,), notices=(HOSTILE,)),
    )
