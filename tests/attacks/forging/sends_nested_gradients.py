"""Sends an array whose gradient has a gradient, and so on."""
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


value = None
for _ in range(60):
    value = {"$array": {"kind": "tensor", "dtype": "float32", "shape": [2**40 - 1] * 16, "blob": None, "grad": value}}
place = {"cell": 0, "line": 1, "statement": 1}
send({"kind": "torch_call", "place": place, "call": "detach", "tensor": value})
