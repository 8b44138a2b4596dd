"""Many machines: what a cluster costs, and where a batch on very many workers comes to its limits.

    python benchmarks/cluster.py [--notebooks 200] [--rounds 3]
    python benchmarks/cluster.py --simulate [--students 100000] [--recorded 100]

Row 11: what a task costs more with `--cluster local:2` than with the local pool's `--jobs 2`, the same class in turns:
        processor time and wall clock of a class of `--notebooks` less those of a class of a tenth, so that the start of
        workers, which a cluster has anyway, does not count.

The model. Measured first: the processor time of each kind of task in a lane; what the process needs that reads the
class and stores the results, in SQLite and, where it is installed, in PostgreSQL; what Dask's client and scheduler need
for a task. With these times a plain discrete-event model (`cluster_model.py`; nothing of Dask's) grades a class.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from batch import HOMEWORK
from common import GRADE, ROOT, make_class, row

sys.path.insert(0, str(ROOT))  # the cluster of the tests

SIZES = (1, 4, 8, 16, 32, 64, 128, 256, 1000)
"""Workers of one lane each."""
HUNG_S = 20.0
"""What a submission takes that never ends: the limit of one run."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", action="store_true", help="the model of very many workers")
    parser.add_argument("--students", type=int, default=100_000, help="tasks of the model (default: 100000)")
    parser.add_argument("--recorded", type=int, default=100, help="submissions that are really graded (default: 100)")
    parser.add_argument("--notebooks", type=int, default=200, help="size of the class of row 11 (default: 200)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of row 11 (default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.simulate:
            simulate(Path(name), options.students, options.recorded)
        else:
            overhead(Path(name), options.notebooks, options.rounds)


# --------------------------------------------------------------------------------------------------------------------
# Row 11
# --------------------------------------------------------------------------------------------------------------------

WAYS = {"the local pool": ("--jobs", 2), "a cluster": ("--cluster", "local:2")}


def overhead(scratch: Path, notebooks: int, rounds: int) -> None:
    adopt_orphans()
    few = notebooks // 10
    classes = {size: make_class(scratch / f"class{size}", size)[0].parent for size in (few, notebooks)}
    seen: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    grade(classes[few], scratch, *WAYS["the local pool"])  # the references come into the cache
    for _ in range(rounds):
        for way, how in WAYS.items():
            small, large = (grade(classes[size], scratch, *how) for size in (few, notebooks))
            seen[way].append(((large[0] - small[0]) / (notebooks - few), (large[1] - small[1]) / (notebooks - few)))
            spent, took = (each * 1e3 for each in seen[way][-1])
            print(f"   {way:<16} {spent:7.1f} ms of processor time a task, {took:7.1f} ms of wall clock", flush=True)
    pairs = list(zip(seen["a cluster"], seen["the local pool"], strict=True))
    for number, kind in enumerate(("processor time", "wall clock")):
        more = statistics.median(cluster[number] - local[number] for cluster, local in pairs)
        row(f"11 a task more on a cluster, {kind}", more * 1e3, "under 5 ms", "ms")


def adopt_orphans() -> None:
    """Processes below this one whose parents end before them become its children, so that their time is counted."""
    ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def grade(folder: Path, scratch: Path, *how: object) -> tuple[float, float]:
    """Processor and wall-clock seconds of a batch and of all that it starts."""
    gradebook = scratch / "book.sqlite"
    for path in scratch.glob("book.sqlite*"):
        path.unlink()
    asked = [word for exercise in HOMEWORK for word in ("--exercise", exercise)]
    command = [*GRADE, "batch", folder, *asked, "--gradebook", gradebook, "--course", ROOT, *how]
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    took = time.perf_counter() - began
    with suppress(ChildProcessError):
        while True:
            os.wait()  # those whose parents ended first: this process has adopted them
    after = os.times()
    assert done.returncode in (0, 1), done.stderr.decode()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, took


# --------------------------------------------------------------------------------------------------------------------
# The model
# --------------------------------------------------------------------------------------------------------------------


def simulate(scratch: Path, students: int, recorded: int) -> None:
    import cluster_costs
    from cluster_model import Plan
    from cluster_model import simulate as run

    record = cluster_costs.record(scratch / "recorded", recorded)
    made = make_class(scratch / "class", 2000)
    content = made[0].read_bytes()
    client_s, scheduler_s = cluster_costs.dask(record, content, 2000)
    print("Measured, milliseconds of processor time")
    print(f"   a task in a lane, by kind                {', '.join(f'{each * 1e3:.0f}' for each in record.task_s)}")
    print(f"   a task in Dask                           client {client_s * 1e3:.2f}, scheduler {scheduler_s * 1e3:.2f}")
    costs = {"SQLite": cluster_costs.main_process(record, scratch / "class", str(scratch / "book.sqlite"))}
    with cluster_costs.postgresql() as url:
        if url is not None:
            costs["PostgreSQL"] = cluster_costs.main_process(record, scratch / "class", url)
    costs = {name: replace(each, client_s=client_s, scheduler_s=scheduler_s) for name, each in costs.items()}
    for name, each in costs.items():
        stored = f"a transaction {each.commit_s * 1e3:.2f}, a result in it {each.row_s * 1e3:.2f}"
        taken = f"read {each.read_s * 1e3:.2f}, decode {each.decode_s * 1e3:.2f}, {stored}"
        print(f"   the main process, {name:<22} {taken}")
    mean = sum(record.task_s) / len(record.task_s)
    kinds = {
        f"tasks as recorded, {mean * 1e3:.0f} ms on average": record.task_s,
        f"one task in a hundred runs to its limit of {HUNG_S:.0f} s": with_hung(record.task_s),
        "tasks of ten times that": tuple(10 * each for each in record.task_s),
    }
    for title, task_s in kinds.items():
        print(f"\n{students:,} submissions; {title}")
        for name, each in costs.items():
            print(f"  {name}: one process reads, and stores each result as it comes")
            print(f"  {'workers':>9} {'a second':>9} {'minutes':>9}   at work: main process, scheduler, workers")
            for size in SIZES:
                tasks = min(students, 200 * size + 5000)  # enough of them for a rate
                seen = run(each, task_s, tasks, Plan(workers=size))
                shares = "".join(f"{share:>7.0%}" for share in seen.busy.values())
                print(f"  {size:>9} {seen.rate:>9.0f} {students / seen.rate / 60:>9.1f}   {shares}")
    print(f"\n1,000 workers, tasks as recorded, {students:,} submissions")
    for name, each in costs.items():
        for what, plan in remedies().items():
            seen = run(each, record.task_s, students, plan)
            print(f"  {name:<11} {what:<58} {seen.rate:>6.0f} a second, {seen.seconds / 60:>5.1f} minutes")


def with_hung(task_s: tuple[float, ...]) -> tuple[float, ...]:
    """The times, and as many of the limit that they are one in a hundred."""
    repeated = task_s * (100 // len(task_s))
    return (*repeated, HUNG_S)


def remedies() -> Mapping[str, object]:
    from cluster_model import Plan

    return {
        "as it is: one process, a result a transaction": Plan(workers=1000),
        "up to 64 results a transaction": Plan(workers=1000, commit=64),
        "a process that only stores": Plan(workers=1000, own_writer=True),
        "a process that only stores, up to 64 results a transaction": Plan(workers=1000, own_writer=True, commit=64),
        "4 sections with a gradebook and a scheduler each": Plan(workers=1000, sections=4),
        "10 sections with a gradebook and a scheduler each": Plan(workers=1000, sections=10),
    }


if __name__ == "__main__":
    main()
