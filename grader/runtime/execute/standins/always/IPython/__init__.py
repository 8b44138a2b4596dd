"""The parts of IPython that submissions use."""

from __future__ import annotations

import builtins
from typing import Any

version_info = (9, 0, 0)
__version__ = "9.0.0"


def get_ipython() -> Any:
    """The notebook's shell; None in a script."""
    return getattr(builtins, "get_ipython", lambda: None)()
