"""``grade batch FOLDER``: a whole class into the gradebook."""

from __future__ import annotations

import argparse
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, cast

from grader import log
from grader.classroom.batch.pool import Pool, cores
from grader.cli import complain, note
from grader.cli.cluster_options import add_cluster_options, check_cluster_options
from grader.cli.options import GRADEBOOK, RunOptions, add_run_options, gradebook_file, parse_options
from grader.course.course_folder import find_course
from grader.course.course_layers import layers_of
from grader.course.named_assignment import assignment_ids, default_assignment, named_assignment
from grader.errors import ExitCode, GraderError, SubmissionError, UsageError
from grader.pipeline.options import GradingOptions
from grader.sandbox.open_files import NEEDED, allow_open_files
from grader.suggestions import did_you_mean_or_all
from grader.text import clean_line
from grader.text_bounds import KEY, bounded

if TYPE_CHECKING:
    from grader.classroom.batch.class_change import Earlier
    from grader.classroom.batch.tasks import TaskGrader
    from grader.classroom.cluster.cluster_pool import ClusterPool
    from grader.handin import WorkFiles
    from grader.model import Assignment

CLUSTER_WAIT_S = 600.0
OWN_FILES, FILES_A_JOB = 64, 4
"""How many files this process opens: for the course, the class and the gradebook, and for each process of the pool."""

EPILOG = """\
examples:
  grade batch submissions/                         whatever is new or changed since the last time
  grade batch export.zip --exercise sin-derivative as Gradescope, Canvas or Moodle gives it
  grade batch section-b.zip --assignment hw2 --add a second section of the class
  grade batch submissions/ --regrade               everything, once more

The same command again goes on where it was stopped. `grade results` shows the class, `grade mark` asks for what a
person has to mark.

exit codes: 0 everybody passed, or waits for a person; 1 somebody failed something, or somebody's work could not be
read, run or judged; 2 wrong usage, a class that does not exist or cannot be read, a mistake in the course (a reference
solution that fails, too), or a gradebook that cannot be used; 3 an error of the grader or its sandbox; 130 stopped at
the keyboard
"""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade batch",
        description="Grade every submission of a class, on all cores, and keep the results in a gradebook. What was "
        "graded before and has not changed is not graded again; a changed rubric marks again without running anything.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        type=Path,
        help="a folder with a file or a folder for each student, or the zip that a learning platform exports",
    )
    parser.add_argument(
        "--name",
        metavar="NAME",
        help="without an assignment: what to call the class's work in the gradebook (default: the folder's name)",
    )
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument(
        "--add",
        action="store_const",
        const="add",
        dest="earlier",
        default="refuse",
        help="another section of the class: what was graded before stays in the results (default: where most students "
        "that are known do not come back, nothing is graded)",
    )
    earlier.add_argument(
        "--replace",
        action="store_const",
        const="replace",
        dest="earlier",
        help="this class, and these exercises, take the place of what was graded under the name",
    )
    parser.add_argument(
        "--gradebook",
        default=GRADEBOOK,
        metavar="URL",
        help=f"where to keep the results: a file, or any database as an SQLAlchemy URL (default: {GRADEBOOK})",
    )
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help="submissions to run at the same time (default: one for each core)"
    )
    add_cluster_options(parser, "run them on a Dask cluster instead", wait_s=CLUSTER_WAIT_S)
    parser.add_argument("--regrade", action="store_true", help="grade everything again, changed or not")
    parser.add_argument(
        "--retry-broken", action="store_true", help="grade again what could not be read, run or judged the last time"
    )
    parser.add_argument(
        "--skip-broken",
        action="store_true",
        help="where a reference solution fails its own exercise, record that exercise as an error for everybody and "
        "grade the others (default: nobody is graded)",
    )
    add_run_options(parser)
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions(RunOptions):
    folder: Path
    name: str | None
    """What a class without an assignment is called; None: the folder's name."""
    earlier: Earlier
    """What happens to what was graded before, where this is another class."""
    gradebook: str
    jobs: int | None
    """None: one for each core."""
    cluster: str | None
    """None: this machine."""
    insecure_cluster: bool
    cluster_wait: float | None
    """Seconds; None: ``CLUSTER_WAIT_S``."""
    regrade: bool
    retry_broken: bool
    skip_broken: bool


def parse(argv: Sequence[str]) -> BatchOptions:
    """Raises UsageError if the name is empty, longer than the gradebook takes, or given beside an assignment."""
    options = parse_options(build_parser(), argv, BatchOptions)
    if options.name is not None and not options.name.strip():
        raise UsageError("--name: the name is empty.")
    if options.name is not None and bounded(options.name, KEY) != options.name:
        raise UsageError(f"--name: a name has at most {KEY.characters} characters, and {KEY.bytes:,} bytes of UTF-8.")
    if options.name is not None and options.assignment is not None:
        raise UsageError("--name is for a class without an assignment; an assignment is called by its id.")
    if options.cluster is not None and options.jobs is not None:
        raise UsageError("--jobs is for this machine; how many workers a cluster has is said by the cluster.")
    check_cluster_options(options.cluster, insecure=options.insecure_cluster, wait_s=options.cluster_wait)
    return options


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    log.configure(options.log())
    asked = _grading(options, find_course(Path.cwd(), options.course).absolute())
    if asked.python is not None:
        asked = replace(asked, python=_absolute(asked.python))
    signal.signal(signal.SIGTERM, _interrupt)
    jobs = options.jobs or cores()
    allow_open_files(max(NEEDED, OWN_FILES + FILES_A_JOB * jobs))
    task_grader = Pool(asked, jobs) if options.cluster is None else _cluster(options, asked)
    try:
        return _run(options, asked, task_grader)
    finally:
        task_grader.close()


def _cluster(options: BatchOptions, asked: GradingOptions) -> ClusterPool:
    # Imported only where it is asked for: it needs packages of its own.
    from grader.classroom.cluster.open_cluster import open_cluster

    assert options.cluster is not None
    wait_s = options.cluster_wait or CLUSTER_WAIT_S
    return open_cluster(options.cluster, asked, insecure=options.insecure_cluster, wait_s=wait_s, note=note)


def _grading(options: BatchOptions, course: Path) -> GradingOptions:
    """What is graded: for everybody the assignment that the option names, else that which the folder's or archive's
    name names, else the course's default. Raises UsageError for an unknown one.
    """
    ids = assignment_ids(course)
    assignment = options.assignment
    if assignment is not None and assignment not in ids:
        known = did_you_mean_or_all(assignment, ids) if ids else ": it has no assignments"
        raise UsageError(
            f"there is no assignment `{assignment}` in this course{known}. --name NAME is what a class without an "
            "assignment is called."
        )
    if assignment is None and options.name is None and not options.exercise:
        assignment = named_assignment(options.folder.absolute().stem, ids) or default_assignment(course)
    asked = options.grading(course, given=[options.folder], written=[gradebook_file(options.gradebook)])
    return replace(asked, assignment=assignment, for_class=True, skip_broken=options.skip_broken)


def _run(options: BatchOptions, asked: GradingOptions, task_grader: TaskGrader) -> int:
    # Imported while the pool's processes start.
    from grader.classroom.batch.batch import Batch, Regrade
    from grader.classroom.batch.grade_status import status_of_student
    from grader.classroom.gradebook.gradebook import Gradebook
    from grader.classroom.gradebook.passwords import without_password
    from grader.classroom.intake import read_class
    from grader.cli.progress import progress_for
    from grader.model import Level
    from grader.pipeline.broken_reference import error_of
    from grader.report.class_statistics import (
        beside_notices,
        changed_mark_notices,
        found_notices,
        lateness_notices,
    )

    work = _work_files(asked)
    try:
        whole = read_class(options.folder, work)
    except SubmissionError as error:
        # Unlike a student's own file, a class that cannot be read leaves nobody graded.
        raise UsageError(clean_line(str(error))) from error
    with (
        whole as intake,
        Gradebook.open(options.gradebook, create=True, exclusive=True, on_wait=note) as book,
    ):
        progress = progress_for(intake)
        batch = Batch(
            book=book,
            intake=intake,
            assignment=asked.assignment or options.name or intake.name,
            options=asked,
            regrade=Regrade(
                everything=options.regrade,
                broken=options.retry_broken,
                level=None if options.isolation is None else Level(options.isolation),
            ),
            on_done=progress.submission_done,
            earlier=options.earlier,
        )
        if options.cluster is not None:
            cast("ClusterPool", task_grader).tell(progress.note)
        try:
            with progress:
                batch.run(task_grader)
        except KeyboardInterrupt:
            progress.stopped()
            book.discard_if_empty()
            return ExitCode.INTERRUPTED
        results = book.results(batch.assignment)
        explicit = results.basis != "found"
        statuses = Counter(
            status_of_student(student, explicit=explicit, skipped=batch.broken) for student in results.students
        )
        exercises = [exercise for student in results.students for exercise in student.exercises]
        notices = (
            *found_notices(results),
            *beside_notices(results),
            *lateness_notices(results),
            *changed_mark_notices(results),
        )
        if results.course is not None and results.course.notice:
            notices = (results.course.notice, *notices)
        waiting = sum(check.score is None for exercise in exercises for check in exercise.checks)
        progress.finished(batch, statuses, waiting, without_password(options.gradebook), notices)
        if batch.broken:
            complain(error_of(batch.broken, "Recorded as an error for everybody, and in no total."))
    if batch.broken and not options.skip_broken:
        return ExitCode.UNUSABLE  # a reference ran out of time; nobody said to grade without it
    return ExitCode.FAILED if statuses["failed"] or statuses["broken"] else ExitCode.PASSED


def _work_files(asked: GradingOptions) -> WorkFiles:
    """Which files of each student are graded."""
    from grader.handin import WorkFiles, max_files_for, work_files_of

    if asked.assignment is None:
        asked_for = asked.exercises or layers_of(asked.course).exercises
        return WorkFiles(max_files=max_files_for(len(asked_for)))
    return work_files_of(_assignment(asked))


def _assignment(asked: GradingOptions) -> Assignment | None:
    """The assignment that everybody is graded for; None: none, or one that cannot be read, which the pool reports."""
    if asked.assignment is None:
        return None
    from grader.course.course import load_course

    try:
        return load_course(asked.course, asked.trusted_checks).assignment(asked.assignment)
    except GraderError:
        return None


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _absolute(python: Path) -> Path:
    """An absolute path; a bare name stays as it is, because the worker looks it up on the PATH."""
    return python if python.name == str(python) else python.absolute()


def _jobs(text: str) -> int:
    jobs = int(text) if text.isdecimal() else 0
    if not 1 <= jobs <= 256:
        raise argparse.ArgumentTypeError("a number of jobs is a whole number from 1 to 256")
    return jobs
