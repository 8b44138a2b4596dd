"""``RecordReference``: grades a reference solution and records what mutants are made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from grader.course.course import CourseExercise
from grader.judging.observed import Observed
from grader.model import CheckStatus, Submission
from grader.workbench.mutants.code import Recorded
from grader.workbench.mutants.recorded import recorded_by_cell
from grader.workbench.mutants.solution import read_solution
from grader.workbench.work import Work

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReference:
    """What a reference solution got and did."""

    verdicts: tuple[tuple[str, CheckStatus], ...] = ()
    """The status of each check; none where the reference does not pass."""
    cells: Mapping[int, Recorded]
    """By the number of the cell, from 0."""
    duration_s: float = 0.0
    """How long it ran, without the time for which other programs kept it waiting."""

    @property
    def passes(self) -> bool:
        return bool(self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReference(Work):
    """Grades the reference of an exercise, and records it with all of its names."""

    RESULT: ClassVar[type] = RecordedReference

    exercise: str

    def do(self, bench: Bench) -> RecordedReference:
        item = exercise_of(bench.course.exercises, self.exercise)
        solution = read_solution(item.solution.read_bytes(), str(item.solution)).submission
        (report,) = bench.grade(solution, (self.exercise,)).exercises
        if report.status != "graded" or any(check.status not in ("passed", "manual") for check in report.checks):
            return RecordedReference(cells={})
        names = names_in(solution)
        grader = bench.grader((self.exercise,))
        observation = grader.observe(
            solution, lambda probes: replace(probes, names=tuple(dict.fromkeys((*probes.names, *names))))
        )
        return RecordedReference(
            verdicts=tuple((check.id, check.status) for check in report.checks),
            cells=recorded_by_cell(Observed(observation), solution, item.exercise),
            duration_s=max(0.0, observation.duration_s - observation.waited_s),
        )

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        yield self.exercise, keys.of_settings((self.exercise,))


def exercise_of(exercises: Sequence[CourseExercise], identity: str) -> CourseExercise:
    return next(item for item in exercises if item.exercise.id == identity)


def names_in(submission: Submission) -> tuple[str, ...]:
    """The names that a submission binds, those of arguments among them."""
    found: dict[str, None] = {}
    for cell in submission.cells:
        try:
            tree = ast.parse(cell.code)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found[node.id] = None
            elif isinstance(node, ast.arg):
                found[node.arg] = None
    return tuple(found)
