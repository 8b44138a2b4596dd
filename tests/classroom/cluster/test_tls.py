"""TLS as Dask has it: certificates come from Dask's own configuration, here from its environment variables."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import dask.config
import pytest

from grader.classroom.cluster.open_cluster import open_cluster
from grader.errors import UsageError
from grader.pipeline.options import GradingOptions
from tests.classroom.cluster.conftest import STAND_IN
from tests.helpers.certificates import certificates
from tests.helpers.command_line import run_in_process
from tests.helpers.dask_cluster import DaskCluster


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def cluster(own: Mapping[str, str]) -> Iterator[DaskCluster]:
    with DaskCluster(size=1, protocol="tls", environment=own, worker_options=STAND_IN) as cluster:
        yield cluster


def batch(folder: Path, address: str, course: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    (folder / "class").mkdir()
    (folder / "class" / "ada.py").write_text("# ok\n")
    command = [sys.executable, "-m", "grader.cli", "batch", "class", "--course", course, "--cluster", address]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DASK_")}
    done = subprocess.run(
        command, cwd=folder, env=environment | variables, capture_output=True, text=True, check=False, timeout=120
    )
    assert "Traceback" not in done.stderr
    return done


def test_an_address_with_tls_works_with_the_certificates_of_dasks_configuration(
    cluster: DaskCluster, own: Mapping[str, str], course: Path, tmp_path: Path
) -> None:
    assert cluster.address.startswith("tls://")
    done = batch(tmp_path, cluster.address, course, own)
    assert "1 graded" in done.stderr, done.stderr


def test_certificates_of_another_authority_are_refused(cluster: DaskCluster, course: Path, tmp_path: Path) -> None:
    import distributed  # noqa: F401 - its defaults must be there before they are changed

    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text("# ok\n")
    command = ["batch", "class", "--course", course, "--cluster", cluster.address]
    others = {
        name.removeprefix("DASK_").lower().replace("__", ".").replace("_", "-"): path
        for name, path in certificates(tmp_path, "other").items()
    }
    with dask.config.set(others):
        done = run_in_process(command, folder=tmp_path, environment={})
    assert done.returncode == 2
    assert "do not accept each other's certificates" in done.stderr
    assert not (tmp_path / "gradebook.sqlite").exists()


@pytest.mark.parametrize(("protocol", "why"), [("tls", "distributed.comm.tls.ca-file"), ("tcp", "does it need tls://")])
def test_without_certificates_it_is_said_what_is_missing(
    cluster: DaskCluster, course: Path, protocol: str, why: str
) -> None:
    address = cluster.address.replace("tls", protocol)
    grader = open_cluster(address, GradingOptions(course=course), insecure=False, wait_s=10, note=lambda text: None)
    try:
        with pytest.raises(UsageError, match=why):
            grader.ready()
    finally:
        grader.close()


def test_beyond_this_machine_an_address_without_tls_is_refused_before_anything_is_sent(course: Path) -> None:
    with pytest.raises(UsageError, match=r"Use tls://.*--insecure-cluster"):
        open_cluster(
            "tcp://192.0.2.1:8786", GradingOptions(course=course), insecure=False, wait_s=1, note=lambda text: None
        )
