"""Which answers count, and the result of each student."""

from __future__ import annotations

from grader.classroom.gradebook.gradebook import Gradebook
from grader.model import Graded
from tests.classroom.gradebook.results_by_hand import (
    BOB,
    MANUAL,
    NOT_ATTEMPTED,
    check,
    everybody,
    exercise,
    file,
    fill,
    graded,
    handin,
    named,
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
