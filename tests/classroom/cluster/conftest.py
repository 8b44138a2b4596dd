"""Clusters of real processes, whose lanes are stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.class_of import course_of
from tests.helpers.dask_cluster import DaskCluster

STAND_IN = ("--preload", "tests.helpers.stand_in_lane")


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    """Two workers to begin with. A test that kills some adds as many."""
    with DaskCluster(size=2, worker_options=STAND_IN) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course, so that it is sent at once."""
    return course_of(["double-backward"], tmp_path_factory.mktemp("course"))
