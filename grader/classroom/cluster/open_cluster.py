"""Opens what ``--cluster`` names: connects to a scheduler that is running, or starts a cluster."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader.classroom.cluster.addresses import PACKAGES, RunningCluster, StartedCluster, parse_address, require_secure
from grader.errors import UsageError
from grader.pipeline.options import GradingOptions

if TYPE_CHECKING:
    from grader.classroom.cluster.cluster_pool import ClusterPool

CONNECT_S = 15.0
INSTALL = "pip install 'autograd-grader[cluster]'"


def open_cluster(
    text: str,
    options: GradingOptions,
    *,
    insecure: bool,
    wait_s: float,
    note: Callable[[str], None],
) -> ClusterPool:
    """Begins to connect, and returns at once. Raises UsageError where the address cannot be used."""
    asked = parse_address(text)
    if isinstance(asked, RunningCluster):
        require_secure(asked.url, insecure=insecure)
    if importlib.util.find_spec("distributed") is None:
        raise UsageError(f"--cluster needs Dask: {INSTALL}")
    if isinstance(asked, StartedCluster):
        module, package = PACKAGES[asked.kind]
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            raise UsageError(f"--cluster {asked.kind} needs {package}: pip install {package}")
    from grader.classroom.cluster.cluster_pool import ClusterPool
    from grader.classroom.cluster.connecting import Place
    from grader.classroom.cluster.link import DaskLink
    from grader.classroom.cluster.started_cluster import ClusterProcess

    batch = uuid.uuid4().hex
    if isinstance(asked, RunningCluster):
        place = Place(url=asked.url)
        return ClusterPool(options, DaskLink(lambda: place, batch, CONNECT_S), batch=batch, wait_s=wait_s, note=note)
    started = ClusterProcess(asked)

    def place_of_started() -> Place:
        found = started.place()
        require_secure(found.url, insecure=insecure)
        return found

    link = DaskLink(place_of_started, batch, CONNECT_S, then=started.close)
    return ClusterPool(options, link, batch=batch, wait_s=wait_s, note=note)
