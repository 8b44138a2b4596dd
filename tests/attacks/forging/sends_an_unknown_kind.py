"""Sends a frame of a kind that there is none of."""
# ends: crashed

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


send({"kind": "verdict", "check": "values", "status": "passed", "score": 10})
