"""What a gradebook stores and returns."""

from __future__ import annotations

from dataclasses import replace

from grader.classroom.gradebook import report_format
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.model import Graded, Student
from grader.report.json import to_dict
from tests.classroom.gradebook.results_by_hand import ADA, BOB, FOUND, check, everybody, exercise, fill, graded, handin
from tests.helpers import report_samples


class TestGradebook:
    def test_a_result_comes_back_with_all_its_fields(self, book: Gradebook) -> None:
        wrong = check("slope", status="failed", score=0.5, mistake="You took the mean.")
        fill(book, handin(late=True), a=graded(exercise(check(), wrong)))
        (ada,) = everybody(book)
        assert (ada.student, ada.late, ada.status, ada.score, ada.max_score) == (ADA, True, "graded", 2.5, 4)
        assert (ada.passed, ada.complete, ada.path, ada.files) == (False, True, "ada", ("ada/a.py",))
        (sine,) = ada.exercises
        assert [each.mistake for each in sine.checks] == ["", "You took the mean."]
        assert ada.outcome == "completed"
        assert ada.graded_at is not None
        assert ada.graded_at.tzinfo is not None

    def test_saving_a_grading_again_changes_nothing(self, book: Gradebook) -> None:
        one = graded(exercise(check()))
        fill(book, handin(), a=one)
        before = everybody(book)[0].exercises
        fill(book, handin(), a=one)
        assert everybody(book)[0].exercises == before
        assert len(book.stored_gradings()) == 1

    def test_a_later_result_takes_the_place_of_an_earlier_one(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check("a"), check("b"))))
        fill(book, handin(), a=graded(exercise(check("a", status="failed", score=0))))
        (ada,) = everybody(book)
        assert (ada.score, [each.id for each in ada.exercises[0].checks]) == (0, ["a"])

    def test_one_content_of_two_students_is_kept_once_and_counts_for_both(self, book: Gradebook) -> None:
        one = graded(exercise(check()))
        fill(book, handin(), handin(BOB, path="bob", files=("bob/a.py",)), a=one)
        assert [student.score for student in everybody(book)] == [2, 2]
        assert len(book.stored_gradings()) == 1

    def test_a_groups_result_is_the_result_of_each_student(self, book: Gradebook) -> None:
        fill(book, handin(ADA, BOB), a=graded(exercise(check())))
        assert [(one.student.name, one.score) for one in everybody(book)] == [("Ada Lovelace", 2), ("Bob", 2)]

    def test_somebody_who_leaves_a_group_leaves_its_result(self, book: Gradebook) -> None:
        fill(book, handin(ADA, BOB), a=graded(exercise(check())))
        fill(book, handin(ADA))
        assert [one.student for one in everybody(book)] == [ADA]

    def test_a_renamed_student_keeps_the_result(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check())))
        fill(book, handin(Student(key="4711", name="Ada King")))
        (ada,) = everybody(book)
        assert (ada.student.name, ada.score) == ("Ada King", 2)

    def test_the_judged_bytes_and_the_document_come_back(self, book: Gradebook) -> None:
        document = to_dict(report_samples.hostile_report())
        stored = graded(exercise(check())).report
        assert stored is not None
        stored = replace(stored, document=report_format.pack(document))
        fill(book, handin(), a=graded(judged=b"\x00\xff", report=stored))
        assert book.judged("k1") == b"\x00\xff"
        assert book.judged("unknown") == b""
        assert list(book.documents("hw")) == [("ada/a.py", document)]

    def test_there_is_no_document_for_broken_and_removed_files(self, book: Gradebook) -> None:
        broken = Graded(key="k", status="broken", rubrics="r", why="It is damaged.")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(exercise(check())), b=broken)
        assert [path for path, _ in book.documents("hw")] == ["ada/a.py"]
        fill(book, handin(BOB, path="bob", files=()))
        assert list(book.documents("hw")) == []

    def test_the_assignment_graded_last_comes_first(self, book: Gradebook) -> None:
        for name in ("one", "two"):
            book.enrol(name, [handin()], plan=FOUND, statements={}, placement=Placement())
            book.finish(name)
        book.finish("one")
        assert book.assignments() == ("one", "two")

    def test_names_in_any_script(self, book: Gradebook) -> None:
        student = Student(key="李", name="李 小龍 🙂")
        fill(book, handin(student, path="李"))
        assert everybody(book)[0].student == student

    def test_a_large_class(self, book: Gradebook) -> None:
        students = [Student(key=f"s{n}", name=f"S {n}") for n in range(400)]
        handins = [handin(one, path=one.key, files=(f"{one.key}/{one.key}.py",)) for one in students]
        exercises = [exercise(check(), id=f"e{n}") for n in range(15)]
        fill(book, *handins, **{one.key: graded(*exercises, key=one.key) for one in students})
        assert sum(one.score for one in everybody(book)) == 12_000
