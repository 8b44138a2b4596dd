"""Sends results of thousands of functions that it says it has."""
# ends: completed, crashed, output, timeout

import json
import os
import stat
import struct
import sys


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


frame = sys._getframe()
while not isinstance(frame.f_locals.get("job"), dict):
    frame = frame.f_back
probe = next(each["id"] for each in frame.f_locals["job"]["calls"] if each["id"].startswith("prize/"))
send({"kind": "blob", "id": 900, "dtype": "<f4"}, struct.pack("<f", 41.5))
number = {"$array": {"kind": "tensor", "dtype": "float32", "shape": [], "blob": 900, "token": 1}}
for function in range(3, 8_000):
    for given in range(6):
        send(
            {
                "kind": "function_call",
                "place": {"cell": 0, "line": 1, "statement": 1},
                "probe": probe,
                "name": "f",
                "function": function,
                "names": ["f"],
                "input": given,
                "output": number,
                "gradient": None,
                "error": None,
            }
        )
