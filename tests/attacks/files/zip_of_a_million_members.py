"""A zip that lists more members than any class has."""

from __future__ import annotations

import struct
from pathlib import Path

WHAT = "class"
REFUSED = "more than 100,000 members"


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
    entries = b"".join(entry + b"%07d" % number for number in range(200_000))
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 200_000, 200_000, len(entries), 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(entries), 1)
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path = folder / "class.zip"
    path.write_bytes(entries + record + locator + closing)
    return path
