"""Joins what several checks ask the recorder for, so that it is recorded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from grader.model import CallProbe, ModuleProbe, Probes


def join_probes(parts: Sequence[Probes]) -> Probes:
    """Join the probes of several checks, field by field. What two checks ask for is recorded once."""
    joined: dict[str, Any] = {}
    for field in fields(Probes):
        values = [getattr(part, field.name) for part in (Probes(), *parts)]
        if isinstance(values[0], bool):
            joined[field.name] = any(values)
        else:
            joined[field.name] = tuple({_key(item): item for value in values for item in value}.values())
    return Probes(**joined)


def _key(item: str | CallProbe | ModuleProbe) -> str:
    return item.id if isinstance(item, CallProbe | ModuleProbe) else item
