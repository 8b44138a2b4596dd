"""Forges a record whose passes each name one large array thousands of times: little to send, much to compute with."""
# ends: completed, crashed, output, timeout
# seconds: 2

import json
import os
import stat
import struct

blob = json.dumps({"kind": "blob", "id": 10**6, "dtype": "<f8"}).encode()
array = {"$array": {"kind": "tensor", "dtype": "float64", "shape": [250_000], "blob": 10**6, "requires_grad": True}}
leaf = {"names": ["y"], "value": array, "gradient": array, "grad_before": None, "grad_after": array}
place = {"cell": 0, "line": 1, "statement": 1}
fields = dict.fromkeys(("root_names", "output_names", "through", "functions", "operations"), [])
fields |= dict.fromkeys(("gradient_given", "retain_graph", "create_graph", "stale"), False)
fields |= {"kind": "backward", "place": place, "call": "backward", "root": array, "output": array, "weights": array}
event = json.dumps({**fields, "order": 1, "leaves": [leaf] * 1_000, "group": 0, "error": None}).encode()
frames = struct.pack("!II", len(blob), 2_000_000) + blob + bytes(2_000_000)
frames += 50 * (struct.pack("!II", len(event), 0) + event)
frames = memoryview(frames)
for number in range(3, 20):
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            while frames:
                frames = frames[os.write(number, frames) :]
    except OSError:
        pass
