"""Classes that were handed in by each platform, as the results of a gradebook; and the feedback of a class on disk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.feedback.layouts.registry import LAYOUTS
from grader.classroom.feedback.outputs import open_output
from grader.classroom.feedback.write_feedback import Feedback, Written, choose_layout, find_places, write_feedback
from grader.classroom.intake import read_class
from grader.model import Audience, ClassResults, Report, Student, StudentReports, StudentResult
from grader.report.formats import find_report_format
from tests.helpers.class_samples import result, results

NOW = datetime(2026, 10, 5, tzinfo=UTC)

CANVAS = {
    "lovelaceada_1001_9001_hw_2_final.ipynb": ("1001", "lovelaceada"),
    "turingalan_LATE_1002_9002_homework.tar.py": ("1002", "turingalan"),
}
CANVAS_ANONYMOUS = {
    "anon_Xy3z9_67890_hw.ipynb": ("Xy3z9", "anon_Xy3z9"),
    "anon_ab12c_67891_hw.ipynb": ("ab12c", "anon_ab12c"),
}
MOODLE = {
    "Ada Lovelace_4711_assignsubmission_file_": ("4711", "Ada Lovelace"),
    "Alan Turing_4712_assignsubmission_file_": ("4712", "Alan Turing"),
}
MOODLE_FLAT = {
    "Ada Lovelace_4711_assignsubmission_file_hw.ipynb": ("4711", "Ada Lovelace"),
    "Alan Turing_4712_assignsubmission_file_my_hw.ipynb": ("4712", "Alan Turing"),
}
GRADESCOPE = {"submission_98765": ("77", "Ada Lovelace"), "submission_98766.pdf": ("78", "Alan Turing")}


def student_of(path: str, key: str, name: str, *files: str, group: Iterable[Student] = ()) -> StudentResult:
    """A student whose work is a file at ``path``, or ``files`` in it."""
    return result(name, key=key, id=key, path=path, files=files or (path,), group=tuple(group))


def klass(*students: StudentResult) -> ClassResults:
    return results(*students, assignment="hw2")


def of_files(named: dict[str, tuple[str, str]]) -> ClassResults:
    """A class of files and folders; what has no suffix is a folder with a notebook."""
    return klass(
        *(student_of(path, *who, *((f"{path}/hw.ipynb",) if "." not in path else ())) for path, who in named.items())
    )


def feedback_of(
    found: ClassResults, *, format: str = "markdown", layout: str | None = None, audience: Audience = "student"
) -> Feedback:
    chosen = find_report_format(format)
    assert chosen is not None
    return Feedback(results=found, format=chosen, audience=audience, layout=choose_layout(found, layout), now=NOW)


def names(found: ClassResults, layout: str | None = None) -> list[str]:
    """The paths of the files that are written for a class."""
    return ["/".join(path) for path in find_places(feedback_of(found, layout=layout)).of.values()]


def layout_of(found: ClassResults) -> str:
    chosen = choose_layout(found, None)
    assert LAYOUTS[chosen.id] is chosen
    return chosen.id


def write(found: ClassResults, reports: Report, output: Path, *, replace: bool = False, **options: str) -> Written:
    """Everybody's feedback, which is the same report."""
    feedback = feedback_of(found, **options)  # type: ignore[arg-type]
    everybody = (StudentReports(result=each, reports=(reports,)) for each in found.students)
    with open_output(output, replace=replace) as opened:
        return write_feedback(everybody, feedback, find_places(feedback), opened, only=None, on_done=lambda: None)


def students_in(path: Path) -> tuple[str, set[tuple[str, str]]]:
    """The platform that our own intake recognizes, and keys and names of the students that it finds."""
    with read_class(path) as intake:
        return intake.platform, {(each.key, each.name) for handin in intake.handins for each in handin.students}
