"""Sends as many backward passes as are taken, each of them small."""
# ends: completed, crashed, output
# seconds: 2

import json
import os
import struct

from protocol import OUT, array, backward, send

send({"kind": "blob", "id": 900, "dtype": "<f4"}, struct.pack("<fff", 1, 2, 3))
text = json.dumps(backward(array(900, [3]), 1)).encode()
block = (struct.pack("!II", len(text), 0) + text) * 100
for _ in range(499):
    os.write(OUT, block)
