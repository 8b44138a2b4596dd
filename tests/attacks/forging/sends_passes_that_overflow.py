"""Sends pieces of one pass whose sum is more than their numbers can hold."""

import struct

from protocol import array, backward, send

send({"kind": "blob", "id": 900, "dtype": "<f2"}, struct.pack("<eee", 65504, -65504, 65504))
send({"kind": "blob", "id": 901, "dtype": "<c16"}, struct.pack("<dddd", 1e308, 1e308, float("nan"), float("inf")))
send({"kind": "blob", "id": 902, "dtype": "|b1"}, bytes([7, 255, 1]))
send({"kind": "blob", "id": 903, "dtype": "<u8"}, b"\xff" * 24)
for blob, size in ((900, 3), (901, 2), (902, 3), (903, 3)):
    for _ in range(3):
        send(backward(array(blob, [size]), 2) | {"group": blob, "weights": None, "order": 2**31 - 1})
        send(backward(array(blob, [size, 1]), 1) | {"group": blob})
        send(backward(array(blob, [1, size]), 1) | {"group": blob, "place": {"cell": -1, "line": -5, "statement": -9}})
