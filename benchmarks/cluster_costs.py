"""What the parts of a batch on a cluster cost, measured: tasks, the process that reads and stores, Dask's scheduler.

All is processor time, so that the figures are those of a machine that does nothing else: whatever is measured here does
one thing after the other.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from batch import HOMEWORK
from common import EXAMPLES, ROOT, make_class
from sqlalchemy import event

from grader.classroom.batch import messages
from grader.classroom.batch.batch import Batch, Regrade
from grader.classroom.batch.pool import Pool
from grader.classroom.batch.tasks import Ready, Task
from grader.classroom.gradebook import gradings
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.intake import read_class
from grader.handin import WorkFiles
from grader.model import Graded
from grader.pipeline.options import GradingOptions
from grader.sandbox.preload import modules_for
from tests.helpers import postgres
from tests.helpers.dask_cluster import DaskCluster

OPTIONS = GradingOptions(course=ROOT, exercises=HOMEWORK, for_class=True)
KINDS = sum(path.suffix in (".py", ".ipynb") for path in EXAMPLES.glob("*.*"))
"""How many examples a class is made of, in turn."""
BLOCK = 100
"""Results whose time is taken together. The least of the blocks is kept: other programs only ever add to it."""
COMMITS = (1, 4, 16, 64)
"""How many results a transaction has, where that is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A class that was graded by one lane: the seconds of each kind of task, and the results as frames.

    The kernel counts in steps of 10 ms, so the tasks that were made of the same example are taken together.
    """

    task_s: tuple[float, ...]
    frames: tuple[tuple[messages.Json, bytes], ...]
    ready: Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Seconds for a task in the one process that reads the class and stores the results, and in Dask.

    ``commit_s`` and ``row_s``: a transaction of n results takes ``commit_s + n * row_s``.
    """

    read_s: float
    decode_s: float
    commit_s: float
    row_s: float
    client_s: float = 0.0
    """In Dask's client, which is a thread of that process: to send a task and to receive its result."""
    scheduler_s: float = 0.0


def record(folder: Path, count: int) -> Recorded:
    """Grade a class with one lane, and take the processor time of the lane and its worker from result to result."""
    paths = make_class(folder, count)
    tasks = [Task(key=path.name, name=path.name, content=path.read_bytes()) for path in paths]
    pool = Pool(OPTIONS, 1)
    seconds: dict[int, list[float]] = {}
    frames = []
    try:
        pool.prepare(modules_for(task.content for task in tasks))
        ready = pool.ready()
        pool.check_references()
        list(pool.grade([replace(task, key=f"first {task.key}") for task in tasks[:KINDS]]))
        (lane,) = pool._lanes.values()
        before = processor_s_of_all(lane.pid)
        for number, graded in enumerate(pool.grade(tasks)):
            now = processor_s_of_all(lane.pid)
            seconds.setdefault(number % KINDS, []).append(now - before)
            frames.append(messages.encode_graded(graded))
            before = now
    finally:
        pool.close()
    return Recorded(task_s=tuple(map(statistics.mean, seconds.values())), frames=tuple(frames), ready=ready)


# --------------------------------------------------------------------------------------------------------------------
# The process that reads and stores
# --------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Replay:
    """A ``TaskGrader`` that answers at once with recorded results, and takes the time of all else."""

    recorded: Recorded
    read: list[float] = field(default_factory=list)
    decode: list[float] = field(default_factory=list)
    save: list[float] = field(default_factory=list)

    def prepare(self, modules: Sequence[str], submissions: int = 0) -> None:
        """Nothing to do: nothing runs."""

    def ready(self) -> Ready:
        return self.recorded.ready

    def check_references(self) -> Mapping[str, object]:
        return {}

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        waiting, number = iter(tasks), 0
        while True:
            began = time.process_time()
            task = next(waiting, None)
            if task is None:
                return
            messages.encode_task(task)
            read = time.process_time()
            header, payload = self.recorded.frames[number % len(self.recorded.frames)]
            graded = messages.decode_graded({**header, "key": task.key}, payload)
            decoded = time.process_time()
            yield graded
            self.read.append(read - began)
            self.decode.append(decoded - read)
            self.save.append(time.process_time() - decoded)
            number += 1

    def close(self) -> None:
        """Nothing to end."""


def main_process(recorded: Recorded, folder: Path, gradebook: str, *, round_trip_s: float = 0.0) -> Costs:
    """Take a whole class through ``Batch`` with recorded results, and then store the results again, several a commit.

    A database server is asked and waited for, so its processor time counts as well, and each commit a wait for the
    disk, and each question ``round_trip_s`` for the network, which a server on this machine does not need.
    """
    replay = Replay(recorded)
    with (
        read_class(folder, WorkFiles()) as intake,
        closing(Gradebook.open(gradebook, create=True, exclusive=True)) as book,
    ):
        Batch(
            book=book,
            intake=intake,
            assignment="class",
            options=OPTIONS,
            regrade=Regrade(),
            on_done=lambda done: None,
        ).run(replay)  # type: ignore[arg-type]
        results = [
            messages.decode_graded({**header, "key": f"{number:064}"}, payload)
            for number, (header, payload) in enumerate(recorded.frames * (len(replay.read) // len(recorded.frames)))
        ]
        clock = _clock(book)
        by_size = {size: _least_of_blocks(list(_saved(book, results, size, clock))) for size in COMMITS}
        asked = _questions(book, results[:BLOCK])
        waits_s = disk_s(folder) if "://" in gradebook else 0.0
    commit_s, row_s = _line({size: size * each for size, each in by_size.items()})
    return Costs(
        read_s=_least_of_blocks(replay.read),
        decode_s=_least_of_blocks(replay.decode),
        commit_s=commit_s + waits_s + 2 * round_trip_s,  # BEGIN and COMMIT
        row_s=row_s + asked * round_trip_s,
    )


def _saved(book: Gradebook, results: Sequence[Graded], size: int, clock: Callable[[], float]) -> Iterator[float]:
    """Seconds of each result, stored ``size`` in a transaction, as ``Gradebook.save`` stores one."""
    for first in range(0, len(results), size):
        part = results[first : first + size]
        began = clock()
        with book._transaction() as connection:
            for number, graded in enumerate(part, first + 1):
                gradings.save(connection, graded)
                gradings.link_submissions(connection, graded.key, {number: graded.key}, graded.key)
        yield from [(clock() - began) / len(part)] * len(part)


def _clock(book: Gradebook) -> Callable[[], float]:
    """Processor seconds of this process and of the processes of the database server that it talks to."""
    pids: list[int] = []
    if book._engine.dialect.name == "postgresql":
        with book._transaction() as connection:
            found = connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
            pids = [pid for (pid,) in found]
    files = [Path(f"/proc/{pid}/schedstat") for pid in pids]
    return lambda: time.process_time() + sum(int(file.read_text().split()[0]) for file in files) / 1e9


def _questions(book: Gradebook, results: Sequence[Graded]) -> float:
    """How many statements a result needs."""
    asked: list[str] = []
    hear = lambda connection, cursor, statement, *rest: asked.append(statement)  # noqa: E731 - removed by its identity
    event.listen(book._engine, "before_cursor_execute", hear)
    list(_saved(book, results, len(results), time.process_time))
    event.remove(book._engine, "before_cursor_execute", hear)
    return len(asked) / len(results)


def disk_s(folder: Path) -> float:
    """Seconds until a block that was written lies on the disk, the median of a hundred."""
    seconds = []
    with tempfile.NamedTemporaryFile(dir=folder.parent) as file:
        for _ in range(100):
            began = time.perf_counter()
            os.write(file.fileno(), bytes(8192))
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _least_of_blocks(seconds: Sequence[float]) -> float:
    return min(statistics.mean(seconds[at : at + BLOCK]) for at in range(0, len(seconds) - BLOCK + 1, BLOCK))


def _line(seconds: Mapping[int, float]) -> tuple[float, float]:
    """The line through times by size, by least squares of the relative error: its value at 0, and its slope."""
    sizes, times = list(seconds), list(seconds.values())
    weights = [1 / each**2 for each in times]
    total = sum(weights)
    size = sum(w * s for w, s in zip(weights, sizes, strict=True)) / total
    taken = sum(w * t for w, t in zip(weights, times, strict=True)) / total
    slope = sum(w * (s - size) * (t - taken) for w, s, t in zip(weights, sizes, times, strict=True)) / sum(
        w * (s - size) ** 2 for w, s in zip(weights, sizes, strict=True)
    )
    return max(0.0, taken - slope * size), slope


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The URL of a server whose commits wait for the disk; None where PostgreSQL is not installed."""
    if postgres.programs() is None:
        yield None
    else:
        with postgres.server(durable=True) as url:
            yield url


# --------------------------------------------------------------------------------------------------------------------
# Dask
# --------------------------------------------------------------------------------------------------------------------


def dask(recorded: Recorded, content: bytes, count: int) -> tuple[float, float]:
    """Processor seconds for a task in Dask's client and in its scheduler: the bytes of a submission there, those of a
    result back, and nothing done in between.
    """
    from distributed import Client, as_completed

    _, payload = recorded.frames[0]
    path = os.pathsep.join((str(ROOT), str(ROOT / "benchmarks")))  # where the function is found that it sends
    with (
        DaskCluster(size=2, environment={"PYTHONPATH": path}) as cluster,
        Client(cluster.address, set_as_default=False) as client,
    ):

        def send(number: int) -> None:
            waiting = as_completed(loop=client.loop, with_results=True)
            for each in range(number):
                waiting.add(client.submit(_answer, content, len(payload), key=f"task-{each}", pure=False))
                if each >= 8:
                    next(waiting)
            for _ in waiting:
                pass

        send(count // 10)
        here, there = time.process_time(), processor_s(cluster.scheduler_pid)
        send(count)
        return (time.process_time() - here) / count, (processor_s(cluster.scheduler_pid) - there) / count


def _answer(content: bytes, size: int) -> bytes:
    return content[:1] * size


def processor_s(pid: int) -> float:
    """Processor time of a process, without that of its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor_s_of_all(pid: int) -> float:
    """Processor time of a process and of all below it, those included that have ended."""
    total, waiting = 0.0, [pid]
    while waiting:
        process = Path(f"/proc/{waiting.pop()}")
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            waiting += [int(each) for task in process.glob("task/*/children") for each in task.read_text().split()]
        except OSError:  # it has just ended: its parent counts it
            continue
        total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


def clear(gradebook: Path) -> None:
    for path in gradebook.parent.glob(f"{gradebook.name}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
