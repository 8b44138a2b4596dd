"""Starts a cluster and keeps it until its input ends (``python -m grader.classroom.cluster.cluster_host KIND …``).

A process of its own, since the scheduler of many clusters runs in the process that starts them: a worker can have code
run there, and the main process holds the gradebook. It writes one line of JSON: ``{"address": …}``, or
``{"error": …, "usage": true}``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from grader.classroom.cluster.addresses import QUEUES

CLASSES = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "lsf": "LSFCluster",
    "sge": "SGECluster",
    "oar": "OARCluster",
    "htcondor": "HTCondorCluster",
    "moab": "MoabCluster",
}


class MissingPackage(Exception):
    """A package that starts such clusters is not installed."""


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which then ends this one
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    asked = json.loads(sys.argv[1])
    try:
        cluster = _start(asked["kind"], asked["workers"], asked["hosts"])
    except MissingPackage as error:
        _answer(out, {"error": str(error), "usage": True})
        return 1
    except Exception as error:
        _answer(out, {"error": f"{type(error).__name__}: {error}", "usage": False})
        return 1
    try:
        _answer(out, {"address": cluster.scheduler_address})
        sys.stdin.buffer.read()
    finally:
        with suppress(Exception):
            cluster.close()
    return 0


def _answer(out: Any, answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer) + "\n")
    out.flush()


def _start(kind: str, workers: int | None, hosts: list[str]) -> Any:
    if kind == "local":
        import distributed

        local: Any = distributed.LocalCluster
        return local(
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
        _need("asyncssh", "asyncssh", kind)
        from distributed import SSHCluster

        return SSHCluster(hosts, worker_options={"nthreads": 1})
    cluster = _class_of(kind)()
    if workers is not None:
        cluster.scale(workers)
    elif kind in QUEUES and not cluster.worker_spec:
        cluster.scale(1)
    return cluster


def _class_of(kind: str) -> Any:
    if kind in QUEUES:
        return getattr(_need("dask_jobqueue", "dask-jobqueue", kind), CLASSES[kind])
    if kind == "kubernetes":
        return _need("dask_kubernetes.operator", "dask-kubernetes", kind).KubeCluster
    return _need("dask_gateway", "dask-gateway", kind).GatewayCluster


def _need(module: str, package: str, kind: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackage(f"--cluster {kind} needs {package}: pip install {package} ({error})") from error


if __name__ == "__main__":
    sys.exit(main())
