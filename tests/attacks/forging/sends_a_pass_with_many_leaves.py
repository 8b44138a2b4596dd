"""Sends backward passes that reached thousands of leaves."""
# ends: completed, crashed, output
# seconds: 2

import json
import struct

from protocol import array, backward, send

send({"kind": "blob", "id": 900, "dtype": "<f4"}, struct.pack("<fff", 1, 2, 3))
text = json.dumps(backward(array(900, [3]), 7_000)).encode()
for _ in range(12):
    send(text)
