"""The answers that a person marks, and what a mark counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from grader.classroom.gradebook import manual_marks, report_format
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.intake import StudentHandin
from grader.errors import GradebookError, MarkedMeanwhileError
from grader.model import Student
from grader.report.class_statistics import changed_mark_notices
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

    def test_a_comment_and_a_name_of_any_bytes_and_length_are_kept(self, book: Gradebook) -> None:
        self.fill(book)
        (one,) = book.waiting("hw")
        book.mark(one.id, 1, "\udcff" + "x" * 30_000, "\udcfe" + "n" * 600, seen=0)
        (marked,) = book.marked("hw")
        assert marked.comment.startswith(r"\udcffxx")
        assert marked.comment.endswith("x…")
        assert marked.marked_by.startswith(r"\udcfenn")
        assert len(marked.marked_by) <= 200

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
        book.mark(book.waiting("hw")[0].id, 1.5, "Almost.", "teacher", seen=0)
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
        first = book.mark(identity, 0, "", "teacher", seen=0)
        book.mark(identity, 2, "Read again.", "other", seen=first)
        assert everybody(book)[0].score == 4
        assert book.marked("hw")[0].marked_by == "other"

    def test_a_mark_survives_a_new_grading_of_the_same_content(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        self.fill(book, points=3)
        assert everybody(book)[0].score == 5

    def test_a_mark_is_limited_by_the_current_rubric(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        assert everybody(book)[0].exercises[0].checks[1].given is None
        assert changed_mark_notices(book.results("hw")) == ()
        self.fill(book, points=1)
        assert everybody(book)[0].score == 3
        assert everybody(book)[0].exercises[0].checks[1].given == (2, 2)
        assert changed_mark_notices(book.results("hw")) == (
            f"1 mark was given for other points, and counts as its share of today's: {ADA.name}, modes/why: 2 of 2, "
            "now 1 of 1. `grade mark --again` shows what is marked already.",
        )

    def test_a_mark_keeps_its_share_of_what_the_answer_is_worth(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 1.5, "", "teacher", seen=0)
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
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        self.fill(book, sha="2")
        assert len(book.waiting("hw")) == 1
        self.fill(book, sha="1")
        assert book.waiting("hw") == ()

    @pytest.mark.parametrize("points", [-1, 2.5, float("nan"), float("inf")])
    def test_impossible_points_are_refused(self, book: Gradebook, points: float) -> None:
        self.fill(book)
        with pytest.raises(GradebookError, match="from 0 to 2 can"):
            book.mark(book.waiting("hw")[0].id, points, "", "teacher", seen=0)

    @pytest.mark.parametrize(
        "identity",
        ["", "1", "1/1/modes/curve", "9/1/modes/why", "x/1/modes/why", "1/2/modes/why", "1/1/modes/why/x"],
    )
    def test_an_answer_that_no_person_has_to_mark_is_refused(self, book: Gradebook, identity: str) -> None:
        self.fill(book)
        with pytest.raises(GradebookError, match="no answer of this name waits"):
            book.mark(identity, 1, "", "teacher", seen=0)

    def test_a_mark_survives_a_new_file_and_a_renamed_folder(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
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


ONE = graded(exercise(MANUAL), words={"sine": "Alike."})


def hand_in(book: Gradebook, handins: Mapping[str, StudentHandin], placement: Placement = Placement()) -> None:  # noqa: B008 - frozen
    """Enrol hand-ins with identical files, by the SHA-256 of their content."""
    rows = book.enrol("hw", list(handins.values()), plan=FOUND, statements={}, placement=placement)
    for sha256, each in handins.items():
        for file in each.files:
            book.save(ONE, {rows[each.path, file.path].id: sha256.strip()})


def of(*students: Student, path: str) -> StudentHandin:
    return handin(*students, path=path, files=(f"{path}/a.py",))


def scores(book: Gradebook) -> dict[str, float]:
    return {student.student.name: student.score for student in everybody(book)}


class TestWhoseAMarkIs:
    """A mark is a hand-in's. The dictionaries' keys are SHA-256 of contents; blanks tell equal ones apart."""

    def test_an_identical_file_of_another_student_is_not_marked_with_it(self, book: Gradebook) -> None:
        hand_in(book, {"same": of(ADA, path="ada"), "same ": of(BOB, path="bob")})
        ada, bob = book.waiting("hw")
        assert (ada.students, bob.students) == ((ADA,), (BOB,))
        book.mark(ada.id, 0, "Copied.", "teacher", seen=0)
        assert [(one.students, one.points) for one in book.marked("hw")] == [((ADA,), 0)]
        (bob,) = book.waiting("hw")
        assert bob.students == (BOB,)
        assert [student.complete for student in everybody(book)] == [True, False]
        book.mark(bob.id, 1, "", "teacher", seen=0)
        assert scores(book) == {"Ada Lovelace": 0, "Bob": 1}

    def test_a_groups_mark_is_the_groups(self, book: Gradebook) -> None:
        hand_in(book, {"same": of(ADA, BOB, path="group")})
        (waiting,) = book.waiting("hw")
        book.mark(waiting.id, 1, "", "teacher", seen=0)
        assert scores(book) == {"Ada Lovelace": 1, "Bob": 1}

    def test_identical_files_and_identical_words_are_alike_and_are_offered_the_mark(self, book: Gradebook) -> None:
        eve = Student(key="eve", name="Eve")
        hand_in(book, {"1": of(ADA, path="ada"), "1 ": of(BOB, path="bob"), "2": of(eve, path="eve")})
        ada, bob, third = book.waiting("hw")
        assert (ada.is_alike(bob), ada.is_alike(third), bob.offered) == (True, True, None)
        version = book.mark(ada.id, 0.5, "Why?", "teacher", seen=0)
        for waiting in book.waiting("hw"):
            offered = waiting.offered
            assert offered is not None
            assert (offered.version, offered.points, offered.comment, offered.marked_by) == (
                version,
                0.5,
                "Why?",
                "teacher",
            )

    def test_where_nothing_was_written_only_identical_files_are_alike(self, book: Gradebook) -> None:
        handins = [of(ADA, path="ada"), of(BOB, path="bob")]
        rows = book.enrol("hw", handins, plan=FOUND, statements={}, placement=Placement())
        for number, row in enumerate(rows.values()):
            book.save(graded(exercise(MANUAL), key=f"k{number}"), {row.id: f"sha {number}"})
        ada, bob = book.waiting("hw")
        assert (ada.answer, bob.answer, ada.is_alike(bob), ada.is_alike(ada)) == ("", "", False, True)

    def test_a_mark_stays_with_a_student_whose_folder_is_called_otherwise(self, book: Gradebook) -> None:
        hand_in(book, {"same": of(ADA, path="submission_1"), "same ": of(BOB, path="submission_2")})
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        hand_in(book, {"same": of(ADA, path="submission_2"), "same ": of(BOB, path="submission_1")})
        assert scores(book) == {"Ada Lovelace": 2, "Bob": 0}
        hand_in(book, {"same": of(ADA, path="submission_3")})
        assert scores(book) == {"Ada Lovelace": 2}

    def test_a_class_that_replaces_another_gets_none_of_its_marks(self, book: Gradebook) -> None:
        hand_in(book, {"same": of(ADA, path="submission_1")})
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        hand_in(book, {"same": of(BOB, path="submission_1")})
        assert scores(book) == {"Bob": 0}
        (waiting,) = book.waiting("hw")
        assert waiting.offered is not None
        hand_in(book, {"same": of(ADA, path="submission_1"), "same ": of(BOB, path="submission_2")})
        assert scores(book) == {"Ada Lovelace": 2, "Bob": 0}

    def test_a_student_of_two_sections_is_asked_about_in_each(self, book: Gradebook) -> None:
        hand_in(book, {"same": of(ADA, path="ada")})
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        hand_in(book, {"same": of(ADA, path="late")}, Placement(section=2, replaced=frozenset()))
        assert len(book.waiting("hw")) == 1


class TestWithModules:
    """A mark is for a file with the modules beside it: a person may have read these."""

    def fill(self, book: Gradebook, with_modules: str | None) -> None:
        ((_, row),) = book.enrol("hw", [handin()], plan=FOUND, statements={}, placement=Placement()).items()
        book.save(graded(exercise(MANUAL), words={"sine": "Why."}, key="k"), {row.id: "file"}, with_modules)

    def test_another_module_is_marked_anew(self, book: Gradebook) -> None:
        self.fill(book, "with one")
        first = book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        self.fill(book, "with another")
        (waiting,) = book.waiting("hw")
        assert (waiting.version, everybody(book)[0].complete) == (0, False)
        assert book.mark(waiting.id, 1, "", "teacher", seen=0) != first
        assert everybody(book)[0].score == 1
        self.fill(book, "with one")
        assert (book.waiting("hw"), everybody(book)[0].score) == ((), 2)
        self.fill(book, None)  # graded again as it was
        assert (book.waiting("hw"), everybody(book)[0].score) == ((), 2)

    def test_a_mark_of_before_counts_and_can_be_replaced(self, book: Gradebook) -> None:
        self.fill(book, None)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        self.fill(book, "with one")
        (marked,) = book.marked("hw")
        assert marked.points == 2
        with pytest.raises(MarkedMeanwhileError):
            book.mark(marked.id, 1, "", "teacher", seen=0)
        book.mark(marked.id, 1, "", "teacher", seen=marked.version)
        assert everybody(book)[0].score == 1


class TestSeveralFiles:
    def fill(self, book: Gradebook, **words: str) -> None:
        files = tuple(f"ada/{name}.py" for name in words)
        rows = book.enrol("hw", [handin(files=files)], plan=FOUND, statements={}, placement=Placement())
        for (name, text), row in zip(words.items(), rows.values(), strict=True):
            book.save(graded(exercise(MANUAL), words={"sine": text}, key=f"k {name}"), {row.id: name})

    def test_a_low_mark_keeps_no_other_words_from_being_read(self, book: Gradebook) -> None:
        self.fill(book, a="Poor.", b="Better.", c="Best.")
        for file, points in (("a", 0.1), ("b", 1), ("c", 2)):
            (waiting,) = book.waiting("hw")
            assert waiting.file == f"ada/{file}.py"
            assert everybody(book)[0].complete is False
            book.mark(waiting.id, points, "", "teacher", seen=0)
        assert (book.waiting("hw"), everybody(book)[0].score, everybody(book)[0].complete) == ((), 2, True)

    def test_where_nothing_can_be_gained_nobody_is_asked(self, book: Gradebook) -> None:
        self.fill(book, a="Good.", b="Other.")
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher", seen=0)
        assert book.waiting("hw") == ()

    def test_the_same_words_are_read_once(self, book: Gradebook) -> None:
        self.fill(book, a="Poor.", b="Poor.")
        book.mark(book.waiting("hw")[0].id, 0.1, "", "teacher", seen=0)
        assert (book.waiting("hw"), everybody(book)[0].score) == ((), 0.1)


class TestTwoMarkers:
    @pytest.fixture
    def identity(self, book: Gradebook) -> str:
        hand_in(book, {"1": of(ADA, path="ada")})
        return book.waiting("hw")[0].id

    def test_a_mark_that_was_not_seen_is_not_replaced(self, book: Gradebook, identity: str) -> None:
        version = book.mark(identity, 1.5, "Good.", "lee", seen=0)
        with pytest.raises(
            MarkedMeanwhileError, match=r"lee has marked this answer meanwhile, on .* UTC: 1\.5 / 2\. No"
        ):
            book.mark(identity, 0, "", "kim", seen=0)
        given = book.latest_mark(identity)
        assert given is not None
        assert (given.version, given.points, given.marked_by, scores(book)) == (
            version,
            1.5,
            "lee",
            {"Ada Lovelace": 1.5},
        )
        book.mark(identity, 0, "", "kim", seen=version)
        with pytest.raises(MarkedMeanwhileError, match="kim has marked"):
            book.mark(identity, 2, "", "lee", seen=version)

    def test_the_database_itself_refuses_a_second_mark_in_one_place(
        self, book: Gradebook, identity: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both have looked at the latest mark before either is stored."""
        book.mark(identity, 1.5, "Good.", "lee", seen=0)
        monkeypatch.setattr(manual_marks, "_latest", lambda connection, answer: None)
        with pytest.raises(MarkedMeanwhileError, match="Somebody else has marked this answer meanwhile"):
            book.mark(identity, 0, "", "kim", seen=0)
        monkeypatch.undo()
        assert scores(book) == {"Ada Lovelace": 1.5}
