"""What a student gets to read: from a gradebook, with marks, lateness and hidden checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader import model
from grader.classroom.batch.stored_report import stored_report_of
from grader.classroom.feedback.student_feedback import student_feedback
from grader.classroom.gradebook.gradebook import Gradebook
from grader.model import Audience, Graded, LatePolicy, Report
from grader.report.formats import find_report_format
from tests.classroom.gradebook.results_by_hand import ADA, BOB, assigned, fill, handin, planned
from tests.helpers.report_samples import check, exercise, failed_check, report, run

DUE = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
LATE = DUE + timedelta(hours=26)
POLICY = LatePolicy(penalty=0.1, per=timedelta(days=1))
NOW = datetime(2026, 10, 5, tzinfo=UTC)
WHY = check(
    id="why", kind="answer", title="Why", status="manual", score=None, message="A person has to read this answer."
)
SUM = failed_check(id="sum", title="The sum")
HIDDEN = failed_check(
    id="hidden", title="SECRET title", message="SECRET message", hint="SECRET hint", visibility="hidden"
)
UNREADABLE = Graded(key="k9", status="broken", rubrics="r", why="ada/b.py: it is empty.", unreadable=True)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with Gradebook.open(str(tmp_path / "book.sqlite"), create=True) as book:
        yield book


def graded(*checks: model.CheckReport, key: str = "k1", id: str = "sine", **fields: Any) -> Graded:
    one = report(exercise(*checks, id=id, title=id.capitalize()), path="bob/other.py", **fields)
    words = {id: "Because it adds up."}
    return Graded(key=key, status="graded", rubrics="r", judged=b"j", report=stored_report_of(one), words=words)


def feedback(book: Gradebook, *, audience: Audience = "student", student: int = 0) -> tuple[Report, ...]:
    found = list(book.reports("hw"))[student]
    return student_feedback(found, book.results("hw"), audience=audience, now=NOW)


def text_of(reports: tuple[Report, ...], format: str = "markdown") -> str:
    found = find_report_format(format)
    assert found is not None
    return found.render(reports, many=len(reports) > 1)


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_a_mark_by_hand_is_in_it_with_its_comment_and_not_who_gave_it(book: Gradebook, format: str) -> None:
    fill(book, handin(files=("a.py",)), a=graded(check(), WHY))
    (before,) = feedback(book)
    assert not before.complete
    book.mark(book.waiting("hw")[0].id, 1.5, "Nearly: <b>which</b> sum?", "Emmy Noether", seen=0)
    (after,) = feedback(book)
    assert (after.score, after.max_score, after.complete) == (3.5, 4, True)
    text = text_of((after,), format)
    assert "which" in text
    assert "<b>which" not in text
    assert "Emmy" not in text
    assert "has to read" not in text


def test_the_total_is_after_the_penalty_and_both_are_said(book: Gradebook) -> None:
    plan = assigned(planned(max_score=4.0), due=DUE, late=POLICY)
    fill(book, handin(handed_in_at=LATE), plan=plan, a=graded(check(), SUM))
    (found,) = feedback(book)
    assert (found.score, found.max_score) == (pytest.approx(1.7), 4)
    assert found.run.notices[0] == (
        "Handed in at 2026-10-02 12:00, 1 day 2 h after it was due. 20 % of 4 points are taken away: of 2.5 points, "
        "1.7 are left."
    )


class TestHiddenChecks:
    def test_neither_they_nor_their_points_are_in_it(self, book: Gradebook) -> None:
        plan = assigned(planned(max_score=6.0), due=DUE, late=POLICY)
        fill(book, handin(handed_in_at=LATE), plan=plan, a=graded(check(), SUM, HIDDEN))
        (found,) = feedback(book)
        assert (found.score, found.max_score, found.more_points) == (2.5, 4, True)
        assert found.run.notices[0].endswith("20 % of all points are taken away; the points here are without that.")
        for name in ("html", "markdown", "json", "terminal"):
            assert "SECRET" not in text_of((found,), name)
        (of_staff,) = feedback(book, audience="staff")
        assert (of_staff.score, of_staff.max_score) == (pytest.approx(3 - 1.2), 6)
        assert "SECRET" in text_of((of_staff,))

    def test_files_that_differ_in_a_hidden_check_only_have_equal_feedback(self, book: Gradebook) -> None:
        right = check(id="hidden", title="SECRET title", visibility="hidden")
        plan = assigned(planned(max_score=6.0), due=DUE, late=POLICY)
        fill(
            book,
            handin(ADA, path="a.py", files=("a.py",), handed_in_at=LATE),
            handin(BOB, path="b.py", files=("b.py",), handed_in_at=LATE),
            plan=plan,
            a=graded(check(), SUM, HIDDEN),
            b=graded(check(), SUM, right, key="k2"),
        )
        texts = [text_of(feedback(book, student=number)) for number in (0, 1)]
        assert texts[0].replace("a.py", "b.py") == texts[1]

    def test_which_of_several_files_counts_is_not_told_where_they_decide_that(self, book: Gradebook) -> None:
        """Nor what the best answers are worth together. Staff read both."""
        right = check(id="hidden", title="SECRET title", visibility="hidden")
        fill(
            book,
            handin(ADA, path="ada", files=("ada/a.py", "ada/b.py")),
            handin(BOB, path="bob", files=("bob/c.py", "bob/d.py")),
            a=graded(check(), right, key="a"),
            b=graded(check(), HIDDEN, key="b"),
            c=graded(check(), HIDDEN, key="c"),
            d=graded(check(), right, key="d"),
        )
        texts = [
            text_of(feedback(book, student=student)).replace("bob/c", "ada/a").replace("bob/d", "ada/b")
            for student in (0, 1)
        ]
        assert texts[0] == texts[1]
        assert "2 files were graded. The best answer to each exercise counts." in texts[0]
        assert "The answer in ada/a\\.py counts" in text_of(feedback(book, audience="staff"))

    def test_who_came_too_late_for_any_points_has_none(self, book: Gradebook) -> None:
        policy = LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(hours=1))
        fill(
            book,
            handin(handed_in_at=LATE),
            plan=assigned(planned(max_score=6.0), due=DUE, late=policy),
            a=graded(check(), HIDDEN),
        )
        (found,) = feedback(book)
        assert found.score == 0
        assert found.run.notices[0].endswith("That is too late for any points.")


class TestSeveralFiles:
    def test_it_says_which_file_counts_and_the_total_of_the_best(self, book: Gradebook) -> None:
        plan = assigned(planned(max_score=2.0), planned("modes", max_score=2.0))
        sine, modes = graded(check(), key="a"), graded(check(), id="modes", key="b")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), plan=plan, a=sine, b=modes)
        reports = feedback(book)
        assert reports[0].run.notices == (
            "2 files were graded. The best answer to each exercise counts: together 4 of 4 points.",
        )
        assert [each.submission.path for each in reports] == ["ada/a.py", "ada/b.py"]

    def test_a_worse_answer_names_the_better_one(self, book: Gradebook) -> None:
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(SUM, key="a"), b=graded(check(id="sum"), key="b"))
        text = text_of(feedback(book))
        assert "together 2 of 2 points" in text
        assert "The answer in ada/b\\.py counts, not this one" in text

    def test_one_that_could_not_be_read_is_said_beside_the_other(self, book: Gradebook) -> None:
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(check()), b=UNREADABLE)
        (found,) = feedback(book)
        assert found.run.notices == ("Not all could be graded: ada/b.py: it is empty.",)


def test_who_hands_in_what_another_did_reads_the_own_path_everywhere(book: Gradebook) -> None:
    notice = "bob/other.py names another assignment."
    fill(book, handin(), a=graded(check(), run=run(notices=(notice,))))
    text = text_of(feedback(book), "html")
    assert "bob" not in text
    assert "ada/a.py names another assignment." in text


def test_the_reason_why_nothing_could_be_graded_has_the_own_path_too(book: Gradebook) -> None:
    fill(book, handin(files=("ada/b.py",)), handin(BOB, path="bob", files=("bob/b.py",)), b=UNREADABLE)
    assert "ada" not in text_of(feedback(book, student=1))
    assert "bob" not in text_of(feedback(book, student=0))


def test_an_exercise_that_others_attempted_counts_for_this_student_too(book: Gradebook) -> None:
    fill(
        book,
        handin(),
        handin(BOB, path="bob", files=("bob/b.py",)),
        a=graded(check()),
        b=graded(check(), id="modes", key="k2"),
    )
    (found,) = feedback(book)
    assert [(each.id, each.status, each.score) for each in found.exercises] == [
        ("modes", "not_attempted", 0),
        ("sine", "graded", 2),
    ]
    assert (found.score, found.max_score, found.basis) == (2, 4, "exercises")


class TestWithoutAResult:
    def test_of_whom_nothing_could_be_graded_the_reason_is_said(self, book: Gradebook) -> None:
        fill(book, handin(files=("ada/b.py",)), b=UNREADABLE)
        text = text_of(feedback(book))
        assert "It could not be read, so nothing was graded" in text
        assert "it is empty" in text

    def test_of_whom_nothing_is_graded_yet_there_is_none(self, book: Gradebook) -> None:
        fill(book, handin())
        assert feedback(book) == ()

    def test_what_a_person_marked_as_a_whole_has_these_points(self, book: Gradebook) -> None:
        plan = assigned(planned(max_score=4.0), planned("modes", max_score=2.0))
        fill(book, handin(files=("ada/b.py",)), plan=plan, b=UNREADABLE)
        sine = next(each for each in book.waiting("hw") if each.exercise == "sine")
        book.mark(sine.id, 3, "Readable.", "kim", seen=0)
        (found,) = feedback(book)
        assert [(each.id, each.score) for each in found.exercises] == [("sine", 3), ("modes", 0)]
        assert (found.score, found.max_score, found.complete) == (3, 6, False)
        text = text_of((found,))
        assert "A person has looked at what was handed in" in text
        assert "Readable" in text
