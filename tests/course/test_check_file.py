"""A check by itself, as ``grade observe --try`` reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.check_file import load_check
from grader.errors import ExerciseError, UsageError

TWO = """
id: two
title: Two
statement: Do it.
checks:
  - {id: first, kind: backward, given: order == 1}
  - {id: second, kind: backward, after: first, given: order == 2}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "check.yaml"


def test_one_check_needs_no_exercise_around_it(path: Path) -> None:
    path.write_text("kind: backward\ngiven: order == 1\n")
    tried = load_check(path)
    assert (tried.chosen, [check.kind for check in tried.checks]) == (("check",), ["backward"])


def test_all_mistakes_are_told_with_their_lines(path: Path) -> None:
    path.write_text("kind: backward\ngiven: rot == sum(leaf)\nexpect:\n  gradient: 3 * leef\n")
    with pytest.raises(ExerciseError) as caught:
        load_check(path)
    assert [(mistake.line, mistake.text) for mistake in caught.value.mistakes] == [
        (2, "given: unknown name `rot`; did you mean `root`?"),
        (4, "expect.gradient: unknown name `leef`; did you mean `leaf`?"),
    ]


def test_of_an_exercise_all_checks_are_tried_or_one_with_those_that_it_builds_on(path: Path) -> None:
    path.write_text(TWO)
    assert load_check(path).chosen == ("first", "second")
    tried = load_check(path, "first")
    assert (tried.chosen, [check.id for check in tried.checks]) == (("first",), ["first"])
    with pytest.raises(UsageError, match="there is no check `third`"):
        load_check(path, "third")
