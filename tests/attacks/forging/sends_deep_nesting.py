"""Sends JSON that is nested a million times."""
# ends: crashed

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


send(b'{"kind":"moment","changed":' + b'{"a":' * 500_000 + b"1" + b"}" * 500_000 + b"}")
send(b"[" * 1_000_000)
