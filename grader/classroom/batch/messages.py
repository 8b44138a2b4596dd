"""What the pool and its processes send each other, as frames: JSON, and bytes behind it. Nothing is pickled.

The model is imported in the functions that need it: a process of the pool decodes its options before it starts its
worker, and the worker has to start before such imports (``pipeline.open_grader``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grader.classroom.batch.tasks import Ready, Task
from grader.errors import CourseError, GraderError, SandboxError, UsageError
from grader.pipeline.options import GradingOptions, encode_options
from grader.runtime.protocol.frames import read_text_part, text_part
from grader.text_bounds import LOG_ENTRY, REASON, bounded

if TYPE_CHECKING:
    from grader.model import Graded, StoredExercise, StoredReport
    from grader.pipeline.broken_reference import BrokenReference

Json = Mapping[str, Any]

START, PREPARE, TASK, END = "start", "prepare", "task", "end"
CHECK, SETTLE, REFERENCES = "check", "settle", "references"
"""Types of the frames (``t``) that the pool sends to its processes."""
READY, DONE, LOG, FAILED = "ready", "done", "log", "failed"
CHECKED, SETTLED = "checked", "settled"
"""Types of the frames that the processes send to the pool."""

_ERRORS: Mapping[str, type[GraderError]] = {"course": CourseError, "usage": UsageError, "sandbox": SandboxError}
"""The errors that a process of the pool may report, by the word for them in a frame."""


def encode_start(options: GradingOptions) -> Json:
    return {"t": START, **encode_options(options)}


def encode_modules(modules: Sequence[str], runs: int = 0) -> Json:
    """``runs``: how many submissions a lane has at most; 0: not known."""
    return {"t": PREPARE, "modules": modules, "runs": runs}


def decode_modules(header: Json) -> tuple[str, ...]:
    return tuple(header["modules"])


def encode_end(lane: int) -> Json:
    """Has the process that forked a lane kill it (``lane_forker``)."""
    return {"t": END, "lane": lane}


def encode_ready(ready: Ready, about: Json | None = None) -> Json:
    """``about``: what the lane's machine offers (``OpenGrader.about``); only a cluster asks."""
    from grader.classroom.gradebook.plan_format import encode_plan

    return {
        "t": READY,
        "course": ready.course,
        "rubrics": ready.rubrics,
        "statements": ready.statements,
        "plan": encode_plan(ready.plan),
        "run_s": ready.run_s,
        "about": about,
    }


def decode_ready(header: Json) -> Ready:
    from grader.classroom.gradebook.plan_format import decode_plan

    return Ready(
        course=header["course"],
        rubrics=header["rubrics"],
        statements=header["statements"],
        plan=decode_plan(header["plan"]),
        run_s=header["run_s"],
    )


def encode_check(*, again: bool) -> Json:
    """Asks a process to judge the references. ``again``: those that ran out of time once more."""
    return {"t": CHECK, "again": again}


def encode_settle() -> Json:
    """Asks a process to answer when its worker has imported everything, so that it does nothing any more."""
    return {"t": SETTLE}


def encode_references(kind: str, broken: Iterable[BrokenReference], rename: Mapping[str, str] | None = None) -> Json:
    """The broken references: what a process found (``CHECKED``), or what it is to take over (``REFERENCES``).
    ``rename``: see ``encode_error``.
    """
    found = [{name: getattr(one, name) for name in one.__slots__} for one in broken]
    for fields in found:
        fields.update({name: _renamed(fields[name], rename) for name in ("reason", "details")})
    return {"t": kind, "broken": found}


def decode_references(header: Json) -> tuple[BrokenReference, ...]:
    from grader.pipeline.broken_reference import BrokenReference

    return tuple(BrokenReference(**fields) for fields in header["broken"])


def encode_task(task: Task) -> tuple[Json, bytes]:
    names = text_part([task.folder, task.name, *(name for name, _ in task.companions)])
    parts = (names, task.content, *(content for _, content in task.companions))
    header = {"t": TASK, "key": task.key, "more_time": task.more_time, "sizes": list(map(len, parts))}
    return header, b"".join(parts)


def decode_task(header: Json, payload: bytes) -> Task:
    from grader.model import CompanionFile

    names, content, *contents = _parts(payload, header["sizes"])
    folder, name, *companions = read_text_part(names)
    return Task(
        key=header["key"],
        name=name,
        content=content,
        companions=tuple(map(CompanionFile, companions, contents)),
        folder=folder,
        more_time=header["more_time"],
    )


def encode_graded(graded: Graded) -> tuple[Json, bytes]:
    document = b"" if graded.report is None else graded.report.document
    texts = {
        "why": graded.why,
        "words": graded.words,
        "report": None if graded.report is None else _encode_report(graded.report),
    }
    parts = (text_part(texts), graded.judged, document, graded.evidence or b"")
    header = {
        "t": DONE,
        "key": graded.key,
        "status": graded.status,
        "rubrics": graded.rubrics,
        "not_final": graded.not_final,
        "kept_waiting": graded.kept_waiting,
        "unreadable": graded.unreadable,
        "other_assignment": graded.other_assignment,
        "keeps_evidence": graded.evidence is None,
        "sizes": list(map(len, parts)),
    }
    return header, b"".join(parts)


def decode_graded(header: Json, payload: bytes) -> Graded:
    from grader.model import Graded

    part, judged, document, evidence = _parts(payload, header["sizes"])
    texts = read_text_part(part)
    return Graded(
        key=header["key"],
        status=header["status"],
        rubrics=header["rubrics"],
        why=texts["why"],
        not_final=header["not_final"],
        kept_waiting=header["kept_waiting"],
        unreadable=header["unreadable"],
        judged=judged,
        report=None if texts["report"] is None else _decode_report(texts["report"], document),
        evidence=None if header["keeps_evidence"] else evidence,
        words=texts["words"],
        other_assignment=header["other_assignment"],
    )


def broken(key: str, rubrics: str, why: str, *, unreadable: bool = False) -> Graded:
    """The result of a task that could not be graded, or whose result could not be sent. ``unreadable``: because of what
    is in the file.
    """
    from grader.model import Graded

    return Graded(key=key, status="broken", rubrics=rubrics, why=bounded(why, REASON), unreadable=unreadable)


def encode_log(logger: str, level: int, text: str) -> Json:
    return {"t": LOG, "logger": logger, "level": level, "text": bounded(text, LOG_ENTRY)}


def write_log(header: Json) -> None:
    """Log in this process what a process of the pool logged."""
    logging.getLogger(header["logger"]).log(header["level"], "%s", header["text"])


def encode_error(error: GraderError, rename: Mapping[str, str] | None = None) -> Json:
    """``rename``: paths that mean nothing where the message is read, and what to say for them."""
    kind = next((word for word, of_kind in _ERRORS.items() if isinstance(error, of_kind)), "sandbox")
    return {"t": FAILED, "kind": kind, "text": bounded(_renamed(str(error), rename), LOG_ENTRY)}


def decode_error(header: Json) -> GraderError:
    return _ERRORS[header["kind"]](header["text"])


def _renamed(text: str, rename: Mapping[str, str] | None) -> str:
    for path, known_as in (rename or {}).items():
        text = text.replace(path, known_as)
    return text


def _encode_report(report: StoredReport) -> Json:
    return {
        "outcome": report.outcome,
        "level": report.level,
        "passed": report.passed,
        "complete": report.complete,
        "exercises": [_encode_exercise(exercise) for exercise in report.exercises],
    }


def _encode_exercise(exercise: StoredExercise) -> Json:
    # Not `dataclasses.asdict`: it copies every value, and takes longer than all else that is done with a result here.
    return {
        "id": exercise.id,
        "title": exercise.title,
        "status": exercise.status,
        "score": exercise.score,
        "max_score": exercise.max_score,
        "checks": [
            {
                "id": check.id,
                "kind": check.kind,
                "title": check.title,
                "status": check.status,
                "score": check.score,
                "max_score": check.max_score,
                "mistake": check.mistake,
                "cell": check.cell,
                "line": check.line,
                "chosen": dict(check.chosen),
                "withheld": check.withheld,
            }
            for check in exercise.checks
        ],
    }


def _decode_report(fields: Json, document: bytes) -> StoredReport:
    from grader.model import Level, Outcome, StoredCheck, StoredExercise, StoredReport

    exercises = (
        StoredExercise(**{**exercise, "checks": tuple(StoredCheck(**check) for check in exercise["checks"])})
        for exercise in fields["exercises"]
    )
    return StoredReport(
        document=document,
        outcome=Outcome(fields["outcome"]),
        level=Level(fields["level"]),
        passed=fields["passed"],
        complete=fields["complete"],
        exercises=tuple(exercises),
    )


def _parts(payload: bytes, sizes: list[int]) -> list[bytes]:
    parts, start = [], 0
    for size in sizes:
        parts.append(payload[start : start + size])
        start += size
    return parts
