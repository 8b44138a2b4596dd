"""Sends errors with endless texts, in lines and cells with numbers that nobody counts to."""
# ends: completed, crashed

import json
import os
import stat
import struct


def is_pipe(fd, ignored=None):
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False


OUT = next(filter(is_pipe, range(3, 1024)))


def send(header, payload=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = memoryview(struct.pack("!II", len(text), len(payload)) + text + payload)
    while data:
        data = data[os.write(OUT, data) :]


for number in (2**31 - 1, 1 - 2**31, 2**63, 2**64, 10**300, 10**4000):
    place = {"cell": 0, "line": number, "statement": number}
    error = {"type": "E" * 100_000, "text": "\x1b[2J\u202e" * 10_000}
    send({"kind": "uncaught", "place": place, "error": error, "syntax": False})
    send({"kind": "uncaught", "place": place | {"cell": number}, "error": error, "syntax": True})
    send({"kind": "warning", "place": place, "category": "W" * 100_000, "text": "w"})
    send({"kind": "notice", "text": "n" * 100_000})
