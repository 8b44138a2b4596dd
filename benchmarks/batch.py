"""A class at once: rates, memory, and whether the cost of a submission stays the same.

    python benchmarks/batch.py [--notebooks 200] [--executed 20] [--rounds 3] [--only all-four.ipynb] [--many 10000]

Row 2: `grade batch` of a class of notebooks on all cores, start-up and all, against `jupyter nbconvert --execute` of
       the same notebooks, as many at a time. nbconvert runs only `--executed` of them: the rate is what is compared.
Row 3: the same class against forking an interpreter with a worker's settings and imports, and running the code with
       no grading at all; and once more with all that makes a worker's forks cheaper (``grader/runtime/preparation``).
Row 5: what one more submission in flight adds to the memory of the machine (PSS).
Row 6: only with --many: seconds a submission for the first and for the last thousand of so many.

Rows 2 and 3 need nbconvert and ipykernel: `pip install nbconvert ipykernel`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from common import EXAMPLES, GRADE, HOMEWORK, ROOT, STAND_IN, code_cells, in_turns, make_class, row

LARGE = 2_000
"""The size of a class for which row 2 has another goal."""
CORES = len(os.sched_getaffinity(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=200, help="size of the class (default: 200)")
    parser.add_argument("--executed", type=int, default=20, help="notebooks that nbconvert executes (default: 20)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of rows 2 and 3 (default: 3)")
    parser.add_argument("--only", help="make the class of this example alone")
    parser.add_argument("--many", type=int, default=0, help="row 6: size of a large class, 10000 say (default: none)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        notebooks = make_class(scratch / "class", options.notebooks, only=options.only)
        rates(notebooks, scratch, options)
        row("5  memory of one more submission in flight", memory(scratch), "under 20 MB", "MB")
        if options.many:
            many(options.many, scratch)


# --------------------------------------------------------------------------------------------------------------------
# Rows 2 and 3
# --------------------------------------------------------------------------------------------------------------------


def rates(notebooks: Sequence[Path], scratch: Path, options: argparse.Namespace) -> None:
    executed = notebooks[: options.executed]
    things: dict[str, Callable[[], object]] = {
        "graded": lambda: grade_class(notebooks[0].parent, len(notebooks), scratch / "rates.sqlite"),
        "imported": lambda: fork_class(notebooks, warmed_up=False),
        "warm": lambda: fork_class(notebooks, warmed_up=True),
    }
    if importlib.util.find_spec("nbconvert") and importlib.util.find_spec("ipykernel"):
        things["executed"] = lambda: nbconvert_class(executed, scratch / "executed")
    else:
        print("2  left out: nbconvert and ipykernel are not installed")
    grade_class(notebooks[0].parent, len(notebooks), scratch / "rates.sqlite")  # the references come into the cache
    times = in_turns(things, rounds=options.rounds)
    graded, imported, warm = (len(notebooks) / times[name] for name in ("graded", "imported", "warm"))
    print(
        f"   {CORES} cores: {graded:.1f} notebooks a second graded; {imported:.1f} and {warm:.1f} run with no grading; "
        f"the class took {times['graded']:.2f} s"
    )
    if "executed" in times:
        rate = len(executed) / times["executed"]
        print(f"   {rate:.2f} a second executed by nbconvert, {CORES} at a time")
        goal = "at least 60 ×" if len(notebooks) < LARGE else "at least 100 ×"
        row("2  class graded / nbconvert, rates", graded / rate, goal)
    row("3  class graded / forked without grading, times", times["graded"] / times["imported"], "at most 1.6 ×")
    row("   the same, forked from an interpreter warmed up like ours", times["graded"] / times["warm"], "at most 1.6 ×")


def grade_class(folder: Path, count: int, gradebook: Path) -> None:
    """Grade them all, into a new gradebook."""
    for path in gradebook.parent.glob(f"{gradebook.name}*"):
        path.unlink()
    asked = [word for exercise in HOMEWORK for word in ("--exercise", exercise)]
    command = [*GRADE, "batch", folder, *asked, "--gradebook", gradebook, "--course", ROOT]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    assert f"{count} graded" in done.stderr.decode(), done.stderr.decode()


def fork_class(notebooks: Sequence[Path], *, warmed_up: bool) -> None:
    """Run them all in forks of interpreters, one a core, that have imported what a worker imports."""
    from grader.sandbox import preload
    from grader.sandbox.interpreter import environment, find_interpreter

    modules = preload.modules_for(notebook.read_bytes() for notebook in notebooks)
    codes = [code_cells(notebook) for notebook in notebooks]

    def share(number: int) -> None:
        work = json.dumps([modules, codes[number::CORES], warmed_up]).encode()
        settings = environment(find_interpreter(None), tempfile.gettempdir())
        command = [sys.executable, "-P", "-c", WARM]
        subprocess.run(command, input=work, env=settings, capture_output=True, check=True)

    side_by_side(share)


WARM = f"""
import gc, importlib, importlib.util, json, os, sys
spec = importlib.util.spec_from_file_location("grader_runtime", {str(ROOT / "grader/runtime/__init__.py")!r},
                                              submodule_search_locations=[{str(ROOT / "grader/runtime")!r}])
sys.modules["grader_runtime"] = importlib.util.module_from_spec(spec)
modules, codes, warmed_up = json.load(sys.stdin)
memory = importlib.import_module(".preparation.settled_memory", "grader_runtime") if warmed_up else None
if memory:
    memory.before_imports()
import torch
torch.set_num_threads(1)
for name in modules:
    module = importlib.import_module(name, "grader_runtime")
    if warmed_up and name.startswith("."):
        module.warm_up()
if memory:
    memory.before_forks(many=True)
else:
    gc.collect()
    gc.freeze()
for cells in codes:
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        namespace = {{"__name__": "__main__"}}
        exec({STAND_IN!r}, namespace)
        for cell in cells:
            try:
                exec(compile(cell, "cell", "exec"), namespace)
            except Exception:
                pass
        os._exit(0)
    os.waitpid(child, 0)
"""


def nbconvert_class(notebooks: Sequence[Path], folder: Path) -> None:
    """Execute them all, as many at a time as there are cores."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for notebook in notebooks:
        shutil.copy(notebook, folder)

    def share(number: int) -> None:
        for notebook in sorted(folder.glob("*.ipynb"))[number::CORES]:
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "jupyter",
                    "nbconvert",
                    "--execute",
                    "--allow-errors",
                    "--to",
                    "notebook",
                    "--inplace",
                    notebook,
                ],
                capture_output=True,
                check=True,
            )

    side_by_side(share)


def side_by_side(share: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(share, range(CORES)))


# --------------------------------------------------------------------------------------------------------------------
# Row 5
# --------------------------------------------------------------------------------------------------------------------

WAITS = "\nimport time\ntime.sleep(3)\n"


def memory(scratch: Path) -> float:
    """MB of PSS of a child that has run a submission and still lives, and what its worker's PSS changed by it.

    PSS shares each page among those that have it, so the sum over all processes is what the machine needs.
    """
    from grader.model import Cell, Job
    from grader.sandbox.preload import EVERYTHING
    from grader.sandbox.sandbox import Sandbox
    from grader.sandbox.worker_handle import WorkerHandle

    worker = WorkerHandle.start()
    worker.configure(EVERYTHING)
    sandbox = Sandbox(worker, WorkerHandle.start)
    cells = [*code_cells(EXAMPLES / "all-four.ipynb"), WAITS]
    job = Job(
        cells=tuple(Cell(number=n, source=code, code=code) for n, code in enumerate(cells, 1)),
        format="ipynb",
        file_name="all-four.ipynb",
        seed=0,
    )
    try:
        sandbox.run(Job(cells=(), format="py", file_name="nothing.py", seed=0))
        before = pss_of(workers())
        found: list[float] = []
        thread = threading.Thread(target=lambda: (time.sleep(2), found.append(pss_of(workers()) - before)))
        thread.start()
        sandbox.run(job)
        thread.join()
    finally:
        sandbox.close()
    return statistics.median(found)


def workers() -> list[int]:
    """The worker's process and all below it."""
    found, waiting = [], [os.getpid()]
    while waiting:
        pid = waiting.pop()
        children = [
            int(each) for task in Path(f"/proc/{pid}/task").glob("*/children") for each in task.read_text().split()
        ]
        found += children
        waiting += children
    return found


def pss_of(pids: Sequence[int]) -> float:
    """MB."""
    total = 0.0
    for pid in pids:
        match = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(match[1]) / 1000 if match else 0.0
    return total


# --------------------------------------------------------------------------------------------------------------------
# Row 6
# --------------------------------------------------------------------------------------------------------------------


def many(count: int, scratch: Path) -> None:
    """Grade a large class; compare the pace at its beginning with that at its end, and look at memory on the way."""
    folder = scratch / "many"
    make_class(folder, count)
    gradebook = scratch / "many.sqlite"
    asked = [word for exercise in HOMEWORK for word in ("--exercise", exercise)]
    command = [*GRADE, "batch", folder, *asked, "--gradebook", gradebook, "--course", ROOT]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks: list[tuple[int, float]] = []
    while process.poll() is None:
        time.sleep(5)
        try:
            with closing(sqlite3.connect(f"file:{gradebook}?mode=ro", uri=True)) as database:
                done = database.execute("SELECT count(*) FROM grading").fetchone()[0]
            peaks.append((done, pss_of([process.pid, *workers()])))
        except (OSError, sqlite3.Error):
            continue
    with closing(sqlite3.connect(gradebook)) as database:
        moments = [
            row[0] for row in database.execute("SELECT julianday(graded_at) * 86400 FROM grading ORDER BY graded_at")
        ]
    assert len(moments) == count, f"{len(moments)} of {count}"
    part = count // 10
    first = (moments[part] - moments[100 if part > 100 else 0]) / (part - (100 if part > 100 else 0))
    last = (moments[-1] - moments[-part]) / (part - 1)
    print(f"   {count} submissions: {1 / first:.1f} a second at the start, {1 / last:.1f} at the end")
    row("6  seconds a submission, the last tenth / the first", last / first, "flat within 10 %")
    early = statistics.median(each for done, each in peaks if done < count / 5)
    late = statistics.median(each for done, each in peaks if done > count * 4 / 5)
    print(f"   memory of the whole batch (PSS): {early:.0f} MB in its first fifth, {late:.0f} MB in its last")


if __name__ == "__main__":
    main()
