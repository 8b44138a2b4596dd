"""The answers that a person marks, and what a mark counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.classroom.gradebook import report_format
from grader.classroom.gradebook.enrolment import Placement
from grader.classroom.gradebook.gradebook import Gradebook
from grader.errors import GradebookError
from grader.model import Student
from tests.classroom.gradebook.results_by_hand import (
    ADA,
    BOB,
    FOUND,
    MANUAL,
    STATEMENTS,
    assigned,
    check,
    everybody,
    exercise,
    fill,
    graded,
    handin,
    planned,
)


class TestMarks:
    def fill(self, book: Gradebook, sha: str = "1", points: float = 2) -> None:
        manual = MANUAL | {"max_score": points}
        one = graded(
            exercise(check(), manual, id="modes"), words={"modes": "Forward and reverse."}, key=f"k{sha}{points}"
        )
        ((_, row),) = book.enrol("hw", [handin()], plan=FOUND, statements=STATEMENTS, placement=Placement()).items()
        book.save(one, {row.id: sha})

    def test_a_waiting_answer_has_all_that_is_needed_to_mark_it(self, book: Gradebook) -> None:
        self.fill(book)
        (one,) = book.waiting("hw")
        assert (one.students, one.file, one.exercise, one.check) == ((ADA,), "ada/a.py", "modes", "why")
        assert (one.statement, one.answer) == (STATEMENTS["modes"], "Forward and reverse.")
        assert one.location is not None
        assert (one.location.cell, one.location.line, one.max_score) == (3, 2, 2)
        assert everybody(book)[0].complete is False

    def test_it_has_the_place_and_the_line_of_the_report(self, book: Gradebook) -> None:
        reported = MANUAL | {"place": "In [7] (`x = f(2)`), line 2", "source": "y.backward()"}
        one = graded(exercise(check(), MANUAL, id="modes"))
        document = report_format.pack({"exercises": [exercise(check(), reported, id="modes")]})
        assert one.report is not None
        one = replace(one, report=replace(one.report, document=document))
        ((_, row),) = book.enrol("hw", [handin()], plan=FOUND, statements=STATEMENTS, placement=Placement()).items()
        book.save(one, {row.id: "1"})
        (waiting,) = book.waiting("hw")
        assert (waiting.place, waiting.source) == ("In [7] (`x = f(2)`), line 2", "y.backward()")

    def test_a_report_of_before_has_no_place_in_words(self, book: Gradebook) -> None:
        self.fill(book)
        assert (book.waiting("hw")[0].place, book.waiting("hw")[0].source) == ("", "")

    def test_a_mark_counts_and_names_who_gave_it(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 1.5, "Almost.", "teacher")
        (ada,) = everybody(book)
        why = ada.exercises[0].checks[1]
        assert (ada.score, ada.complete) == (3.5, True)
        assert (why.status, why.score, why.comment, why.marked_by) == ("manual", 1.5, "Almost.", "teacher")
        assert book.waiting("hw") == ()
        (marked,) = book.marked("hw")
        assert (marked.points, marked.marked_by) == (1.5, "teacher")
        assert marked.marked_at is not None

    def test_the_latest_mark_counts(self, book: Gradebook) -> None:
        self.fill(book)
        identity = book.waiting("hw")[0].id
        book.mark(identity, 0, "", "teacher")
        book.mark(identity, 2, "Read again.", "other")
        assert everybody(book)[0].score == 4
        assert book.marked("hw")[0].marked_by == "other"

    def test_a_mark_survives_a_new_grading_of_the_same_content(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        self.fill(book, points=3)
        assert everybody(book)[0].score == 5

    def test_a_mark_is_limited_by_the_current_rubric(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        self.fill(book, points=1)
        assert everybody(book)[0].score == 3

    def test_a_mark_keeps_its_share_of_what_the_answer_is_worth(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 1.5, "", "teacher")
        self.fill(book, points=10)
        assert everybody(book)[0].exercises[0].checks[1].score == 7.5
        assert [(one.points, one.max_score) for one in book.marked("hw")] == [(7.5, 10)]

    def test_answers_come_in_the_sheets_order_with_its_numbers(self, book: Gradebook) -> None:
        plan = assigned(planned("sine", numbers=("3",)), planned("modes", numbers=("1",)))
        words = {"modes": "Forward.", "sine": "It waves."}
        one = graded(exercise(MANUAL, id="modes"), exercise(MANUAL), exercise(MANUAL, id="cube"), words=words)
        fill(book, handin(), plan=plan, a=one)
        assert [(each.exercise, each.number) for each in book.waiting("hw")] == [("sine", "3"), ("modes", "1")]

    def test_a_changed_content_waits_for_a_new_mark(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        self.fill(book, sha="2")
        assert len(book.waiting("hw")) == 1
        self.fill(book, sha="1")
        assert book.waiting("hw") == ()

    @pytest.mark.parametrize("points", [-1, 2.5, float("nan"), float("inf")])
    def test_impossible_points_are_refused(self, book: Gradebook, points: float) -> None:
        self.fill(book)
        with pytest.raises(GradebookError, match="from 0 to 2 can"):
            book.mark(book.waiting("hw")[0].id, points, "", "teacher")

    @pytest.mark.parametrize(
        "identity",
        ["", "1", "1/1/modes/curve", "9/1/modes/why", "x/1/modes/why", "1/2/modes/why", "1/1/modes/why/x"],
    )
    def test_an_answer_that_no_person_has_to_mark_is_refused(self, book: Gradebook, identity: str) -> None:
        self.fill(book)
        with pytest.raises(GradebookError, match="no answer of this name waits"):
            book.mark(identity, 1, "", "teacher")

    def test_an_answer_that_two_students_handed_in_is_marked_once(self, book: Gradebook) -> None:
        one = graded(exercise(MANUAL), words={"sine": "Alike."})
        handins = [handin(), handin(BOB, path="bob", files=("bob/a.py",))]
        for row in book.enrol("hw", handins, plan=FOUND, statements={}, placement=Placement()).values():
            book.save(one, {row.id: "same"})
        book.link_submissions("k1", dict.fromkeys((1, 2), "same"))
        (waiting,) = book.waiting("hw")
        assert {student.name for student in waiting.students} == {"Ada Lovelace", "Bob"}
        book.mark(waiting.id, 1, "", "teacher")
        assert [student.score for student in everybody(book)] == [1, 1]

    def test_a_mark_survives_a_new_file_and_a_renamed_folder(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        moved = book.enrol(
            "hw", [handin(path="new", files=("new/a.py", "new/b.py"))], plan=FOUND, statements={}, placement=Placement()
        )
        key = next(iter(book.stored_gradings()))
        book.link_submissions(key, {moved["new", "new/a.py"].id: "1"})
        assert everybody(book)[0].score == 4

    def test_answers_are_sorted_by_check_and_then_by_name(self, book: Gradebook) -> None:
        students = [Student(key=name, name=name) for name in ("Zoe", "ann", "Bea")]
        handins = [handin(one, path=one.key, files=(f"{one.key}/{one.key}.py",)) for one in students]
        checks = (MANUAL | {"id": "how"}, MANUAL)
        results = {one.key: graded(exercise(*checks), key=one.key) for one in students}
        fill(book, *handins, **results)
        queue = [(one.check, one.students[0].name) for one in book.waiting("hw")]
        assert queue == [(which, name) for which in ("how", "why") for name in ("ann", "Bea", "Zoe")]
