"""Nothing that comes from a cluster is unpickled to more than plain values."""

from __future__ import annotations

import os
import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cluster.guarded_unpickling import Refused, guarded, loads

distributed = pytest.importorskip("distributed")
serialize: Any = import_module("distributed.protocol.serialize")


class Evil:
    """What a worker may send: a pickle that runs a program where it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("value", [b"bytes", None, [1, 2.5, "a", {"b": (True,)}], bytes])
def test_plain_values_are_read(value: object) -> None:
    assert loads(pickle.dumps(value)) == value


class OwnError(Exception):
    def __init__(self, words: str, more: int) -> None:
        super().__init__(words)


def test_an_exception_keeps_its_words() -> None:
    """Where Dask is imported, exceptions are pickled by tblib, with their traceback."""
    try:
        import_module("grader_of_tomorrow")
    except ModuleNotFoundError as error:
        found = loads(pickle.dumps(error))
    assert type(found) is ModuleNotFoundError
    assert str(found) == "No module named 'grader_of_tomorrow'"
    assert found.__traceback__ is None
    own = loads(pickle.dumps(OwnError("words", 3)))
    assert type(own) is Refused
    assert str(own) == "words"


@pytest.mark.parametrize("data", [b"", b"cnothing\nthere\n)R.", b"\x80\x05garbage", pickle.dumps(Path("/tmp"))])
def test_everything_else_is_refused_and_raises_nothing(data: bytes) -> None:
    assert isinstance(loads(data), Refused)


def test_no_code_of_a_pickle_runs(tmp_path: Path) -> None:
    assert isinstance(loads(pickle.dumps(Evil(tmp_path / "made"))), Refused)
    assert not (tmp_path / "made").exists()


def test_none_of_the_ways_by_which_dask_reads_a_pickle_runs_code(tmp_path: Path) -> None:
    from distributed.core import clean_exception
    from distributed.protocol import core

    evil = pickle.dumps(Evil(tmp_path / "made"))
    header, frames = serialize.serialize(Evil(tmp_path / "made"))
    of_type = {**serialize.dask_dumps(b"")[0], "type-serialized": pickle.dumps(Path)}
    of_evil = {**of_type, "type-serialized": evil}
    message = core.dumps({"op": "x", "value": serialize.ToPickle(Evil(tmp_path / "made"))})
    with guarded():
        assert isinstance(serialize.deserialize(header, frames), Refused)
        assert isinstance(serialize.deserialize(of_type, [b""]), Refused)
        with pytest.raises(AttributeError):
            serialize.deserialize(of_evil, [b""])
        assert isinstance(core.loads(message)["value"], Refused)
        assert isinstance(clean_exception(evil)[1], Refused)
    assert not (tmp_path / "made").exists()


def test_what_a_client_is_told_of_results_and_errors_runs_no_code(tmp_path: Path) -> None:
    evil = pickle.dumps(Evil(tmp_path / "made"))
    with guarded():
        assert isinstance(distributed.client.loads(evil), Refused)
        with pytest.raises(pickle.UnpicklingError, match="was refused"):
            distributed.client._handle_warn((0.0, {"message": evil, "category": evil}))
    assert not (tmp_path / "made").exists()


def test_a_plain_pickle_is_refused_meanwhile_and_afterwards_is_not(tmp_path: Path) -> None:
    with guarded(), pytest.raises(pickle.UnpicklingError, match="a pickle from the cluster was refused"):
        pickle.loads(pickle.dumps(Evil(tmp_path / "made")))
    assert not (tmp_path / "made").exists()
    assert pickle.loads(pickle.dumps(tmp_path)) == tmp_path
    assert distributed.protocol.pickle.loads is not loads


def test_what_dask_itself_sends_is_read() -> None:
    with guarded():
        assert serialize.deserialize(*serialize.serialize(b"an answer")) == b"an answer"
