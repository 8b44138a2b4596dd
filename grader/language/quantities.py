"""Quantities in YAML: ``20 s``, ``3 days``, ``2 GB``, ``10 %``, and times with a zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.language.validation import describe
from grader.suggestions import did_you_mean_or_all

_QUANTITY = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>[^\s\d.]*)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400}
_TIME_UNITS = {
    **{f"{name}{ending}": seconds for name, seconds in _SECONDS.items() for ending in ("", "s")},
    "s": 1,
    "sec": 1,
    "secs": 1,
    "min": 60,
    "mins": 60,
    "h": 3600,
    "d": 86_400,
}
_SIZE_UNITS = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate(("k", "M", "G", "T"), 1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate(("K", "M", "G", "T"), 1)},
}
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[ T]+(?P<time>\d\d:\d\d(?::\d\d)?))?\s*(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)?"
)


def read_duration(value: object) -> timedelta:
    """A duration such as ``20 s`` or ``3 days``. Raises ValueError, with a message for the instructor."""
    number, factor = _read(value, _TIME_UNITS, "a duration such as `20 s`, `12 hours` or `3 days`")
    try:
        return timedelta(seconds=number * factor)
    except OverflowError:
        raise ValueError(f"{describe(value)} is too long") from None


def read_period(value: object) -> timedelta:
    """A period such as ``day`` or ``12 hours``. Raises ValueError."""
    if isinstance(value, str) and value.strip() in _SECONDS:
        return timedelta(seconds=_SECONDS[value.strip()])
    return read_duration(value)


def read_size(value: object) -> int:
    """A size in bytes, such as ``2 GB`` (powers of 1000) or ``512 MiB`` (of 1024). Raises ValueError."""
    folded = {unit.casefold(): factor for unit, factor in _SIZE_UNITS.items()}
    number, factor = _read(value, folded, "a size such as `2 GB` or `512 MiB`", fold=True)
    return round(number * factor)


def read_share(value: object) -> float:
    """A share in percent, such as ``10 %``, as a number from 0.0 to 1.0. Raises ValueError."""
    number, _ = _read(value, {"%": 1}, "a share in percent such as `10 %`")
    if number > 100:
        raise ValueError(f"{describe(value)} is more than 100 %")
    return number / 100


def read_moment(value: object) -> datetime:
    """A date and time with its zone, such as ``2026-12-04 23:59 Europe/Berlin``. Raises ValueError.

    The zone is a name of the IANA database, ``UTC``, or an offset such as ``+01:00``. Without a time, it is the end of
    the day.
    """
    example = "such as `2026-12-04 23:59 Europe/Berlin`"
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"expected a date and time with its zone, {example}; found {describe(value)}")
    if not found["zone"]:
        raise ValueError(f"{describe(value)} has no zone, so nobody knows when it ends; write it {example}")
    text = f"{found['date']} {found['time'] or '23:59:59'}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{describe(value)} is no date: {error}") from None
    if not 1900 <= moment.year <= 2999:  # at the ends of the calendar, a time cannot be converted to another zone
        raise ValueError(f"{describe(value)} is in the year {moment.year}; was another meant?")
    zone = found["zone"]
    if zone in ("Z", "UTC"):
        return moment.replace(tzinfo=UTC)
    if zone[0] in "+-":
        try:
            return datetime.fromisoformat(f"{text}{zone}")
        except ValueError:
            raise ValueError(f"`{zone}` is no offset of a zone; write one such as `+01:00`") from None
    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"there is no zone `{zone}`; write a name such as `Europe/Berlin`, `UTC`, or an offset such as `+01:00`"
        ) from None


def _read(value: object, units: Mapping[str, float], expected: str, *, fold: bool = False) -> tuple[float, float]:
    """The number and the factor of its unit."""
    found = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        why = " without a unit" if is_number else ""
        raise ValueError(f"expected {expected}, found {describe(value)}{why}")
    unit = found["unit"].casefold() if fold else found["unit"]
    if not unit:
        raise ValueError(f"expected {expected}, found {describe(value)} without a unit")
    if unit not in units:
        raise ValueError(f"unknown unit `{found['unit']}` in {describe(value)}{did_you_mean_or_all(unit, units)}")
    return float(found["number"]), units[unit]
