"""Clusters of real processes, whose lanes are stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.class_of import course_of
from tests.helpers.dask_cluster import DaskCluster
from tests.helpers.time_limit import time_limit

STAND_IN = ("--preload", "tests.helpers.stand_in_lane")


@pytest.fixture(autouse=True)
def limited(request: pytest.FixtureRequest) -> Iterator[None]:
    """What waits for a cluster is ended when it hangs."""
    with time_limit(60 if request.node.get_closest_marker("exhaustive") is None else 600):
        yield


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    """Two workers to begin with. A test that needs more than it finds adds them."""
    with DaskCluster(size=2, worker_options=STAND_IN) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course, so that it is sent at once."""
    return course_of(["double-backward"], tmp_path_factory.mktemp("course"))
