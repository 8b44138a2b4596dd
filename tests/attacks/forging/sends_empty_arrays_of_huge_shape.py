"""Sends arrays of no element whose other sizes are beyond all memory."""
# ends: completed, crashed

from protocol import send

send({"kind": "blob", "id": 2**70, "dtype": "<f4"}, b"")
array = {"kind": "tensor", "dtype": "float32", "shape": [0, 2**39, 2**39, 2**39], "blob": 2**70, "token": -1}
send({"kind": "torch_call", "place": {"cell": 0, "line": 1, "statement": 1}, "call": "x", "tensor": {"$array": array}})
