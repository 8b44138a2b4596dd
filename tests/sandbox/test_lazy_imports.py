"""Submissions import nothing that the worker could have imported for them.

Libraries import parts of themselves when those are first used. What a submission uses and the worker has not imported
before the fork, every submission imports again, which can take a second each time.
"""

from __future__ import annotations

import tempfile
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import support_of
from grader.course.named_courses import builtin_course
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.model import Cell, CompanionFile, Job
from grader.sandbox.preload import modules_for
from tests.helpers.watched_imports import WatchedWorker, watched_worker

COURSE = load_course(builtin_course())
PROBES = join_probes(
    [probes for item in COURSE.exercises for probes in Judge(item.exercise.id, item.exercise.checks, seed=0).probes]
)
"""All that the course asks for: hidden calls, watched values, a second run."""

REFERENCES = [item.solution for item in COURSE.exercises]
MISTAKES = sorted(
    path
    for path in (COURSE.root / "solutions" / "mistakes").glob("*/*")
    if path.suffix in (".py", ".ipynb", ".md") and path.name != "never_ends.py"
)
"""Without the one that is ended by force, and then says nothing."""

SNIPPETS = {
    "an optimizer": """
        optimizer = torch.optim.Adam([x])
        optimizer.zero_grad()
        (x * x).sum().backward()
        optimizer.step()
        torch.optim.lr_scheduler.StepLR(optimizer, 1).step()
    """,
    "seeds": "torch.manual_seed(1)",
    "a DataLoader": "list(torch.utils.data.DataLoader([1, 2], shuffle=True))",
    "a second derivative that adds in Python": """
        y = torch.tensor(4.0, requires_grad=True)
        (y.abs() ** 2 + 2 * y.abs()).backward()
    """,
    "comparison": "torch.testing.assert_close(x, x)",
    "forward mode": """
        with torch.autograd.forward_ad.dual_level():
            torch.autograd.forward_ad.make_dual(x, x)
    """,
    "transforms": "torch.func.hessian(lambda t: (t ** 3).sum())(x), torch.func.vmap(torch.sin)(x)",
    "functional": "torch.autograd.functional.jvp(lambda t: t ** 3, x, x)",
    "a gradient of several outputs": "(x * x).backward(torch.ones(2))",
    "a checkpoint": """
        from torch.utils.checkpoint import checkpoint
        checkpoint(lambda t: (t * t).sum(), x, use_reentrant=False).backward()
    """,
    "saved tensors": """
        torch.save(x, "x.pt")
        torch.load("x.pt")
    """,
    "parts of numpy": """
        import numpy as np
        np.linalg.norm([1, 2]), np.fft.fft([1, 2]), np.polynomial.Polynomial([1, 2]), np.random.default_rng(0).normal()
        np.testing.assert_allclose(1, 1)
        np.ma.array([1])
    """,
    "parts of Python": """
        import datetime, decimal, doctest, fractions, json, math, random, statistics, unittest, zoneinfo
        datetime.datetime.strptime("2020", "%Y")
        "a".encode("gbk"), "a".encode("utf-8-sig"), "a".encode("utf-16")
    """,
    "a saved figure": """
        import matplotlib.pyplot as plt
        plt.plot([1, 2], [3, 4], label="$x^2$")
        plt.legend()
        plt.tight_layout()
        plt.savefig("figure.png")
    """,
    "kinds of figures": """
        import matplotlib.pyplot as plt
        from matplotlib import animation
        _, axes = plt.subplots(2, 2)
        axes[0, 0].scatter([1, 2], [3, 4], c=[1, 2], cmap="viridis")
        axes[0, 1].semilogy([1, 2], [3, 4])
        axes[1, 0].contour([[1, 2], [3, 4]])
        axes[1, 1].annotate("a", (1, 3), xytext=(1, 4), arrowprops={"arrowstyle": "->"})
        plt.figure().add_subplot(projection="3d")
        plt.show()
    """,
}


def as_job(path: Path) -> Job:
    loaded = submission.load(str(path))
    return Job(cells=loaded.cells, format=loaded.format, file_name=path.name, seed=0, probes=PROBES)


def snippet(code: str) -> Job:
    source = "import torch\nx = torch.ones(2, requires_grad=True)\n" + textwrap.dedent(code)
    return Job(cells=(Cell(number=None, source=source, code=source),), format="py", file_name="homework.py", seed=0)


def code_of(job: Job) -> bytes:
    return "\n".join(cell.code for cell in job.cells).encode()


@contextmanager
def worker_for(preload: Sequence[str]) -> Iterator[WatchedWorker]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the worker is another user
        with watched_worker(Path(folder), preload, support_of(COURSE.root)) as worker:
            yield worker


JOBS = {name: snippet(code) for name, code in SNIPPETS.items()} | {path.name: as_job(path) for path in REFERENCES}


@pytest.fixture(scope="module")
def worker() -> Iterator[WatchedWorker]:
    """For a class that has handed in all of ``JOBS``."""
    with worker_for(modules_for(map(code_of, JOBS.values()))) as worker:
        yield worker


def test_submissions_of_a_class_import_nothing(worker: WatchedWorker) -> None:
    imported = {name: worker.imported_by(job) for name, job in JOBS.items()}
    assert {name: modules for name, modules in imported.items() if modules} == {}


def test_what_is_imported_late_is_found(worker: WatchedWorker) -> None:
    """The test above relies on it."""
    assert worker.imported_by(snippet("import not_to_be_found\nimport wave")) == ("not_to_be_found", "wave")


def test_a_file_of_the_submission_comes_before_a_module_of_that_name(worker: WatchedWorker) -> None:
    job = snippet("from statistics import own\nassert own == 1")
    job = replace(job, files=(CompanionFile("statistics.py", b"own = 1"),))
    assert worker.imported_by(snippet("from statistics import mean")) == ()
    assert worker.imported_by(job) == ("statistics",)


@pytest.mark.exhaustive
def test_the_worker_for_a_known_submission_imports_all_that_it_needs() -> None:
    jobs = {str(path): as_job(path) for path in (*REFERENCES, *MISTAKES)}
    by_modules = defaultdict[tuple[str, ...], list[str]](list)
    for name, job in jobs.items():
        by_modules[modules_for([code_of(job)])].append(name)
    imported = {}
    for modules, names in by_modules.items():
        with worker_for(modules) as worker:
            imported |= {name: worker.imported_by(jobs[name]) for name in names}
    assert {name: modules for name, modules in imported.items() if modules} == {}
