"""Kinds of checks: built in, and from other packages."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Literal

import pytest
from pydantic import Field

from grader.errors import CourseError
from grader.judging import check_kinds
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.language.expression import ATTRIBUTES
from grader.model import Verdict
from tests.course.exercise_files import HEAD, KINDS, load, mistakes

pytestmark = pytest.mark.usefixtures("in_folder")


class EchoCheck(Check):
    """A kind as a third party would write it."""

    kind: Literal["echo"]
    loud: bool = Field(default=False, description="Whether it shouts.")

    def variables(self) -> frozenset[str]:
        return frozenset({"sound"})

    def judge(self, context: Context) -> Verdict:
        return Verdict(check=self.id, status="passed", message="Heard.")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """A list in which tests put entry points of installed packages."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points if group == "grader.checks" else [])
    check_kinds.kinds.cache_clear()
    yield points
    check_kinds.kinds.cache_clear()


class TestKinds:
    def test_whatever_can_be_asked_with_a_dot_is_known_to_some_kind(self) -> None:
        known = {part for kind in check_kinds.built_in().values() for part in kind.PARTS or ()}
        assert known == {name for name, entry in ATTRIBUTES.items() if not entry.of_arrays}

    def test_the_built_in_ones_are_found_by_being_there(self, installed: list[EntryPoint]) -> None:
        assert ", ".join(sorted(check_kinds.kinds())) == KINDS

    def test_one_of_a_third_party_is_used_like_the_others(self, installed: list[EntryPoint]) -> None:
        installed.append(EntryPoint("echo", f"{__name__}:EchoCheck", "grader.checks"))
        (check,) = load(HEAD + "  - {id: a, kind: echo, loud: true, given: sound == 1}").checks
        assert isinstance(check, EchoCheck)
        assert check.loud
        assert mistakes(HEAD + "  - {id: a, kind: echo, holds: sond == 1}") == [
            "x.yaml:5: checks[0].holds: unknown name `sond`; did you mean `sound`?"
        ]

    def test_installed_ones_are_not_looked_through_for_built_in_kinds(self, installed: list[EntryPoint]) -> None:
        installed.append(EntryPoint("broken", "no_such_module:Check", "grader.checks"))
        assert load(HEAD + "  - {id: a, kind: plot}").checks

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (
                "no_such_module_of_ours:Kind",
                "The kind of check `mine` cannot be loaded: ModuleNotFoundError: No module named "
                "'no_such_module_of_ours'",
            ),
            (
                "json:dumps",
                "The kind of check `mine` is no kind of check: `json:dumps` must be a "
                "subclass of grader.judging.checks.base.Check with `kind: Literal[...]` and `judge`.",
            ),
            (
                "grader.judging.checks.base:Check",
                "The kind of check `mine` is no kind of check: `grader.judging.checks.base:Check` must be a "
                "subclass of grader.judging.checks.base.Check with `kind: Literal[...]` and `judge`.",
            ),
            (
                "grader.judging.checks.plot:PlotCheck",
                "The kind of check `mine`: there is a kind of check `plot` already; uninstall one of the two.",
            ),
        ],
    )
    def test_a_broken_one_is_said_in_words(self, installed: list[EntryPoint], value: str, expected: str) -> None:
        installed.append(EntryPoint("mine", value, "grader.checks"))
        with pytest.raises(CourseError) as caught:
            check_kinds.kinds()
        assert str(caught.value) == expected
