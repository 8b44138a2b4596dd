from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from grader import model
from grader.cli import mark, marking
from grader.errors import GradebookError, MarkedMeanwhileError, UsageError
from tests.helpers.report_samples import HOSTILE

AT = datetime(2026, 10, 3, 14, 5, tzinfo=UTC)
ADA = model.Student(key="1001", name="Lovelace, Ada", id="1001", email="ada@example.org")
ALAN = model.Student(key="1002", name="Turing, Alan")
GRACE = model.Student(key="1003", name="Hopper, Grace")


def answer(student: model.Student, check: str = "stored", **fields: object) -> model.AnswerToMark:
    """An answer to a question of two points that waits for a person."""
    defaults: dict[str, object] = {
        "id": f"{student.key}/modes/{check}",
        "students": (student,),
        "file": "homework.ipynb",
        "exercise": "modes",
        "exercise_title": "Forward and reverse mode",
        "statement": "Say what reverse mode\nhas to keep.\n\n1. What?\n2. Why?",
        "check": check,
        "check_title": f"What is {check}",
        "max_score": 2.0,
        "answer": f"{student.name} thinks that all is {check}.",
        "location": model.Location(cell=3, line=1),
    }
    return model.AnswerToMark(**(defaults | fields))  # type: ignore[arg-type]


class FakeBook:
    """A gradebook in memory."""

    def __init__(self, *answers: model.AnswerToMark) -> None:
        self.answers = {one.id: one for one in answers}
        self.fails = ""

    def titles(self) -> dict[str, str]:
        return {"Homework 2": "", "Homework 1": "", "hw3": "Automatic differentiation"}

    def waiting(self, assignment: str) -> tuple[model.AnswerToMark, ...]:
        return tuple(one for one in self.answers.values() if one.points is None and assignment == "Homework 2")

    def marked(self, assignment: str) -> tuple[model.AnswerToMark, ...]:
        return tuple(one for one in self.answers.values() if one.points is not None and assignment == "Homework 2")

    def latest_mark(self, id: str) -> model.GivenMark | None:
        one = self.answers[id]
        if one.points is None:
            return None
        return model.GivenMark(
            version=one.version,
            points=one.points,
            max_score=one.max_score,
            comment=one.comment,
            marked_by=one.marked_by,
            marked_at=one.marked_at,
        )

    def mark(self, id: str, points: float, comment: str, by: str, *, seen: int) -> int:
        if self.fails:
            raise GradebookError(self.fails)
        if seen != self.answers[id].version:
            raise MarkedMeanwhileError("Marked meanwhile.")
        given = {"points": points, "comment": comment, "marked_by": by, "marked_at": AT, "version": seen + 1}
        self.answers[id] = replace(self.answers[id], **given)  # type: ignore[arg-type]
        return seen + 1

    def marks(self) -> dict[str, tuple[float, str, str]]:
        """The marks, by the answers' ids."""
        return {
            one.id: (one.points, one.comment, one.marked_by) for one in self.answers.values() if one.points is not None
        }


class Script(marking.Person):
    """Somebody who answers with these lines; an exception among them is raised; after them comes the end."""

    def __init__(self, *lines: str | type[BaseException], width: int = 80, encoding: str = "utf-8") -> None:
        self._stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
        super().__init__(Console(file=self._stream, width=width, _environ={}))
        self._lines = list(lines)

    def ask(self, prompt: str) -> str:
        self._stream.write(prompt + "\n")
        line = self._lines.pop(0) if self._lines else EOFError
        if isinstance(line, str):
            return line
        raise line

    @property
    def seen(self) -> str:
        self._stream.flush()
        buffer = self._stream.buffer
        assert isinstance(buffer, io.BytesIO)
        return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().decode(self._stream.encoding).splitlines())


def run(book: FakeBook, *lines: str | type[BaseException], options: str = "--by kim", encoding: str = "utf-8") -> str:
    """What somebody sees who gives these lines."""
    parsed = mark.parse(options.split())
    person = Script(*lines, encoding=encoding)
    mark.mark(book, parsed, person)
    return person.seen


@pytest.fixture
def book() -> FakeBook:
    return FakeBook(answer(ADA), answer(ADA, "freed"), answer(ALAN), answer(ALAN, "freed"))


class TestOneAfterTheOther:
    def test_an_answer_is_shown_with_its_question_and_place(self, book: FakeBook) -> None:
        assert run(book, "q").splitlines()[:14] == [
            "Homework 2",
            "Points, or Enter to skip; b goes back, q quits, ? helps.",
            "",
            "─" * 80,
            "1 of 4  Forward and reverse mode · What is stored",
            "Lovelace, Ada  homework.ipynb, cell 3, line 1",
            "",
            "  Say what reverse mode has to keep.",
            "",
            "  1. What?",
            "  2. Why?",
            "",
            "│ Lovelace, Ada thinks that all is stored.",
            "",
        ]

    def test_the_cell_is_said_so_that_a_person_finds_it_and_the_line_is_shown(self) -> None:
        book = FakeBook(answer(ADA, place="In [7] (`x = f(2)`), line 1", source="    y.backward()"))
        assert run(book, "q").splitlines()[5:7] == [
            "Lovelace, Ada  homework.ipynb, In [7] (`x = f(2)`), line 1",
            "  y.backward()",
        ]

    def test_all_answers_to_one_question_come_in_a_row(self, book: FakeBook) -> None:
        seen = run(book, "", "", "", "")
        assert re.findall(r"│ (\w+), \w+ thinks that all is (\w+)", seen) == [
            ("Lovelace", "stored"),
            ("Turing", "stored"),
            ("Lovelace", "freed"),
            ("Turing", "freed"),
        ]

    def test_the_statement_is_said_once(self, book: FakeBook) -> None:
        assert run(book, "", "", "", "").count("Say what reverse mode") == 1

    def test_points_and_a_comment_are_kept_at_once(self, book: FakeBook) -> None:
        seen = run(book, "1.5", "Which values?", "2", "")
        assert book.marks() == {"1001/modes/stored": (1.5, "Which values?", "kim"), "1002/modes/stored": (2, "", "kim")}
        assert "Kept: 1.5 / 2." in seen

    def test_enter_skips_and_what_is_skipped_waits(self, book: FakeBook) -> None:
        seen = run(book, "", "1", "", "", "")
        assert set(book.marks()) == {"1002/modes/stored"}
        assert seen.endswith("\n1 marked by kim; 3 wait.\n")

    def test_b_goes_back_and_marks_anew(self, book: FakeBook) -> None:
        seen = run(book, "2", "Good.", "b", "1", "", "q")
        assert book.marks() == {"1001/modes/stored": (1, "Good.", "kim")}
        assert "2 / 2 by kim: Good.\n" in seen
        assert seen.endswith("\n1 marked by kim; 3 wait.\n")

    def test_an_old_comment_stays_changes_or_goes(self) -> None:
        for line, comment in (("", "Old."), ("New.", "New."), ("-", "")):
            book = FakeBook(answer(ADA, points=1.0, comment="Old.", marked_by="lee", marked_at=AT))
            assert "1 / 2 by lee on 2026-10-03: Old.\n" in run(book, "2", line, options="--by kim --again")
            assert book.marks() == {"1001/modes/stored": (2, comment, "kim")}

    def test_before_the_first_there_is_none(self, book: FakeBook) -> None:
        assert "This is the first one.\n" in run(book, "b", "q")

    @pytest.mark.parametrize("line", ["3", "-1", "two", "nan", "1e0", "1..5", "1,5,", "²", "1_0"])
    def test_what_cannot_be_given_is_asked_again(self, book: FakeBook, line: str) -> None:
        seen = run(book, line, "1", "", "q")
        assert "A number from 0 to 2; or Enter, b, q, or ? for help.\n" in seen
        assert list(book.marks().values()) == [(1, "", "kim")]

    @pytest.mark.parametrize(
        ("line", "points"), [("0", 0), ("2", 2), ("1.5", 1.5), ("1,5", 1.5), (" 1 ", 1), (".5", 0.5), ("2.", 2)]
    )
    def test_points_are_numbers_as_people_write_them(self, line: str, points: float) -> None:
        assert marking.read_points(line, 2.0) == points

    def test_help_says_what_is_possible_and_what_is_asked(self, book: FakeBook) -> None:
        seen = run(book, "?", "q")
        assert "  0 to 2     points; decimals too\n  Enter      skip it: it goes on waiting\n" in seen
        assert seen.count("Say what reverse mode") == 2

    def test_the_end_says_what_was_done(self, book: FakeBook) -> None:
        assert run(book, *["1", ""] * 4).endswith("\n4 marked by kim; 0 wait.\n")

    @pytest.mark.parametrize("ending", [EOFError, KeyboardInterrupt])
    def test_ctrl_c_and_ctrl_d_end_it_with_the_same_words(self, book: FakeBook, ending: type[BaseException]) -> None:
        assert run(book, "1", "", ending).endswith("\n1 marked by kim; 3 wait.\n")

    def test_points_without_their_comment_are_not_kept_and_that_is_said(self, book: FakeBook) -> None:
        seen = run(book, "1", KeyboardInterrupt)
        assert "Not kept: the points just given.\n" in seen
        assert book.marks() == {}

    def test_what_the_gradebook_refuses_is_said_and_asked_again(self, book: FakeBook) -> None:
        book.fails = "The gradebook is in use."
        seen = run(book, "1", "", "q")
        assert "Not kept: The gradebook is in use.\n" in seen
        assert seen.count("1 of 4  ") == 2
        assert seen.endswith("\n0 marked by kim; 4 wait.\n")

    def test_where_nothing_waits_it_says_so(self) -> None:
        assert run(FakeBook()).endswith("Nothing waits for a person.\n")
        done = FakeBook(answer(ADA, points=1.0, marked_by="lee"))
        assert run(done).endswith("Nothing waits for a person. 1 marked already: --again shows them.\n")

    def test_an_answer_without_words_says_where_to_look(self) -> None:
        assert "Nothing was written in words." in run(FakeBook(answer(ADA, answer=" \n")), "q")

    def test_a_statement_with_code_keeps_its_lines(self) -> None:
        seen = run(FakeBook(answer(ADA, statement="Run\n```\na\nb\n```")), "q")
        assert "  Run\n  ```\n  a\n  b\n  ```\n" in seen

    def test_a_group_is_named(self) -> None:
        assert "Lovelace, Ada; Turing, Alan  homework" in run(FakeBook(answer(ADA, students=(ADA, ALAN))), "q")
        crowd = tuple(model.Student(key=str(number), name=f"S{number}") for number in range(9))
        assert "S0; S1; S2; S3; S4; S5; and 3 more  homework" in run(FakeBook(answer(ADA, students=crowd)), "q")


class TestIdenticalAnswers:
    @pytest.fixture
    def book(self) -> FakeBook:
        """Ada and Alan handed in the same."""
        alike = frozenset({"same"})
        return FakeBook(answer(ADA, alike=alike), answer(ALAN, alike=alike), answer(GRACE, alike=frozenset({"other"})))

    def test_the_mark_is_offered_to_the_others_and_given_on_a_yes(self, book: FakeBook) -> None:
        seen = run(book, "1.5", "Which?", "y", "q")
        assert "1 other (Turing, Alan) handed in the same. Do they get this mark, too?\n" in seen
        assert book.marks() == {
            "1001/modes/stored": (1.5, "Which?", "kim"),
            "1002/modes/stored": (1.5, "Which?", "kim"),
        }
        assert "3 of 3" in seen
        assert "2 of 3" not in seen
        assert seen.endswith("\n2 marked by kim; 1 waits.\n")

    @pytest.mark.parametrize("line", ["", "n", "what?", EOFError])
    def test_without_a_yes_nothing_is_given(self, book: FakeBook, line: str | type[BaseException]) -> None:
        run(book, "1.5", "Which?", line, "q")
        assert book.marks() == {"1001/modes/stored": (1.5, "Which?", "kim")}

    def test_an_earlier_mark_of_the_same_is_shown_and_given_with_one_key(self, book: FakeBook) -> None:
        seen = run(book, "1.5", "Which?", "", "=", "q")
        assert "The same was handed in by others, and has 1.5 / 2 by kim: Which?\n= gives it here, too.\n" in seen
        assert book.marks()["1002/modes/stored"] == (1.5, "Which?", "kim")

    def test_where_nothing_is_offered_that_key_gives_nothing(self, book: FakeBook) -> None:
        assert "A number from 0 to 2; or Enter, b, q, or ? for help.\n" in run(book, "=", "q")
        assert book.marks() == {}

    def test_a_corrected_mark_is_offered_again_to_those_who_got_it(self, book: FakeBook) -> None:
        run(book, "1.5", "", "y", "b", "b", "1", "", "y", "q")
        assert book.marks() == {"1001/modes/stored": (1, "", "kim"), "1002/modes/stored": (1, "", "kim")}

    def test_in_a_script_it_has_to_be_said(self, book: FakeBook) -> None:
        give = "--check modes/stored --student lovelace --points 1 --by kim"
        seen = run(book, options=give)
        assert seen.endswith("1 other (Turing, Alan) handed in the same. --alike gives this mark to them, too.\n")
        assert list(book.marks()) == ["1001/modes/stored"]
        run(book, options=f"{give} --again --alike")
        assert list(book.marks()) == ["1001/modes/stored", "1002/modes/stored"]


class TestTwoMarkers:
    def test_a_mark_that_was_given_before_the_answer_is_shown_is_shown(self, book: FakeBook) -> None:
        class MarkedBeforeShown(FakeBook):
            def latest_mark(self, id: str) -> model.GivenMark | None:
                if id == "1001/modes/stored" and not self.marks():
                    self.mark(id, 1.0, "So so.", "lee", seen=0)
                return super().latest_mark(id)

        there = MarkedBeforeShown(*book.answers.values())
        seen = run(there, "", "q")
        assert "Marked meanwhile, by lee: points given now replace that mark.\n" in seen
        assert "1 / 2 by lee on 2026-10-03: So so.\n" in seen
        assert there.marks() == {"1001/modes/stored": (1, "So so.", "lee")}

    @pytest.mark.parametrize(("line", "points", "by"), [("", 1, "lee"), ("y", 2, "kim")])
    def test_a_mark_that_was_given_while_the_answer_was_shown_is_replaced_on_a_yes_only(
        self, book: FakeBook, line: str, points: float, by: str
    ) -> None:
        class MarkedWhileShown(FakeBook):
            def mark(self, id: str, points: float, comment: str, by: str, *, seen: int) -> int:
                if not self.marks():
                    super().mark(id, 1.0, "So so.", "lee", seen=0)
                return super().mark(id, points, comment, by, seen=seen)

        there = MarkedWhileShown(*book.answers.values())
        seen = run(there, "2", "", line, "q")
        assert "Marked meanwhile: 1 / 2 by lee on 2026-10-03: So so.\nReplace it with 2 / 2?\n" in seen
        assert there.marks()["1001/modes/stored"][::2] == (points, by)
        assert "2 of 4" in seen


class TestHostileAnswers:
    def book(self) -> FakeBook:
        return FakeBook(
            answer(
                replace(ADA, name=HOSTILE),
                answer=f"{HOSTILE}\nPoints, 0 to 2: 2",
                file=HOSTILE,
                check_title=HOSTILE,
                comment=HOSTILE,
                marked_by=HOSTILE,
                points=1.0,
            )
        )

    def test_no_control_character_reaches_the_terminal(self) -> None:
        for options in ("--by kim --again", "--list --again"):
            seen = run(self.book(), "?", "1", "", options=options)
            assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x00"} & set(seen)

    def test_an_answer_cannot_look_like_a_question_of_ours(self) -> None:
        seen = run(self.book(), "q", options="--by kim --again")
        assert "│ Points, 0 to 2: 2\n" in seen
        assert seen.count("\nPoints, 0 to 2:\n") == 1

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
    def test_every_encoding_can_show_it(self, encoding: str) -> None:
        assert "3 marked" not in run(self.book(), "1", "", options="--by kim --again", encoding=encoding)
        assert run(self.book(), options="--list --again", encoding=encoding)


class TestChoosing:
    def test_one_question(self, book: FakeBook) -> None:
        seen = run(book, options="--by kim --check modes/freed")
        assert "1 of 2  Forward and reverse mode · What is freed\n" in seen

    def test_an_unknown_question_is_answered_with_the_nearest(self, book: FakeBook) -> None:
        with pytest.raises(UsageError) as error:
            run(book, options="--check modes/fred")
        assert str(error.value) == (
            "No person has to mark `modes/fred`; did you mean `modes/freed`? Known: modes/freed, modes/stored"
        )

    def test_one_student(self, book: FakeBook) -> None:
        assert "1 of 2  " in run(book, options="--by kim --student alan")

    @pytest.mark.parametrize("asked", ["1001", "ADA@example.org", "lovelace, ada", "ada love", "love"])
    def test_a_student_has_many_names(self, book: FakeBook, asked: str) -> None:
        parsed = mark.parse(["--list", "--student", asked])
        person = Script()
        mark.mark(book, parsed, person)
        assert "Turing" not in person.seen
        assert "Lovelace" in person.seen

    def test_a_student_that_may_be_several_is_not_guessed(self, book: FakeBook) -> None:
        with pytest.raises(UsageError) as error:
            run(book, options="--student la")
        assert str(error.value) == (
            "`la` may be several students: Lovelace, Ada (1001); Turing, Alan (1002). Give the key, in brackets here."
        )

    def test_an_unknown_student_is_answered_with_the_nearest(self, book: FakeBook) -> None:
        unknown = "None of these answers is from a student"
        with pytest.raises(UsageError, match=f"{unknown} `lovelaec,`; did you mean `Lovelace, Ada`"):
            run(book, options="--student lovelaec,")
        with pytest.raises(UsageError, match=rf"{unknown} `zzz`\."):
            run(book, options="--student zzz")

    def test_another_assignment(self, book: FakeBook) -> None:
        parsed = mark.parse(["--assignment", "Homework 1"])
        person = Script()
        mark.mark(book, parsed, person)
        assert person.seen == "Homework 1\nNothing waits for a person.\n"

    def test_an_unknown_assignment_is_answered_with_the_nearest(self, book: FakeBook) -> None:
        with pytest.raises(UsageError, match="no assignment `Homework2`; did you mean `Homework 2`"):
            run(book, options="--assignment Homework2")

    def test_the_list_shows_what_waits_and_changes_nothing(self, book: FakeBook) -> None:
        lines = [re.sub(" {2,}", "  ", line) for line in run(book, options="--list").splitlines()]
        assert lines[:3] == [
            "Homework 2",
            "Check  Student  File  Points",
            "modes/stored  Lovelace, Ada  homework.ipynb  2",
        ]
        assert len(lines) == 6
        assert book.marks() == {}

    def test_the_list_shows_marks_where_they_are_asked_for(self) -> None:
        book = FakeBook(answer(ADA, points=1.0, comment="So so.", marked_by="lee", marked_at=AT), answer(ALAN))
        seen = run(book, options="--list --again")
        assert re.search(r"Turing, Alan +homework\.ipynb +2  waits\n", seen)
        assert "1 / 2 by lee on" in seen
        assert "lee" not in run(book, options="--list")


class TestOneMarkForScripts:
    GIVE = "--check modes/freed --student lovelace --points 1,5 --by kim"

    def test_it_is_kept_and_nothing_is_asked(self, book: FakeBook) -> None:
        assert run(book, options=self.GIVE) == "Kept: 1.5 / 2 for Lovelace, Ada.\n"
        assert book.marks() == {"1001/modes/freed": (1.5, "", "kim")}

    def test_with_a_comment(self, book: FakeBook) -> None:
        run(book, options=f"{self.GIVE} --comment Good.")
        assert book.marks() == {"1001/modes/freed": (1.5, "Good.", "kim")}

    def test_an_older_mark_is_not_replaced_by_chance(self, book: FakeBook) -> None:
        book.mark("1001/modes/freed", 1.0, "No.", "lee", seen=0)
        with pytest.raises(UsageError) as error:
            run(book, options=self.GIVE)
        assert str(error.value) == (
            "It has a mark already, which only --again replaces: 1 / 2 by lee on 2026-10-03: No."
        )
        run(book, options=f"{self.GIVE} --again")
        assert book.marks() == {"1001/modes/freed": (1.5, "", "kim")}

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ("--points 1", "--points gives one mark"),
            ("--points 1 --student ada", "--points gives one mark"),
            ("--points 1 --student ada --check modes/freed --list", "--points gives one mark"),
            ("--comment x", "--comment goes with --points"),
            ("--alike", "--alike goes with --points"),
            ("--check modes/freed --student ada --points 2.1", r"--points 2\.1: give a number from 0 to 2\."),
            ("--check modes/freed --student ada --points two", r"--points two: give a number from 0 to 2\."),
        ],
    )
    def test_what_is_wrong_is_said(self, book: FakeBook, options: str, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            run(book, options=options)

    def test_a_student_without_that_answer_is_said(self) -> None:
        book = FakeBook(answer(ADA, "freed"), answer(ALAN))
        with pytest.raises(UsageError, match=r"`alan` has no answer to `modes/freed`"):
            run(book, options="--check modes/freed --student alan --points 1")

    def test_two_answers_of_one_student_are_not_guessed_between(self) -> None:
        book = FakeBook(answer(ADA), answer(ADA, id="other", file="second.py"))
        with pytest.raises(UsageError, match=r"There are 2 such answers, in homework\.ipynb, second\.py\."):
            run(book, options="--check modes/stored --student ada --points 1")


class TestWhoMarks:
    def test_by_default_it_is_the_login_name(self, book: FakeBook, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("getpass.getuser", lambda: "lee")
        run(book, "1", "", options="--check modes/stored")
        assert [by for _, _, by in book.marks().values()] == ["lee"]

    def test_where_there_is_none_it_has_to_be_said(self, book: FakeBook, monkeypatch: pytest.MonkeyPatch) -> None:
        def nobody() -> str:
            raise OSError("No username set in the environment")

        monkeypatch.setattr("getpass.getuser", nobody)
        with pytest.raises(UsageError, match="Say it with --by NAME"):
            run(book, "1", options="--check modes/stored")


def test_without_a_terminal_it_says_how_to_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UsageError, match=r"needs a terminal for that\. In a script, .*--points N, or see with --list"):
        mark.main([])


# Makes the terminal at its standard input its own, marks a fake gradebook there, and prints what is in it at the end.
ON_A_TERMINAL = """
import os
os.login_tty(0)
from rich.console import Console
from grader.cli import mark, marking
from tests.cli.test_mark import ADA, ALAN, FakeBook, answer

book = FakeBook(answer(ADA), answer(ALAN))
mark.mark(book, mark.parse(["--by", "kim"]), marking.Person(Console()))
print("MARKS", ascii(book.marks()))
"""


class Terminal:
    """A program at the other end of a terminal."""

    def __init__(self, script: str, cwd: Path) -> None:
        self._end, there = pty.openpty()
        # In a session of its own with this as its terminal, because only then Ctrl-C sends a signal.
        self._process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=there,
            stdout=there,
            stderr=there,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(there)
        self._seen = b""

    def expect(self, text: str, within_s: float = 60.0) -> str:
        """Wait for a text; what was seen up to it and with it."""
        last = time.monotonic() + within_s
        while (at := self._seen.find(text.encode())) < 0:
            ready, _, _ = select.select([self._end], [], [], max(0.0, last - time.monotonic()))
            assert ready, f"{text!r} did not come: {self._seen!r}"
            self._seen += os.read(self._end, 65536)
        seen, self._seen = self._seen[: at + len(text.encode())], self._seen[at + len(text.encode()) :]
        return seen.decode()

    def type(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def press(self, key: str, until: str) -> str:
        """Press a key, as a person would again where nothing comes of it: between a prompt and the reading of the
        answer, Python's own input() may not hear of a signal.
        """
        for _ in range(5):
            self.type(key)
            with suppress(AssertionError):
                return self.expect(until, within_s=5.0)
        raise AssertionError(f"{key!r} did not bring {until!r}: {self._seen!r}")

    def close(self) -> None:
        os.close(self._end)
        self._process.wait(timeout=60)


@pytest.fixture
def terminal(root: Path) -> Iterator[Terminal]:
    there = Terminal(ON_A_TERMINAL, root)
    yield there
    there.close()


class TestOnATerminal:
    def test_lines_are_typed_and_kept(self, terminal: Terminal) -> None:
        terminal.expect("1 of 2")
        terminal.expect("Points, 0 to 2: ")
        terminal.type("1,5\n")
        terminal.expect("Comment, or Enter for none: ")
        terminal.type("Gut gesagt, 好\n")
        terminal.expect("2 of 2")
        terminal.expect("Points, 0 to 2: ")
        terminal.type("\n")
        terminal.expect("1 marked by kim; 1 waits.")
        terminal.expect(r"MARKS {'1001/modes/stored': (1.5, 'Gut gesagt, \u597d', 'kim')}")

    @pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
    def test_it_ends_in_words(self, terminal: Terminal, keys: str) -> None:
        terminal.expect("Points, 0 to 2: ")
        assert "Traceback" not in terminal.press(keys, "0 marked by kim; 2 wait.")
        terminal.expect("MARKS {}")
