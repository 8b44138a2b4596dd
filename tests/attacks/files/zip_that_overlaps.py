"""A zip whose members are one and the same, listed a thousand times."""

from __future__ import annotations

import struct
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"
REFUSED = "its members overlap"


def make(folder: Path) -> Path:
    path = zipped(folder / "class.zip", {"eve/0000.py": HONEST + "#" * 10_000 + "".join(map(str, range(20_000)))})
    data = path.read_bytes()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[start:end]
    entries = b"".join(entry.replace(b"0000", b"%04d" % number) for number in range(1_000))
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1_000, 1_000, len(entries), start, 0)
    path.write_bytes(data[:start] + entries + closing)
    return path
