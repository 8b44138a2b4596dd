"""``grade validate [ID…]``: proves the exercises of a course before students are graded by them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import log
from grader.cli import note
from grader.cli.options import (
    LEAST,
    LEVELS,
    add_course_option,
    add_python_option,
    add_trust_option,
    parse_options,
    time_limit,
)
from grader.cli.validation_outputs import (
    ValidationOutput,
    add_validation_outputs,
    check_outputs,
    load_before,
    write_outputs,
)
from grader.cli.validation_progress import progress_for
from grader.course.course_folder import find_course
from grader.course.course_layers import layers_of
from grader.course.trusted_checks import trusted_checks
from grader.errors import ExitCode, UsageError
from grader.log import LogOptions
from grader.pipeline.options import GradingOptions
from grader.suggestions import did_you_mean_or_all
from grader.workbench.changed_files import exercises_of_files
from grader.workbench.kept import Kept
from grader.workbench.proof import Proof
from grader.workbench.proofs import PROOFS
from grader.workbench.validate import Asked, validate

MUTANTS = "mutants"
MAX_JOBS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions:
    ids: tuple[str, ...]
    changed: bool
    course: Path | None
    trust_checks: tuple[Path, ...]
    assignment: str | None
    only: tuple[str, ...]
    no_mutants: bool
    format: tuple[ValidationOutput, ...]
    compare: Path | None
    notes: bool
    again: bool
    jobs: int | None
    timeout: float | None
    isolation: str | None
    at_least: str | None
    python: Path | None
    verbose: bool
    log_file: Path | None

    def grading(self, root: Path) -> GradingOptions:
        return GradingOptions(
            course=root,
            trusted_checks=trusted_checks(root, self.course, self.trust_checks),
            timeout_s=self.timeout,
            isolation=self.isolation,
            at_least=self.at_least,
            python=self.python,
            skip_broken=True,
        )


def main(argv: Sequence[str]) -> int:
    """Prove a course, and print what was found. 0: all of it holds; 1: a proof does not; 2: files have mistakes.

    130: it was interrupted. Raises UsageError, and SandboxError where nothing can be run.
    """
    options = parse_options(_parser(), argv, ValidateOptions)
    log.configure(LogOptions(verbose=options.verbose, file=options.log_file))
    outputs = check_outputs(options.format)
    before = None if options.compare is None else load_before(options.compare)
    root = find_course(Path.cwd(), options.course)
    ids = options.ids
    if options.changed:
        changed = _exercises_of(ids, root)
        for path in ids:
            if not Path(path).exists():
                note(f"there is no file {path}: taken as one that was deleted")
        if changed == ():
            print("None of these files is a part of the course, so there is nothing to prove.")
            return ExitCode.PASSED
        ids = changed or ()
    asked = Asked(exercises=ids, assignment=options.assignment, proofs=_chosen_proofs(options))
    try:
        with progress_for() as progress:
            validation = validate(
                options.grading(root),
                asked,
                kept=Kept.of_user(),
                size=options.jobs,
                again=options.again,
                progress=progress.done,
            )
    except KeyboardInterrupt:  # the progress has said so, and what is kept
        return ExitCode.INTERRUPTED
    write_outputs(validation, outputs, before=before, notes=options.notes)
    if validation.grader_failed:
        return ExitCode.GRADER_FAILED
    if validation.has_mistakes:
        return ExitCode.UNUSABLE
    return ExitCode.PASSED if validation.holds else ExitCode.FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade validate",
        description="Prove a course before anybody is graded by it: its files have no mistakes, references get full "
        "marks, known submissions get what their verdicts.yaml says, points add up. All that is wrong is listed at "
        "once, with file and line.",
        epilog="exit codes: 0 all of it holds; 1 a proof does not hold; 2 files of the course have mistakes, or wrong "
        "usage; 3 the grader failed. examples: grade validate; grade validate cube --only references; "
        "grade validate --format json:validation.json --format markdown:summary.md",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="an exercise to prove (default: all of the course)")
    parser.add_argument(
        "--changed",
        action="store_true",
        help="what is named are files that have changed: prove the exercises that they belong to, or all of the course "
        "where one of them is of no single exercise",
    )
    add_course_option(parser)
    add_trust_option(parser)
    parser.add_argument("--assignment", metavar="ID", help="only the exercises of this assignment")
    names = ", ".join(map(option_name, PROOFS))
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PROOF",
        help=f"prove only this, besides that files have no mistakes; repeatable (known: {names})",
    )
    parser.add_argument("--no-mutants", action="store_true", help="prove everything but the mutants")
    add_validation_outputs(parser)
    parser.add_argument("--notes", action="store_true", help="also show, on the terminal, what is only worth knowing")
    parser.add_argument("--again", action="store_true", help="do all of it again, also what was kept from earlier")
    parser.add_argument("--jobs", type=_jobs, metavar="N", help="how many processes (default: one for each core)")
    parser.add_argument("--timeout", type=time_limit, metavar="S", help="seconds that one run may take")
    parser.add_argument("--isolation", choices=LEVELS, help="isolate by just this much, and refuse where this fails")
    parser.add_argument("--at-least", choices=LEAST, help="refuse where the machine isolates by less than this")
    add_python_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="log the grader's own errors to standard error")
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="append this log to a file")
    return parser


def _exercises_of(files: Sequence[str], root: Path) -> tuple[str, ...] | None:
    """The exercises that changed files belong to; None: all of the course."""
    layers = layers_of(root)
    return exercises_of_files(root, map(Path, files), layers.exercises.keys(), layers.roots[1:])


def option_name(proof: type[Proof]) -> str:
    """The proof's name as ``--only`` has it: ``known-submissions``."""
    return proof.NAME.replace(" ", "-")


def _chosen_proofs(options: ValidateOptions) -> tuple[type[Proof], ...]:
    """Raises UsageError for a proof that there is not."""
    known = {option_name(proof): proof for proof in PROOFS}
    for name in options.only:
        if name not in known:
            raise UsageError(f"there is no proof `{name}`{did_you_mean_or_all(name, known)}")
    chosen = [proof for name, proof in known.items() if not options.only or name in options.only]
    return tuple(proof for proof in chosen if not (options.no_mutants and proof.NAME == MUTANTS))


def _jobs(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MAX_JOBS:
        raise argparse.ArgumentTypeError(f"how many processes is a whole number from 1 to {MAX_JOBS}")
    return number
