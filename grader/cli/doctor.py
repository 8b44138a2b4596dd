"""``grade doctor``: what this machine offers, which isolation ``grade`` gets here, and how to get more."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader import __version__
from grader.errors import GraderError
from grader.layout import find_course
from grader.model import Backward, Cell, Isolation, Job, Level, Outcome
from grader.references import cache_directory
from grader.report.text import clean_line, count
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.observe import Sandbox
from grader.sandbox.worker import Worker

LABEL_WIDTH = 12

TRIAL = "import torch\nx = torch.ones(3, requires_grad=True)\n(x * x).sum().backward()\n"
SEEN = "completed, and its backward pass was recorded"

_WITHOUT = {
    "torch": "not installed: no submission can be graded; install torch there",
    "numpy": "not installed: no submission can be graded; install numpy there",
    "matplotlib": "not installed: submissions that plot fail; install matplotlib there",
}

_PROMISES = {
    Level.STRICT: "a submission sees neither your files, nor the network, nor the course",
    Level.REDUCED: "only what is listed here keeps a submission in; grade code that you trust",
    Level.NONE: "a submission can do whatever you can do; grade your own code only",
}

_NO_LINUX = (
    "Strict isolation needs Linux's namespaces. To grade other people's submissions on this system, run grade in a "
    "Linux virtual machine, or in a container that may make namespaces."
)


def main(argv: Sequence[str]) -> int:
    """Print the diagnosis. 0: grade works here; else the exit code of the error that keeps it from working."""
    parser = argparse.ArgumentParser(
        prog="grade doctor",
        description="Say what this machine offers: Python, torch, matplotlib, which isolation submissions get, and how "
        "to get more.",
    )
    parser.add_argument(
        "--python", type=Path, metavar="PYTHON", help="the interpreter that runs submissions (default: this one)"
    )
    python: Path | None = parser.parse_args(argv).python
    _print("The grader", _grader())
    try:
        with Worker.start(python=python) as worker:
            versions, isolation = worker.versions, worker.isolation
            _print("Submissions run with", _environment(python, versions))
            _print("The sandbox", (*_isolation(isolation), *_parts()))
            if isolation.level is not Level.STRICT:
                _print("Why there is not more, and what to do", (("", reason) for reason in _reasons(isolation)))
            result = _try_run(worker)
    except GraderError as error:
        _print("grade cannot run here", [("", str(error))])
        return error.exit_code
    _print("A trial run", [("", result)])
    return 0 if result == SEEN else GraderError.exit_code


def _try_run(worker: Worker) -> str:
    """Run a backward pass as a submission would, and say whether it was seen. Raises GraderError."""
    sandbox = Sandbox(worker, Worker.start)
    job = Job(cells=(Cell(number=1, source=TRIAL, code=TRIAL),), format="py", file_name="trial.py", seed=0)
    try:
        observation = sandbox.run(job).observation
    finally:
        sandbox.close()
    if observation.outcome is not Outcome.COMPLETED:
        return f"ended as `{observation.outcome}`. {observation.detail}"
    passes = [event for event in observation.events if isinstance(event, Backward) and event.error is None]
    return SEEN if passes else "completed, but the backward pass in it was not recorded"


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


def _cache(directory: Path) -> str:
    """Where reference observations are kept, and how much room they take."""
    sizes = [path.stat().st_size for path in directory.glob("*") if path.is_file()]
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
    """The two parts that can be missing from a machine, each with what is wrong and what mends it."""
    programs = bubblewrap.binaries() if sys.platform == "linux" else ()
    yield "bubblewrap", bubblewrap.diagnose() or f"works ({', '.join(map(str, programs))})"
    yield "seccomp", seccomp.diagnose() or "works"


def _reasons(isolation: Isolation) -> Iterator[str]:
    yield from isolation.missing
    if sys.platform != "linux":
        yield _NO_LINUX


def _print(title: str, rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> None:
    """A title and its rows; what a row says in several lines stays below itself."""
    print(title)
    for label, text in rows:
        first, *rest = [clean_line(line) for line in text.splitlines()] or [""]
        start = f"  {label:<{LABEL_WIDTH}} " if label else "  "
        print(start + first)
        for line in rest:
            print(" " * len(start) + line)
    print()
