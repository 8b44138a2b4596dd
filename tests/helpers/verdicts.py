"""Verdicts for tests of marking."""

from __future__ import annotations

from typing import Any

from grader.model import (
    Verdict,
)


def verdict(check: str, status: Any = "failed", **fields: Any) -> Verdict:
    return Verdict(check=check, status=status, message="It did not work.", **fields)
