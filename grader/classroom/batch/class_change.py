"""Whether a batch is of the class and homework that its name stands for in the gradebook, before anything is graded.

Archives are often called alike: ``submissions.zip`` for each homework and each section. A batch of another class or
homework would take the place of what was graded before, so it is refused, with the ways out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.gradebook.known_class import KnownClass, KnownFile
from grader.classroom.intake import StudentHandin
from grader.errors import SubmissionError, UsageError
from grader.handin import HandedFile
from grader.pipeline.options import GradingOptions
from grader.text import count

Earlier = Literal["refuse", "add", "replace"]
"""What happens to what was graded under a name, where a batch is of another class or homework: ``--add`` keeps it,
``--replace`` takes it out of the results.
"""

FEW = 3
"""So many students may all have improved their work between two batches."""

_REPLACE = (
    "--replace takes this one instead: the earlier one leaves the results, and its gradings and marks stay in the "
    "gradebook"
)


def place(
    known: KnownClass | None, name: str, handins: Sequence[StudentHandin], options: GradingOptions, earlier: Earlier
) -> Placement:
    """Where the handins go. ``known`` is what the gradebook knows under ``name``.

    Raises UsageError where most of the students that are known would leave the results, or where exercises or homework
    are others than before.
    """
    if known is None or not known.sections:
        return Placement()
    students = {student.key for handin in handins for student in handin.students}
    matched = _matched(known.sections, students)
    if earlier == "replace":
        return Placement(section=min(matched or known.sections), replaced=frozenset(known.sections))
    _check_exercises(known, name, options)
    if earlier == "add":
        section = min(matched, default=max(known.sections) + 1)
        return Placement(section=section, replaced=frozenset())
    if not matched:
        raise UsageError(_other_students(known, name, students, options))
    if options.assignment is None and _is_other_homework(known, handins):
        raise UsageError(_other_files(name))
    return Placement(section=min(matched), replaced=frozenset(matched))


def _matched(sections: Mapping[int, frozenset[str]], students: set[str]) -> list[int]:
    """The sections of which half of the students or more come back.

    Somebody who is in two sections is looked for in that of which most students come back; else a single student could
    bring a small section back.
    """
    matched: list[int] = []
    explained = frozenset[str]()
    for section in sorted(sections, key=lambda section: (-len(sections[section] & students), section)):
        own = sections[section] - explained
        if own and 2 * len(own & students) >= len(own):
            matched.append(section)
            explained |= sections[section]
    return matched


def is_unsure(known: KnownClass, handins: Sequence[StudentHandin], options: GradingOptions, earlier: Earlier) -> bool:
    """Whether only the exercises that are found can tell a new homework from an old one that everybody improved."""
    if earlier != "refuse" or options.assignment is not None or options.exercises or known.plan.basis != "found":
        return False
    back = [pair for pair in _returning(known, handins) if pair[0]]
    return bool(back) and not any(_has_unchanged(before, files) for before, files in back)


def check_found(name: str, before: Collection[str], now: Collection[str]) -> None:
    """Raises UsageError where fewer than half of the exercises that were found before are found again."""
    if before and now and 2 * len({*before} & {*now}) < len(before):
        raise UsageError(
            f"Under `{name}` there are answers to {_list_of(sorted(before))}, and this batch has answers to "
            f"{_list_of(sorted(now))}: this looks like another homework. The results are as they were. --name NAME "
            f"keeps both, under two names; {_REPLACE}."
        )


def _check_exercises(known: KnownClass, name: str, options: GradingOptions) -> None:
    """Raises UsageError where the total would be of other exercises, but those of an assignment may change."""
    if options.assignment is not None and not options.exercises:
        return
    before = tuple(exercise.id for exercise in known.plan.exercises)
    if known.plan.basis != "assignment" and {*before} == {*options.exercises}:
        return
    graded_for = "the whole assignment" if known.plan.basis == "assignment" else _list_of(before)
    now = _list_of(options.exercises)
    other = "" if options.assignment is not None else "--name NAME keeps both, under two names; "
    raise UsageError(
        f"`{name}` was graded for {graded_for}, and this batch is for {now}. Nothing was graded. {other}{_REPLACE}."
    )


def _other_students(known: KnownClass, name: str, students: set[str], options: GradingOptions) -> str:
    everybody = frozenset[str]().union(*known.sections.values())
    back = len(everybody & students)
    named = "" if options.assignment is not None else "; --name NAME gives this one a name of its own"
    of_known = f"Of the {count(len(everybody), 'student')} known under `{name}`"
    if len(everybody) == 1:
        of_known = f"Of the only student known under `{name}`"
    came = "nobody comes" if back == 0 else "1 comes" if back == 1 else f"{back} come"
    return (
        f"{of_known}, {came} back in this batch of {count(len(students), 'student')}: this looks like another class. "
        f"Nothing was graded. --add keeps both, as two sections{named}; {_REPLACE}."
    )


def _other_files(name: str) -> str:
    return (
        f"The students known under `{name}` come back, and nobody with a file that was graded before: this looks like "
        f"another homework. Nothing was graded. --name NAME keeps both, under two names; {_REPLACE}."
    )


def _is_other_homework(known: KnownClass, handins: Sequence[StudentHandin]) -> bool:
    """Whether nobody who comes back has a file of before, and either they are many or most files have other names."""
    back = [pair for pair in _returning(known, handins) if pair[0]]
    if not back or any(_has_unchanged(before, files) for before, files in back):
        return False
    alike = sum(_has_name(before, files) for before, files in back)
    return len(back) > FEW or 2 * alike < len(back)


def _returning(
    known: KnownClass, handins: Sequence[StudentHandin]
) -> Iterator[tuple[tuple[KnownFile, ...], tuple[HandedFile, ...]]]:
    """Of each student who comes back with files: the files of before and those of now."""
    for handin in handins:
        for student in handin.students:
            if handin.files:
                yield known.files.get(student.key, ()), handin.files


def _has_name(before: Sequence[KnownFile], files: Sequence[HandedFile]) -> bool:
    names = {file.name for file in before}
    return "" in names or any(file.name in names for file in files)


def _has_unchanged(before: Sequence[KnownFile], files: Sequence[HandedFile]) -> bool:
    digests = {file.sha256 for file in before}
    for file in files:
        try:
            if hashlib.sha256(file.read()).hexdigest() in digests:
                return True
        except SubmissionError:
            continue  # reported when the file is graded
    return False


def _list_of(exercises: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; without any, all that is found."""
    if not exercises:
        return "whatever is found in it (without --exercise)"
    *first, last = exercises
    return f"{', '.join(first)} and {last}" if first else last
