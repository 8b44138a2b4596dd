"""Sends as many events as are taken, each of them text."""
# ends: crashed, output

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


frame = {"kind": "output", "place": {"cell": 0, "line": 1, "statement": 1}, "stream": "stdout", "text": "x" * 1000}
text = json.dumps(frame).encode()
block = (struct.pack("!II", len(text), 0) + text) * 100
for _ in range(600):
    os.write(OUT, block)
