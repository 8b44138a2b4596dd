"""Forges a record whose passes each name one large array thousands of times: little to send, much to compute with."""
# ends: completed, crashed, output, timeout
# seconds: 2

from protocol import frame, pour

array = {"$array": {"kind": "tensor", "dtype": "float64", "shape": [250_000], "blob": 10**6, "requires_grad": True}}
leaf = {"names": ["y"], "value": array, "gradient": array, "grad_before": None, "grad_after": array}
place = {"cell": 0, "line": 1, "statement": 1}
fields = dict.fromkeys(("root_names", "output_names", "through", "functions", "operations"), [])
fields |= dict.fromkeys(("retain_graph", "create_graph", "stale"), False)
fields |= {"kind": "backward", "place": place, "call": "backward", "root": array, "output": array, "weights": array}
event = {**fields, "order": 1, "leaves": [leaf] * 1_000, "group": 0, "error": None}
pour(frame({"kind": "blob", "id": 10**6, "dtype": "<f8"}, bytes(2_000_000)) + 50 * frame(event))
