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


def wait_for(gradebook: Path, count: int) -> None:
    """Wait until so many files are graded."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{gradebook}?mode=ro", uri=True)) as database:
            if database.execute("SELECT count(*) FROM grading").fetchone()[0] >= count:
                return
        time.sleep(0.02)
    raise AssertionError(f"{count} files were not graded in time")


class TestTheGradebookIsTheSame:
    @pytest.mark.parametrize(
        ("seed", "students", "deaths"),
        [
            (15, 60, 2),
            *(pytest.param(seed, 120, 3, marks=pytest.mark.exhaustive, id=f"seed {seed}") for seed in range(6)),
        ],
    )
    def test_whichever_workers_are_killed_and_added_when(
        self, cluster: DaskCluster, open_at: Open, course: Path, tmp_path: Path, seed: int, students: int, deaths: int
    ) -> None:
        chance = random.Random(seed)
        words = [f"sleep {chance.random() * 0.03:.3f}" for _ in range(students)]
        words[chance.randrange(students)] = "die"
        folder = hand_in(tmp_path, words)
        grade_here(course, folder, tmp_path / "here.sqlite")
        # A task that was on two workers when they were killed would be taken for the reason.
        apart = students // (deaths + 1)
        moments = [5 + apart * death + chance.randrange(apart // 2) for death in range(deaths)]
        killed = []

        def on_done(done: int) -> None:
            if done in moments:
                worker = chance.choice(cluster.living())
                worker.kill()
                killed.append(worker.name)
                cluster.add(wait=chance.random() < 0.5)

        cluster.fill(2)
        works = grade(open_at(cluster), GradingOptions(course=course), folder, tmp_path / "cluster.sqlite", on_done)
        assert len(killed) == deaths
        assert works.total() == students
        assert differences(tmp_path / "here.sqlite", tmp_path / "cluster.sqlite") == []

    def test_when_the_scheduler_dies_the_batch_ends_with_a_sentence_and_goes_on_with_another_scheduler(
        self, cluster: DaskCluster, open_at: Open, course: Path, tmp_path: Path
    ) -> None:
        folder = hand_in(tmp_path, ["sleep 0.02"] * 30)
        grade_here(course, folder, tmp_path / "here.sqlite")

        def on_done(done: int) -> None:
            if done == 10:
                cluster.kill_scheduler()

        cluster.fill(1)
        grader = open_at(cluster)
        try:
            with pytest.raises(SandboxError, match=r"scheduler of the cluster is gone.*the same command goes on"):
                grade(grader, GradingOptions(course=course), folder, tmp_path / "cluster.sqlite", on_done)
        finally:
            grader.close()
            cluster.kill_scheduler()
            cluster.start_scheduler()
        cluster.fill(1)
        works = grade(open_at(cluster), GradingOptions(course=course), folder, tmp_path / "cluster.sqlite")
        assert works["unchanged"] >= 10
        assert works.total() == 30
        assert differences(tmp_path / "here.sqlite", tmp_path / "cluster.sqlite") == []


def test_workers_come_late_and_are_taken_away_and_a_task_that_kills_two_is_broken(
    cluster: DaskCluster, open_at: Open
) -> None:
    """One batch: a worker that comes late takes work; a task that ends two lanes and one that kills two workers are
    broken with the reason, and no third is killed; a worker that leaves in good order loses nothing.
    """
    cluster.fill(2)
    started_with = len(cluster.living())
    grader = open_at(cluster)
    grader.check_references()
    found: dict[str, Graded] = {}
    sent: list[str] = []

    def task(word: str) -> Task:
        sent.append(f"{len(sent)} {word}")
        return Task(key=sent[-1], name="a.py", content=f"# {word}\n".encode())

    def tasks() -> Iterator[Task]:
        (late,) = cluster.add(wait=False)
        while late.name not in {graded.why for graded in found.values()}:
            yield task("where 0.1")
        yield task("die")
        yield task("worker")
        while len(cluster.living()) > started_with - 1 or not any(key.endswith(" worker") for key in found):
            yield task("where 0.1")
        cluster.fill(2)
        for _ in range(10):
            yield task("where 0.02")
        cluster.living()[0].stop()
        for _ in range(10):
            yield task("where 0.02")

    for graded in grader.grade(tasks()):
        found[graded.key] = graded
    assert sorted(found) == sorted(sent)
    broken = {key.split()[1]: graded for key, graded in found.items() if graded.status != "graded"}
    assert {word: graded.status for word, graded in broken.items()} == {"die": "broken", "worker": "broken"}
    assert "twice (it was too much)" in broken["die"].why
    assert "twice (the worker " in broken["worker"].why
    assert len({graded.why for key, graded in found.items() if " where " in key}) == started_with + 2
    assert len(cluster.living()) == 1


def test_ctrl_c_leaves_a_running_cluster_as_it_was_and_the_same_batch_goes_on(
    cluster: DaskCluster, open_at: Open, course: Path, tmp_path: Path
) -> None:
    cluster.fill(1)
    folder = hand_in(tmp_path, ["sleep 0.1"] * 30)
    before = state_of(cluster.address)
    command = [sys.executable, "-m", "grader.cli", "batch", "class", "--course", course, "--cluster", cluster.address]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(tmp_path / "gradebook.sqlite", 5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    grader = open_at(cluster)
    works = grade(grader, GradingOptions(course=course), folder, tmp_path / "gradebook.sqlite")
    grader.close()
    assert works["unchanged"] >= 5
    assert works.total() == 30
    assert state_of(cluster.address) == before
