"""The result as JSON: ``grader.result/1``, documented in docs/result.md.

The types below are the format. ``to_dict`` is checked against them by mypy, and the JSON Schema is made from them and
from the descriptions under their fields.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

# Not typing.TypedDict: pydantic cannot read that before Python 3.12.
from typing_extensions import TypedDict

from grader import model
from grader.errors import SandboxError
from grader.report.base import ReportFormat
from grader.report.json_course import CourseInfo, course_info
from grader.report.json_schema import documented, schema_of
from grader.text import rounded, without_commands

SCHEMA: Literal["grader.result/1"] = "grader.result/1"


@documented
class Place(TypedDict):
    """Where in the submission."""

    cell: int | None
    """The code cell's number, counted from 1; null in notes, and in a script without `# %%` cells."""
    line: int
    """The line, counted from 1: within the cell in a notebook, within the file elsewhere."""
    file_line: int | None
    """The line of the file, counted from 1: of a notebook, that line of the `.ipynb` which has the code. Null where it
    is not known, as in notebooks of old formats."""


@documented
class Check(TypedDict):
    """One check of an exercise."""

    id: str
    """The check's id in the exercise's YAML."""
    kind: str
    """Its kind, such as `backward` or `function`. New kinds may appear."""
    title: str
    """Its title, for people."""
    status: Literal["passed", "failed", "skipped", "manual", "error"]
    """`skipped`: a check that it needs failed. `manual`: a person has to mark it. `error`: the grader or the
    reference solution failed, which is never the student's fault."""
    score: float | None
    """Points won; null where a person still has to mark it."""
    max_score: float
    """Points that can be won."""
    message: str
    """What was found, in words."""
    expected: str | None
    """What was expected, as text; null where nothing is compared."""
    actual: str | None
    """What the submission had instead."""
    hint: str | None
    """What to try; null where the check passed or the rubric has no hint."""
    location: Place | None
    """The place that the message is about."""
    source: str | None
    """The student's own line at `location`. Untrusted text."""
    place: str
    """`location` in words, so that a person finds it: a cell of a notebook by its number and its first line of code, as
    in ``In [7] (`x = f(2)`), line 2``; empty without a location."""
    candidates: int
    """How many things in the submission the check could have been about; `location` is that of the best one."""
    mistake: str | None
    """The rubric's sentence for the named mistake that was made; null where the rubric names none for this."""
    remark: str | None
    """What the rubric says although the check passed; null where there is nothing to say."""
    chosen: dict[str, str]
    """The option that was chosen for each question; empty for checks without choices."""
    withheld: bool
    """It would have passed, but something besides torch had a hand in it, such as a hook that changed the gradient. Its
    status is `manual`, and until a person has marked it the submission has not `passed`."""
    code: str
    """The lines that the person has to look at, with their numbers; empty where it is not withheld. Untrusted text."""
    comment: str
    """What the person wrote who marked it by hand; empty where nobody did."""
    visibility: model.Visibility
    """Who sees the check: everybody; only staff; or everybody once the assignment is due. A result for students has
    only the checks that they may see."""
    reveal: bool
    """False where students read only whether it is right, and what the rubric says: a result for students has a general
    `message` then, and no values."""


@documented
class Words(TypedDict):
    """What the student wrote about an exercise in words."""

    text: str
    """The passages, without the question and without what was handed out. Untrusted text."""
    place: str
    """Where they begin, in words: `line 17`, ``text below cell 3 (`x = f(2)`)``."""


@documented
class Exercise(TypedDict):
    """One exercise, with its checks in the order of the exercise's YAML."""

    id: str
    """The exercise's id: the name of its YAML file."""
    title: str
    """Its title, for people."""
    status: Literal["graded", "not_attempted", "error"]
    """`not_attempted`: nothing in the submission was found that answers it; no check is `manual` then. `error`: it
    could not be graded, and the submission is not to blame."""
    score: float
    """Points won, the sum over the checks that have some."""
    max_score: float
    """Points that can be won."""
    message: str
    """Explains a status other than `graded`; else empty."""
    number: str
    """The number that the assignment's sheet gives it; empty where it gives none, or where its editions differ."""
    broken_reference: bool
    """Its status is `error` because the course's own reference solution fails it. It counts in no total then."""
    named: bool
    """Where `broken_reference` is true: whether the submission names the exercise; else false."""
    bonus: bool
    """True where its points are added to the `score` of the result and not to its `max_score`."""
    words: Words | None
    """What was written about it, for a person to read; null where nothing was, or where every check passed."""
    max_scores: dict[model.Visibility, float]
    """The points that can be won by its checks of each visibility; only those that the result's audience sees."""
    checks: list[Check]
    """Its checks."""


@documented
class RunError(TypedDict):
    """An exception that the submission did not catch, or a cell that does not parse."""

    location: Place | None
    """Where it happened; null where that is not known."""
    type: str
    """The exception's type, such as `RuntimeError`. Untrusted text."""
    text: str
    """Its message, shortened. Untrusted text."""
    source: str | None
    """The student's own line at `location`. Untrusted text."""
    place: str
    """`location` in words, as in a check."""
    provoked: bool
    """A check of kind `raises` that passed asks for this error here, so there is nothing to mend."""
    cause: Place | None
    """Where the error is that this one follows from: its statement needs names that were not bound there; null where it
    follows from no other."""
    needs: list[str]
    """These names; empty where `cause` is null. Untrusted text."""


@documented
class UnshownRun(TypedDict):
    """What staff alone read of the further run that is made for checks which students do not see."""

    notices: list[str]
    """How it ended, if otherwise than the run that students read of; `run.notices` has these sentences, too."""
    not_final: str
    """Why it gives no final result; `run.not_final` ends with it."""
    kept_waiting: float
    """As that of the run."""


@documented
class Run(TypedDict):
    """How the submission's run ended. Marks for what was observed before its end are kept."""

    outcome: Literal[
        "completed", "failed", "timeout", "memory", "output", "crashed", "exited", "sandbox_error", "not_run"
    ]
    """`failed`: some error was left uncaught, which an exercise may want. `timeout`, `memory`, `output`: a limit was
    reached. `crashed`: the interpreter died, or the submission damaged the record of its run. `exited`: the submission
    ended its process. `sandbox_error`: the grader's own fault. `not_run`: it could not be read, as `error` says."""
    duration_s: float
    """Wall-clock seconds of the run."""
    detail: str
    """How it ended, in a sentence; empty where it completed."""
    errors: list[RunError]
    """Everything that was left uncaught, and what Python could not read, in the order of the file; the run went on
    after each."""
    notices: list[str]
    """What did nothing or was not recorded, such as a `!pip install`."""
    not_final: str
    """Why the submission has to be graded again, in sentences: something ran out of time while the machine was busy;
    empty where the result is final. `notices` say so, too."""
    kept_waiting: float
    """The share of its time, from 0 to 1, for which other programs kept the run waiting that ran out of time; 0 where
    that did not matter."""
    unshown: UnshownRun | None
    """Null where nothing is to be said of such a run, and in a result for a student who does not see all checks."""


@documented
class IsolationInfo(TypedDict):
    """How the submission was isolated."""

    level: Literal["strict", "reduced", "none"]
    """See docs/threat-model.md for what each level promises."""
    mechanisms: list[str]
    """Names of the mechanisms in force. Meant for people; names may change."""
    missing: list[str]
    """What is not in place, and why, in words; empty at `strict`."""


@documented
class SubmissionInfo(TypedDict):
    """The file that was graded."""

    path: str
    """As it was given; `-` for standard input. Untrusted text."""
    sha256: str
    """SHA-256 of the file, in hexadecimal."""
    format: model.Format
    """A notebook, a script, or notes (Markdown or plain text)."""


@documented
class Result(TypedDict):
    """The result of one submission."""

    schema: Literal["grader.result/1"]
    """Name and version of this format."""
    version: str
    """The grader's version."""
    seed: int
    """The seed of the hidden inputs: with the same seed, grader and course, the same marks."""
    submission: SubmissionInfo
    isolation: IsolationInfo
    run: Run
    basis: Literal["assignment", "exercises", "found"]
    """What `score` is of: all exercises of the `assignment`; those that were named with `--exercise`; or, where nothing
    was asked for, those that the submission was found to attempt."""
    assignment: str
    """The id of the assignment; empty without one."""
    assignment_title: str
    """Its title, for people."""
    course: CourseInfo | None
    """The course that judged; null where nothing was judged."""
    due: str | None
    """When the assignment is due, as in `2026-11-30T23:59:00+01:00`; null where it has no date, or without one."""
    audience: model.Audience
    """Whom the result is for. For a student, checks that students may not see are missing, and `score`, `max_score`,
    `complete` and `passed` are those of the others."""
    more_points: bool
    """True where the result is for a student, and further points are decided by checks that are missing in it."""
    score: float
    """Points won in the exercises that count: those that were asked for, else those that were attempted. A bonus is
    included, so it may be more than `max_score`."""
    max_score: float
    """Points that can be won in the exercises that count and are no bonus."""
    complete: bool
    """False while marks are missing (checks that are `manual` or `error`, an exercise that is `error`), and where
    `run.not_final` says why it has to be graded again."""
    passed: bool
    """True where every check of the exercises that count and are no bonus passed or is for a person to mark: `grade`
    exits with 0."""
    error: str | None
    """Why the submission could not be read; nothing of it was graded then. Only in an array of several results."""
    exercises: list[Exercise]


def to_dict(report: model.Report) -> Result:
    """One report as plain dicts, lists, strings and numbers."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "seed": report.seed,
        "submission": {
            "path": report.submission.path,
            "sha256": report.submission.sha256,
            "format": report.submission.format,
        },
        "isolation": {
            "level": report.isolation.level.value,
            "mechanisms": list(report.isolation.mechanisms),
            "missing": list(report.isolation.missing),
        },
        "run": {
            "outcome": report.run.outcome.value,
            "duration_s": round(report.run.duration_s, 3),
            "detail": report.run.detail,
            "errors": [_run_error(error) for error in report.run.errors],
            "notices": list(report.run.notices),
            "not_final": report.run.not_final,
            "kept_waiting": round(report.run.kept_waiting, 3),
            "unshown": _unshown_run(report.run.unshown),
        },
        "basis": report.basis,
        "assignment": report.assignment,
        "assignment_title": report.assignment_title,
        "course": course_info(report.course),
        "due": None if report.due is None else report.due.isoformat(),
        "audience": report.audience,
        "more_points": report.more_points,
        "score": rounded(report.score),
        "max_score": rounded(report.max_score),
        "complete": report.complete,
        "passed": report.passed,
        "error": report.error,
        "exercises": [_exercise(exercise) for exercise in report.exercises],
    }


def _unshown_run(run: model.UnshownRun | None) -> UnshownRun | None:
    if run is None:
        return None
    return {"notices": list(run.notices), "not_final": run.not_final, "kept_waiting": round(run.kept_waiting, 3)}


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    """The JSON document, in ASCII: an array where there are ``many`` submissions, else one object.

    Raises SandboxError if a score is not finite, which only a fault of the grader can cause.
    """
    results = [to_dict(report) for report in reports]
    try:
        return without_commands(json.dumps(results if many else results[0], indent=2, allow_nan=False))
    except ValueError as error:
        message = "A score or a duration in the result is not a finite number. This is a fault of the grader."
        raise SandboxError(message) from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of what ``render`` gives: one result, or an array of them."""
    return schema_of(Result | list[Result], title=SCHEMA)


def _exercise(exercise: model.ExerciseReport) -> Exercise:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "status": exercise.status,
        "score": rounded(exercise.score),
        "max_score": rounded(exercise.max_score),
        "message": exercise.message,
        "number": exercise.number,
        "broken_reference": exercise.broken_reference,
        "named": exercise.named,
        "bonus": exercise.bonus,
        "words": None if exercise.words is None else {"text": exercise.words.text, "place": exercise.words.place},
        "max_scores": {visibility: rounded(most) for visibility, most in exercise.max_scores.items()},
        "checks": [_check(check) for check in exercise.checks],
    }


def _check(check: model.CheckReport) -> Check:
    return {
        "id": check.id,
        "kind": check.kind,
        "title": check.title,
        "status": check.status,
        "score": None if check.score is None else rounded(check.score),
        "max_score": rounded(check.max_score),
        "message": check.message,
        "expected": check.expected,
        "actual": check.actual,
        "hint": check.hint,
        "location": _place(check.location),
        "source": check.source,
        "place": _in_words(check.location),
        "candidates": check.candidates,
        "mistake": check.mistake,
        "remark": check.remark,
        "chosen": dict(check.chosen),
        "withheld": check.withheld,
        "code": check.code,
        "comment": check.comment,
        "visibility": check.visibility,
        "reveal": check.reveal,
    }


def _run_error(error: model.RunError) -> RunError:
    return {
        "location": _place(error.location),
        "type": error.type,
        "text": error.text,
        "source": error.source,
        "place": _in_words(error.location),
        "provoked": error.provoked,
        "cause": _place(error.cause),
        "needs": list(error.needs),
    }


def _place(location: model.Location | None) -> Place | None:
    if location is None:
        return None
    return {"cell": location.cell, "line": location.line, "file_line": location.file_line}


def _in_words(location: model.Location | None) -> str:
    return "" if location is None else location.in_words()


def _with_line_end(reports: Sequence[model.Report], *, many: bool) -> str:
    return render(reports, many=many) + "\n"


FORMAT = ReportFormat(name="json", render=_with_line_end, suffix="json")
