"""Sends a great many tiny arrays."""
# ends: completed, crashed, output, timeout

import json
import os
import stat
import struct


def is_pipe(fd, ignored=None):
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False


OUT = next(filter(is_pipe, range(3, 1024)))


def send(header, payload=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = memoryview(struct.pack("!II", len(text), len(payload)) + text + payload)
    while data:
        data = data[os.write(OUT, data) :]


text = b'{"kind":"blob","id":%d,"dtype":"|u1"}'
for first in range(0, 1_000_000, 1000):
    frames = [text % number for number in range(first, first + 1000)]
    os.write(OUT, b"".join(struct.pack("!II", len(frame), 1) + frame + b"x" for frame in frames))
