"""What both sides of the sandbox agree on: the names that the host's classes repeat, and the frames."""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections.abc import Iterator
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from grader.model import Array, Event, Opaque, Outcome, evidence
from grader.runtime.protocol import frames, record
from grader.runtime.protocol.frames import FrameError, pack, parse, sizes, unpack
from grader.sandbox import decode_observation
from grader.sandbox.channel import Channel
from grader.sandbox.recorded_graphs import RecordedGraph


def names(of: type, field: str) -> tuple[str, ...]:
    """The names that a field's Literal lists."""
    hint = get_type_hints(of)[field]
    assert get_origin(hint) is Literal
    return get_args(hint)


class TestNames:
    """The host's classes spell names out in a Literal, for the type checker and the schema."""

    def test_every_kind_of_event_has_a_class(self) -> None:
        assert sorted(kind for event in get_args(Event) for kind in names(event, "kind")) == sorted(record.EVENTS)

    def test_every_kind_of_frame_is_decoded(self) -> None:
        own = [decode_observation._Blob, decode_observation._End, decode_observation._SecondRunEnd]
        classes = [*get_args(Event), *own, decode_observation._Broken, RecordedGraph]
        assert sorted(kind for frame in classes for kind in names(frame, "kind")) == sorted(record.KINDS)

    def test_the_bounds_of_graphs(self) -> None:
        assert evidence.MAX_NODES == record.MAX_GRAPH_NODES

    def test_outcomes(self) -> None:
        assert names(decode_observation._End, "outcome") == record.OUTCOMES
        assert set(record.OUTCOMES) < set(Outcome)

    def test_kinds_of_values(self) -> None:
        assert names(Array, "kind") == record.ARRAY_KINDS
        # The judge alone speaks of names that nothing was bound to.
        assert names(Opaque, "kind") == (*record.OPAQUE_KINDS, "missing")


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read_fd, write_fd = os.pipe()
    with os.fdopen(read_fd, "rb"), os.fdopen(write_fd, "wb"):
        yield read_fd, write_fd


def mapped(data: bytes) -> mmap.mmap:
    memory = mmap.mmap(-1, len(data))
    memory[:] = data
    return memory


class TestFrames:
    HEADER = {"t": "job", "names": ["x", "γ"]}  # noqa: RUF012 - never written to

    def test_a_frame_is_read_as_it_was_written(self, pipe: tuple[int, int]) -> None:
        payload = bytes(range(256)) * 1000
        writer = threading.Thread(target=frames.write, args=(pipe[1], self.HEADER, payload))
        writer.start()
        frame = frames.read(pipe[0])
        writer.join()
        assert frame is not None
        assert frame[0] == self.HEADER
        assert frame[1] is not None
        assert frame[1][:] == payload

    def test_what_one_side_writes_the_other_reads(self, pipe: tuple[int, int]) -> None:
        frames.write(pipe[1], self.HEADER, b"payload")
        Channel(read_fd=-1, write_fd=pipe[1]).send(self.HEADER, b"more")
        channel = Channel(read_fd=pipe[0], write_fd=-1)
        assert [channel.receive(5.0), channel.receive(5.0)] == [(self.HEADER, b"payload"), (self.HEADER, b"more")]

    def test_a_packed_frame_is_unpacked(self) -> None:
        assert unpack(mapped(pack(self.HEADER, b"payload"))) == (self.HEADER, b"payload")

    @pytest.mark.parametrize("data", [b"\0\0", pack({"t": "x"}, b"1")[:-1], pack({"t": "x"}) + b"1"])
    def test_a_frame_of_another_length_is_refused(self, data: bytes) -> None:
        with pytest.raises(FrameError):
            unpack(mapped(data))

    @pytest.mark.parametrize(
        ("json_size", "payload_size"), [(frames.MAX_JSON + 1, 0), (1, frames.MAX_PAYLOAD + 1), (2**32 - 1, 2**32 - 1)]
    )
    def test_a_frame_that_is_too_large_is_refused_before_it_is_read(self, json_size: int, payload_size: int) -> None:
        with pytest.raises(FrameError, match=r"is too large; \d+ are allowed"):
            sizes(struct.pack("!II", json_size, payload_size))

    def test_a_frame_that_is_too_large_is_not_packed(self) -> None:
        with pytest.raises(FrameError, match="too large"):
            pack({"t": "x" * frames.MAX_JSON})

    @pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"t": 1}', b"\xff", b"[" * 100_000])
    def test_a_header_without_a_type_is_refused(self, text: bytes) -> None:
        with pytest.raises(FrameError):
            parse(text)

    def test_the_end_of_the_stream_is_no_frame(self) -> None:
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - no path
            assert frames.read(nothing.fileno()) is None

    def test_a_stream_that_ends_in_a_frame_is_refused(self) -> None:
        read_fd, write_fd = os.pipe()
        os.write(write_fd, pack({"t": "x"}, b"payload")[:-1])
        os.close(write_fd)
        with os.fdopen(read_fd, "rb"), pytest.raises(FrameError, match="in the middle"):
            frames.read(read_fd)
