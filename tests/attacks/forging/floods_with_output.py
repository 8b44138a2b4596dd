"""Sends as many events as are taken, each of them text."""
# ends: crashed, output
# seconds: 2

import json
import os
import struct

from protocol import OUT

frame = {"kind": "output", "place": {"cell": 0, "line": 1, "statement": 1}, "stream": "stdout", "text": "x" * 1000}
text = json.dumps(frame).encode()
block = (struct.pack("!II", len(text), 0) + text) * 100
for _ in range(600):
    os.write(OUT, block)
