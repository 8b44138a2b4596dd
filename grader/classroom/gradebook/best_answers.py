"""Which answer counts where a student handed in several files: for each exercise the best, manual marks included.

Where a letter is chosen, the best of several files would be the luckiest guess: if two files choose differently for a
question, no choice counts until a person has marked it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from grader.model import CheckStatus, ClassCheck, ClassExercise

AnyRow = Row[*tuple[Any, ...]]
RowsByExercise = Mapping[str, Sequence[AnyRow]]
"""Rows of one grading, by the id of their exercise."""

_BEST_FIRST = ("graded", "error", "not_attempted")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """A file of a handin, and how its content was graded; ``status`` is ``pending`` until it is graded."""

    path: str
    sha256: str
    marked_for: str
    """The digest that marks of its answers are given for. Those of before 0005 were given for ``sha256``."""
    key: str
    status: str
    why: str
    outcome: str
    graded_at: datetime | None
    unreadable: bool
    """It is broken because of what is in it."""
    other_assignment: str
    """The id of another assignment of the course that it names, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswers:
    """The rows of an assignment from which answers are built.

    ``answers`` and ``checks`` are by the key of their grading. ``marks`` has the latest mark of each check, by the id
    of the handin, the SHA-256 of the content and the id of the exercise.
    """

    answers: Mapping[str, RowsByExercise]
    checks: Mapping[str, RowsByExercise]
    marks: Mapping[tuple[int, str, str], Mapping[str, AnyRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """A file's answer to an exercise. ``check_rows`` and ``mark_rows`` (by check) are what ``exercise`` is built from.

    ``words`` is what a person has to read in order to mark it.
    """

    file: FileResult
    exercise: ClassExercise
    words: str
    check_rows: tuple[AnyRow, ...]
    mark_rows: Mapping[str, AnyRow]


def best_answers(handin: int, files: Sequence[FileResult], stored: StoredAnswers) -> dict[str, FileAnswer]:
    """For each exercise the answer with the most points, graded answers before others; of equal answers, the first.

    What a person has not marked yet counts as what it may bring, so that it waits for a mark. Otherwise a low mark for
    a file would keep the words in a second file from ever being read.

    ``handin``: the id of the handin that has the ``files``.
    """
    exercises = dict.fromkeys(exercise for file in files for exercise in stored.answers.get(file.key, {}))
    return {exercise: _best(handin, exercise, files, stored) for exercise in exercises}


def _best(handin: int, exercise: str, files: Sequence[FileResult], stored: StoredAnswers) -> FileAnswer:
    """The best answer of those files that have one."""
    having = [file for file in files if exercise in stored.answers.get(file.key, {})]
    checks = {file.path: stored.checks.get(file.key, {}).get(exercise, ()) for file in having}
    disputed = _disputed_choices(checks)
    answers = [
        _answer(
            file,
            stored.answers[file.key][exercise][0],
            checks[file.path],
            {
                **stored.marks.get((handin, file.sha256, exercise), {}),
                **stored.marks.get((handin, file.marked_for, exercise), {}),
            },
            disputed,
        )
        for file in having
    ]
    marked = {
        (check.check, text) for answer in answers for check, text in _read(answer) if check.check in answer.mark_rows
    }
    settled = {check for check, _ in marked if check in disputed}

    def rank(answer: FileAnswer) -> tuple[int, float, float]:
        may_bring = sum(
            check.max_score
            for check, text in _read(answer)
            if check.check not in answer.mark_rows and check.check not in settled and (check.check, text) not in marked
        )
        return _BEST_FIRST.index(answer.exercise.status), -(answer.exercise.score + may_bring), may_bring

    return min(answers, key=rank)


def _read(answer: FileAnswer) -> list[tuple[AnyRow, str]]:
    """The checks that a person marks, with what is read for them: where nothing is, the file's digest stands for it."""
    return [
        (row, row.withheld or answer.words or answer.file.marked_for)
        for row, check in zip(answer.check_rows, answer.exercise.checks, strict=True)
        if check.status == "manual"
    ]


def _disputed_choices(checks: Mapping[str, Iterable[AnyRow]]) -> dict[str, str]:
    """The checks for which several files choose differently, with the choices of each file in words."""
    chosen: dict[str, dict[str, Mapping[str, str]]] = {}
    for path, rows in checks.items():
        for row in rows:
            if row.chosen:
                chosen.setdefault(row.check, {})[path] = row.chosen
    return {
        check: "\n".join(f"{path}: {_in_words(choices)}" for path, choices in by_file.items())
        for check, by_file in chosen.items()
        if _contradict(by_file.values())
    }


def _contradict(choices: Iterable[Mapping[str, str]]) -> bool:
    """Whether two of these choose differently for a question. Fewer choices contradict no others."""
    first: dict[str, str] = {}
    return any(
        first.setdefault(question, option) != option for chosen in choices for question, option in chosen.items()
    )


def _in_words(choices: Mapping[str, str]) -> str:
    return ", ".join(f"{question}: {option}" for question, option in choices.items())


def _answer(
    file: FileResult,
    row: AnyRow,
    checks: Sequence[AnyRow],
    marks: Mapping[str, AnyRow],
    disputed: Mapping[str, str],
) -> FileAnswer:
    """``disputed`` are the checks that a person has to mark, because the student's files choose differently."""
    class_checks = tuple(_class_check(check, marks.get(check.check), disputed) for check in checks)
    score = sum(check.score or 0.0 for check in class_checks) if class_checks else row.score
    exercise = ClassExercise(
        id=row.exercise,
        title=row.title,
        status=row.status,
        score=score,
        max_score=row.max_score,
        checks=class_checks,
        file=file.path,
    )
    words = "\n\n".join(filter(None, (*disputed.values(), row.words)))
    return FileAnswer(file=file, exercise=exercise, words=words, check_rows=tuple(checks), mark_rows=marks)


def points_of(mark: AnyRow, max_score: float) -> float:
    """The points of a mark for a check that is worth ``max_score`` now: the same share of it as when it was given."""
    if not mark.max_score:
        return min(float(mark.points), max_score)
    return float(mark.points) if mark.max_score == max_score else float(mark.points) * max_score / mark.max_score


def _class_check(row: AnyRow, mark: AnyRow | None, disputed: Mapping[str, str]) -> ClassCheck:
    is_disputed = row.check in disputed
    status: CheckStatus = "manual" if is_disputed else row.status
    if status != "manual":
        mark = None
    score = None if is_disputed else row.score
    now = score if mark is None else points_of(mark, row.max_score)
    given = None
    if mark is not None and (mark.points, mark.max_score or row.max_score) != (now, row.max_score):
        given = float(mark.points), float(mark.max_score or mark.points)
    return ClassCheck(
        id=row.check,
        kind=row.kind,
        title=row.title,
        status=status,
        score=now,
        max_score=row.max_score,
        mistake="" if is_disputed else row.mistake,
        marked_by="" if mark is None else mark.marked_by,
        comment="" if mark is None else mark.comment,
        given=given,
        withheld=bool(row.withheld) and status == "manual",
    )
