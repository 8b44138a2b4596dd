"""The file ``handout/questions.yaml`` of a course: the questions of a sheet that the course may not copy, by hashes.

``grade handout --questions SHEET.txt`` makes it of a text with a question on each line: ``exercise-id: question``, or
``other: question`` for a question that no exercise of the course asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from grader.course.course_files import present
from grader.errors import ExerciseError, Mistake
from grader.judging.sections.hashed_questions import HASH_DIGITS, HashedQuestion, hashes_of
from grader.judging.sections.wordings import LONGEST_QUESTION
from grader.language import yaml_file
from grader.suggestions import did_you_mean

QUESTIONS_FILE = "handout/questions.yaml"
OTHER = "other"
"""Stands for an exercise's id before a question that no exercise asks."""
FEWEST_HASHES = 4
"""Of a question; a shorter text would be found everywhere."""
_LINE = re.compile(r"\s*(?P<exercise>[\w-]+)\s*:\s*(?P<question>\S.*)")
_HASH = re.compile(rf"[0-9a-f]{{{HASH_DIGITS}}}")
_KEYS = ("exercise", "hashes")


def questions_of(text: str, path: Path) -> tuple[HashedQuestion, ...]:
    """The questions of a text with one on each line; blank lines and lines that begin with ``#`` are skipped.

    ``path`` appears in messages. Raises ExerciseError with all mistakes.
    """
    questions = []
    mistakes = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        problem = None
        if match is None:
            problem = f"expected `exercise-id: question`, or `{OTHER}: question` for one that no exercise asks"
        elif len(match["question"]) > LONGEST_QUESTION:
            problem = f"the question is longer than {LONGEST_QUESTION} characters; leave out its last sentences"
        elif len(hashes := hashes_of(match["question"])) < FEWEST_HASHES:
            problem = "the question is too short to be recognized; write it out, or use `headings` in the exercise"
        if match is None or problem:
            mistakes.append(Mistake(path=path, line=number, text=problem or ""))
            continue
        exercise = None if match["exercise"] == OTHER else match["exercise"]
        questions.append(HashedQuestion(exercise=exercise, hashes=hashes))
    if mistakes:
        raise ExerciseError(mistakes)
    return tuple(questions)


def questions_text(questions: Iterable[HashedQuestion]) -> str:
    """The content of ``handout/questions.yaml``."""
    lines = ["# Questions by hashes of their word sequences, made by `grade handout --questions`.", "questions:"]
    for question in questions:
        # Quoted, because YAML would read a hash such as 1234e567 as a number.
        hashes = [f'"{value}"' for value in sorted(question.hashes)]
        rows = [", ".join(hashes[start : start + 9]) for start in range(0, len(hashes), 9)]
        lines += [f"  - exercise: {question.exercise or OTHER}", "    hashes: [" + ",\n      ".join(rows) + "]"]
    return "\n".join(lines if len(lines) > 2 else [lines[0], "questions: []"]) + "\n"


def load_questions(course: Path, exercises: Collection[str]) -> tuple[HashedQuestion, ...]:
    """The questions of a course with these exercises; none if it has no such file.

    Raises ExerciseError with all mistakes of the file.
    """
    path = present(course / QUESTIONS_FILE)
    if not path.exists():
        return ()
    document = yaml_file.load(path)
    mistakes = list(_mistakes(document, exercises))
    if mistakes:
        raise ExerciseError(mistakes)
    return tuple(
        HashedQuestion(
            exercise=None if entry["exercise"] == OTHER else entry["exercise"], hashes=frozenset(entry["hashes"])
        )
        for entry in document.data.get("questions") or ()
    )


def _mistakes(document: yaml_file.Document, exercises: Collection[str]) -> Iterator[Mistake]:
    for name in document.data:
        if name != "questions":
            yield document.mistake((name,), f"unknown key `{name}`; known: questions")
    entries = document.data.get("questions") or ()
    if not isinstance(entries, list | tuple):
        yield document.mistake(("questions",), "`questions` is a list; make it with `grade handout --questions`")
        return
    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            yield document.mistake(("questions", index), "a question has `exercise` and `hashes`")
            continue
        for key in entry:
            if key not in _KEYS:
                yield document.mistake(("questions", index, key), f"unknown key `{key}`; known: {', '.join(_KEYS)}")
        exercise = entry.get("exercise")
        if exercise != OTHER and exercise not in exercises:
            hint = did_you_mean(exercise, exercises) if isinstance(exercise, str) else ""
            text = f"there is no exercise `{exercise}`{hint}; `{OTHER}` stands for a question that no exercise asks"
            yield document.mistake(("questions", index, "exercise"), text)
        yield from _mistakes_of_hashes(document, index, entry.get("hashes"))


def _mistakes_of_hashes(document: yaml_file.Document, index: int, hashes: object) -> Iterator[Mistake]:
    if not isinstance(hashes, list | tuple) or len(hashes) < FEWEST_HASHES:
        text = f"`hashes` is a list of {FEWEST_HASHES} or more; make it with `grade handout --questions`"
        yield document.mistake(("questions", index, "hashes"), text)
        return
    for position, value in enumerate(hashes):
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            text = f"not a hash ({HASH_DIGITS} hexadecimal digits, in quotes)"
            yield document.mistake(("questions", index, "hashes", position), text)
