"""The reports of each student, as they are handed back: with marks by hand, and with the answer that counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader import model
from grader.classroom.batch.stored_report import stored_report_of
from grader.classroom.gradebook import evidence_format
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.errors import GradebookError
from tests.classroom.gradebook import results_by_hand as by_hand
from tests.classroom.gradebook.results_by_hand import ADA, BOB, FOUND, STATEMENTS, fill, graded, handin
from tests.helpers.evidence_samples import gradient
from tests.helpers.report_samples import check, exercise, failed_check, report

WHY = check(id="why", kind="answer", title="Why", status="manual", score=None)
BROKEN = model.Graded(key="k9", status="broken", rubrics="r", why="It is empty.", unreadable=True)


def of(*checks: model.CheckReport, key: str = "k1", path: str = "someone.py") -> model.Graded:
    one = report(exercise(*checks), path=path, complete=all(each.score is not None for each in checks))
    words = {"double-backward": "Because it adds up."}
    return model.Graded(key=key, status="graded", rubrics="r", judged=b"j", report=stored_report_of(one), words=words)


def test_every_student_of_a_group_has_the_reports_with_the_paths_of_the_files(book: Gradebook) -> None:
    fill(book, handin(ADA, BOB, files=("ada/a.py", "ada/b.py")), a=of(check()), b=BROKEN)
    found = list(book.reports("hw"))
    assert [(each.result.student, [one.submission.path for one in each.reports]) for each in found] == [
        (ADA, ["ada/a.py"]),
        (BOB, ["ada/a.py"]),
    ]
    assert [each.result for each in found] == list(book.results("hw").students)
    assert list(book.reports("hw", only=BOB.key)) == found[1:]


def test_a_mark_by_hand_is_in_the_report_with_its_comment(book: Gradebook) -> None:
    ((_, row),) = book.enrol("hw", [handin()], plan=FOUND, statements=STATEMENTS, placement=Placement()).items()
    book.save(of(check(), WHY), {row.id: "1"})
    (before,) = next(book.reports("hw")).reports
    assert (before.score, before.complete, before.exercises[0].checks[1].score) == (2.0, False, None)
    book.mark(book.waiting("hw")[0].id, 1.5, "Nearly.", "Emmy", seen=0)
    (after,) = next(book.reports("hw")).reports
    marked = after.exercises[0].checks[1]
    assert (marked.status, marked.score, marked.comment) == ("manual", 1.5, "Nearly.")
    assert (after.score, after.exercises[0].score, after.complete, after.passed) == (3.5, 3.5, True, True)


def test_evidence_comes_back_and_outlives_a_changed_rubric(book: Gradebook) -> None:
    drawn = check(evidence=model.Evidence(gradients=(gradient(name="a leaf"),)))
    packed = evidence_format.pack(report(exercise(drawn)))
    ((_, row),) = book.enrol("hw", [handin()], plan=FOUND, statements=STATEMENTS, placement=Placement()).items()
    for marked, points in (
        (replace(of(check()), evidence=packed), 2.0),
        (replace(of(check(score=1)), evidence=None), 1),
    ):
        book.save(marked, {row.id: "1"})
        (found,) = next(book.reports("hw")).reports
        (back,) = found.exercises[0].checks
        assert back.evidence is not None
        assert (back.score, back.evidence.gradients[0].name) == (points, "a leaf")
        (without,) = next(book.reports("hw", has_evidence=False)).reports
        assert without.exercises[0].checks[0] == replace(back, evidence=None)
    book.save(of(check()), {row.id: "1"})
    assert next(book.reports("hw")).reports[0].exercises[0].checks[0].evidence is None


def test_the_report_of_an_answer_that_does_not_count_names_the_file_that_does(book: Gradebook) -> None:
    fill(
        book,
        handin(files=("ada/a.py", "ada/b.py")),
        a=of(failed_check(id="sum")),
        b=of(check(id="sum"), key="k2"),
    )
    worse, better = next(book.reports("hw")).reports
    assert worse.exercises[0].message == "The answer in ada/b.py counts, not this one."
    assert better.exercises[0].message == ""


def test_a_damaged_report_is_an_error_in_words(book: Gradebook) -> None:
    fill(book, handin(), a=graded(by_hand.exercise(by_hand.check())))
    with pytest.raises(GradebookError, match=r"The report of ada/a.py in the gradebook cannot be read: a damaged"):
        next(book.reports("hw"))


def test_of_an_unknown_assignment_there_are_none(book: Gradebook) -> None:
    with pytest.raises(GradebookError, match="there is no assignment `no`"):
        next(book.reports("no"))
