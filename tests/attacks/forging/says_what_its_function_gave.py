"""Sends results of a function for the prize's hidden inputs: numbers that it made up."""

import math
import struct
import sys

from protocol import send


def job():
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and "calls" in value and "limits" in value:
                return value
        frame = frame.f_back


probe = next(each for each in job()["calls"] if each["id"].startswith("prize/"))
PLACE = {"cell": 0, "line": 1, "statement": 1}
send({"kind": "blob", "id": 900, "dtype": "<f4"}, struct.pack("<f", 41.5))
send({"kind": "blob", "id": 901, "dtype": "<f4"}, struct.pack("<f", 0.0))
send({"kind": "blob", "id": 902, "dtype": "<f4"}, struct.pack("<f", math.nan))
send({"kind": "blob", "id": 903, "dtype": "<f4"}, b"")
send({"kind": "blob", "id": 904, "dtype": "<f4"}, struct.pack("<fff", 6, 11.5, 17))


def array(blob, shape, dtype="float32"):
    return {"$array": {"kind": "tensor", "dtype": dtype, "shape": shape, "blob": blob, "token": 1}}


NONE, TEXT = {"kind": "none", "text": ""}, {"kind": "text", "text": "reference"}
error = {"type": "RuntimeError", "text": "element 0 of tensors does not require grad"}
number = 0
for output in (
    array(900, []),
    array(902, []),
    array(903, [0]),
    array(900, [], "float8_e5m2"),
    array(900, [], "int64"),
    array(None, [2**39, 2**39]),
    NONE,
    TEXT,
    None,
):
    for gradient in (array(904, [3]), array(903, [0, 5]), array(None, [3]), None):
        for failed in (None, error):
            for inputs in ((0, 1), range(6), (0, 1, 0, 1, 0, 1), (0, 1, 6, 7, 8, 9), (-1, 0, 1, 2**31 - 1), (0,) * 6):
                number += 1
                for given in inputs:
                    send(
                        {
                            "kind": "function_call",
                            "place": PLACE,
                            "probe": probe["id"],
                            "function": number,
                            "name": "f",
                            "names": ["f"],
                            "input": given,
                            "output": array(901, []) if given == 1 else output,
                            "arguments": [{"path": "input", "gradient": gradient}],
                            "error": failed,
                            "argument": array(904, [3]) if given > 5 else None,
                        }
                    )
