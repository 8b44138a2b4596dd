"""Sends an array whose shape has more elements than its bytes."""
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


send({"kind": "blob", "id": -(2**63), "dtype": "<f4"}, bytes(12))
array = {"kind": "tensor", "dtype": "float32", "shape": [2**39, 2**39, 0], "blob": -(2**63), "token": 2**80}
send({"kind": "torch_call", "place": {"cell": 0, "line": 1, "statement": 1}, "call": "x", "tensor": {"$array": array}})
