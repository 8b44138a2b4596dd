"""Sends one record of many names, and then thousands of records that change one of them."""
# ends: completed, crashed, output
# seconds: 2

import json
import os
import struct

from protocol import OUT, send

PLACE = {"cell": 0, "line": 1, "statement": 1}
NONE = {"kind": "none", "text": ""}


def changed_names(changed):
    return {"kind": "changed_names", "place": PLACE, "frame": "", "changed": changed, "removed": [], "stale": []}


send(changed_names({f"n{number}": NONE for number in range(80_000)}))
text = json.dumps(changed_names({"x": NONE})).encode()
block = (struct.pack("!II", len(text), 0) + text) * 100
for _ in range(400):
    os.write(OUT, block)
