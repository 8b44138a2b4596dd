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
    from grader.classroom.cluster.link import DaskLink

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
    batch = uuid.uuid4().hex
    link = open_link(text, batch, insecure=insecure)
    from grader.classroom.cluster.cluster_pool import ClusterPool

    return ClusterPool(options, link, batch=batch, wait_s=wait_s, note=note)


def open_link(text: str, batch: str, *, insecure: bool) -> DaskLink:
    """A link that has not begun to connect. Raises UsageError where the address cannot be used."""
    asked = parse_address(text)
    if isinstance(asked, RunningCluster):
        require_secure(asked.url, insecure=insecure)
    if importlib.util.find_spec("distributed") is None:
        raise UsageError(f"--cluster needs Dask: {INSTALL}")
    if isinstance(asked, StartedCluster):
        module, package = PACKAGES[asked.kind]
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            raise UsageError(f"--cluster {asked.kind} needs {package}: pip install {package}")
    from grader.classroom.cluster.connecting import Place
    from grader.classroom.cluster.link import DaskLink
    from grader.classroom.cluster.started_cluster import ClusterProcess

    if isinstance(asked, RunningCluster):
        place = Place(url=asked.url)
        return DaskLink(lambda: place, batch, CONNECT_S)
    started = ClusterProcess(asked)

    def place_of_started() -> Place:
        found = started.place()
        require_secure(found.url, insecure=insecure)
        return found

    return DaskLink(place_of_started, batch, CONNECT_S, then=started.close)
