"""Becomes a new Python that knows nothing of a recorder, and speaks for it."""
# ends: timeout, completed

import os
import sys

fds = [fd for fd in range(3, 256) if os.path.exists(f"/dev/fd/{fd}")]
for fd in range(3, 256):
    try:
        os.set_inheritable(fd, True)
    except OSError:
        pass
CODE = """
import json, os, struct
text = json.dumps({"kind": "end", "outcome": "completed", "detail": "", "duration_s": 0.0, "second_run": False}).encode()
for fd in range(3, 256):
    try:
        os.write(fd, struct.pack("!II", len(text), 0) + text)
    except OSError:
        pass
while True:
    pass
"""
os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", CODE])
