"""What the words after ``--cluster`` mean: a scheduler that is running, or a cluster to start."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader.errors import UsageError
from grader.suggestions import did_you_mean

RUNNING = ("tcp", "tls")
GATEWAY = "gateway://"
"""How addresses begin of clusters that Dask Gateway started. They need the certificates that it made."""
QUEUES = ("slurm", "pbs", "lsf", "sge", "oar", "htcondor", "moab")
"""Kinds of clusters that dask-jobqueue starts."""
PACKAGES = {
    "local": ("cryptography", "cryptography"),
    "ssh": ("asyncssh", "asyncssh"),
    "kubernetes": ("dask_kubernetes.operator", "dask-kubernetes"),
    "gateway": ("dask_gateway", "dask-gateway"),
    **dict.fromkeys(QUEUES, ("dask_jobqueue", "dask-jobqueue")),
}
"""The module that starting a kind of cluster needs, and what it is called for pip."""
KINDS = ("local", *QUEUES, "kubernetes", "gateway", "ssh")
MAX_WORKERS = 10_000
MAX_LOCAL = 256
_EXAMPLES = (
    "tcp://HOST:PORT or tls://HOST:PORT for a scheduler that is running, or local:N, slurm:N, kubernetes:N, ssh:HOST"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCluster:
    """A scheduler at an address, such as ``tcp://10.0.0.1:8786``."""

    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("tls://")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedCluster:
    """A cluster that is started for the batch, and ended with it. ``workers``: how many; None: as its own
    configuration says. ``hosts``: for ``ssh``.
    """

    kind: str
    workers: int | None = None
    hosts: tuple[str, ...] = ()


ClusterAddress = RunningCluster | StartedCluster


def parse_address(text: str) -> ClusterAddress:
    """Raises UsageError."""
    if "://" in text:
        return running_cluster(text)
    kind, colon, rest = text.partition(":")
    if not text.strip():
        raise UsageError(f"--cluster: the address is empty. {_say()}")
    if kind in RUNNING:
        raise UsageError(f"--cluster {text}: an address with `{kind}` is {kind}://HOST:PORT.")
    if kind not in KINDS:
        is_host = rest.isdecimal() and ("." in kind or kind == "localhost")
        meant = f"; did you mean tcp://{text}?" if is_host else did_you_mean(kind, KINDS)
        raise UsageError(f"--cluster {text}: there is no kind of cluster `{kind}`{meant or '.'} {_say()}")
    if kind == "ssh":
        hosts = tuple(host for host in rest.split(",") if host)
        if not hosts:
            raise UsageError("--cluster ssh: say on which machines: ssh:HOST,HOST. The scheduler runs on the first.")
        return StartedCluster(kind=kind, hosts=hosts)
    if not colon and kind != "local":
        return StartedCluster(kind=kind)
    most = MAX_LOCAL if kind == "local" else MAX_WORKERS
    if not (rest.isascii() and rest.isdecimal()) or not 1 <= int(rest[:9]) <= most:
        raise UsageError(f"--cluster {text}: say how many workers, from 1 to {most:,}: {kind}:4.")
    return StartedCluster(kind=kind, workers=int(rest))


def require_secure(url: str, *, insecure: bool) -> None:
    """Raises UsageError for an address beyond this machine without TLS, unless ``insecure`` allows it."""
    if url.startswith(GATEWAY):
        return  # always encrypted, with certificates of the cluster's own
    cluster = running_cluster(url)
    if cluster.is_secure or insecure or is_loopback(cluster.host):
        return
    raise UsageError(
        f"--cluster {url}: without TLS, everybody on the network can read submissions, change results, and run "
        "programs on the workers. Use tls://, with Dask's own configuration (distributed.comm.tls), or say "
        "--insecure-cluster where the network is yours alone."
    )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def running_cluster(text: str) -> RunningCluster:
    """The scheduler at a URL. Raises UsageError."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"--cluster {text}: {error}. {_say()}") from None
    if parts.scheme not in RUNNING:
        raise UsageError(f"--cluster {text}: Dask has no address with `{parts.scheme}://`. {_say()}")
    if not parts.hostname or not port:
        raise UsageError(f"--cluster {text}: the address needs a host and a port, such as {parts.scheme}://host:8786.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise UsageError(f"--cluster {text}: after the port, an address has nothing more.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return RunningCluster(url=f"{parts.scheme}://{host}:{port}")


def _say() -> str:
    return f"It is {_EXAMPLES}."
