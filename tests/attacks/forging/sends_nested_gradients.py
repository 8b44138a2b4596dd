"""Sends an array whose gradient has a gradient, and so on."""
# ends: completed, crashed

from protocol import send

value = None
for _ in range(60):
    value = {"$array": {"kind": "tensor", "dtype": "float32", "shape": [2**40 - 1] * 16, "blob": None, "grad": value}}
place = {"cell": 0, "line": 1, "statement": 1}
send({"kind": "torch_call", "place": place, "call": "detach", "tensor": value})
