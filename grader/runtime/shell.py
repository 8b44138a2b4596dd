"""A stand-in for IPython's shell: what notebook syntax turns into, ``get_ipython().…``, does nothing harmful here."""

from __future__ import annotations

from typing import Any


class Shell:
    """Answers the calls that IPython's input transformer writes. Magics and shell commands do nothing."""

    user_ns: dict[str, Any]

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = namespace

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> None:
        """``%name line`` does nothing."""

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """``%%name`` does nothing."""

    def magic(self, line: str) -> None:
        """The old spelling of ``run_line_magic``."""

    def system(self, command: str) -> int:
        """``!command`` is not run."""
        return 0

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> list[str]:
        """``x = !command`` gives no lines."""
        return []
