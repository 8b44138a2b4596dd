"""Says that a second run follows, which nothing can be wrong with any more, and crashes."""
# ends: completed, crashed

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


send({"kind": "end", "outcome": "completed", "detail": "\x1b[31mfine\u202e", "duration_s": -1.0, "twin": True})
os.abort()
