"""Replaces IPython's shell. Notebook syntax is translated to calls of it, ``get_ipython().…``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, ClassVar

from .magics import Magics


class Shell:
    """Has the methods that IPython's input transformer calls, and the attributes that libraries use.

    Shell commands do nothing. Of the magics, those in ``Magics`` do what they do in IPython, and ``%config`` knows the
    setting ``ast_node_interactivity``.
    """

    ast_node_interactivity: ClassVar[str] = "last_expr"
    """As in IPython: ``all`` displays the value of every expression statement, not only of a cell's last."""
    current: ClassVar[Shell | None] = None

    def __init__(
        self,
        namespace: dict[str, Any],
        show: Callable[[object], None],
        magics: Magics,
        captured: Callable[[], object],
    ) -> None:
        self.user_ns = namespace
        self._show = show
        self._magics = magics
        self.captured = captured
        """Begins to copy what the cell writes, and returns the copy."""
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

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> object:
        """``%name line``."""
        if name in self._magics.line:
            return self._magics.line[name](line)
        setting, _, value = line.partition("=")
        if name == "config" and setting.strip() == "InteractiveShell.ast_node_interactivity":
            Shell.ast_node_interactivity = value.strip(" \"'")
        return None

    def run_cell_magic(self, name: str, line: str, cell: str) -> object:
        """``%%name line``, with the lines below it."""
        return self._magics.cell[name](line, cell) if name in self._magics.cell else None

    def magic(self, line: str) -> object:
        """The old spelling of ``run_line_magic``."""
        name, _, rest = line.removeprefix("%").partition(" ")
        return self.run_line_magic(name, rest)

    def run_cell(self, raw_cell: str, *arguments: object, **options: object) -> Nothing:
        """Run code in the notebook's namespace."""
        self.ex(raw_cell)
        return Nothing()

    def ex(self, code: str) -> None:
        exec(code, self.user_ns)

    def ev(self, expression: str) -> object:
        return eval(expression, self.user_ns)

    def push(self, variables: dict[str, object], interactive: bool = True) -> None:
        self.user_ns.update(variables)

    def system(self, command: str) -> int:
        """``!command`` is not run."""
        return 0

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> list[str]:
        """``x = !command`` returns no lines."""
        return []

    def __getattr__(self, name: str) -> Nothing:
        """For ``events``, ``display_formatter`` and the like, with which libraries register themselves."""
        return Nothing().__getattr__(name)


class Nothing:
    """Accepts every operation and does nothing."""

    def __getattr__(self, name: str) -> Nothing:
        """Raises AttributeError for special names, by which Python finds out what an object supports."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: object, **options: object) -> Any:
        """Returns a function or class that it is called with, as a decorator does."""
        if len(arguments) == 1 and not options and isinstance(arguments[0], type | FunctionType):
            return arguments[0]
        return self

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """As the base of a class, it is none."""
        return ()

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: object) -> None: ...

    def __getitem__(self, key: object) -> Nothing:
        return self

    def __setitem__(self, key: object, value: object) -> None: ...

    def __iter__(self) -> Iterator[Nothing]:
        return iter(())

    def __contains__(self, key: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "<nothing>"
