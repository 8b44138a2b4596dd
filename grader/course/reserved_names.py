"""Names that the course's files must not have where submissions run."""

from __future__ import annotations

import sys
from pathlib import Path

_NAMES = sys.stdlib_module_names | {"torch", "numpy", "matplotlib", "matplotlib_inline", "IPython"}
"""Modules that submissions import from Python or its packages."""


def reserved_module(path: Path) -> str | None:
    """The module that a file or folder would hide, or be hidden by, if submissions could import it; None: none."""
    name = path.name.partition(".")[0]
    return name if name in _NAMES and (path.is_dir() or path.suffix == ".py") else None
