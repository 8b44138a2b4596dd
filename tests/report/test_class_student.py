from __future__ import annotations

import re

from grader.report import class_student
from tests.helpers.class_samples import (
    ZEROED,
    ada,
    alan,
    bobby,
    check,
    exercise,
    grace,
    mallory,
    result,
    sample,
)
from tests.helpers.class_views import shown


class TestOneStudent:
    def test_each_check_has_points_mistake_and_who_marked_it(self) -> None:
        text = shown(class_student.render_student, ada(), sample())
        assert "Lovelace, Ada  1001, ada@example.org\nLovelace, Ada.ipynb\n" in text
        assert re.search(r"  ✓ What reverse mode has to hold on to +2 / 2\n    Marked by kim: Well said\.\n", text)
        assert re.search(r"Total +10 / 10\n\Z", text)

    def test_what_a_person_marked_down_has_the_symbol_of_other_reports(self) -> None:
        marked = check(kind="answer", status="manual", score=0.5, marked_by="kim", comment="And why?")
        text = shown(class_student.render_student, result("Bo", exercise("double-backward", marked)), sample())
        assert re.search(r"  ✎ A second backward .* 0\.5 / 2\n    Marked by kim: And why\?\n", text)

    def test_mistakes_and_what_waits_are_said(self) -> None:
        text = shown(class_student.render_student, alan(), sample(), width=100)
        assert "\nProvisional, late.\n" in text
        assert re.search(
            r"  \? What reverse mode has to hold on to +\? / 2\n    Waits for a person: grade mark\.\n", text
        )
        assert re.search(rf"  ✗ Two passes.* 0\.5 / 2\n    {re.escape(ZEROED)}\n", text)

    def test_exercises_that_were_not_attempted_are_one_line(self) -> None:
        text = shown(class_student.render_student, mallory(), sample(), width=100)
        assert re.search(r"Forward and reverse mode  autodiff-modes +– / 3\n  Not attempted\.\n\n", text)

    def test_what_could_not_be_graded_is_nobodys_zero(self) -> None:
        assert re.search(r"  ! u has.* \? / 1\n", shown(class_student.render_student, bobby(), sample(), width=100))

    def test_who_is_broken_reads_why_and_has_no_total(self) -> None:
        text = shown(class_student.render_student, grace(), sample(), width=120)
        assert "Nothing of it could be graded. This is not a zero. homework.pdf is a PDF." in text
        assert "Total" not in text
