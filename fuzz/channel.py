"""Frames that the host reads from a worker's pipe. A submission that reached the pipe could write anything to it."""

from __future__ import annotations

import os

from fuzz.target import Target, promise, strictly
from grader.runtime.protocol.frames import MAX_JSON, MAX_PAYLOAD, FrameError, pack
from grader.sandbox.channel import Channel

AT_ONCE = 60_000
"""Bytes that fit into a pipe without a reader."""


def check(data: bytes) -> None:
    """Raises where reading the bytes gives anything but frames, a FrameError, or the end of the stream."""
    read_fd, write_fd = os.pipe()
    try:
        os.write(write_fd, data[:AT_ONCE])
        os.close(write_fd)
        with strictly():
            _check(Channel(read_fd=read_fd, write_fd=-1), len(data[:AT_ONCE]))
    finally:
        os.close(read_fd)


def _check(channel: Channel, size: int) -> None:
    taken = 0
    while True:
        held = channel.holds_frame
        try:
            frame = channel.receive(1.0)
        except FrameError as error:
            promise(len(str(error)) < 300, "a refusal that nobody reads")
            return
        if frame is None:
            promise(not held, "a frame that was promised, and did not come")
            return
        header, payload = frame
        promise(isinstance(header["t"], str), "a frame without a type")
        promise(len(payload) <= MAX_PAYLOAD, "a payload that is too large")
        taken += 8 + len(payload)
        promise(taken <= size, "more than was sent")


def seeds() -> list[bytes]:
    frames = [pack({"t": "hello", "uid": 0}), pack({"t": "done", "exit": 0, "wall_s": 1.0}, b"stream")]
    return [b"".join(frames), frames[1], frames[0][:-3], (MAX_JSON + 1).to_bytes(4, "big") + bytes(4)]


TARGET = Target(
    name="channel",
    about="bytes from a worker are frames, or refused, or the end",
    check=check,
    seeds=seeds,
    words=('{"t":', '"done"', "\x00\x00\x00\x0a", "NaN", "[[["),
    longest=4_000,
)
