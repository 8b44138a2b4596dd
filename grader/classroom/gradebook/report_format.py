"""Reports as the gradebook keeps them: the JSON document ``grader.result/1``, compressed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

LEVEL = 3
"""The level of zlib. Higher levels save little space for much more time."""


def pack(document: Mapping[str, Any]) -> bytes:
    # Not in ASCII, in which an emoji takes twelve bytes.
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), LEVEL)


def unpack(packed: bytes) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(zlib.decompress(packed))
    return document
