"""What the words after --cluster mean."""

from __future__ import annotations

import pytest

from grader.classroom.cluster.addresses import (
    RunningCluster,
    StartedCluster,
    is_loopback,
    parse_address,
    require_secure,
)
from grader.errors import UsageError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tcp://127.0.0.1:8786", RunningCluster(url="tcp://127.0.0.1:8786")),
        ("tls://scheduler.example.org:8786/", RunningCluster(url="tls://scheduler.example.org:8786")),
        ("tcp://[::1]:8786", RunningCluster(url="tcp://[::1]:8786")),
        ("local:4", StartedCluster(kind="local", workers=4)),
        ("slurm", StartedCluster(kind="slurm")),
        ("slurm:20", StartedCluster(kind="slurm", workers=20)),
        ("kubernetes:3", StartedCluster(kind="kubernetes", workers=3)),
        ("gateway", StartedCluster(kind="gateway")),
        ("ssh:a,b,b", StartedCluster(kind="ssh", hosts=("a", "b", "b"))),
    ],
)
def test_an_address_names_a_scheduler_or_a_kind_of_cluster(text: str, meant: object) -> None:
    assert parse_address(text) == meant


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "--cluster: the address is empty"),
        ("tcp:/host:8786", "an address with `tcp` is tcp://HOST:PORT"),
        ("localhost:8786", "did you mean tcp://localhost:8786?"),
        ("slrum:2", "there is no kind of cluster `slrum`; did you mean `slurm`?"),
        ("127.0.0.1:8786", "did you mean tcp://127.0.0.1:8786?"),
        ("http://host:8786", "Dask has no address with `http://`"),
        ("tcp://host", "the address needs a host and a port, such as tcp://host:8786"),
        ("tcp://:8786", "the address needs a host and a port"),
        ("tcp://host:0", "the address needs a host and a port"),
        ("tcp://host:99999", "Port out of range"),
        ("tcp://host:port", "Port could not be cast"),
        ("tcp://[::1:8786", "Invalid IPv6 URL"),
        ("tcp://host:8786/status", "after the port, an address has nothing more"),
        ("tcp://me:secret@host:8786", "after the port, an address has nothing more"),
        ("local", "say how many workers, from 1 to 256: local:4"),
        ("local:0", "say how many workers"),
        ("local:257", "say how many workers"),
        ("local:²", "say how many workers"),
        ("slurm:-1", "say how many workers, from 1 to 10,000: slurm:4"),
        ("slurm:" + "9" * 5000, "say how many workers"),
        ("ssh", "say on which machines: ssh:HOST,HOST"),
        ("ssh:,", "say on which machines"),
    ],
)
def test_what_cannot_be_an_address_is_refused_with_what_can(text: str, wrong: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_address(text)
    assert wrong in str(error.value)


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1:1", "tcp://127.3.2.1:1", "tcp://localhost:1", "tcp://[::1]:1", "tls://h:1"]
)
def test_on_this_machine_or_with_tls_an_address_is_secure(url: str) -> None:
    require_secure(url, insecure=False)


@pytest.mark.parametrize(
    "url", ["tcp://10.0.0.1:1", "tcp://0.0.0.0:1", "tcp://localhost.example.org:1", "tcp://[fe80::1]:1"]
)
def test_beyond_this_machine_tls_is_needed_unless_the_user_says_otherwise(url: str) -> None:
    with pytest.raises(UsageError, match=r"without TLS, everybody on the network .* --insecure-cluster"):
        require_secure(url, insecure=False)
    require_secure(url, insecure=True)


def test_a_name_that_only_looks_like_this_machine_is_not_it() -> None:
    assert is_loopback("127.0.0.1")
    assert not is_loopback("127.0.0.1.example.org")
    assert not is_loopback("")
