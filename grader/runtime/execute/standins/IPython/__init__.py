"""The parts of IPython that submissions use."""

from __future__ import annotations

import builtins
from pkgutil import extend_path
from typing import Any

__path__ = extend_path(__path__, __name__)

version_info = (9, 0, 0)
__version__ = "9.0.0"


def get_ipython() -> Any:
    """The notebook's shell; None in a script."""
    return getattr(builtins, "get_ipython", lambda: None)()
