"""``grade observe FILE``: what was recorded of a file, as a check would see it; and one check, tried on it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader import log
from grader.cli.options import RunOptions, add_run_options, parse_options
from grader.cli.streams import open_console
from grader.course.course_folder import find_course
from grader.course.course_parts import EXERCISES, SOLUTIONS
from grader.errors import ExitCode, UsageError
from grader.pipeline.open_grader import OpenGrader

if TYPE_CHECKING:
    from grader.model import SeenKind

KINDS = ("pass", "step", "value", "curve", "error", "call", "function", "module", "printed", "words", "section")

EPILOG = """\
examples:
  grade observe homework.ipynb                       all that was recorded, in the order of the run
  grade observe homework.py --kind pass --line 7     the backward passes of one line
  grade observe homework.py --kind value --name u    every value of `u`
  grade observe homework.py --format json
  grade observe homework.py --try check.yaml         which line of this check decided, for each candidate
  grade observe homework.py --try exercises/cube.yaml --check slope --reference solutions/cube.py

check.yaml holds one check as it stands in an exercise (`kind: backward`, `given: …`, `expect: …`), or a whole
exercise.

exit codes: 0 it was observed, and what was tried passed; 1 a check did not pass, or the file cannot be
read; 2 wrong usage, or a mistake in the check; 3 an error of the grader or its sandbox
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveOptions(RunOptions):
    file: str
    kind: tuple[SeenKind, ...]
    name: tuple[str, ...]
    line: tuple[int, ...]
    cell: tuple[int, ...]
    all: bool
    format: str
    try_check: Path | None
    check: str | None
    reference: Path | None


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade observe",
        description="Run a file in the sandbox, and show what was recorded by the names that the expressions of checks "
        "use: passes, steps, values, curves, errors, functions. With --try: judge one check, and say what decided.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a notebook, a script or notes")
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=KINDS,
        metavar="KIND",
        help=f"show only these (repeatable): {', '.join(KINDS)}",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="only what has this name: a leaf, a value, a function (repeatable); also a part of an object, such as "
        "`model.weight`, or a name inside of a function",
    )
    parser.add_argument(
        "--line",
        action="append",
        default=[],
        type=int,
        metavar="N",
        help="only what is on this line (repeatable)",
    )
    parser.add_argument(
        "--cell",
        action="append",
        default=[],
        type=int,
        metavar="N",
        help="only what is in this cell (repeatable)",
    )
    parser.add_argument("--all", action="store_true", help="also show variables that have their usual value")
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="table (default), or JSON (grader.observation/1)"
    )
    parser.add_argument(
        "--try",
        dest="try_check",
        type=Path,
        metavar="CHECK.yaml",
        help="judge this check, or those of an exercise, and say what decided",
    )
    parser.add_argument("--check", metavar="ID", help="only this check of the exercise in CHECK.yaml")
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="FILE",
        help="the reference solution, for lines that want `reference` (default: that of the exercise, where CHECK.yaml "
        "lies in the exercises/ of a course)",
    )
    add_run_options(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    options = parse_options(build_parser(), argv, ObserveOptions)
    log.configure(options.log())
    _refuse_what_does_not_fit(options)
    course = find_course(Path.cwd(), options.course)
    given: list[str | Path] = [options.file]
    if options.reference is not None:
        given.append(options.reference)
    asked = replace(options.grading(course, given=given), skip_broken=True)
    with OpenGrader(asked, lasting=False) as opened:
        return _observe(options, opened, course, asked.trusted_checks)


def _refuse_what_does_not_fit(options: ObserveOptions) -> None:
    if options.try_check is None and (options.check or options.reference):
        raise UsageError("--check and --reference go with `--try CHECK.yaml`.")
    if options.try_check is not None and (options.kind or options.name or options.line or options.cell):
        raise UsageError("--kind, --name, --line and --cell filter what was recorded; they do not go with `--try`.")


def _observe(options: ObserveOptions, opened: OpenGrader, course: Path, trusted: tuple[Path, ...]) -> int:
    # Imported while the worker imports torch on another core.
    from grader.course.check_file import load_check
    from grader.course.course import load_course
    from grader.handin import load_alone
    from grader.report.observation_json import observation_json
    from grader.report.observation_screen import render_observation
    from grader.report.trace_screen import render_trace
    from grader.sandbox.preload import modules_for
    from grader.workbench.observing.observe_file import Wanted, observe_file, try_check

    loaded = load_course(course, trusted)
    tried = None if options.try_check is None else load_check(options.try_check, options.check, loaded.kinds)
    submission = load_alone(options.file)
    solution = options.reference or (None if options.try_check is None else _solution_of(options.try_check))
    reference = None if solution is None else load_alone(str(solution))
    codes = [cell.code for read in (submission, reference) if read is not None for cell in read.cells]
    opened.preload(modules_for(code.encode("utf-8", "replace") for code in codes))
    sandbox, settings = opened.sandbox(loaded)
    if tried is not None:
        observed = try_check(sandbox, submission, settings, tried, reference)
    else:
        wanted = Wanted(kinds=options.kind, names=options.name, lines=options.line, cells=options.cell)
        observed = observe_file(sandbox, submission, settings, wanted)
    if options.format == "json":
        print(json.dumps(observation_json(observed), indent=2, ensure_ascii=False))
    elif observed.traces:
        render_trace(observed, console=open_console())
    else:
        render_observation(observed, console=open_console(), everything=options.all)
    passed = all(trace.status == "passed" for trace in observed.traces)
    return ExitCode.PASSED if passed else ExitCode.FAILED


def _solution_of(path: Path) -> Path | None:
    """The reference solution of an exercise that lies in a course; None where it does not, or there is none."""
    folder = path.absolute().parent
    beside = (folder.parent / SOLUTIONS / f"{path.stem}{suffix}" for suffix in (".py", ".ipynb"))
    return next((one for one in beside if one.is_file()), None) if folder.name == EXERCISES else None
