"""Reports read back from their JSON say what they said."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from grader import model
from grader.classroom.gradebook.report_reader import read_report
from grader.report import json as json_report
from grader.report.terminal import report as terminal
from tests.helpers.report_samples import check, exercise, failed_check, report, run


def as_shown(one: model.Report) -> str:
    page = io.StringIO()
    terminal.render(one, console=Console(file=page, width=100))
    return page.getvalue()


def again(one: model.Report) -> model.Report:
    return read_report(json.loads(json.dumps(json_report.to_dict(one))))


IN_NOTEBOOK = model.Location(cell=3, line=2, cell_begins="print(`x`), line 9", execution_count=7, file_line=41)
EARLIER = replace(IN_NOTEBOOK, cell=1, execution_count=None)
EVERYTHING = report(
    exercise(
        check(remark="Well done.", visibility="after-due"),
        failed_check(location=IN_NOTEBOOK, mistake="A mistake.", candidates=3),
        check(status="manual", score=None, withheld=True, code="3 | x.register_hook(f)", location=EARLIER),
        check(status="manual", score=1.5, comment="Nearly."),
        check(chosen={"a": "b"}),
        words=model.Words(text="Because.", place="line 3"),
        number="2.1",
        bonus=True,
    ),
    exercise(status="error", message="Not graded.", broken_reference=True, named=True),
    run=run(
        model.Outcome.TIMEOUT,
        detail="It took too long.",
        errors=(
            model.RunError(location=EARLIER, type="NameError", text="x", source="x", provoked=True),
            model.RunError(location=IN_NOTEBOOK, type="NameError", text="y", cause=EARLIER, needs=("y",)),
        ),
        notices=("A note.",),
        not_final="Again.",
        kept_waiting=0.5,
    ),
    basis="assignment",
    assignment="hw",
    assignment_title="Homework",
    course=model.JudgingCourse(name="course", source="option"),
    due=datetime(2026, 12, 1, tzinfo=UTC),
    audience="student",
    more_points=True,
)


def test_a_report_is_read_as_it_was() -> None:
    assert again(EVERYTHING) == EVERYTHING
    assert as_shown(again(EVERYTHING)) == as_shown(EVERYTHING)


def test_a_script_has_lines_of_the_file() -> None:
    place = model.Location(cell=2, line=17, in_file=True, file_line=17)
    file = model.Submission(path="homework.py", format="py", sha256="0", cells=())
    script = replace(report(exercise(failed_check(location=place))), submission=file)
    assert as_shown(again(script)) == as_shown(script)


def test_an_unreadable_submission_says_why() -> None:
    unreadable = model.Report.of_unreadable("a.ipynb", "It is empty.", seed=0)
    assert again(unreadable) == unreadable


def test_a_document_of_the_first_version_has_no_later_fields() -> None:
    document = json.loads(json.dumps(json_report.to_dict(report(exercise(failed_check())))))
    later = ("due", "audience", "more_points", "course", "basis", "assignment", "assignment_title", "error")
    for name in later:
        del document[name]
    for name in ("place", "remark", "chosen", "withheld", "code", "visibility", "comment", "mistake", "candidates"):
        del document["exercises"][0]["checks"][0][name]
    for name in ("number", "named", "bonus", "words", "max_scores", "broken_reference"):
        del document["exercises"][0][name]
    read = read_report(document)
    assert (read.basis, read.due, read.exercises[0].checks[0].visibility) == ("found", None, "public")
    assert read.exercises[0].max_scores == {"public": 2.0}


@pytest.mark.parametrize("document", [{}, {"submission": None}, {"exercises": []}])
def test_what_is_no_result_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a damaged result"):
        read_report(document)
