"""What it costs to grade a submission that answers every exercise of a course: a notebook of its reference solutions.

    python benchmarks/whole_course.py [COURSE] [--rounds 15] [--no-exercises]

COURSE is a folder or the name of a course that comes with the grader; without it, `from-scratch`. All runs on one core,
with a warm worker and kept references. Processor time is that of all processes together; the judge's part of it is that
of the process that judges. Each exercise is measured alone, too: a notebook of its reference, graded by it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common import ROOT, notebook_of, processor_s

sys.path.insert(0, str(ROOT))

from grader.course.course import Course, load_course
from grader.course.course_folder import find_course
from grader.handin import load_alone
from grader.model import Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.sandbox.preload import modules_for
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of each round: of the clock, of the processor, and of the latter those of the judge."""

    clock: Sequence[float]
    processor: Sequence[float]
    judge: Sequence[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("course", nargs="?", type=Path, default=Path("from-scratch"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-exercises", action="store_true", help="only all of them together")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    course = load_course(find_course(ROOT, asked.course))
    with tempfile.TemporaryDirectory(prefix="whole-course-") as top:
        folder = Path(top)
        folder.chmod(0o755)
        with _sandbox(course) as sandbox:
            whole, report = _measured(course, (), sandbox, folder, asked.rounds)
            _print_whole(course, whole, report)
            if not asked.no_exercises:
                _print_exercises(course, sandbox, folder, asked.rounds)


@contextmanager
def _sandbox(course: Course) -> Iterator[Sandbox]:
    modules = modules_for(item.solution.read_bytes() for item in course.exercises)

    def start() -> WorkerHandle:
        worker = WorkerHandle.start(support=course.support)
        worker.configure(modules)
        return worker

    sandbox = Sandbox(start(), start)
    try:
        yield sandbox
    finally:
        sandbox.close()


def _measured(
    course: Course, names: tuple[str, ...], sandbox: Sandbox, folder: Path, rounds: int
) -> tuple[Cost, Report]:
    settings = settings_of(course, GradingOptions(course=course.root, exercises=names, skip_broken=True))
    grader = Grader(sandbox, settings, ReferenceStore(folder / "references"))
    submission = load_alone(str(notebook_of(course, names, folder / f"{'-'.join(names) or 'all'}.ipynb")))
    for _ in range(2):
        report = grader.grade(submission)
    rows = []
    for _ in range(rounds):
        began = time.perf_counter(), processor_s(), time.process_time()
        grader.grade(submission)
        rows.append((time.perf_counter() - began[0], processor_s() - began[1], time.process_time() - began[2]))
    clock, processor, judge = zip(*rows, strict=True)
    return Cost(clock=clock, processor=processor, judge=judge), report


def _print_whole(course: Course, cost: Cost, report: Report) -> None:
    partly = [one.id for one in report.exercises if one.score != one.max_score]
    print(f"{len(course.exercises)} exercises in one submission: {report.score:g} of {report.max_score:g} points")
    if partly:
        print(f"  without full marks, since they share one namespace: {', '.join(partly)}")
    for what, seconds in (("the clock", cost.clock), ("the processor", cost.processor), ("the judge", cost.judge)):
        low, high = min(seconds), max(seconds)
        print(f"  seconds of {what:14}{statistics.median(seconds):7.3f}   from {low:.3f} to {high:.3f}")
    print("  goal: under 1 s of the clock")


def _print_exercises(course: Course, sandbox: Sandbox, folder: Path, rounds: int) -> None:
    """The mean of all rounds, since the processor's count of other processes is in hundredths."""
    rows = []
    for item in course.exercises:
        cost, report = _measured(course, (item.exercise.id,), sandbox, folder, rounds)
        means = [1000 * statistics.fmean(seconds) for seconds in (cost.processor, cost.judge)]
        rows.append((*means, item.exercise.id, "" if report.score == report.max_score else "  without full marks"))
    print(f"\n{'alone, in ms':28}{'processor':>10}{'judge':>8}")
    for processor, judge, name, remark in sorted(rows, reverse=True):
        print(f"{name:28}{processor:10.0f}{judge:8.0f}{remark}")
    print(f"{'all of them':28}{sum(row[0] for row in rows):10.0f}{sum(row[1] for row in rows):8.0f}")


if __name__ == "__main__":
    main()
