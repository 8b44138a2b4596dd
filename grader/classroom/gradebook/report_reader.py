"""Reports read back from their JSON: documents ``grader.result/1``, as a gradebook keeps them.

Documents of earlier versions lack fields that were added later, which then have their defaults. Points in documents
are rounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from grader.model import (
    CheckReport,
    ExerciseReport,
    Format,
    Isolation,
    JudgingCourse,
    Level,
    Location,
    Outcome,
    Report,
    RunError,
    RunSummary,
    Submission,
    UnshownRun,
    Words,
)

Json = Mapping[str, Any]

_PLACE = re.compile(r"(?:cell \d+|In \[(?P<count>\d+)\])(?: \(`(?P<begins>.*)`\))?, line \d+", re.DOTALL)
"""A location of a notebook in words, as ``Location.in_words`` writes it."""


def read_report(document: Json) -> Report:
    """The report that a document was made of. Raises ValueError for what is no such document."""
    try:
        return _report(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a damaged result: {type(error).__name__}: {error}") from error


def _report(document: Json) -> Report:
    submission, isolation = document["submission"], document["isolation"]
    kind: Format = submission["format"]
    due = document.get("due")
    course = document.get("course")
    return Report(
        version=document["version"],
        seed=document["seed"],
        submission=Submission(path=submission["path"], format=kind, sha256=submission["sha256"], cells=()),
        isolation=Isolation(
            level=Level(isolation["level"]),
            mechanisms=tuple(isolation["mechanisms"]),
            missing=tuple(isolation["missing"]),
        ),
        run=_run(document["run"], kind),
        score=document["score"],
        max_score=document["max_score"],
        complete=document["complete"],
        passed=document["passed"],
        basis=document.get("basis", "found"),
        assignment=document.get("assignment", ""),
        assignment_title=document.get("assignment_title", ""),
        course=None if course is None else JudgingCourse(**course),
        due=None if due is None else datetime.fromisoformat(due),
        audience=document.get("audience", "staff"),
        more_points=document.get("more_points", False),
        error=document.get("error"),
        exercises=tuple(_exercise(exercise, kind) for exercise in document["exercises"]),
    )


def _run(run: Json, kind: Format) -> RunSummary:
    return RunSummary(
        outcome=Outcome(run["outcome"]),
        duration_s=run["duration_s"],
        detail=run["detail"],
        errors=tuple(_run_error(error, kind) for error in run["errors"]),
        notices=tuple(run["notices"]),
        not_final=run.get("not_final", ""),
        kept_waiting=run.get("kept_waiting", 0.0),
        unshown=_unshown_run(run.get("unshown")),
    )


def _unshown_run(run: Json | None) -> UnshownRun | None:
    if run is None:
        return None
    return UnshownRun(notices=tuple(run["notices"]), not_final=run["not_final"], kept_waiting=run["kept_waiting"])


def _run_error(error: Json, kind: Format) -> RunError:
    return RunError(
        location=_location(error["location"], error.get("place", ""), kind),
        type=error["type"],
        text=error["text"],
        source=error.get("source"),
        cause=_location(error.get("cause"), "", kind),
        needs=tuple(error.get("needs", ())),
        provoked=error.get("provoked", False),
    )


def _exercise(exercise: Json, kind: Format) -> ExerciseReport:
    words = exercise.get("words")
    return ExerciseReport(
        id=exercise["id"],
        title=exercise["title"],
        status=exercise["status"],
        score=exercise["score"],
        max_score=exercise["max_score"],
        message=exercise["message"],
        number=exercise.get("number", ""),
        bonus=exercise.get("bonus", False),
        broken_reference=exercise.get("broken_reference", False),
        named=exercise.get("named", False),
        words=None if words is None else Words(text=words["text"], place=words["place"]),
        max_scores=exercise.get("max_scores", {"public": exercise["max_score"]}),
        checks=tuple(_check(check, kind) for check in exercise["checks"]),
    )


def _check(check: Json, kind: Format) -> CheckReport:
    return CheckReport(
        id=check["id"],
        kind=check["kind"],
        title=check["title"],
        status=check["status"],
        score=check["score"],
        max_score=check["max_score"],
        message=check["message"],
        expected=check["expected"],
        actual=check["actual"],
        hint=check["hint"],
        location=_location(check["location"], check.get("place", ""), kind),
        source=check.get("source"),
        candidates=check.get("candidates", 0),
        mistake=check.get("mistake"),
        remark=check.get("remark"),
        chosen=check.get("chosen", {}),
        withheld=check.get("withheld", False),
        code=check.get("code", ""),
        visibility=check.get("visibility", "public"),
        reveal=check.get("reveal", True),
        comment=check.get("comment", ""),
    )


def _location(location: Json | None, place: str, kind: Format) -> Location | None:
    """``place`` is the location in words, which say how a cell begins and which number its run had."""
    if location is None:
        return None
    words = _PLACE.fullmatch(place)
    count = None if words is None else words["count"]
    return Location(
        cell=location["cell"],
        line=location["line"],
        cell_begins="" if words is None else words["begins"] or "",
        execution_count=None if count is None else int(count),
        in_file=kind != "ipynb",
        file_line=location.get("file_line"),
    )
