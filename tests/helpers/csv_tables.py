"""Reading the CSV tables that reports are written as."""

from __future__ import annotations

import csv
import io


def table(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def column(text: str, name: str) -> list[str]:
    return [row[name] for row in table(text)]
