"""``ReachLines``: which lines of a reference solution run when its functions are called with hidden inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from grader.course.course import CourseExercise
from grader.model import FunctionCall, ModuleCall, Probes, Submission
from grader.workbench.mutants.reference import exercise_of
from grader.workbench.mutants.solution import read_solution
from grader.workbench.proofs.split_lines import split_code
from grader.workbench.work import Work

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedLines:
    """``lines`` as in ``FunctionCall``, of all calls; ``calls`` is how many there were."""

    lines: tuple[tuple[int, int, int], ...] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachLines(Work):
    """Runs the reference of an exercise with the hidden inputs of a seed."""

    RESULT: ClassVar[type] = ReachedLines

    exercise: str
    seed: int

    @property
    def about(self) -> str:
        return self.exercise

    def do(self, bench: Bench) -> ReachedLines:
        item = exercise_of(bench.course.exercises, self.exercise)
        solution = split_solution(item)
        observation = bench.grader((self.exercise,), seed=self.seed).observe(solution, _with_lines)
        calls = [event for event in observation.events if isinstance(event, FunctionCall | ModuleCall)]
        return ReachedLines(lines=tuple(sorted({line for call in calls for line in call.lines})), calls=len(calls))

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        yield self.exercise, keys.of_settings((self.exercise,), seed=self.seed)


def split_solution(item: CourseExercise) -> Submission:
    """The reference with its conditions on lines of their own (``split_lines``). Raises SubmissionError."""
    solution = read_solution(item.solution.read_bytes(), str(item.solution))
    for number in range(len(solution.submission.cells)):
        cell = solution.submission.cells[number]
        raw = solution.with_cell(number, split_code(cell.source).text)
        if raw is not None and raw != solution.raw:
            solution = read_solution(raw, str(item.solution))
    return solution.submission


def _with_lines(probes: Probes) -> Probes:
    """Each hidden input is used once; nothing else that traces code runs at the same time."""
    return replace(
        probes,
        lines=True,
        calls=tuple(
            replace(call, second=False, branches=False, numeric=(), varies=False, redraws=False)
            for call in probes.calls
        ),
        modules=tuple(replace(module, repeat=0, varies=False) for module in probes.modules),
    )
