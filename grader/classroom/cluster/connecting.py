"""Connects to a scheduler, or says in one sentence why that cannot be done."""

from __future__ import annotations

import asyncio
import importlib
import re
import socket
import ssl
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.classroom.cluster.addresses import GATEWAY, RunningCluster, running_cluster
from grader.errors import GraderError, UsageError, reason_of
from grader.text_bounds import REASON, bounded

REACH_S = 5.0
"""For a connection at all. What listens has to answer as Dask within ``answer_s``."""
CLOSE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a scheduler is. ``certificates``: arguments of ``distributed.Security``, as PEM; None: Dask's configuration
    says what there is.
    """

    url: str
    certificates: Mapping[str, str] | None = None


async def connect(place: Place, answer_s: float) -> Any:
    """A client of the scheduler. Raises UsageError."""
    import distributed
    from distributed.versions import VersionMismatchWarning

    url = place.url
    if url.startswith(GATEWAY):
        # Importing it makes the scheme known to Dask. The address is that of a proxy.
        with_certificates: Any = importlib.import_module("dask_gateway.client").GatewaySecurity
        cluster = RunningCluster(url=url)
    else:
        with_certificates = distributed.Security
        cluster = running_cluster(url)
        await _reach(cluster)
    security = with_certificates(**(place.certificates or {}))
    arguments = _connection_arguments(cluster, security)
    try:
        identity, packages = await asyncio.wait_for(_ask(url, arguments, answer_s), answer_s)
    except GraderError:
        raise
    except Exception as error:
        raise UsageError(_why_no_answer(cluster, error)) from None
    _require_scheduler(url, identity, packages)
    client: Any = None
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)  # versions are compared here
    try:
        begin: Any = distributed.Client
        client = begin(
            url, asynchronous=True, security=security, set_as_default=False, timeout=answer_s, name="autograd-grader"
        )
        return await client
    except BaseException as error:  # also where it is cancelled
        if client is not None:
            with suppress(Exception):
                await asyncio.wait_for(client.close(), CLOSE_S)
        if isinstance(error, Exception):
            raise UsageError(_why_no_answer(cluster, error)) from None
        raise


def dask_version() -> str:
    from importlib.metadata import version

    return version("distributed")


def _connection_arguments(cluster: RunningCluster, security: Any) -> Mapping[str, Any]:
    """Raises UsageError where there are no certificates, or none that can be read."""
    try:
        arguments: Mapping[str, Any] = security.get_connection_args("client")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        files = (security.tls_ca_file, security.tls_client_cert, security.tls_client_key)
        missing = [f"`{file}`" for file in files if file and not Path(file).is_file()]
        why = f"there is no {' and no '.join(missing)}" if missing else reason_of(error)
        raise UsageError(
            f"The certificates for {cluster.url} cannot be read: {why}. Dask's configuration names them: "
            "distributed.comm.tls."
        ) from None
    if cluster.is_secure and arguments["ssl_context"] is None:
        raise UsageError(
            f"{cluster.url} needs certificates, and Dask's configuration names none. Set distributed.comm.tls.ca-file, "
            "distributed.comm.tls.client.cert and distributed.comm.tls.client.key, in ~/.config/dask/*.yaml or as "
            "environment variables such as DASK_DISTRIBUTED__COMM__TLS__CA_FILE."
        )
    return arguments


async def _reach(cluster: RunningCluster) -> None:
    """Whether anything listens there."""
    opened = asyncio.open_connection(cluster.host, cluster.port)
    try:
        _, writer = await asyncio.wait_for(opened, REACH_S)
    except TimeoutError:
        why = f"it did not answer for {REACH_S:.0f} seconds"
    except (socket.gaierror, UnicodeError):  # no name in the DNS can be spelled so
        why = f"there is no machine of the name `{cluster.host}`"
    except ConnectionRefusedError:
        why = "nothing listens there"
    except OSError as error:
        why = reason_of(error)
    else:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return
    raise UsageError(f"No scheduler of Dask is at {cluster.url}: {why}.")


async def _ask(url: str, arguments: Mapping[str, Any], answer_s: float) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Who it is, and its versions."""
    import distributed.comm

    begin: Any = distributed.comm.core.connect
    comm = await begin(url, timeout=answer_s, **arguments)
    try:
        await comm.write({"op": "identity", "reply": True})
        identity = await comm.read()
        await comm.write({"op": "versions", "reply": True})
        versions = await comm.read()
    finally:
        comm.abort()
    return identity, versions["packages"]


def _require_scheduler(url: str, identity: Mapping[str, Any], packages: Mapping[str, Any]) -> None:
    if identity.get("type") in ("Worker", "Nanny"):
        raise UsageError(f"{url} is a worker of a cluster; --cluster names the scheduler.")
    theirs, ours = str(packages.get("distributed")), dask_version()
    if theirs != ours:
        raise UsageError(
            f"The scheduler at {url} has Dask {bounded(theirs, REASON)}, and here is {ours}. Dask only works among "
            "equal versions: install the same here, on the scheduler and on the workers."
        )


def _why_no_answer(cluster: RunningCluster, error: Exception) -> str:
    # Dask begins with its own object of the connection, which says nothing to a teacher.
    text = bounded(re.sub(r"^in <[^>]*>: ", "", " ".join(str(error).split())), REASON)
    if isinstance(error, ssl.SSLError) or "certificate" in text.casefold():
        return f"{cluster.url} and this machine do not accept each other's certificates (distributed.comm.tls): {text}"
    hint = "does it speak TLS" if cluster.is_secure else "is it the port of the dashboard, or does it need tls://"
    reason = f" ({text})" if text else ""
    return f"Something listens at {cluster.url}, but it does not answer as a scheduler of Dask does; {hint}?{reason}"
