"""Handins and gradings built by hand, and a gradebook filled with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.classroom.gradebook import report_format
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.intake import StudentHandin
from grader.handin import HandedFile
from grader.model import (
    Graded,
    Level,
    Outcome,
    Plan,
    PlannedExercise,
    StoredCheck,
    StoredExercise,
    StoredReport,
    Student,
    StudentResult,
)

ADA = Student(key="4711", name="Ada Lovelace", id="4711", email="ada@example.org")


BOB = Student(key="bob", name="Bob")


STATEMENTS = {"sine": "Plot the sine.", "modes": "Which modes are there, and why?"}


class NoFiles:
    """A FileTree whose files are never read, since the gradebook reads no files."""

    name = "class"
    sizes: dict[str, int] = {}  # noqa: RUF012 - never changed
    folders = remarks = ()

    def read(self, path: str, limit: int) -> bytes:
        raise AssertionError("the gradebook reads no files")

    def close(self) -> None: ...


def file(path: str) -> HandedFile:
    return HandedFile(path=path, name=path.rpartition("/")[2], size=1, key=path, tree=NoFiles())


def handin(
    *students: Student, path: str = "ada", files: tuple[str, ...] = ("ada/a.py",), **fields: Any
) -> StudentHandin:
    return StudentHandin(students=students or (ADA,), path=path, files=tuple(map(file, files)), **fields)


def check(identity: str = "curve", **fields: Any) -> dict[str, Any]:
    defaults = {
        "id": identity,
        "kind": "plot",
        "title": identity.capitalize(),
        "status": "passed",
        "score": 2,
        "max_score": 2,
        "mistake": "",
    }
    return defaults | fields


def exercise(*checks: dict[str, Any], id: str = "sine", **fields: Any) -> dict[str, Any]:
    defaults = {
        "id": id,
        "title": id.capitalize(),
        "status": "graded",
        "checks": list(checks),
        "score": sum(each["score"] or 0 for each in checks),
        "max_score": sum(each["max_score"] for each in checks),
    }
    return defaults | fields


def graded(*exercises: dict[str, Any], key: str = "k1", **fields: Any) -> Graded:
    checks = [each for one in exercises for each in one["checks"]]
    report = StoredReport(
        document=report_format.pack({"exercises": list(exercises)}),
        outcome=Outcome.COMPLETED,
        level=Level.STRICT,
        passed=all(each["status"] in ("passed", "manual") for each in checks),
        complete=all(each["status"] != "manual" for each in checks),
        exercises=tuple(StoredExercise(**each | {"checks": stored_checks(each)}) for each in exercises),
    )
    return Graded(**({"key": key, "status": "graded", "rubrics": "r", "judged": b"j", "report": report} | fields))


def stored_checks(exercise: dict[str, Any]) -> tuple[StoredCheck, ...]:
    attempted = exercise["status"] != "not_attempted"
    return tuple(StoredCheck(**each) for each in exercise["checks"]) if attempted else ()


MANUAL = check("why", kind="answer", status="manual", score=None, cell=3, line=2)


NOT_ATTEMPTED = exercise(check(status="failed", score=0), status="not_attempted", score=0)


FOUND = Plan(basis="found")


def named(*exercises: str) -> Plan:
    """The plan of a class whose exercises were named, without what they are worth, as in the first gradebooks."""
    return Plan(basis="exercises", exercises=tuple(PlannedExercise(id=name, title=name) for name in exercises))


def assigned(*exercises: PlannedExercise, **fields: Any) -> Plan:
    """The plan of an assignment."""
    defaults: dict[str, Any] = {"basis": "assignment", "assignment": "hw", "title": "Homework"}
    return Plan(**(defaults | {"exercises": exercises} | fields))


def planned(id: str = "sine", **fields: Any) -> PlannedExercise:
    return PlannedExercise(**({"id": id, "title": id.capitalize(), "max_score": 2.0} | fields))


def fill(
    book: Gradebook,
    *handins: StudentHandin,
    plan: Plan = FOUND,
    placement: Placement = Placement(),  # noqa: B008 - frozen
    **results: Graded,
) -> None:
    """Enrol the handins and save a grading for each file. ``results`` are by the stem of the file's name."""
    filed = book.enrol("hw", handins, plan=plan, statements=STATEMENTS, placement=placement)
    for (_, where), row in filed.items():
        one = results.get(Path(where).stem)
        if one is not None:
            book.save(one, {row.id: f"sha of {where}"})


def everybody(book: Gradebook) -> tuple[StudentResult, ...]:
    return book.results("hw").students
