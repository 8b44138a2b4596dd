"""Starts a cluster and keeps it until its input ends (``python -m grader.classroom.cluster.cluster_host KIND …``).

A process of its own, since the scheduler of many clusters runs in the process that starts them: a worker can have code
run there, and the main process holds the gradebook. It writes one line of JSON: ``{"address": …, "tls": …}``, or
``{"error": …}``.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from grader.classroom.cluster.addresses import PACKAGES, QUEUES

CLASSES = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "lsf": "LSFCluster",
    "sge": "SGECluster",
    "oar": "OARCluster",
    "htcondor": "HTCondorCluster",
    "moab": "MoabCluster",
}


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which then ends this one
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    asked = json.loads(sys.argv[1])
    try:
        cluster = _start(asked["kind"], asked["workers"], asked["hosts"])
    except Exception as error:
        _answer(out, {"error": f"{type(error).__name__}: {error}"})
        return 1
    try:
        _answer(out, {"address": cluster.scheduler_address, "tls": _certificates(cluster.security)})
        sys.stdin.buffer.read()
    finally:
        with suppress(Exception):
            cluster.close()
    return 0


def _answer(out: Any, answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer) + "\n")
    out.flush()


def _certificates(security: Any) -> dict[str, str] | None:
    """Those of a cluster that made its own, as PEM; None: Dask's configuration has them, or there is no TLS."""
    names = ("tls_ca_file", "tls_client_cert", "tls_client_key")
    if hasattr(security, "tls_key") and hasattr(security, "tls_cert"):  # Dask Gateway's
        return {"tls_key": str(security.tls_key), "tls_cert": str(security.tls_cert)}
    found = {name: str(getattr(security, name, "")) for name in names}
    return found if all("\n" in text for text in found.values()) else None


def _start(kind: str, workers: int | None, hosts: list[str]) -> Any:
    if kind == "local":
        import distributed

        dask: Any = importlib.import_module("dask")
        # Nobody looks at these processes' profiles, which they make a hundred times a second.
        dask.config.set({"distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "500ms"})
        temporary: Any = distributed.Security.temporary
        local: Any = distributed.LocalCluster
        return local(
            # Other users of this machine, and submissions that are not kept from the network, cannot talk to it.
            security=temporary(),
            protocol="tls://",
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,  # the lanes limit what submissions use; a worker itself needs little
            silence_logs=False,
        )
    if kind == "ssh":
        from distributed import SSHCluster

        return SSHCluster(hosts, worker_options={"nthreads": 1})
    cluster = _class_of(kind)()
    if workers is not None:
        cluster.scale(workers)
    elif kind in QUEUES and not cluster.worker_spec:
        cluster.scale(1)
    return cluster


def _class_of(kind: str) -> Any:
    module = importlib.import_module(PACKAGES[kind][0])
    if kind in QUEUES:
        return getattr(module, CLASSES[kind])
    return module.KubeCluster if kind == "kubernetes" else module.GatewayCluster


if __name__ == "__main__":
    sys.exit(main())
