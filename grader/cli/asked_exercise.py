"""Asks, on a terminal, for the exercise that ``grade new`` is to write. Nothing is written before all is answered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.course.course_checks import CourseKinds
from grader.errors import UsageError
from grader.suggestions import did_you_mean_or_all
from grader.workbench.new_exercise import refuse_id
from grader.workbench.scaffolds.scaffold import NO_KINDS, all_kinds, looks_at, scaffold_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExercise:
    """An exercise that is wanted."""

    id: str
    kinds: tuple[str, ...]
    title: str
    """Empty for that of the scaffold."""


def ask_for_exercise(
    root: Path, *, id: str | None, kinds: tuple[str, ...], title: str | None, course_kinds: CourseKinds = NO_KINDS
) -> AskedExercise:
    """Ask for what is None or empty. ``course_kinds``: the kinds that the course brings.

    Raises UsageError where the input ends; Ctrl-C is passed on.
    """
    try:
        name = _id(root) if id is None else id
        kinds = kinds or _kinds(course_kinds)
        default = scaffold_of(kinds[0], course_kinds).title if len(kinds) == 1 else name.replace("-", " ").capitalize()
        title = _line(f"Title [{default}]: ") if title is None else title
    except EOFError:
        print()
        raise UsageError("The input ended before all was answered. Nothing was written.") from None
    return AskedExercise(id=name, kinds=kinds, title=title)


def _id(root: Path) -> str:
    while True:
        name = _line("Id of the exercise, such as chain-rule: ")
        try:
            refuse_id(root, name)
        except UsageError as error:
            print(error if name else "An exercise needs an id.")
        else:
            return name


def _kinds(course_kinds: CourseKinds) -> tuple[str, ...]:
    known = all_kinds(course_kinds)
    width = max(map(len, known))
    print("What does its check look at?")
    for number, kind in enumerate(known, start=1):
        print(f"  {number:>2}  {kind:{width}}  {looks_at(kind, course_kinds)}")
    while True:
        words = (_line(f"Number or kind, several with commas between [{known[0]}]: ") or known[0]).split(",")
        chosen = [known[int(word) - 1] if _is_number(word, len(known)) else word.strip() for word in words]
        wrong = next((kind for kind in chosen if kind not in known), None)
        if wrong is None:
            return tuple(dict.fromkeys(chosen))
        print(f"There is no kind `{wrong}`{did_you_mean_or_all(wrong, known)}.")


def _is_number(word: str, most: int) -> bool:
    return word.strip().isdecimal() and 1 <= int(word) <= most


def _line(question: str) -> str:
    return input(question).strip()
