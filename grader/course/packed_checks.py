"""Which checks of an assignment go into a pack for students, and why the others do not.

In go public checks that say nothing of ``reveal: no``. A check that builds on one that stays out cannot be judged
without it, and stays out as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.course.course import Course, CourseExercise
from grader.course.rubric import MistakeRule, Remark, RubricCheck
from grader.judging.checks.base import Check
from grader.judging.found_objects import reference_in
from grader.model import Assignment


@dataclass(frozen=True, kw_only=True)
class PackedExercise:
    """An exercise of the assignment, as a pack has it."""

    item: CourseExercise
    """With the rubric scaled to the points of the assignment."""
    kept_back: Mapping[str, str]
    """The checks that stay out, by their ids, each with the reason in words."""
    with_mistakes: bool = True
    """Whether the known mistakes and remarks of the checks go in."""

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Those that go in."""
        return tuple(check for check in self.item.exercise.checks if check.id not in self.kept_back)

    @property
    def points(self) -> float:
        """What can be won by the checks that go in."""
        return sum(self.item.rubric.checks[check.id].points for check in self.checks)

    @property
    def wants_reference(self) -> bool:
        return any(check.wants_reference() for check in self.checks)

    def rules(self, check: Check) -> tuple[tuple[MistakeRule, ...], tuple[Remark, ...]]:
        """The known mistakes and the remarks of a check that go in: none that asks for a check that stays out."""
        marked = self.item.rubric.checks[check.id]
        if not self.with_mistakes:
            return (), ()
        return (
            tuple(rule for rule in marked.mistakes if self._is_packed(rule)),
            tuple(rule for rule in marked.remarks if self._is_packed(rule)),
        )

    def needs(self, check: Check) -> tuple[str, ...]:
        """The checks that have to pass first, as far as they go in."""
        return tuple(need for need in self.item.rubric.checks[check.id].needs if need not in self.kept_back)

    def _is_packed(self, rule: MistakeRule | Remark) -> bool:
        return rule.asks_for().isdisjoint(self.kept_back)

    def differences(self) -> Iterator[tuple[Check, str]]:
        """What is otherwise than in the course of a check that goes in, in words: for the instructor."""
        for check in self.checks:
            marked: RubricCheck = self.item.rubric.checks[check.id]
            if lost := [need for need in marked.needs if need in self.kept_back]:
                listed = " and ".join(f"`{need}`" for need in lost)
                yield check, f"is not skipped where {listed} failed, which the pack does not have"
            rules: tuple[MistakeRule | Remark, ...] = (*marked.mistakes, *marked.remarks)
            asking = [rule for rule in rules if not self._is_packed(rule)]
            if self.with_mistakes and asking:
                what = "a mistake or remark" if len(asking) == 1 else f"{len(asking)} mistakes or remarks"
                yield check, f"goes without {what} of the rubric: `when` asks for a check that the pack does not have"


def packed_exercises(course: Course, assignment: Assignment, *, with_mistakes: bool) -> tuple[PackedExercise, ...]:
    """The exercises of an assignment, in its order; of some no check may go in."""
    return tuple(
        PackedExercise(item=item, kept_back=_kept_back(item.exercise.checks), with_mistakes=with_mistakes)
        for item in course.select((), assignment)
    )


def _kept_back(checks: Iterable[Check]) -> dict[str, str]:
    found: dict[str, str] = {}
    for check in checks:  # a check builds on checks above it only
        if check.visibility != "public":
            found[check.id] = f"visibility: {check.visibility}"
        elif not check.reveal:
            found[check.id] = "reveal: no"
        elif on := next((name for name in _built_on(check) if name in found), None):
            found[check.id] = f"builds on `{on}`"
    return found


def _built_on(check: Check) -> Iterator[str]:
    """The ids of the checks that a check builds on; also names that are none."""
    yield from (found.check for _, text in check.references() if (found := reference_in(text)) is not None)
    for way in check.ways():
        yield from (name for name in (way.after, way.through) if name is not None)
        if way.builds_on is not None:
            yield way.builds_on.id
