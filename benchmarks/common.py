"""What the benchmarks share: the examples, a class made of them, times taken in turns."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from grader.course.course import Course

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
GRADE = (sys.executable, "-m", "grader.cli")
HOMEWORK = ("double-backward", "vector-control-flow", "detach-semantics", "sin-derivative")
"""The exercises of the examples, as an instructor names them for a class; the sine needs the second run."""
STAND_IN = "get_ipython = lambda: type('Shell', (), {'__getattr__': lambda *_: lambda *_: None})()"
"""What a notebook's magics are called on, where there is no notebook."""


def code_cells(path: Path) -> list[str]:
    """A submission's cells as plain Python, magics resolved."""
    from grader import submission

    return [cell.code for cell in submission.load(str(path)).cells]


def make_class(folder: Path, count: int, *, only: str | None = None) -> list[Path]:
    """Notebooks made of the examples in turn (``only``: of this one), each with a cell of its own.

    A class's submissions differ in much more; what grading them costs hangs on none of it.
    """
    folder.mkdir(parents=True)
    originals = [
        _as_notebook(path)
        for path in sorted(EXAMPLES.glob("*.*"))
        if path.suffix in (".py", ".ipynb") and only in (None, path.name)
    ]
    made = []
    for number in range(count):
        content = json.loads(originals[number % len(originals)])
        content["cells"].append(
            {
                "cell_type": "code",
                "id": f"n{number}",
                "metadata": {},
                "source": f"student = {number}",
                "outputs": [],
                "execution_count": None,
            }
        )
        path = folder / f"student{number:05}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        made.append(path)
    return made


def _as_notebook(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return text
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(text)]
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=kernel)))


def processor_s() -> float:
    """Seconds of the processor that this process and all below it have used, those that have ended included."""
    used = time.process_time()
    waiting = [os.getpid()]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            with suppress(OSError):
                for child in task.read_text().split():
                    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                    used += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
                    waiting.append(int(child))
    return used


def notebook_of(course: Course, names: Sequence[str], path: Path) -> Path:
    """A notebook with the reference solutions, each below the title of its exercise; names: none for all."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for item in [course.select([name])[0] for name in names] or course.exercises:
        made.cells.append(nbformat.v4.new_markdown_cell(f"# {item.exercise.title}"))
        made.cells += [nbformat.v4.new_code_cell(code) for code in code_cells(item.solution)]
    nbformat.write(made, path)
    return path


def in_turns(things: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Median seconds of several things, each round one after the other: the machine's moods meet them all."""
    times: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(rounds):
        for name, thing in things.items():
            times[name].append(timed(thing))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def timed(thing: Callable[[], object]) -> float:
    began = time.perf_counter()
    thing()
    return time.perf_counter() - began


def row(what: str, value: float, goal: str, unit: str = "×") -> None:
    print(f"{what:<58}{value:8.2f} {unit}   goal: {goal}", flush=True)
