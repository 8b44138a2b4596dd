"""What it costs to grade the six worked exercises of the docs in one submission, and a hidden call of a module and of a
function.

    python benchmarks/language.py [--rounds 15]

All runs on one core. Processor time is that of all processes together: the judge's, the worker's and the submission's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common import ROOT, notebook_of, processor_s, row

sys.path.insert(0, str(ROOT))  # for the tests' helpers

from grader.course.course import Course, load_course
from grader.handin import load_alone
from grader.model import Limits
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.docs_course import shown_files, write_course

WORKED = ("softmax-vjp", "square-root", "mlp-module", "frozen-body", "minibatch-sgd", "linear-regression")
"""In the order of the cells: both of the last two bind `loss`, of which a function of the last needs its own."""
MANY = 200
"""Calls of one function, and of one module, that are compared with few."""

CALLED = """
id: {name}
title: {name}
statement: A layer.
checks:
  - id: called
    kind: {kind}
    {named}
    arguments: {{x: {{normal: [5, 4]}}, w: {{normal: [3, 4]}}}}
    calls: {calls}
    expect: {{output: reference, x.gradient: reference}}
"""
SOLUTIONS = {
    "function": "import torch\n\n\ndef f(x, w):\n    return torch.tanh(x @ w.T)\n",
    "module": "import torch\n\n\nclass F(torch.nn.Module):\n    def forward(self, x, w):\n"
    "        return torch.tanh(x @ w.T)\n",
}
NAMED = {"function": "function: f", "module": "module: F"}


@contextmanager
def grading(
    course: Course, names: tuple[str, ...], folder: Path, support: Path | None = None
) -> Iterator[Callable[[Path], float]]:
    """A function that grades a file with a warm worker and returns the share of points."""

    def start() -> WorkerHandle:
        worker = WorkerHandle.start(support=course.support)
        worker.configure(EVERYTHING)  # as for a class that uses optimisers
        return worker

    sandbox = Sandbox(start(), start)
    settings = Settings(exercises=tuple(course.select(list(names))), basis="exercises", seed=0, limits=Limits())
    grader = Grader(sandbox, settings, ReferenceStore(folder / "references"))

    def grade(path: Path) -> float:
        report = grader.grade(load_alone(str(path)))
        checks = [(one.id, check) for one in report.exercises for check in one.checks]
        wrong = [f"{exercise}: {check.message}" for exercise, check in checks if check.status != "passed"]
        assert not wrong, "\n".join(wrong)
        return report.score / report.max_score

    try:
        yield grade
    finally:
        sandbox.close()


def measured(grade: Callable[[Path], float], path: Path, rounds: int) -> tuple[float, float]:
    """Median seconds of the processor, and of the clock. The processor's count in hundredths: so over all rounds."""
    for _ in range(2):
        assert grade(path) == 1, f"{path.name} does not get full marks"
    times = []
    used = processor_s()
    for _ in range(rounds):
        began = time.perf_counter()
        grade(path)
        times.append(time.perf_counter() - began)
    return (processor_s() - used) / rounds, statistics.median(times)


def worked_exercises(folder: Path, rounds: int) -> None:
    course = load_course(write_course(shown_files(ROOT), folder / "docs"))
    path = notebook_of(course, WORKED, folder / "six.ipynb")
    with grading(course, WORKED, folder) as grade:
        processor, clock = measured(grade, path, rounds)
    row("six worked exercises in one submission, processor time", processor, "under 0.5 s", "s")
    row("… from start to end, on this machine as it is", clock, "", "s")


def hidden_calls(folder: Path, rounds: int) -> None:
    """The cost of one more call, of a function and of a module that do the same."""
    costs = {}
    for kind in ("function", "module"):
        for calls in (2, 2 + MANY // 5):
            name = f"{kind}-{calls}"
            for part, text in {
                "exercises/x.yaml": CALLED.format(name=name, kind=kind, named=NAMED[kind], calls=calls),
                "rubrics/x.yaml": f"exercise: {name}\nchecks:\n  called: {{points: 1}}\n",
                "solutions/x.py": SOLUTIONS[kind],
            }.items():
                target = folder / "calls" / part.replace("/x", f"/{name}")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    course = load_course(folder / "calls")
    for kind in ("function", "module"):
        few, many = (f"{kind}-{calls}" for calls in (2, 2 + MANY // 5))
        used = {}
        for name in (few, many):
            (item,) = course.select([name])
            with grading(course, (name,), folder) as grade:
                used[name] = measured(grade, item.solution, rounds)[0]
        costs[kind] = (used[many] - used[few]) / (MANY // 5)
        row(f"one more hidden call of a {kind}, processor time", 1000 * costs[kind], "", "ms")
    row("a module's call against a function's", costs["module"] / costs["function"], "about 1 ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="language-") as top:
        Path(top).chmod(0o755)
        worked_exercises(Path(top), asked.rounds)
        hidden_calls(Path(top), asked.rounds)


if __name__ == "__main__":
    main()
