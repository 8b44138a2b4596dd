"""Advice on exercises, with the line that it is about, and how it is switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.report.validation.words import place_of
from grader.workbench.proofs.lints import Lints
from tests.workbench.small_course import change

SECOND = """
  - id: other
    kind: backward
    title: Slope
    given: root == sum(leaf ** 4)
    expect: {gradient: "4 * leaf ** 3"}
"""


def lints(root: Path, *, all_of_it: bool = False) -> list[str]:
    course = load_course(root)
    assert not any(item.mistakes for item in course.exercises)
    chosen = course.exercises if all_of_it else course.select(["cube"])
    return [
        f"{place_of(finding).removeprefix(f'{root}/')}: {finding.text}"
        for result in Lints().conclude(course, chosen, {})
        for finding in result.findings
    ]


def test_a_course_without_any(small: Path) -> None:
    assert lints(small, all_of_it=True) == []


def test_two_checks_with_the_same_title(small: Path) -> None:
    exercise = small / "exercises" / "cube.yaml"
    exercise.write_text(exercise.read_text() + SECOND.lstrip("\n"))
    rubric = small / "rubrics" / "cube.yaml"
    rubric.write_text(rubric.read_text() + "  other: {points: 1, hint: Four.}\n")
    (found,) = lints(small)
    assert found.startswith('exercises/cube.yaml:11: `other` and `slope` have the title "Slope"')
    assert found.endswith("(same-title)")
    change(exercise, "    title: Slope\n", "    # lint-ignore: same-title\n    title: Slope\n")
    assert lints(small) == []
    change(
        exercise, "    # lint-ignore: same-title\n    title: Slope\n", "    title: Slope  # lint-ignore: same-title\n"
    )
    assert lints(small) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "text"),
    [
        (
            "exercises",
            "statement: ",
            "statement: Call it `loss`. ",
            3,
            "The statement mentions `loss`, and neither a check",
        ),
        ("exercises", "    kind:", "    tolerance: 0\n    kind:", 6, "`slope` has a `tolerance` of 0: the last digit"),
        (
            "exercises",
            "    kind:",
            "    tolerance: 0.5\n    kind:",
            6,
            "`slope` has a `tolerance` of 0.5: numbers that differ by",
        ),
        ("exercises", "    kind:", "    visibility: hidden\n    kind:", 4, "All checks are `hidden`"),
        (
            "exercises",
            "    kind:",
            "    visibility: after-due\n    kind:",
            6,
            "`slope` is shown to students after the due",
        ),
        (
            "exercises",
            "    kind:",
            "    names: {w: [weight]}\n    leaf: w\n    kind:",
            6,
            "`slope` looks for `weight`, which",
        ),
        (
            "rubrics",
            "hint: Which",
            "hint: Try (x**3).sum().backward() . Which",
            5,
            "This text of `slope` has a line of the",
        ),
        ("rubrics", "hint: Which", 'hint: "With a\\ttab" # Which', 5, "There is a tab in this text"),
    ],
)
def test_what_is_most_often_not_meant(small: Path, file: str, old: str, new: str, line: int, text: str) -> None:
    change(small / file / "cube.yaml", old, new)
    (found,) = lints(small)
    assert found.startswith(f"{file}/cube.yaml:{line}: {text}"), found


def test_a_line_that_the_statement_gives_is_not_given_away(small: Path) -> None:
    change(small / "rubrics" / "cube.yaml", "hint: Which", "hint: Try (x**3).sum().backward() . Which")
    change(small / "exercises" / "cube.yaml", "statement: ", "statement: Try (x**3).sum().backward(). ")
    assert lints(small) == []


@pytest.mark.parametrize("mentioned", ["`inf`", "`logsumexp`", "`x`", "none of torch's `softmax`, `log_softmax`"])
def test_names_of_libraries_are_no_names_of_the_students(small: Path, mentioned: str) -> None:
    change(small / "exercises" / "cube.yaml", "statement: ", f"statement: Not {mentioned}. ")
    assert lints(small) == []


def test_a_name_that_a_check_has_as_a_text_is_used(small: Path) -> None:
    change(small / "exercises" / "cube.yaml", "statement: ", "statement: Without `by_pairs`. ")
    assert len(lints(small)) == 1
    check = "  - {id: by-hand, kind: uses, names: [by_pairs], not: true}\n"
    with (small / "exercises" / "cube.yaml").open("a") as file:
        file.write(check)
    with (small / "rubrics" / "cube.yaml").open("a") as file:
        file.write("  by-hand: {points: 1}\n")
    assert lints(small) == []


def test_an_exercise_without_a_named_mistake(small: Path) -> None:
    rubric = small / "rubrics" / "cube.yaml"
    rubric.write_text(rubric.read_text().partition("    mistakes:")[0])
    (found,) = lints(small)
    assert found.startswith("rubrics/cube.yaml:2: No mistake is named in this rubric.")


def test_a_lint_that_there_is_not(small: Path) -> None:
    change(small / "exercises" / "cube.yaml", "checks:", "# lint-ignore: same-titel\nchecks:")
    (found,) = lints(small)
    assert found.startswith(
        "exercises/cube.yaml:4: lint-ignore: there is no lint `same-titel`; did you mean `same-title`?"
    )


def test_files_that_nothing_uses(small: Path) -> None:
    (small / "support").mkdir()
    (small / "support" / "helper.py").write_text("")
    (small / "exercises" / "heights.csv").write_text("1\n")
    assert [found.partition(": ")[0] for found in lints(small, all_of_it=True)] == [
        "exercises/heights.csv",
        "support/helper.py",
    ]
    (small / "support" / "helper.py").write_text("# lint-ignore: unused-file\n")
    assert len(lints(small, all_of_it=True)) == 1
