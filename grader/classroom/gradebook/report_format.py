"""Reports as the gradebook keeps them: the JSON document ``grader.result/1``, compressed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

LEVEL = 3
"""The level of zlib. Higher levels save little space for much more time."""


def pack(document: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), LEVEL)


def unpack(packed: bytes) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(zlib.decompress(packed))
    return document
