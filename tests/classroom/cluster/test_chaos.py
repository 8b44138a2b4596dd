"""Whatever happens to a cluster while a class is graded, the gradebook is that of the local pool.

The scheduler and the workers are real processes, which are killed and added. Their lanes are stand-ins, so that a class
takes seconds; ``test_real_lanes`` has a class for real lanes.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from grader.classroom.batch.batch import Batch, Regrade, SubmissionDone
from grader.classroom.batch.pool import Pool
from grader.classroom.batch.tasks import Task, TaskGrader
from grader.classroom.cluster.open_cluster import open_cluster
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.intake import read_class
from grader.errors import SandboxError
from grader.handin import WorkFiles
from grader.model import Graded
from grader.pipeline.options import GradingOptions
from tests.classroom.cluster.conftest import STAND_IN
from tests.helpers import stand_in_lane
from tests.helpers.dask_cluster import DaskCluster, state_of
from tests.helpers.same_gradebook import differences

Open = Callable[..., TaskGrader]


@pytest.fixture
def open_at(course: Path) -> Iterator[Open]:
    graders: list[TaskGrader] = []

    def open_at(cluster: DaskCluster) -> TaskGrader:
        options = GradingOptions(course=course)
        graders.append(open_cluster(cluster.address, options, insecure=False, wait_s=60, note=lambda text: None))
        return graders[-1]

    yield open_at
    for grader in graders:
        grader.close()


def hand_in(folder: Path, words: Sequence[str]) -> Path:
    (folder / "class").mkdir()
    for number, word in enumerate(words):
        (folder / "class" / f"student{number:03}.py").write_text(f"# {word}\nnumber = {number}\n")
    return folder / "class"


def grade(
    grader: TaskGrader,
    options: GradingOptions,
    folder: Path,
    gradebook: Path,
    on_done: Callable[[int], None] = lambda done: None,
) -> Counter[str]:
    """Grade a class; ``on_done`` gets the number of what is saved. Returns what was done how often."""
    works: Counter[str] = Counter()

    def count(done: SubmissionDone) -> None:
        works[done.work] += 1
        on_done(works.total())

    with read_class(folder, WorkFiles()) as intake, Gradebook.open(str(gradebook), create=True) as book:
        Batch(
            book=book,
            intake=intake,
            assignment="class",
            options=options,
            regrade=Regrade(),
            on_done=count,
        ).run(grader)
    return works


def grade_here(course: Path, folder: Path, gradebook: Path) -> None:
    pool = Pool(GradingOptions(course=course), 1, command=stand_in_lane.command())
    try:
        grade(pool, GradingOptions(course=course), folder, gradebook)
    finally:
        pool.close()


def outcomes(grader: TaskGrader, *words: str) -> dict[str, Graded]:
    grader.ready()
    grader.check_references()
    tasks = [Task(key=str(number), name="a.py", content=f"# {word}".encode()) for number, word in enumerate(words)]
    found = list(grader.grade(tasks))
    assert sorted(graded.key for graded in found) == sorted(task.key for task in tasks)
    return {graded.key: graded for graded in found}


def wait_for(gradebook: Path, count: int) -> None:
    """Wait until so many files are graded."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{gradebook}?mode=ro", uri=True)) as database:
            if database.execute("SELECT count(*) FROM grading").fetchone()[0] >= count:
                return
        time.sleep(0.02)
    raise AssertionError(f"{count} files were never graded")


class TestTheGradebookIsTheSame:
    @pytest.mark.parametrize("seed", [15, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(5))])
    def test_whichever_workers_are_killed_and_added_when(
        self, cluster: DaskCluster, open_at: Open, course: Path, tmp_path: Path, seed: int
    ) -> None:
        chance = random.Random(seed)
        words = [f"sleep {chance.random() * 0.03:.3f}" for _ in range(120)]
        folder = hand_in(tmp_path, words)
        grade_here(course, folder, tmp_path / "here.sqlite")
        # A task that was on two workers when they were killed would be taken for the reason.
        moments = [each + chance.randrange(15) for each in (5, 40, 75)]
        killed = []

        def on_done(done: int) -> None:
            if done in moments:
                worker = chance.choice(cluster.living())
                worker.kill()
                killed.append(worker.name)
                cluster.add(wait=chance.random() < 0.5)

        works = grade(open_at(cluster), GradingOptions(course=course), folder, tmp_path / "cluster.sqlite", on_done)
        assert len(killed) == 3
        assert works == {"graded": 120}
        assert differences(tmp_path / "here.sqlite", tmp_path / "cluster.sqlite") == []

    def test_when_the_scheduler_dies_the_batch_ends_with_a_sentence_and_goes_on_with_another_scheduler(
        self, open_at: Open, course: Path, tmp_path: Path
    ) -> None:
        folder = hand_in(tmp_path, ["sleep 0.02"] * 40)
        grade_here(course, folder, tmp_path / "here.sqlite")
        with DaskCluster(size=1, worker_options=STAND_IN) as cluster:
            grader = open_at(cluster)

            def on_done(done: int) -> None:
                if done == 15:
                    cluster.kill_scheduler()

            with pytest.raises(SandboxError, match=r"scheduler of the cluster is gone.*the same command goes on"):
                grade(grader, GradingOptions(course=course), folder, tmp_path / "cluster.sqlite", on_done)
            grader.close()
            cluster.start_scheduler()
            cluster.add()
            works = grade(open_at(cluster), GradingOptions(course=course), folder, tmp_path / "cluster.sqlite")
        assert works["unchanged"] >= 15
        assert works.total() == 40
        assert differences(tmp_path / "here.sqlite", tmp_path / "cluster.sqlite") == []


class TestWorkersComeAndGo:
    def test_one_that_comes_late_takes_work(self, cluster: DaskCluster, open_at: Open) -> None:
        late: list[str] = []

        def tasks() -> Iterator[Task]:
            for number in range(200):
                if number == 10:
                    late.extend(worker.name for worker in cluster.add())
                yield Task(key=str(number), name="a.py", content=b"# where")

        grader = open_at(cluster)
        grader.check_references()
        workers: set[str] = set()
        for graded in grader.grade(tasks()):
            workers.add(graded.why)
        assert late[0] in workers
        assert len(workers) >= 3

    def test_one_that_is_taken_away_in_good_order_loses_nothing_and_blames_no_task(
        self, cluster: DaskCluster, open_at: Open
    ) -> None:
        cluster.add(max(0, 3 - len(cluster.living())))
        grader = open_at(cluster)
        grader.check_references()
        found: dict[str, Graded] = {}
        names = [str(number) for number in range(60)]
        tasks = [Task(key=name, name="a.py", content=b"# sleep 0.05") for name in names]
        for graded in grader.grade(tasks):
            found[graded.key] = graded
            if len(found) in (10, 20):
                cluster.living()[0].stop()
        assert sorted(found) == sorted(names)
        assert {graded.status for graded in found.values()} == {"graded"}


class TestTasksThatKill:
    def test_two_lanes_are_broken_with_the_reason_and_the_others_are_graded(
        self, cluster: DaskCluster, open_at: Open
    ) -> None:
        cluster.add(max(0, 2 - len(cluster.living())))
        found = outcomes(open_at(cluster), "ok", "die", "ok", "ok")
        assert [key for key, graded in found.items() if graded.status == "broken"] == ["1"]
        assert "twice" in found["1"].why
        assert "it was too much" in found["1"].why
        assert len(cluster.living()) >= 2

    def test_two_workers_are_broken_and_no_third_is_killed(self, cluster: DaskCluster, open_at: Open) -> None:
        cluster.add(max(0, 4 - len(cluster.living())))
        before = len(cluster.living())
        found = outcomes(open_at(cluster), *["ok"] * 5, "worker", *["sleep 0.02"] * 30)
        assert [key for key, graded in found.items() if graded.status == "broken"] == ["5"]
        assert "twice" in found["5"].why
        assert len(cluster.living()) == before - 2


def test_ctrl_c_leaves_a_running_cluster_as_it_was_and_the_same_command_goes_on(
    cluster: DaskCluster, course: Path, tmp_path: Path
) -> None:
    cluster.add(max(0, 2 - len(cluster.living())))
    hand_in(tmp_path, ["sleep 0.1"] * 40)
    before = state_of(cluster.address)
    command = [sys.executable, "-m", "grader.cli", "batch", "class", "--course", course, "--cluster", cluster.address]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(tmp_path / "gradebook.sqlite", 5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert state_of(cluster.address) == before
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in again.stderr
    assert "unchanged" in again.stderr
    assert state_of(cluster.address) == before
