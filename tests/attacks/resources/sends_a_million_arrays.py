"""Forges a record of a million empty arrays, which are no events and which nothing speaks of."""
# ends: completed, crashed, output, timeout
# seconds: 2

import os
import stat
import struct

frame = b'{"kind":"blob","id":1,"dtype":"<f4"}'
frames = memoryview((struct.pack("!II", len(frame), 0) + frame) * 10**6)
for number in range(3, 20):
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            while frames:
                frames = frames[os.write(number, frames) :]
    except OSError:
        pass
