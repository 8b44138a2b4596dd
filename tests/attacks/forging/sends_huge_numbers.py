"""Sends numbers of millions of digits."""
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


place = b'{"cell":0,"line":1,"statement":' + b"9" * 3_900_000 + b"}"
send(b'{"kind":"output","place":' + place + b',"stream":"stdout","text":"x"}')
send(b'{"kind":"output","place":{"cell":0,"line":1,"statement":1e999999},"stream":"stdout","text":"x"}')
