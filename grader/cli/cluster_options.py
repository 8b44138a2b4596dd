"""The options of commands that use a Dask cluster."""

from __future__ import annotations

import argparse

from grader.errors import UsageError

MAX_WAIT_S = 7 * 86400


def add_cluster_options(parser: argparse.ArgumentParser, purpose: str, *, wait_s: float) -> None:
    """``purpose`` begins the help of ``--cluster``. ``wait_s``: how long a worker is waited for by default."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=f"{purpose}: tcp://HOST:PORT or tls://HOST:PORT of its scheduler; slurm:N, pbs:N, kubernetes:N and the "
        "like, by Dask's own configuration; local:N for N processes here (docs/cluster.md)",
    )
    parser.add_argument(
        "--insecure-cluster",
        action="store_true",
        help="use a cluster without TLS, beyond this machine: everybody on the network can change results",
    )
    parser.add_argument(
        "--cluster-wait",
        type=_wait_s,
        metavar="S",
        help=f"how many seconds to wait for a worker where the cluster has none (default: {wait_s:.0f})",
    )


def check_cluster_options(cluster: str | None, *, insecure: bool, wait_s: float | None) -> None:
    """Raises UsageError where an option says how a cluster is used, and there is none."""
    if cluster is None and (insecure or wait_s is not None):
        name = "--insecure-cluster" if insecure else "--cluster-wait"
        raise UsageError(f"{name} says how --cluster is used; there is no --cluster.")


def _wait_s(text: str) -> float:
    seconds = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= seconds <= MAX_WAIT_S:
        raise argparse.ArgumentTypeError(f"a time to wait is a whole number of seconds from 1 to {MAX_WAIT_S}")
    return float(seconds)
