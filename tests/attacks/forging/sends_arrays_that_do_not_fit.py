"""Sends an array whose shape has more elements than its bytes."""
# ends: crashed

from protocol import send

send({"kind": "blob", "id": -(2**63), "dtype": "<f4"}, bytes(12))
array = {"kind": "tensor", "dtype": "float32", "shape": [2**39, 2**39, 0], "blob": -(2**63), "token": 2**80}
send({"kind": "torch_call", "place": {"cell": 0, "line": 1, "statement": 1}, "call": "x", "tensor": {"$array": array}})
