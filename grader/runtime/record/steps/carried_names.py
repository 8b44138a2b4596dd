"""Which names of a piece of code carry numbers from one turn of a loop to the next, as ``w = w - 0.1 * g`` does.

Read from the bytecode, as a graph of names: what is loaded before a name is stored.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType

_ENDS = ("POP_TOP", "POP_JUMP", "RETURN", "RAISE")
"""Instructions after which another statement begins."""
_NO_NAMES = frozenset({"LOAD_ATTR", "LOAD_METHOD", "LOAD_CONST", "STORE_ATTR", "STORE_SUBSCR"})
MAX_INSTRUCTIONS = 5_000


class CarriedNames:
    """The names of one piece of code."""

    def __init__(self, code: CodeType) -> None:
        self._made_of: dict[str, set[str]] = {}
        self._stored: dict[int, set[str]] = {}
        """What is stored by the statement that has a line, by the numbers of its lines."""
        self._exposed: set[str] = set()
        """Names that a turn of a loop loads before it stores them, so that the turn before has stored them."""
        loaded: set[str] = set()
        lines: set[int] = set()
        follows_a_store = False
        line = 0
        uses: list[tuple[int, str, bool]] = []
        """Where a name is loaded, or stored, in the order of the code."""
        for count, instruction in enumerate(dis.get_instructions(code)):
            if count > MAX_INSTRUCTIONS:
                break
            operation = instruction.opname
            line = (instruction.positions.lineno if instruction.positions is not None else None) or line
            is_store = operation.startswith("STORE_") and operation not in _NO_NAMES
            if follows_a_store and not is_store:
                loaded, lines = set(), set()
            follows_a_store = is_store
            lines.add(line)
            if "BACKWARD" in operation:
                self._exposed |= _loaded_first(uses, instruction.argval)
            if operation.startswith(_ENDS):
                loaded, lines = set(), set()
            elif is_store or (operation.startswith("LOAD_") and operation not in _NO_NAMES):
                names = instruction.argval if type(instruction.argval) is tuple else (instruction.argval,)
                # Newer Pythons load and store two names at once: `STORE_FAST_LOAD_FAST`.
                parts = [part for part in operation.split("_") if part in ("LOAD", "STORE")]
                for position, name in enumerate(name for name in names if type(name) is str):
                    uses.append(
                        (instruction.offset, name, is_stored := parts[min(position, len(parts) - 1)] == "STORE")
                    )
                    if is_stored:
                        self._made_of.setdefault(name, set()).update(loaded)
                        for known in lines:
                            self._stored.setdefault(known, set()).add(name)
                    else:
                        loaded.add(name)

    def stored_at(self, line: int) -> frozenset[str]:
        """The names that a statement stores which has a line."""
        return frozenset(self._stored.get(line, ()))

    def carriers_of(self, name: str) -> tuple[str, ...]:
        """A name, and those that it is made of and that are made of it in turn, from one turn of a loop to the next;
        empty where it carries nothing on.
        """
        made_of = _all_from(name, self._made_of)
        in_turn = {other for other in made_of if name in _all_from(other, self._made_of)}
        if name not in made_of or in_turn.isdisjoint(self._exposed):
            return ()
        return (name, *sorted((in_turn & self._made_of[name]) - {name}))


def _all_from(name: str, made_of: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in made_of.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _loaded_first(uses: Sequence[tuple[int, str, bool]], start: object) -> set[str]:
    """The names that are loaded before they are stored, from an offset of the code on."""
    found: set[str] = set()
    stored: set[str] = set()
    for offset, name, is_stored in uses:
        if isinstance(start, int) and offset >= start:
            if is_stored:
                stored.add(name)
            elif name not in stored:
                found.add(name)
    return found
