"""Sends a great many tiny arrays."""
# ends: completed, crashed, output, timeout
# seconds: 2

import os
import struct

from protocol import OUT

text = b'{"kind":"blob","id":%d,"dtype":"|u1"}'
for first in range(0, 1_000_000, 1000):
    frames = [text % number for number in range(first, first + 1000)]
    os.write(OUT, b"".join(struct.pack("!II", len(frame), 1) + frame + b"x" for frame in frames))
