"""A stand-in for IPython's shell: what notebook syntax turns into, ``get_ipython().…``, does nothing harmful here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar


class Shell:
    """Answers what IPython's input transformer writes, and what libraries ask a notebook for.

    Magics and shell commands do nothing, but for the setting that displays every value and not only a cell's last.
    """

    ast_node_interactivity: ClassVar[str] = "last_expr"
    """As in IPython: ``all`` displays the value of every expression that is a statement."""
    current: ClassVar[Shell | None] = None

    def __init__(self, namespace: dict[str, Any], show: Callable[[object], None]) -> None:
        self.user_ns = namespace
        self._show = show
        Shell.current = self

    @classmethod
    def instance(cls, *arguments: object, **options: object) -> Shell | None:
        return cls.current

    @classmethod
    def initialized(cls) -> bool:
        return cls.current is not None

    def display(self, *values: object, **options: object) -> None:
        for value in values:
            self._show(value)

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> None:
        """``%name line`` does nothing, but for ``%config InteractiveShell.ast_node_interactivity = …``."""
        setting, _, value = line.partition("=")
        if name == "config" and setting.strip() == "InteractiveShell.ast_node_interactivity":
            Shell.ast_node_interactivity = value.strip(" \"'")

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """``%%name`` does nothing."""

    def magic(self, line: str) -> None:
        """The old spelling of ``run_line_magic``."""
        name, _, rest = line.removeprefix("%").partition(" ")
        self.run_line_magic(name, rest)

    def system(self, command: str) -> int:
        """``!command`` is not run."""
        return 0

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> list[str]:
        """``x = !command`` gives no lines."""
        return []

    def __getattr__(self, name: str) -> Nothing:
        """``events``, ``display_formatter``, …: libraries register themselves there."""
        return Nothing().__getattr__(name)


class Nothing:
    """Whatever is done with it, nothing happens."""

    def __getattr__(self, name: str) -> Nothing:
        """Raises AttributeError for the names by which Python itself asks what an object can do."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: object, **options: object) -> Nothing:
        return self

    def __getitem__(self, key: object) -> Nothing:
        return self

    def __setitem__(self, key: object, value: object) -> None: ...

    def __iter__(self) -> Iterator[Nothing]:
        return iter(())

    def __contains__(self, key: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return False
