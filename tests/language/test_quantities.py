"""Quantities and times in YAML, and the messages for what is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grader.language.quantities import read_duration, read_moment, read_period, read_share, read_size

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20 s", 20), ("20s", 20), ("1.5 min", 90), ("2 hours", 7200), ("1 day", 86_400), ("3 days", 3 * 86_400)],
)
def test_durations(text: str, seconds: float) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("text", "seconds"), [("day", 86_400), ("week", 7 * 86_400), ("12 hours", 43_200)])
def test_periods(text: str, seconds: float) -> None:
    assert read_period(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "size"), [("2 GB", 2 * 10**9), ("512 MiB", 512 * 2**20), ("1.5 gb", 15 * 10**8), ("100 B", 100)]
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize(("text", "share"), [("10 %", 0.1), ("100%", 1.0), ("0 %", 0.0), ("2.5 %", 0.025)])
def test_shares(text: str, share: float) -> None:
    assert read_share(text) == share


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-04 23:59 Europe/Berlin", datetime(2026, 12, 4, 23, 59, tzinfo=BERLIN)),
        ("2026-12-04T23:59:30 UTC", datetime(2026, 12, 4, 23, 59, 30, tzinfo=UTC)),
        ("2026-12-04 23:59+01:00", datetime(2026, 12, 4, 22, 59, tzinfo=UTC)),
        ("2026-12-04 23:59Z", datetime(2026, 12, 4, 23, 59, tzinfo=UTC)),
        ("2026-12-04 Europe/Berlin", datetime(2026, 12, 4, 23, 59, 59, tzinfo=BERLIN)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (read_duration, 20, "expected a duration such as `20 s`, `12 hours` or `3 days`, found the number 20 without"),
        (read_duration, "soon", "expected a duration such as"),
        (read_duration, "3 dayz", "unknown unit `dayz` in the text `3 dayz`; did you mean `day"),
        (read_duration, "9" * 40 + " weeks", "is too long"),
        (read_size, "2 GX", "unknown unit `GX`"),
        (read_size, None, "expected a size such as `2 GB` or `512 MiB`, found nothing"),
        (read_share, "150 %", "the text `150 %` is more than 100 %"),
        (read_share, 10, "expected a share in percent such as `10 %`, found the number 10 without a unit"),
        (read_moment, "2026-12-04 23:59", "the text `2026-12-04 23:59` has no zone"),
        (read_moment, "tomorrow", "expected a date and time with its zone, such as `2026-12-04 23:59 Europe/Berlin`"),
        (read_moment, "2026-13-04 23:59 UTC", "is no date"),
        (read_moment, "9999-12-31 23:59 -10:00", "is in the year 9999; was another meant?"),
        (read_moment, "2026-12-04 23:59 Europe/Berlni", "there is no zone `Europe/Berlni`"),
        (read_moment, 20261204, "expected a date and time with its zone"),
    ],
)
def test_what_is_none_is_refused_in_words(read: Callable[[object], object], value: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read(value)
