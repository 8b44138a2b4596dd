"""Nothing that students must not see is in any report for students, and no hidden check changes such a report."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from rich.console import Console

from grader import model
from grader.classroom.batch.stored_report import stored_report_of
from grader.classroom.feedback.student_feedback import student_feedback
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.report.base import ReportFormat
from grader.report.formats import REPORT_FORMATS, find_report_format
from grader.report.terminal.change import render_change
from tests.classroom.gradebook.results_by_hand import handin
from tests.helpers.canary_course import DIGS, ENDS, RIGHT, SECRETS, WRONG, write_canary_course
from tests.helpers.command_line import KeptWorkers, run_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What `grade` did with a hand-in: the exit code, what it wrote to standard error, and the reports of a format."""

    code: int
    noted: str
    of: Callable[[ReportFormat], Sequence[model.Report]]


Grade = Callable[..., Graded]
BASES: Mapping[str, Sequence[str]] = {"assignment": ["--assignment", "sheet"], "found": []}


@pytest.fixture(scope="module")
def grade(tmp_path_factory: pytest.TempPathFactory, home: Path, workers: KeptWorkers) -> Grade:
    folder = tmp_path_factory.mktemp("hidden")
    course = write_canary_course(folder / "course")
    kept: dict[tuple[str, ...], Graded] = {}

    def grade(code: str, *options: str) -> Graded:
        if (code, *options) not in kept:
            (folder / "work.py").write_text(code)
            with mock.patch("grader.cli.grade.write_reports") as write:
                done = run_here(["work.py", "--course", course, *options], folder=folder, home=home, workers=workers)
            assert write.called, done.stderr
            of = write.call_args.args[0]
            kept[code, *options] = Graded(code=done.returncode, noted=done.stderr, of=of)
        return kept[code, *options]

    return grade


def shown(format: ReportFormat, reports: Sequence[model.Report]) -> str:
    """What a student sees of the report: rendered, without what tells two files and two runs apart anyway."""
    reports = [
        replace(
            report,
            submission=replace(report.submission, path="work.py", sha256=""),
            run=replace(report.run, duration_s=0.0),
        )
        for report in reports
    ]
    text = format.render(reports, many=False)
    return _without_what_gradescope_hides(text) if format.hides else text


def _without_what_gradescope_hides(text: str) -> str:
    """The result as Gradescope shows it to a student before the due date."""
    result: dict[str, Any] = json.loads(text)
    result["tests"] = [test for test in result["tests"] if test.get("visibility") in (None, "visible")]
    return json.dumps(result)


def known(name: str) -> ReportFormat:
    found = find_report_format(name)
    assert found is not None
    return found


@pytest.mark.parametrize("options", BASES.values(), ids=BASES)
class TestEveryFormat:
    @pytest.mark.parametrize("name", REPORT_FORMATS)
    def test_has_no_secret_in_it_and_is_equal_whatever_hidden_checks_find(
        self, name: str, options: Sequence[str], grade: Grade
    ) -> None:
        chosen = known(name)
        right, wrong = (shown(chosen, grade(code, *options).of(chosen)).casefold() for code in (RIGHT, WRONG))
        assert [secret for secret in SECRETS if secret in right] == []
        assert right == wrong

    def test_comes_with_an_exit_code_and_notes_that_are_equal(self, options: Sequence[str], grade: Grade) -> None:
        right, wrong = (grade(code, *options) for code in (RIGHT, WRONG))
        assert (right.code, right.noted) == (wrong.code, wrong.noted) == (1, "")

    def test_watching_shows_no_change(self, options: Sequence[str], grade: Grade) -> None:
        ((before,), (after,)) = (grade(code, *options).of(known("terminal")) for code in (RIGHT, WRONG))
        page = Console(file=io.StringIO())
        render_change(before, after, time="12:00:00", console=page)
        assert isinstance(page.file, io.StringIO)
        assert "nothing changed" in page.file.getvalue()


def test_no_format_tells_how_a_run_ends_that_calls_for_a_hidden_check_end(grade: Grade) -> None:
    wrong, ends = (grade(code, "--assignment", "sheet") for code in (WRONG, ENDS))
    assert (ends.code, ends.noted) == (wrong.code, wrong.noted)
    assert [
        chosen.name
        for chosen in map(known, REPORT_FORMATS)
        if shown(chosen, wrong.of(chosen)) != shown(chosen, ends.of(chosen))
    ] == []


def test_staff_are_told_how_that_run_ends(grade: Grade) -> None:
    (report,) = grade(ENDS, "--assignment", "sheet", "--audience", "staff").of(known("terminal"))
    told = "In the run for checks that students do not see: it ended the interpreter itself (exit code 23)."
    assert report.run.unshown == model.UnshownRun(notices=(told,))
    assert report.run.notices == (told,)


def test_nothing_that_only_a_hidden_check_asks_for_is_in_the_process_whose_errors_students_read(grade: Grade) -> None:
    (report,) = grade(DIGS, "--assignment", "sheet").of(known("terminal"))
    assert [error.text for error in report.run.errors] == ["I was looked at for ['k', 's']."]


def test_where_nothing_is_shown_nothing_has_failed(grade: Grade) -> None:
    """And staff are told what has."""
    asked = ["--exercise", "vault"]
    assert [grade(code, *asked).code for code in (RIGHT, WRONG)] == [0, 0]
    assert [grade(code, *asked, "--audience", "staff").code for code in (RIGHT, WRONG)] == [0, 1]


def test_staff_see_all_of_it(grade: Grade) -> None:
    """So the secrets are where students would find them."""
    right, wrong = (
        grade(code, "--assignment", "sheet", "--audience", "staff").of(known("json")) for code in (RIGHT, WRONG)
    )
    text = json.dumps([json.loads(known("json").render(each, many=False)) for each in (right, wrong)]).casefold()
    assert [secret for secret in SECRETS if secret not in text] == []
    assert right[0].score - wrong[0].score == pytest.approx(4.5)


def test_the_audience_that_was_named_gets_its_report_in_every_format(grade: Grade) -> None:
    """Also where the format's reader knows who may see which check."""
    knowing = replace(known("json"), hides=True)
    (unasked,) = grade(RIGHT).of(knowing)
    (asked,) = grade(RIGHT, "--audience", "student").of(knowing)
    assert (unasked.audience, asked.audience) == ("staff", "student")


@pytest.fixture(scope="module")
def feedback(grade: Grade, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[model.Report]]:
    """What the students who handed in RIGHT and WRONG get back from a gradebook with the whole reports."""
    staff = {
        name: grade(code, "--assignment", "sheet", "--audience", "staff").of(known("json"))[0]
        for name, code in {"right": RIGHT, "wrong": WRONG}.items()
    }
    exercises = tuple(
        model.PlannedExercise(id=each.id, title=each.title, max_score=each.max_score)
        for each in staff["right"].exercises
    )
    seen = {
        each.id: {check.id: check.visibility for check in each.checks if check.visibility != "public"}
        for each in staff["right"].exercises
    }
    plan = model.Plan(
        basis="assignment", assignment="sheet", exercises=exercises, due=staff["right"].due, visibility=seen
    )
    handins = [
        handin(model.Student(key=name, name="A student"), path=name, files=(f"{name}/work.py",)) for name in staff
    ]
    with Gradebook.open(str(tmp_path_factory.mktemp("book") / "book.sqlite"), create=True) as book:
        rows = book.enrol("sheet", handins, plan=plan, statements={}, placement=Placement())
        for (name, path), row in rows.items():
            graded = model.Graded(
                key=name, status="graded", rubrics="r", judged=b"j", report=stored_report_of(staff[name])
            )
            book.save(graded, {row.id: path})
        results = book.results("sheet")
        return {
            each.result.student.key: student_feedback(each, results, audience="student", now=datetime.now(UTC))
            for each in book.reports("sheet")
        }


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_feedback_from_a_gradebook_is_as_silent(name: str, feedback: Mapping[str, Sequence[model.Report]]) -> None:
    assert feedback.keys() == {"right", "wrong"}
    right, wrong = (shown(known(name), feedback[student]).casefold() for student in ("right", "wrong"))
    assert [secret for secret in SECRETS if secret in right] == []
    assert right == wrong


def test_a_check_that_needs_a_hidden_one_names_the_others(grade: Grade) -> None:
    (report,) = grade(RIGHT, "--assignment", "sheet").of(known("terminal"))
    messages = {check.id: check.message for check in report.exercises[0].checks}
    assert messages["needing"] == ('Skipped, because "A value that is shown" and a check that is not shown come first.')
