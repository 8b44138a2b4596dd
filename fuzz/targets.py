"""The targets by name. Each is imported when it is asked for: before that, atheris has to be looking."""

from __future__ import annotations

import importlib

from fuzz.target import Target

NAMES = ("observation", "modules", "loader", "language", "exercises", "channel", "messages", "intake", "handin")


def find(name: str) -> Target:
    """The target of one of these names."""
    target: Target = importlib.import_module(f"fuzz.{name}").TARGET
    return target
