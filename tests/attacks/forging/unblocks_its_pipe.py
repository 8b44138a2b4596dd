"""Makes the way out one that does not wait, fills it, and makes it as small as can be."""
# ends: completed, failed, exited, crashed

import fcntl
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


os.set_blocking(OUT, False)
fcntl.fcntl(OUT, 1031, 4096)  # F_SETPIPE_SZ
for _ in range(20):
    print("x" * 7_900)
