"""What is said where there is no scheduler, or none that can be used."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import dask.config
import pytest

from grader.classroom.cluster import connecting, started_cluster
from grader.classroom.cluster.addresses import StartedCluster
from grader.classroom.cluster.connecting import Place, connect, dask_version
from grader.classroom.cluster.link import DaskLink
from grader.classroom.cluster.open_cluster import open_cluster
from grader.classroom.cluster.started_cluster import ClusterProcess
from grader.errors import UsageError
from grader.pipeline.options import GradingOptions


def why_not(url: str) -> str:
    with pytest.raises(UsageError) as error:
        asyncio.run(connect(Place(url=url), 0.5))
    return str(error.value)


@pytest.fixture
def answers() -> list[bytes]:
    """What the program says that listens; by default nothing."""
    return [b""]


@pytest.fixture
def port(answers: list[bytes]) -> Iterator[int]:
    """A port at which a program listens that is no scheduler."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                kept.append(connection)
                if answers[0]:
                    connection.sendall(answers[0])

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in kept:
            connection.close()


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert why_not(f"tcp://127.0.0.1:{port}") == (
        f"No scheduler of Dask is at tcp://127.0.0.1:{port}: nothing listens there."
    )


def test_a_name_that_no_machine_can_have() -> None:
    assert "there is no machine of the name" in why_not(f"tcp://{'a' * 64}:8786")


def test_there_is_no_such_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*arguments: object, **named: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert "there is no machine of the name `scheduler.invalid`" in why_not("tcp://scheduler.invalid:8786")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 64, b"\xff" * 64])
def test_what_listens_is_no_scheduler(port: int, answers: list[bytes], said: bytes) -> None:
    answers[0] = said
    url = f"tcp://127.0.0.1:{port}"
    assert why_not(url).startswith(
        f"Something listens at {url}, but it does not answer as a scheduler of Dask does; is"
    )


def test_tls_without_certificates(port: int, tmp_path: Path) -> None:
    url = f"tls://127.0.0.1:{port}"
    assert f"{url} needs certificates, and Dask's configuration names none" in why_not(url)
    with dask.config.set({"distributed.comm.tls.ca-file": str(tmp_path / "none.pem")}):
        certificate = {"distributed.comm.tls.client.cert": str(tmp_path / "none.pem")}
        with dask.config.set(certificate):
            assert f"The certificates for {url} cannot be read: there is no `" in why_not(url)


@pytest.mark.parametrize(
    ("identity", "version", "why"),
    [
        ({"type": "Worker"}, "", "is a worker of a cluster; --cluster names the scheduler"),
        (
            {"type": "Scheduler"},
            "2020.1.0",
            r"has Dask 2020.1.0, and here is .* install the same here, on the scheduler",
        ),
    ],
)
def test_a_worker_or_another_version_of_dask(identity: dict[str, str], version: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        connecting._require_scheduler("tcp://h:1", identity, {"distributed": version or dask_version()})


def test_a_link_that_is_closed_while_it_connects_does_not_wait(port: int) -> None:
    link = DaskLink(lambda: Place(url=f"tcp://127.0.0.1:{port}"), "b", 600.0)
    link.start()
    link.close()
    assert link._thread is not None
    assert not link._thread.is_alive()


class TestStartedClusters:
    def test_why_one_does_not_start_is_said_in_a_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        says = 'import sys; print(\'{"error": "ValueError: say\\\\nhow many cores"}\')'
        monkeypatch.setattr(started_cluster, "COMMAND", (sys.executable, "-c", says))
        process = ClusterProcess(StartedCluster(kind="slurm", workers=2))
        with pytest.raises(UsageError, match=r"`slurm` could not be started: ValueError: say how many cores\. What it"):
            process.place()
        process.close()

    def test_so_is_the_last_line_of_one_that_dies(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            started_cluster, "COMMAND", (sys.executable, "-c", "import sys; sys.exit('no sbatch here')")
        )
        process = ClusterProcess(StartedCluster(kind="local", workers=2))
        with pytest.raises(UsageError, match="`local` could not be started: no sbatch here"):
            process.place()
        process.close()

    def test_where_it_listens_beyond_this_machine_without_tls_it_is_not_used(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        says = 'import sys; print(\'{"address": "tcp://10.0.0.1:5", "tls": null}\', flush=True); sys.stdin.read()'
        monkeypatch.setattr(started_cluster, "COMMAND", (sys.executable, "-c", says))
        pool = open_cluster(
            "local:1", GradingOptions(course=Path("none")), insecure=False, wait_s=1.0, note=lambda text: None
        )
        pool._link.start()
        with pytest.raises(UsageError, match="without TLS, everybody on the network"):
            pool._link.wait(20.0)
        pool.close()

    @pytest.mark.parametrize("kind", ["kubernetes:2", "gateway", "ssh:a,b"])
    def test_a_kind_whose_package_is_missing_says_how_to_get_it(
        self, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if name == "distributed" else None)
        with pytest.raises(UsageError, match=r"needs (dask-|async)\w+: pip install (dask-|async)\w+"):
            open_cluster(kind, GradingOptions(course=Path()), insecure=False, wait_s=1.0, note=lambda text: None)

    def test_so_does_dask_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(UsageError, match=r"--cluster needs Dask: pip install 'autograd-grader\[cluster\]'"):
            open_cluster("local:2", GradingOptions(course=Path()), insecure=False, wait_s=1.0, note=lambda text: None)
