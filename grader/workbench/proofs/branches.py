"""Hidden inputs reach every branch of the reference's functions, so that a wrong branch of a student's is noticed.

Measured where the functions are called with the hidden inputs of the checks, under several seeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.errors import SubmissionError
from grader.model import Finding, ProofResult, Submission
from grader.workbench.mutants.solution import read_solution
from grader.workbench.proof import Proof
from grader.workbench.proofs.code_branches import Branch, find_branches
from grader.workbench.proofs.reached_lines import ReachedLines, ReachLines, split_solution
from grader.workbench.proofs.split_lines import split_code
from grader.workbench.work import Work

SEEDS = (0, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A branch of the reference, and under how many seeds it was taken."""

    cell: int
    branch: Branch
    times: int


class Branches(Proof):
    """Only exercises with checks that call functions or modules have hidden inputs."""

    NAME: ClassVar[str] = "branches"
    HEADING: ClassVar[str] = "Branches"

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[ReachLines]:
        return [work for item in chosen for work in _works(item)]

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            runs: list[ReachedLines] = [results[work] for work in _works(item)]
            try:
                original, solution = read(item)
            except (SubmissionError, OSError):
                continue
            if not any(run.calls for run in runs):
                continue
            measured = measure(solution, runs)
            reached = sum(each.times > 0 for each in measured)
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(_finding(item, original, solution, each) for each in measured if each.times < len(runs)),
                figures={"branches": len(measured), "reached": reached},
                cell=f"{reached}/{len(measured)}" if measured else "–",
                tried=len(measured),
            )


def measure(solution: Submission, runs: Sequence[ReachedLines]) -> tuple[Measured, ...]:
    """All branches of the functions that were called in any run."""
    found: dict[tuple[int, int, str], Measured] = {}
    for number, cell in enumerate(solution.cells):
        before = cell.first_line - 1
        ran = [
            frozenset(
                (first and first - before, second and second - before)
                for at, first, second in run.lines
                if at == number
            )
            for run in runs
        ]
        together = frozenset().union(*ran)
        for branch in find_branches(cell.code, together):
            times = sum(
                any(one == branch for one in find_branches(cell.code, lines)) if branch.is_taken else False
                for lines in ran
            )
            found[number, branch.line, branch.text] = Measured(cell=number, branch=branch, times=times)
    return tuple(found.values())


def _works(item: CourseExercise) -> Iterator[ReachLines]:
    calls = any(way.kind in ("function", "module") for check in item.exercise.checks for way in check.ways())
    if calls and not item.is_recorded:
        yield from (ReachLines(exercise=item.exercise.id, seed=seed) for seed in SEEDS)


def read(item: CourseExercise) -> tuple[Submission, Submission]:
    """The reference as it is, and as it was run. Raises SubmissionError, and OSError."""
    return read_solution(item.solution.read_bytes(), str(item.solution)).submission, split_solution(item)


def _finding(item: CourseExercise, original: Submission, solution: Submission, measured: Measured) -> Finding:
    branch, cell = measured.branch, original.cells[measured.cell]
    split = split_code(cell.source)
    line = split.line_before(branch.line) if split.text == solution.cells[measured.cell].source else branch.line
    is_notebook = original.format == "ipynb"
    place = f"Code cell {measured.cell + 1}, line {line}: " if is_notebook else ""
    never = "with no hidden input" if not measured.times else f"only under {measured.times} of {len(SEEDS)} seeds"
    return Finding(
        severity="warning",
        text=f"{place}in `{branch.function}` it happens {never} that {branch.text}. A student's function may do "
        "anything there. Add such values to `inputs` (or `arguments`) of the check.",
        path=item.solution,
        line=None if is_notebook else cell.first_line - 1 + line,
    )
