"""``grade mutants [ID…]``: changes the references the way learners go wrong, and shows what the exercises catch."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import log
from grader.cli.options import add_course_option, add_python_option, add_trust_option, parse_options
from grader.cli.streams import open_console
from grader.cli.validation_progress import progress_for
from grader.course.course import Course, CourseExercise, load_course, refuse_unfinished
from grader.course.course_folder import find_course
from grader.course.trusted_checks import trusted_checks
from grader.errors import CourseError, ExerciseError, ExitCode, SandboxError, UsageError
from grader.log import LogOptions
from grader.model import Mutation
from grader.pipeline.options import GradingOptions
from grader.report import json_mutants, mutants_screen
from grader.suggestions import did_you_mean
from grader.text import count
from grader.workbench.kept import Kept
from grader.workbench.mutants.keep import keep_mutant
from grader.workbench.mutants.make import LIMIT
from grader.workbench.mutants.proof import MutantsProof, about
from grader.workbench.mutants.reference import RecordReference
from grader.workbench.mutants.tried import TriedMutant
from grader.workbench.pool import Pool, followed_by, going_on
from grader.workbench.work import Work

GOAL = 95.0
"""The mutation score in percent that an exercise should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantsOptions:
    ids: tuple[str, ...]
    course: Path | None
    trust_checks: tuple[Path, ...]
    limit: int
    survivors: bool
    show: str | None
    keep: str | None
    file: str | None
    format: str
    goal: float
    python: Path | None
    verbose: bool
    log_file: Path | None

    @property
    def name(self) -> str | None:
        """The one mutant that is asked for."""
        return self.show or self.keep


def main(argv: Sequence[str]) -> int:
    """Print what became of the mutants. 0; 1 where a score is below the goal.

    Raises UsageError, and CourseError, also where a reference does not pass or a ``mutants.yaml`` has mistakes.
    """
    options = parse_options(_parser(), argv, MutantsOptions)
    log.configure(LogOptions(verbose=options.verbose, file=options.log_file))
    if options.name is not None and len(options.ids) != 1:
        raise UsageError("Name the one exercise whose mutant that is: grade mutants ID --show NAME")
    if options.file is not None and options.keep is None:
        raise UsageError("--file names what --keep writes; give --keep NAME as well.")
    root = find_course(Path.cwd(), options.course)
    trusted = trusted_checks(root, options.course, options.trust_checks)
    course = load_course(root, trusted)
    chosen = course.select(options.ids)
    if options.ids:
        refuse_unfinished(chosen)
    chosen = tuple(item for item in chosen if not item.mistakes)
    proof = MutantsProof(limit=options.limit, only=() if options.name is None else (options.name,))
    try:
        results = _tried(options, trusted, course, chosen, proof)
    except KeyboardInterrupt:  # the progress has said so, and what is kept
        return ExitCode.INTERRUPTED
    if options.keep is not None:
        return _keep(options, chosen[0], proof, results)
    return _report(options, chosen, proof, results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade mutants",
        description="Change the reference solutions the way learners go wrong, one change at a time, and grade each of "
        "these mutants: what share of them do the exercises catch? One that survives is shown as a diff.",
        epilog="exit codes: 0 all scores reach the goal; 1 one does not; 2 wrong usage or a broken course. examples: "
        'grade mutants; grade mutants cube --survivors; grade mutants cube --show "drop-clearing: x.grad.zero_()"',
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="an exercise (default: all of the course)")
    add_course_option(parser)
    add_trust_option(parser)
    parser.add_argument(
        "--limit", type=_count, default=LIMIT, metavar="N", help=f"mutants of each reference (default: {LIMIT})"
    )
    parser.add_argument("--survivors", action="store_true", help="show those that survived, and why, with their diffs")
    parser.add_argument("--show", metavar="NAME", help="show one mutant, and what each check said of it")
    parser.add_argument(
        "--keep", metavar="NAME", help="make a mutant one of the known submissions, with the verdicts that it gets now"
    )
    parser.add_argument("--file", metavar="FILE", help="the name of the file that --keep writes")
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal", help="how to print the result")
    parser.add_argument(
        "--goal", type=_percent, default=GOAL, metavar="P", help=f"the score in percent to reach (default: {GOAL:g})"
    )
    add_python_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="log the grader's own errors to standard error")
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="append this log to a file")
    return parser


def _tried(
    options: MutantsOptions,
    trusted: tuple[Path, ...],
    course: Course,
    chosen: Sequence[CourseExercise],
    proof: MutantsProof,
) -> Mapping[Work, Any]:
    """Grades the mutants. Raises CourseError where the reference of an exercise that was asked for does not pass."""
    grading = GradingOptions(course=course.root, python=options.python, trusted_checks=trusted, skip_broken=True)
    with Pool(course, grading, Kept.of_user()) as pool, progress_for() as progress:
        first = list(proof.plan(course, chosen))
        results = dict(pool.do(first, followed_by(progress.done, proof.NAME)))
        kept = pool.kept
        for item in chosen if options.ids else ():
            recorded = None if pool.failed else results.get(RecordReference(exercise=item.exercise.id))
            if recorded is None and not pool.failed:
                raise CourseError(f"Of `{item.exercise.id}` there is a recording and no reference solution to change.")
            if recorded is not None and not recorded.passes:
                raise CourseError(
                    f"The reference solution of `{item.exercise.id}` does not pass its own exercise, so its mutants "
                    f"say nothing. `grade {item.solution} --exercise {item.exercise.id}` shows why."
                )
        works = list(proof.plan_more(course, chosen, results))
        if options.name is not None and not works:
            made = [mutant.name for mutant in proof.planned(chosen[0], results).made]
            raise UsageError(
                f"`{chosen[0].exercise.id}` has no mutant `{options.name}`{did_you_mean(options.name, made)}"
            )
        results |= dict(pool.do(works, going_on(progress.done, len(first), kept)))
    if pool.failed:
        reason = next(iter(pool.failed.values()))
        raise SandboxError(f"The grader failed on {count(len(pool.failed), 'mutant')}: {reason}")
    return results


def _report(
    options: MutantsOptions, chosen: Sequence[CourseExercise], proof: MutantsProof, results: Mapping[Work, Any]
) -> int:
    mutations = tuple(proof.mutations(chosen, results))
    if options.format == "json":
        print(json_mutants.render(mutations), end="")
    else:
        console = open_console()
        if options.show is not None:
            mutants_screen.render_mutant(mutations[0], mutations[0].mutants[0], console=console)
        else:
            mutants_screen.render(mutations, survivors=options.survivors, goal=options.goal, console=console)
    if options.show is not None:
        return ExitCode.PASSED
    found = [proof.mistakes(item, results) for item in chosen]
    if wrong := [mistake for mistakes, _ in found for mistake in mistakes]:
        raise ExerciseError(wrong)
    return ExitCode.PASSED if all(map(_reaches(options.goal), mutations)) else ExitCode.FAILED


def _reaches(goal: float) -> Any:
    def reaches(mutation: Mutation) -> bool:
        return mutation.score is None or 100 * mutation.score >= goal

    return reaches


def _keep(options: MutantsOptions, item: CourseExercise, proof: MutantsProof, results: Mapping[Work, Any]) -> int:
    ((mutant, work),) = proof.planned(item, results).tried
    tried: TriedMutant = results[work]
    path = keep_mutant(item, about(mutant.operator), mutant, tried, options.file)
    print(f"{path}: written, and listed in {path.parent / 'verdicts.yaml'} with the verdicts that it gets now.")
    if not tried.caught:
        print("They are those of the reference. Where it is wrong, write there what it should get, and mend a check.")
    return ExitCode.PASSED


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("how many mutants is a whole number, 1 or more")
    return int(text)


def _percent(text: str) -> float:
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError("the goal is a number from 0 to 100")
    return number
