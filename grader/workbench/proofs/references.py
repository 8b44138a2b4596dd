"""References get full marks: under several seeds, with one and two threads, and each time that they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.model import Finding, ProofResult
from grader.text import count
from grader.workbench.grade_file import GradedCheck, GradedExercise, GradedFile, GradeFile
from grader.workbench.proof import Proof
from grader.workbench.work import Work

SEEDS = (0, 1, 2)
MAX_TEXT = 300
NOT_PASSING = "The reference solution does not pass its own exercise"
NOT_THE_SAME = "The reference solution does not do the same again"


class References(Proof):
    """Each reference is graded as a submission would be, by what another run of it did (``pipeline.references``).

    So a check that compares with the reference tells whether two runs under one seed are equal; with two threads, torch
    adds numbers in another order.
    """

    NAME: ClassVar[str] = "references"
    HEADING: ClassVar[str] = "References"

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[GradeFile]:
        for item in chosen:
            if not item.is_recorded:
                yield from runs_of_reference(item)

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            if item.is_recorded:
                continue
            runs = [(work, results[work]) for work in runs_of_reference(item)]
            wrong = {work: finding for work, result in runs if (finding := _finding(item, work, result)) is not None}
            right = len(runs) - len(wrong)
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(_merged(wrong)),
                figures={"runs": len(runs), "passed": right, "seeds": len(SEEDS)},
                cell=f"{right}/{len(runs)}",
                tried=len(runs),
            )


def runs_of_reference(item: CourseExercise) -> tuple[GradeFile, ...]:
    """The works that this proof needs of a reference; others use their results as well."""
    exercises = (item.exercise.id,)
    seeds = (GradeFile(path=item.solution, exercises=exercises, seed=seed) for seed in SEEDS)
    return *seeds, GradeFile(path=item.solution, exercises=exercises, threads=2)


def how_it_ran(work: GradeFile) -> str:
    return "with two threads of torch" if work.threads > 1 else f"with the seed {work.seed}"


def _finding(item: CourseExercise, work: GradeFile, result: GradedFile) -> Finding | None:
    """What is wrong with a run; None: it got full marks."""
    graded = result.of(item.exercise.id)
    how = how_it_ran(work)
    if result.unreadable or graded is None:
        return Finding(severity="error", text=result.unreadable, path=item.solution)
    if graded.broken:
        # The first line only says whose reference does not pass.
        _, _, details = graded.broken.partition("\n")
        return Finding(
            severity="error",
            text=f"{NOT_PASSING} {how}.",
            path=item.solution,
            line=graded.broken_line,
            detail="\n".join(line.strip() for line in details.splitlines()) or graded.broken,
        )
    if graded.status == "error":
        return Finding(severity="error", text=f"Judging it failed {how}: {graded.message}", path=item.solution)
    wrong = [check for check in graded.checks if not _is_right(check)]
    if not wrong and graded.status == "graded":
        return None
    if work.threads > 1:
        text = (
            "The reference solution does not pass where torch computes with two threads, and does with one. Sums of "
            "many numbers come out in another order then: give the check more tolerance."
        )
    else:
        text = (
            f"{NOT_THE_SAME}: of two runs {how}, the second does not pass by what the first did. Take out what changes "
            "from run to run: the time, numbers that are drawn without torch, numpy or random, the order of a set."
        )
    return Finding(severity="error", text=text, path=item.solution, detail=_said(graded, wrong))


def _is_right(check: GradedCheck) -> bool:
    return check.status == "passed" or (check.status == "manual" and not check.withheld)


def _said(graded: GradedExercise, wrong: Sequence[GradedCheck]) -> str:
    if graded.status != "graded":
        return f"the exercise is {graded.status}"
    return "\n".join(f"{check.id}: {check.status}. {check.in_words(MAX_TEXT)}" for check in wrong)


def _merged(wrong: Mapping[GradeFile, Finding]) -> Iterator[Finding]:
    """The findings, but what is found under several seeds only once, with their number. What two threads do says
    nothing more where it goes wrong with one thread already.
    """
    left = dict(wrong)
    for words in (NOT_PASSING, NOT_THE_SAME):
        same = [work for work, finding in left.items() if finding.text.startswith(words)]
        if words == NOT_THE_SAME and same:
            same += [work for work in left if work.threads > 1]
        if same:
            first = left[same[0]]
            others = len(same) - 1
            also = "Nor does it in" if words == NOT_PASSING else "It is so in"
            yield replace(first, text=f"{first.text} {also} {count(others, 'other run')}." if others else first.text)
            left = {work: finding for work, finding in left.items() if work not in same}
    yield from left.values()
