"""Writes the feedback of a class: a file for what each student or group handed in, one in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from grader.classroom.feedback.handed_in import HandedIn, everything_handed_in, handed_in
from grader.classroom.feedback.layouts.layout import Layout, Naming
from grader.classroom.feedback.layouts.registry import LAYOUTS, recognized_layout
from grader.classroom.feedback.outputs import FeedbackOutput, NotWrittenError
from grader.classroom.feedback.safe_names import distinct_paths, safe_name
from grader.classroom.feedback.student_feedback import student_feedback
from grader.errors import UsageError
from grader.model import Audience, ClassResults, StudentReports
from grader.report.base import ReportFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What is written: of which class, in which format, for whom, and as which platform wants it."""

    results: ClassResults
    format: ReportFormat
    audience: Audience
    layout: Layout
    now: datetime


@dataclass(slots=True, kw_only=True)
class Written:
    """What came of it: how many files were written, and of whom not, with the reasons."""

    files: int = 0
    existing: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Why each could not be written, by path."""
    not_graded: list[str] = field(default_factory=list)
    """The names of students of whom nothing is graded yet."""
    is_stopped: bool = False
    """No more could be written, as on a full disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the feedback goes, by what was handed in. ``unnamed``: what the platform will not find by its name."""

    of: Mapping[HandedIn, tuple[str, ...]]
    unnamed: tuple[HandedIn, ...]
    index: Mapping[str, str]


def choose_layout(results: ClassResults, asked: str | None) -> Layout:
    """The layout that the user asks for, else that of the platform by which the class was handed in.

    Raises UsageError if the class does not have the names that the platform needs.
    """
    handins = everything_handed_in(results.students)
    if asked is None:
        return recognized_layout(handins)
    layout = LAYOUTS[asked]
    if handins and not layout.places(handins, Naming(assignment="", suffix="")):
        fitting = ", ".join(each.id for each in LAYOUTS.values() if each.recognizes(handins))
        raise UsageError(
            f"--layout {asked}: {layout.name} knows files by the names that it gave to what was handed in, and "
            f"this class has no such names. What fits: {fitting}."
        )
    return layout


def find_places(feedback: Feedback) -> Places:
    """Names are distinct in the class, and so they are the same where only one student's feedback is written."""
    handins = everything_handed_in(feedback.results.students)
    suffix = f".{feedback.format.suffix}"
    naming = Naming(assignment=feedback.results.assignment, suffix=suffix)
    named = feedback.layout.places(handins, naming)
    unnamed = tuple(handin for handin in handins if handin not in named)
    places = {**named, **LAYOUTS["plain"].places(unnamed, naming)}
    index = feedback.layout.index(handins)
    safe = [(*map(safe_name, places[each][:-1]), _file_name(places[each][-1], suffix)) for each in handins]
    paths = distinct_paths(safe, taken=[(name,) for name in index])
    return Places(of=dict(zip(handins, paths, strict=True)), unnamed=unnamed, index=index)


def _file_name(name: str, suffix: str) -> str:
    return safe_name(name.removesuffix(suffix), suffix)


def write_feedback(
    found: Iterable[StudentReports],
    feedback: Feedback,
    places: Places,
    output: FeedbackOutput,
    *,
    only: Collection[HandedIn] | None,
    on_done: Callable[[], None],
) -> Written:
    """Write a file for each of the hand-ins, or ``only`` these. ``on_done`` is called after each student.

    What cannot be written is kept in what is returned, and the others are written. Raises OSError where the output is
    a zip that cannot be written.
    """
    written = Written()
    done = set[HandedIn]()
    for student in found:
        handin = handed_in(student.result)
        if not (written.is_stopped or handin in done or (only is not None and handin not in only)):
            done.add(handin)
            _write_student(student, feedback, places.of[handin], output, written)
        on_done()
    for name, text in places.index.items() if written.files and not written.is_stopped else ():
        _write(output, (name,), text.encode(), written, counts=False)
    return written


def _write_student(
    student: StudentReports,
    feedback: Feedback,
    path: tuple[str, ...],
    output: FeedbackOutput,
    written: Written,
) -> None:
    reports = student_feedback(student, feedback.results, audience=feedback.audience, now=feedback.now)
    if not reports:
        written.not_graded.append(student.result.student.name)
    elif feedback.format.single and len(reports) > 1:
        why = f"the format {feedback.format.name} is of one file, and {len(reports)} were handed in"
        written.failed["/".join(path)] = why
    else:
        text = feedback.format.render(reports, many=len(reports) > 1)
        _write(output, path, text.encode("utf-8", "backslashreplace"), written)


def _write(
    output: FeedbackOutput, path: tuple[str, ...], content: bytes, written: Written, *, counts: bool = True
) -> None:
    try:
        output.write(path, content)
    except NotWrittenError as error:
        if error.exists:
            written.existing.append("/".join(path))
        else:
            written.failed["/".join(path)] = str(error)
        written.is_stopped = error.is_final
    else:
        written.files += counts
