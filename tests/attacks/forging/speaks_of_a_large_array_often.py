"""Sends one large array, and thousands of backward passes through it."""
# ends: completed, crashed, output

import json

from protocol import array, backward, send

SIZE = 250_000
send({"kind": "blob", "id": 900, "dtype": "<f4"}, bytes(4 * SIZE))
text = json.dumps(backward(array(900, [SIZE]), 1)).encode()
for _ in range(2_000):
    send(text)
