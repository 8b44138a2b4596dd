"""Which answers count, and the result of each student."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.batch.grade_status import status_of_student
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.errors import GradebookError
from grader.model import Graded, LatePolicy, Plan, StudentResult
from tests.classroom.gradebook.results_by_hand import (
    BOB,
    MANUAL,
    NOT_ATTEMPTED,
    STATEMENTS,
    assigned,
    check,
    everybody,
    exercise,
    file,
    fill,
    graded,
    handin,
    named,
    planned,
)


class TestClassResults:
    def test_of_several_files_the_best_counts_for_each_exercise(self, book: Gradebook) -> None:
        good_sine = graded(exercise(check()), exercise(MANUAL, id="modes", status="not_attempted"), key="a")
        good_modes = graded(exercise(check(status="failed", score=0)), exercise(check(), id="modes"), key="b")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=good_sine, b=good_modes)
        (ada,) = everybody(book)
        assert [(one.id, one.score, one.file) for one in ada.exercises] == [
            ("modes", 2, "ada/b.py"),
            ("sine", 2, "ada/a.py"),
        ]
        assert ada.passed

    def test_choices_that_contradict_each_other_wait_for_a_person(self, book: Gradebook) -> None:
        right = check("choices", kind="answer", chosen={"M1": "b", "M2": "a"})
        wrong = right | {"status": "failed", "score": 0, "chosen": {"M1": "b", "M2": "c"}, "mistake": "No."}
        two = handin(files=("a.md", "b.md"))
        fill(book, two, a=graded(exercise(wrong), key="a"), b=graded(exercise(right), key="b"))
        (ada,) = everybody(book)
        (choices,) = ada.exercises[0].checks
        assert (ada.score, ada.complete) == (0, False)
        assert (choices.status, choices.score, choices.mistake) == ("manual", None, "")
        (waiting,) = book.waiting("hw")
        assert waiting.answer == "a.md: M1: b, M2: c\nb.md: M1: b, M2: a"
        book.mark(waiting.id, 1.5, "", "teacher", seen=0)
        (ada,) = everybody(book)
        assert (ada.score, ada.complete) == (1.5, True)

    @pytest.mark.parametrize("other", [{"M1": "b", "M2": "a"}, {"M1": "b"}, {}])
    def test_equal_or_fewer_choices_contradict_no_others(self, book: Gradebook, other: dict[str, str]) -> None:
        right = check("choices", kind="answer", chosen={"M1": "b", "M2": "a"})
        fewer = right | {"status": "failed", "score": 0, "chosen": other}
        two = handin(files=("a.md", "b.md"))
        fill(book, two, a=graded(exercise(fewer), key="a"), b=graded(exercise(right), key="b"))
        (ada,) = everybody(book)
        assert (ada.score, ada.complete, book.waiting("hw")) == (2, True, ())

    @pytest.mark.parametrize(("points", "passed"), [(None, False), (1.5, False), (2, True)])
    def test_what_was_withheld_passes_with_full_points_only(
        self, book: Gradebook, points: float | None, passed: bool
    ) -> None:
        withheld = check(
            status="manual", score=None, withheld="The hook at line 7 changed it.\n\n   7  x.register_hook(h)"
        )
        fill(book, handin(files=("a.py",)), a=graded(exercise(withheld)))
        (waiting,) = book.waiting("hw")
        assert waiting.answer == "The hook at line 7 changed it.\n\n   7  x.register_hook(h)"
        if points is not None:
            book.mark(waiting.id, points, "", "teacher", seen=0)
        (ada,) = everybody(book)
        (curve,) = ada.exercises[0].checks
        assert (ada.passed, ada.complete, curve.withheld) == (passed, points is not None, True)
        assert status_of_student(ada, explicit=True) == ("passed" if passed else "failed")

    def test_an_exercise_that_any_student_attempted_counts_for_all(self, book: Gradebook) -> None:
        fill(
            book,
            handin(),
            handin(BOB, path="bob", files=("bob/b.py",)),
            a=graded(exercise(check()), exercise(check(), id="modes", status="not_attempted", score=0), key="a"),
            b=graded(NOT_ATTEMPTED, exercise(check(), id="modes", status="not_attempted", score=0), key="b"),
        )
        ada, bob = everybody(book)
        assert (ada.score, ada.max_score, bob.score, bob.max_score) == (2, 2, 0, 2)
        assert bob.exercises[0].status == "not_attempted"

    def test_an_exercise_that_was_asked_for_counts_attempted_or_not(self, book: Gradebook) -> None:
        fill(book, handin(), plan=named("sine", "modes"), a=graded(exercise(check()), NOT_ATTEMPTED | {"id": "modes"}))
        (ada,) = everybody(book)
        assert [one.id for one in ada.exercises] == ["sine", "modes"]
        assert (ada.score, ada.max_score, ada.passed) == (2, 4, False)

    def test_of_an_assignment_all_exercises_count_in_its_order_attempted_or_not_and_no_other(
        self, book: Gradebook
    ) -> None:
        plan = assigned(planned("sine", numbers=("2",)), planned("modes", max_score=3.0, numbers=("4", "5")))
        other = exercise(check(), id="cube")
        fill(book, handin(), plan=plan, a=graded(other, exercise(check())))
        results = book.results("hw")
        assert (results.assignment, results.title, results.basis) == ("hw", "Homework", "assignment")
        assert [(one.id, one.number, one.max_score) for one in results.exercises] == [
            ("sine", "2", 2),
            ("modes", "", 3),
        ]
        (ada,) = results.students
        assert [(one.id, one.status) for one in ada.exercises] == [("sine", "graded"), ("modes", "not_attempted")]
        assert (ada.score, ada.max_score, ada.passed) == (2, 5, False)

    def test_a_bonus_adds_to_the_score_and_makes_nobody_fail(self, book: Gradebook) -> None:
        plan = assigned(planned("sine"), planned("modes", max_score=3.0, bonus=True))
        wrong = exercise(check(status="failed", score=0.5, max_score=3.0), id="modes")
        fill(
            book,
            handin(),
            handin(BOB, path="bob", files=("bob/b.py",)),
            plan=plan,
            a=graded(exercise(check()), wrong, key="a"),
            b=graded(exercise(check()), NOT_ATTEMPTED | {"id": "modes"}, key="b"),
        )
        ada, bob = everybody(book)
        assert (ada.score, ada.max_score, ada.passed) == (2.5, 2, True)
        assert (bob.score, bob.max_score, bob.passed) == (2, 2, True)

    def test_a_changed_plan_takes_effect_with_the_next_batch(self, book: Gradebook) -> None:
        one = graded(exercise(check()), exercise(check(score=1), id="modes"))
        fill(book, handin(), plan=assigned(planned("sine"), planned("modes")), a=one)
        assert [(ada.score, ada.max_score) for ada in everybody(book)] == [(3, 4)]
        fill(book, handin(), plan=assigned(planned("modes", bonus=True), planned("sine")))
        (ada,) = everybody(book)
        assert (ada.score, ada.max_score, [each.id for each in ada.exercises]) == (3, 2, ["modes", "sine"])

    def test_a_check_is_seen_by_those_whom_the_plan_names(self, book: Gradebook) -> None:
        plan = assigned(planned(), visibility={"sine": {"secret": "after-due"}})
        both = exercise(check(), check("secret"))
        fill(book, handin(), plan=plan, a=graded(both))
        (ada,) = everybody(book)
        assert {one.id: one.visibility for one in ada.exercises[0].checks} == {"curve": "public", "secret": "after-due"}

    def test_sums_are_exact_until_they_are_written(self, book: Gradebook) -> None:
        thirds = [exercise(check(score=1 / 3, max_score=1 / 3), id=name) for name in ("x", "y", "z")]
        plan = assigned(*(planned(name, max_score=1 / 3) for name in ("x", "y", "z")))
        fill(book, handin(), plan=plan, a=graded(*thirds))
        assert [(ada.score, ada.max_score) for ada in everybody(book)] == [(1.0, 1.0)]

    def test_files_beyond_the_number_that_is_graded_make_it_provisional(self, book: Gradebook) -> None:
        fill(book, handin(over_limit=(file("ada/z.py"),)), a=graded(exercise(check())))
        (ada,) = everybody(book)
        assert (ada.score, ada.complete, ada.left_out, ada.files) == (2, False, ("ada/z.py",), ("ada/a.py",))

    def test_a_file_that_names_another_assignment_says_so(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check()), other_assignment="hw1"))
        assert everybody(book)[0].other_assignments == ("hw1",)

    def test_a_handin_without_gradable_files_is_broken_and_names_its_files(self, book: Gradebook) -> None:
        fill(book, handin(files=(), others=(file("ada/homework.pdf"),)))
        (ada,) = everybody(book)
        assert (ada.status, ada.complete) == ("broken", False)
        assert ada.why == "Handed in homework.pdf: no notebook (.ipynb), script (.py) or notes (.md)."

    def test_a_broken_file_alone_is_broken(self, book: Gradebook) -> None:
        fill(book, handin(), a=Graded(key="k", status="broken", rubrics="r", why="It is damaged."))
        (ada,) = everybody(book)
        assert (ada.status, ada.why, ada.score, ada.complete) == ("broken", "It is damaged.", 0, False)

    def test_a_broken_file_beside_a_graded_file_makes_the_total_provisional(self, book: Gradebook) -> None:
        broken = Graded(key="k", status="broken", rubrics="r", why="It is damaged.")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(exercise(check())), b=broken)
        (ada,) = everybody(book)
        assert (ada.status, ada.score, ada.complete, ada.why) == ("graded", 2, False, "It is damaged.")

    def test_a_file_that_nobody_could_grade_beside_a_graded_file_makes_nothing_provisional(
        self, book: Gradebook
    ) -> None:
        unreadable = Graded(key="k", status="broken", rubrics="r", why="It is a PDF.", unreadable=True)
        fill(book, handin(files=("ada/a.py", "ada/b.ipynb")), a=graded(exercise(check())), b=unreadable)
        (ada,) = everybody(book)
        assert (ada.status, ada.score, ada.complete, ada.passed, ada.why) == ("graded", 2, True, True, "It is a PDF.")

    def test_a_handin_of_which_nothing_can_be_graded_is_marked_by_a_person(self, book: Gradebook) -> None:
        """A PDF by its content, a notebook that is none by the file's."""
        plan = assigned(planned("sine", max_score=5.0), planned("modes", max_score=3.0))
        pdf = handin(files=(), others=(file("ada/homework.pdf"),))
        pointer = handin(BOB, path="bob", files=("bob/hw.ipynb",))
        unreadable = Graded(key="k", status="broken", rubrics="r", why="It is a pointer of Git LFS.", unreadable=True)

        def enrol(content: str) -> None:
            enrolled = book.enrol(
                "hw", [pdf, pointer], plan=plan, statements=STATEMENTS, placement=Placement(), contents={"ada": content}
            )
            book.save(unreadable, {enrolled["bob", "bob/hw.ipynb"].id: "sha"})

        enrol("digest")
        assert [one.status for one in everybody(book)] == ["broken", "broken"]
        waiting = {(one.exercise, one.file): one for one in book.waiting("hw")}
        assert list(waiting) == [("sine", "ada"), ("sine", "bob"), ("modes", "ada"), ("modes", "bob")]
        sine = waiting["sine", "ada"]
        assert (sine.max_score, sine.statement, sine.check) == (5, STATEMENTS["sine"], "by-hand")
        assert sine.answer == "Handed in homework.pdf: no notebook (.ipynb), script (.py) or notes (.md)."
        assert waiting["sine", "bob"].answer == "It is a pointer of Git LFS."
        version = book.mark(sine.id, 4, "Right.", "kim", seen=0)
        (ada, bob) = everybody(book)
        assert (ada.status, ada.score, ada.max_score, ada.complete, bob.status) == ("graded", 4, 8, False, "broken")
        book.mark(waiting["modes", "ada"].id, 3, "", "kim", seen=0)
        (ada, _) = everybody(book)
        assert (ada.score, ada.complete, ada.passed) == (7, True, True)
        assert [(one.points, one.version) for one in book.marked("hw")[:1]] == [(4, version)]
        with pytest.raises(GradebookError, match="from 0 to 3 can"):
            book.mark(waiting["modes", "bob"].id, 4, "", "kim", seen=0)
        enrol("another digest")  # another PDF of the same name
        assert [one.status for one in everybody(book)] == ["broken", "broken"]
        with pytest.raises(GradebookError, match="no answer of this name waits"):
            book.mark(sine.id, 5, "", "kim", seen=version)

    def test_a_file_without_any_answer_beside_one_that_nobody_could_grade_is_for_a_person(
        self, book: Gradebook
    ) -> None:
        unreadable = Graded(key="k", status="broken", rubrics="r", why="It is a PDF.", unreadable=True)
        two = handin(files=("ada/a.py", "ada/b.ipynb"))
        fill(book, two, plan=assigned(planned()), a=graded(NOT_ATTEMPTED), b=unreadable)
        (waiting,) = book.waiting("hw")
        book.mark(waiting.id, 2, "", "kim", seen=0)
        assert [(one.status, one.score, one.complete) for one in everybody(book)] == [("graded", 2, True)]

    def test_what_the_grader_failed_at_is_nothing_for_a_person(self, book: Gradebook) -> None:
        fill(book, handin(), plan=assigned(planned()), a=Graded(key="k", status="broken", rubrics="r", why="It died."))
        assert book.waiting("hw") == ()

    def test_a_broken_file_beside_a_file_that_attempts_nothing_is_broken(self, book: Gradebook) -> None:
        broken = Graded(key="k", status="broken", rubrics="r", why="It is damaged.")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(NOT_ATTEMPTED), b=broken)
        assert everybody(book)[0].status == "broken"

    def test_a_file_that_is_not_graded_yet_is_pending(self, book: Gradebook) -> None:
        fill(book, handin())
        assert [(one.status, one.complete) for one in everybody(book)] == [("pending", False)]

    def test_a_changed_file_is_pending_until_it_is_graded_again(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check())))
        book.link_submissions("other", {1: "new sha"})
        assert everybody(book)[0].status == "pending"

    def test_an_exercise_that_could_not_be_graded_makes_the_total_provisional(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check()), exercise(id="modes", status="error", max_score=3)))
        (ada,) = everybody(book)
        assert (ada.score, ada.max_score, ada.complete, ada.passed) == (2, 5, False, False)


class TestLateness:
    DUE = datetime(2026, 12, 4, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    LATE = LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=3))

    def plan(self, **fields: Any) -> Plan:
        bonus = planned("modes", max_score=2.0, bonus=True)
        return assigned(planned("sine", max_score=10.0), bonus, **({"due": self.DUE, "late": self.LATE} | fields))

    def result(self, book: Gradebook, plan: Plan, **fields: Any) -> StudentResult:
        sine = exercise(check(score=8.0, max_score=10.0))
        bonus = exercise(check(score=1.0), id="modes")
        fill(book, handin(**fields), plan=plan, a=graded(sine, bonus))
        return everybody(book)[0]

    def test_the_penalty_is_of_the_points_without_bonus_and_is_applied_once(self, book: Gradebook) -> None:
        ada = self.result(book, self.plan(), handed_in_at=self.DUE + timedelta(hours=30))
        assert ada.lateness is not None
        assert (ada.score, ada.max_score, ada.late) == (7.0, 10, True)
        assert (ada.lateness.score_before, ada.lateness.penalty, ada.lateness.periods) == (9.0, 2.0, 2)
        assert sum(one.score for one in ada.exercises) == 9.0
        assert str(ada.lateness.handed_in_at) == "2026-12-06 05:59:00+01:00"
        results = book.results("hw")
        assert (results.due, results.late) == (self.DUE, self.LATE)

    def test_a_changed_deadline_and_penalty_take_effect_with_the_next_batch(self, book: Gradebook) -> None:
        at = self.DUE + timedelta(hours=30)
        self.result(book, self.plan(), handed_in_at=at)
        fill(book, handin(handed_in_at=at), plan=self.plan(due=self.DUE + timedelta(days=2)))
        assert [(one.score, one.late, one.lateness) for one in everybody(book)] == [(9, False, None)]
        fill(book, handin(handed_in_at=at), plan=self.plan(late=None))
        (ada,) = everybody(book)
        assert (ada.score, ada.late, ada.lateness is not None) == (9, True, True)

    def test_late_without_a_time_costs_nothing(self, book: Gradebook) -> None:
        ada = self.result(book, self.plan(), late=True)
        assert (ada.score, ada.late, ada.lateness) == (9, True, None)

    def test_without_a_deadline_a_time_is_only_kept(self, book: Gradebook) -> None:
        ada = self.result(book, self.plan(due=None), handed_in_at=self.DUE)
        assert (ada.score, ada.late, ada.handed_in_at) == (9, False, self.DUE)
