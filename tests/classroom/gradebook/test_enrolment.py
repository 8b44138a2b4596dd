"""Sections of a class: which handins stay in the results, and which of a student's several handins counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.gradebook.known_class import KnownFile
from grader.classroom.intake import StudentHandin
from grader.model import Graded, Student
from tests.classroom.gradebook.results_by_hand import check, everybody, exercise, fill, graded, handin

SECOND = Placement(section=2, replaced=frozenset())


def person(name: str) -> Student:
    return Student(key=name, name=name)


def of(name: str, path: str = "", **fields: Any) -> StudentHandin:
    path = path or name
    return handin(person(name), path=path, files=(f"{path}/{name}.py",), **fields)


def worth(points: float, key: str) -> Graded:
    return graded(exercise(check(score=points)), key=key)


def scores(book: Gradebook) -> dict[str, float]:
    return {one.student.name: one.score for one in everybody(book)}


def test_a_second_section_leaves_the_first_in_the_results(book: Gradebook) -> None:
    fill(book, of("ada"), of("bob"), ada=worth(2, "a"), bob=worth(1, "b"))
    fill(book, of("eve"), placement=SECOND, eve=worth(0.5, "e"))
    assert scores(book) == {"ada": 2, "bob": 1, "eve": 0.5}


def test_a_section_that_comes_again_replaces_itself_and_no_other(book: Gradebook) -> None:
    fill(book, of("ada"), of("bob"), ada=worth(2, "a"), bob=worth(1, "b"))
    fill(book, of("eve"), of("kim"), placement=SECOND, eve=worth(0.5, "e"), kim=worth(1.5, "k"))
    fill(book, of("eve"), placement=Placement(section=2, replaced=frozenset({2})))
    assert scores(book) == {"ada": 2, "bob": 1, "eve": 0.5}


def test_one_path_of_two_students_is_two_handins(book: Gradebook) -> None:
    fill(book, of("ada", "submission_1"), ada=worth(2, "a"))
    fill(book, of("bob", "submission_1"), placement=SECOND, bob=worth(1, "b"))
    assert scores(book) == {"ada": 2, "bob": 1}
    known = book.known_class("hw")
    assert known is not None
    assert known.sections == {1: {"ada"}, 2: {"bob"}}
    assert known.files["bob"] == (KnownFile(name="bob.py", sha256="sha of submission_1/bob.py"),)


def test_the_same_path_of_another_student_in_a_section_that_grows_is_two_handins_too(book: Gradebook) -> None:
    fill(book, of("ada", "submission_1"), ada=worth(2, "a"))
    fill(book, of("bob", "submission_1"), placement=Placement(section=1, replaced=frozenset()), bob=worth(1, "b"))
    assert scores(book) == {"ada": 2, "bob": 1}


def test_documents_of_one_path_are_told_apart(book: Gradebook) -> None:
    same = ("submission_1/hw.py",)
    fill(book, handin(person("ada"), path="submission_1", files=same), hw=worth(2, "a"))
    fill(book, handin(person("bob"), path="submission_1", files=same), placement=SECOND, hw=worth(1, "b"))
    assert [path for path, _ in book.documents("hw")] == ["submission_1/hw.py", "section-2/submission_1/hw.py"]


def test_a_student_of_two_sections_counts_with_what_was_added_last(book: Gradebook) -> None:
    fill(book, of("ada", "a"), of("bob"), ada=worth(2, "a"), bob=worth(1, "b"))
    fill(book, of("ada", "b"), placement=SECOND, ada=worth(0.5, "other"))
    assert scores(book) == {"ada": 0.5, "bob": 1}
    assert len(everybody(book)) == 2


def test_where_times_are_known_the_later_counts(book: Gradebook) -> None:
    late, early = (datetime(2026, 12, day, tzinfo=UTC) for day in (5, 4))
    fill(book, of("ada", "a", handed_in_at=late), ada=worth(2, "a"))
    fill(book, of("ada", "b", handed_in_at=early), placement=SECOND, ada=worth(0.5, "other"))
    (ada,) = everybody(book)
    assert (ada.score, ada.path, ada.handed_in_at) == (2, "a", late)


def test_of_a_group_those_who_handed_in_later_leave_it_and_the_others_stay(book: Gradebook) -> None:
    group = handin(person("ada"), person("bob"), path="group", files=("group/g.py",))
    fill(book, group, g=worth(2, "g"))
    fill(book, of("bob"), placement=SECOND, bob=worth(1, "b"))
    assert scores(book) == {"ada": 2, "bob": 1}


def test_a_class_that_replaces_all_sections_is_alone_in_the_results(book: Gradebook) -> None:
    fill(book, of("ada"), ada=worth(2, "a"))
    fill(book, of("eve"), placement=SECOND, eve=worth(1, "e"))
    fill(book, of("kim"), placement=Placement(section=1, replaced=frozenset({1, 2})), kim=worth(0.5, "k"))
    assert scores(book) == {"kim": 0.5}
    assert len(book.stored_gradings()) == 3
    fill(book, of("ada"), placement=Placement(section=1, replaced=frozenset({1})))
    assert scores(book) == {"ada": 2}
