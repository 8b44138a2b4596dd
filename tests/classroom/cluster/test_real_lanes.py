"""A class on real workers with real lanes and torch, of which some are killed, against the local pool."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from grader.classroom.batch.pool import Pool
from grader.classroom.cluster.open_cluster import open_cluster
from grader.pipeline.options import GradingOptions
from tests.classroom.cluster.test_chaos import grade
from tests.helpers.class_of import FORGOTTEN, RIGHT, WORDS
from tests.helpers.dask_cluster import DaskCluster
from tests.helpers.same_gradebook import differences

KINDS = (RIGHT, FORGOTTEN, WORDS + RIGHT, "print('nothing')\n", "import torch\nx = torch.ones(", "while True: break\n")


@pytest.mark.parametrize(
    ("students", "deaths"), [(12, 1), pytest.param(500, 8, marks=pytest.mark.exhaustive, id="exhaustive")]
)
def test_the_gradebook_is_that_of_the_local_pool_whichever_workers_die(
    course: Path, tmp_path: Path, students: int, deaths: int
) -> None:
    chance = random.Random(students)
    folder = tmp_path / "class"
    folder.mkdir()
    for number in range(students):
        (folder / f"student{number:03}.py").write_text(f"{chance.choice(KINDS)}\nnumber = {number}\n")
    options = GradingOptions(course=course, exercises=("double-backward",), for_class=True)
    pool = Pool(options, 1)
    try:
        grade(pool, options, folder, tmp_path / "here.sqlite")
    finally:
        pool.close()
    apart = students // deaths
    moments = [apart * death + chance.randrange(apart // 2) for death in range(deaths)]
    size = 1 if deaths == 1 else 2
    with DaskCluster(size=size) as cluster:

        def on_done(done: int) -> None:
            if done - 1 in moments:
                chance.choice(cluster.living()).kill()
                cluster.add(wait=False)

        grader = open_cluster(cluster.address, options, insecure=False, wait_s=120, note=lambda text: None)
        try:
            works = grade(grader, options, folder, tmp_path / "cluster.sqlite", on_done)
        finally:
            grader.close()
        assert works == {"graded": students}
        assert len(cluster.workers) == size + deaths
    assert differences(tmp_path / "here.sqlite", tmp_path / "cluster.sqlite") == []
