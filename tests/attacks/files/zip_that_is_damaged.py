"""Members with a wrong checksum, and one that is packed in a way that nobody reads."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"
BROKEN = ("eve", "mallory")


def make(folder: Path) -> Path:
    path = zipped(
        folder / "class.zip", {name: HONEST + f"# {name}\n" for name in ("ada/h.py", "eve/h.py", "mallory/h.py")}
    )
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    eve, mallory = (data.index(name, first) - 46 for name in (b"eve/h.py", b"mallory/h.py"))
    data[eve + 16] ^= 0xFF  # its checksum
    data[mallory + 10] = 99  # its method
    path.write_bytes(data)
    return path
