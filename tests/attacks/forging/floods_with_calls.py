"""Sends results of thousands of functions that it says it has."""
# ends: completed, crashed, output, timeout
# seconds: 2

import struct
import sys

from protocol import send

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
                "arguments": [{"path": "input", "gradient": None}],
                "error": None,
            }
        )
