"""Files of submissions that have the name of a module which the worker has imported."""

from __future__ import annotations

import os
import sys

from ..protocol.named_modules import NAMED


def forget_shadowed() -> None:
    """Have a submission that brings a ``statistics.py`` import that file, as it does where nothing is imported before.

    To be called when ``sys.path`` is complete: the submission's folder, the course's helper modules, and then the
    Python installation.
    """
    for name in NAMED:
        if name in sys.modules and _is_shadowed(name):
            del sys.modules[name]


def _is_shadowed(name: str) -> bool:
    for folder in sys.path:
        if folder.startswith((sys.prefix, sys.base_prefix)):
            return False
        path = f"{folder}/{name}"
        if _exists(f"{path}.py") or _exists(path):
            return True
    return False


_exists = os.path.exists
"""Not pathlib's, which writes to pages of memory that the child shares with the worker."""
