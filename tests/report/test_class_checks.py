from __future__ import annotations

from grader.report import class_checks, class_statistics
from tests.helpers.class_samples import (
    ADDS,
    CHOICES,
    MODES,
    UNCUT,
    ZEROED,
    ada,
    check,
    exercise,
    failed,
    mallory,
    result,
    results,
    sample,
    waiting,
)
from tests.helpers.class_views import row, shown


class TestChecks:
    def test_each_check_has_a_bar_a_count_and_a_percentage(self) -> None:
        text = shown(class_checks.render_checks, sample(), width=100)
        assert row(text, "Backward, twice") == "Backward, twice double-backward attempted by 4 of 7"
        assert row(text, "  A second").endswith(" ██████████ 4 of 4 100 %")
        assert row(text, "  Two passes").endswith(" ██░░░░░░░░ 1 of 4 25 %")

    def test_answers_that_wait_or_were_not_graded_count_as_neither(self) -> None:
        text = shown(class_checks.render_checks, sample(), width=100)
        assert row(text, "  What reverse").endswith("██████████ 1 of 1 100 % 1 waits")
        assert row(text, "  u has").endswith("███████░░░ 2 of 3 67 % 1 ungraded")

    def test_where_all_wait_there_is_no_rate(self) -> None:
        one = result("Ada", exercise("autodiff-modes", check(**CHOICES, score=1.0), waiting(**MODES)))
        text = shown(class_checks.render_checks, results(one), width=100)
        assert row(text, "  What reverse") == " What reverse mode has to hold on to 1 waits"

    def test_what_a_person_marks_passes_with_full_points(self) -> None:
        half = waiting(**MODES, score=1.0, marked_by="kim")
        answers = [result(name, exercise("autodiff-modes", half)) for name in "ab"]
        text = shown(class_checks.render_checks, results(ada(), *answers), width=100)
        assert row(text, "  What reverse").endswith("1 of 3 33 %")

    def test_ascii_terminals_get_a_bar_too(self) -> None:
        text = shown(class_checks.render_checks, sample(), width=100, encoding="ascii")
        assert "##--------  1 of 4   25 %" in text


class TestMistakes:
    def test_those_that_most_students_share_come_first(self) -> None:
        lines = shown(class_checks.render_mistakes, sample(), width=200).splitlines()
        assert lines[3:5] == [
            f"  2 of 4  double-backward · Two passes that work add their gradients up: {ZEROED}",
            f"  1 of 4  detach-semantics · u has the values of y and is no longer part of the graph: {UNCUT}",
        ]

    def test_failures_without_a_name_are_counted_by_check(self) -> None:
        lines = shown(class_checks.render_mistakes, sample(), width=200).splitlines()
        assert lines[6:] == [
            "Failed with no named mistake, of those who attempted the exercise:",
            "  2 of 4  detach-semantics · The gradient of sum(u * x) is u",
            "  1 of 4  double-backward · Two passes that work add their gradients up",
        ]

    def test_names_are_listed_where_they_are_asked_for(self) -> None:
        plain = shown(class_checks.render_mistakes, sample(), width=200)
        named = shown(class_checks.render_mistakes, sample(), width=200, names=True)
        assert "Turing" not in plain
        assert named.splitlines()[4] == r"          Turing, Alan, \x1b[31mMallory\x1b[0m [bold]M[/]"

    def test_what_nobody_attempted_is_nobodys_mistake(self) -> None:
        (mistake,) = class_statistics.shared_mistakes(results(mallory()))
        assert (mistake.exercise.id, len(mistake.students), mistake.attempted) == ("double-backward", 1, 1)

    def test_a_class_without_mistakes_is_said_to_be(self) -> None:
        assert shown(class_checks.render_mistakes, results(ada())).endswith("\nNo check failed.\n")

    def test_the_same_sentence_at_two_checks_is_two_mistakes(self) -> None:
        both = exercise("double-backward", failed(mistake=ZEROED), failed(**ADDS, mistake=ZEROED))
        assert len(class_statistics.shared_mistakes(results(result("Ada", both)))) == 2
