"""Reads times of handing in, as platforms write them: ``2026-12-04 22:59:01.123 Z``, ``… UTC``, ``… Europe/Berlin``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Of the years 1900 to 2999: at the ends of the calendar, a time cannot be converted to another zone.
_TIME = re.compile(
    r"(?P<date>(?:19|2\d)\d\d-\d\d-\d\d)[ T](?P<time>\d\d:\d\d:\d\d)(?:\.\d{1,9})?\s*"
    r"(?P<zone>[+-]\d\d:?\d\d|[A-Za-z][A-Za-z0-9_+\-/]{0,63})?",
    re.ASCII,
)


def read_time(text: object) -> datetime | None:
    """A time with its zone, to the second. Without a zone it is UTC, as platforms keep it. None for any other text."""
    found = _TIME.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 200 else None
    if found is None:
        return None
    zone = found["zone"] or "UTC"
    try:
        if zone[0] in "+-":
            return datetime.fromisoformat(f"{found['date']} {found['time']}{zone[:3]}:{zone[-2:]}")
        moment = datetime.fromisoformat(f"{found['date']} {found['time']}")
        return moment.replace(tzinfo=UTC if zone in ("Z", "UTC", "GMT") else ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
