"""``grade doctor``: what this machine offers, which isolation ``grade`` gets here, and how to get more."""

from __future__ import annotations

import argparse
import platform
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import __version__
from grader.cli import missing_modules
from grader.cli.cluster_diagnosis import diagnosis
from grader.cli.cluster_options import add_cluster_options, check_cluster_options
from grader.cli.options import parse_options
from grader.course.course_folder import find_course
from grader.errors import ExitCode, GraderError, UsageError, reason_of
from grader.model import Isolation, Level
from grader.pipeline.references import cache_directory
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.how_to_get_strict import Machine, Remedy, remedies
from grader.sandbox.trial_run import SEEN, try_run
from grader.sandbox.worker_handle import WorkerHandle
from grader.text import clean_line, count

CLUSTER_WAIT_S = 60.0
LABEL_WIDTH = 12
WIDTH = 100
"""Columns of a paragraph. Commands are not wrapped, so that they can be copied."""

_WITHOUT = {
    "torch": "not installed: no submission can be graded; install torch there",
    "numpy": "not installed: no submission can be graded; install numpy there",
    "matplotlib": "not installed: submissions that plot fail; install matplotlib there",
}

ROOT = (
    "Submissions run as root, because an ordinary user could not read this Python installation; most likely it lies in "
    "root's home. Install Python and the grader where everyone can read them, or run grade as an ordinary user."
)

_PROMISES = {
    Level.STRICT: "a submission sees neither your files, nor the network, nor the course",
    Level.REDUCED: "only what is listed here keeps a submission in; docs/threat-model.md says what that is worth",
    Level.NONE: "a submission can do whatever you can do; grade your own code only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    submissions: tuple[str, ...]
    python: Path | None
    cluster: str | None
    """None: this machine."""
    insecure_cluster: bool
    cluster_wait: float | None
    """Seconds; None: ``CLUSTER_WAIT_S``."""


def main(argv: Sequence[str]) -> int:
    """Print the diagnosis; returns 0 if grade works here, else the exit code of the error that it fails with."""
    parser = argparse.ArgumentParser(
        prog="grade doctor",
        description="Say what this machine offers: Python, torch, matplotlib, which isolation submissions get, and how "
        "to get more. With submissions: which modules they import that are not there.",
    )
    parser.add_argument(
        "submissions",
        nargs="*",
        metavar="SUBMISSION",
        help="files, folders or zips, also of a class; they are read and not run",
    )
    parser.add_argument(
        "--python", type=Path, metavar="PYTHON", help="the interpreter that runs submissions (default: this one)"
    )
    add_cluster_options(parser, "say what each worker of a Dask cluster offers instead", wait_s=CLUSTER_WAIT_S)
    options = parse_options(parser, argv, DoctorOptions)
    check_cluster_options(options.cluster, insecure=options.insecure_cluster, wait_s=options.cluster_wait)
    if options.cluster is not None:
        return _cluster(options, options.cluster)
    python = options.python
    _print("The grader", _grader())
    try:
        # Read first: a path that is mistyped is told at once.
        imports = missing_modules.imports_of(options.submissions) if options.submissions else None
        with WorkerHandle.start(python=python) as worker:
            versions, isolation = worker.versions, worker.isolation
            _print("Submissions run with", _environment(python, versions))
            _print("The sandbox", (*_isolation(isolation), *_parts(), *_lanes(python)))
            if isolation.level is not Level.STRICT:
                _print("Why there is not more", [("", textwrap.fill(reason, WIDTH)) for reason in isolation.missing])
                _print("What to do", _to_do(isolation))
            result = try_run(worker)
        missing = () if imports is None else tuple(missing_modules.rows(imports, python))
    except GraderError as error:
        _print("grade cannot run here", [("", str(error))])
        return error.exit_code
    _print("A trial run", [("", result)])
    if missing:
        _print("What the submissions import", missing)
    return ExitCode.PASSED if result == SEEN else ExitCode.GRADER_FAILED


def _cluster(options: DoctorOptions, address: str) -> int:
    if options.submissions or options.python is not None:
        raise UsageError("--cluster asks the workers of a cluster; submissions and --python are for this machine.")
    code = ExitCode.PASSED
    try:
        wait_s = options.cluster_wait or CLUSTER_WAIT_S
        for part in diagnosis(address, insecure=options.insecure_cluster, wait_s=wait_s, width=WIDTH):
            if isinstance(part, ExitCode):
                code = part
            else:
                _print(*part)
    except GraderError as error:
        _print("The cluster cannot be asked", [("", str(error))])
        return error.exit_code
    return code


def _grader() -> Iterator[tuple[str, str]]:
    yield "version", __version__
    yield "Python", f"{platform.python_version()} ({sys.executable})"
    yield "system", f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield "course", _course()
    yield "cache", _cache(cache_directory())


def _course() -> str:
    try:
        return str(find_course(Path.cwd(), None))
    except GraderError as error:
        return str(error)


def _cache(directory: Path | None) -> str:
    """The folder of the cached reference observations, and their size."""
    if directory is None:
        return "none, since this user has no home folder: set HOME or XDG_CACHE_HOME, and later runs start faster"
    try:
        sizes = [path.stat().st_size for path in directory.glob("*") if path.is_file()]
    except OSError as error:
        return f"{directory} cannot be read: {reason_of(error)}; later runs would start faster with it"
    return f"{directory} ({count(len(sizes), 'reference')}, {sum(sizes) / 1e6:.1f} MB)"


def _environment(python: Path | None, versions: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for name, version in versions.items():
        if name == "python":
            yield "Python", f"{version} ({python or sys.executable})"
        else:
            yield name, version or _WITHOUT.get(name, "not installed")


def _isolation(isolation: Isolation) -> Iterator[tuple[str, str]]:
    yield "isolation", f"{isolation.level}: {_PROMISES[isolation.level]}"
    yield "made of", ", ".join(isolation.mechanisms) or "nothing"


def _parts() -> Iterator[tuple[str, str]]:
    """The parts that a machine may lack, each with what is wrong with it."""
    programs = bubblewrap.binaries() if sys.platform == "linux" else ()
    yield "bubblewrap", bubblewrap.diagnose() or f"works ({', '.join(map(str, programs))})"
    yield "seccomp", seccomp.diagnose() or "works"


def _lanes(python: Path | None) -> Iterator[tuple[str, str]]:
    """Whether the lanes of a batch share what they import. Nothing is imported for it."""
    if sys.platform == "linux" and bubblewrap.diagnose() is None:
        with WorkerHandle.start(python=python, workers=2) as worker:
            why = worker.why_alone
        yield "grade batch", "imports once for all lanes" if why is None else f"imports for each lane anew: {why}"


def _to_do(isolation: Isolation, machine: Machine | None = None) -> Iterator[tuple[str, str]]:
    """The steps to strict isolation."""
    machine = Machine() if machine is None else machine
    steps: list[Remedy] = []
    if isolation.mechanisms[:1] != ("bubblewrap",):
        steps += remedies(bubblewrap.binaries(), machine)
    if machine.platform == "linux":
        if (reason := seccomp.diagnose()) is not None:
            steps.append(Remedy(why=f"Calls of the system are not filtered: {reason}"))
        if "unprivileged user" not in isolation.mechanisms:
            steps.append(Remedy(why=ROOT))
    for step in steps:
        yield "", textwrap.fill(step.why, WIDTH)
        yield from (("", f"  {command}") for command in step.commands)
    yield "", "Then `grade doctor` again. Every setting is explained in docs/isolation.md."


def _print(title: str, rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> None:
    """Print a title and its rows; the further lines of a text are aligned with its first line."""
    print(title)
    for label, text in rows:
        first, *rest = [_indent(line) + clean_line(line) for line in text.splitlines()] or [""]
        start = f"  {label:<{LABEL_WIDTH}} " if label else "  "
        print(start + first)
        for line in rest:
            print(" " * len(start) + line)
    print()


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))
