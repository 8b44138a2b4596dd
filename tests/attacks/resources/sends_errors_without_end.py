"""Forges a record of fifty thousand errors with long texts, each of which a report would print."""
# ends: completed, crashed, output, timeout

import json
import os
import stat
import struct

place = {"cell": 0, "line": 1, "statement": 1}
event = json.dumps(
    {"kind": "uncaught", "place": place, "error": {"type": "Error", "text": "\x1b[31m" * 200}, "syntax": False}
).encode()
frames = 49_000 * (struct.pack("!II", len(event), 0) + event)
frames = memoryview(frames)
for number in range(3, 20):
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            while frames:
                frames = frames[os.write(number, frames) :]
    except OSError:
        pass
