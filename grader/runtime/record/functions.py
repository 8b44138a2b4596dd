"""The functions that a submission defines, and the arguments of its own calls.

A function is registered when its ``def`` or ``lambda`` is executed (see ``execute.definitions``), so nested functions,
methods, and functions whose name is bound to something else later are found as well. What else a name is bound to and
can be called (``record.callables``) is registered when the statement has ended that bound it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from .arguments import as_argument
from .callables import ResolvedCallable, look_into, may_be_called
from .partials import MAX_CALLS, Call, arguments_through, noted_call
from .recorder import Recorder
from .stream import Json

MAX_FUNCTIONS = 60
MAX_ARGUMENTS = 20
"""Different arguments kept of the submission's own calls of one function."""
MAX_LOOKS = 2_000
"""Calls of one function whose argument is examined. Further calls are ignored, to keep training loops fast."""
MAX_ITEMS = 50
"""Larger dictionaries are not looked through for functions."""

Numbers = np.ndarray[Any, Any]


@dataclass(slots=True)
class DefinedFunction:
    """A function of the student's. ``decorated`` is what its decorators returned; None: it has none.

    ``call`` is what a name is bound to that calls the function in the end, such as an object, a ``partial`` or
    ``Function.apply``, which gives ``filled`` of its parameters; None: the function itself is meant. ``function`` None:
    ``call`` is a library's. ``arguments`` are those of the student's own calls, of which ``looks`` were examined;
    ``calls`` are those with several arguments, which a ``partial`` may have made. ``slow`` counts the recorder's calls
    that ran out of time.
    """

    position: int
    function: FunctionType | None
    place: Json | None = None
    """Where a library's function was bound to a name; None: the place is where the function is defined."""
    names: dict[str, None] = field(default_factory=dict)
    decorated: Callable[..., Any] | None = None
    call: Any = None
    filled: int = 0
    owner: object = None
    is_called_otherwise: bool = False
    """Another entry calls this method on an object that a name is bound to."""
    arguments: dict[tuple[tuple[int, ...], bytes], Numbers] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    looks: int = 0
    slow: int = 0

    @property
    def own_arguments(self) -> list[Numbers]:
        """The arguments of the student's own calls with one argument."""
        through = arguments_through(self.call, self.calls) if type(self.call) is functools.partial else {}
        return list((self.arguments | through).values())[:MAX_ARGUMENTS]

    @property
    def is_ordinary(self) -> bool:
        """Whether its name is no special one: calling ``__init__`` of an object once more would change the object."""
        return not self.name.startswith("__") or self.name == "__call__"

    def has_a_name_of(self, wanted: Collection[str]) -> bool:
        return any(name in wanted for name in self.names)

    @property
    def name(self) -> str:
        own = next(iter(self.names), "")
        return own if self.call is not None or self.function is None else self.function.__name__


class Functions:
    """Every function that the submission defined at any time, with the names that it was bound to."""

    def __init__(self, namespace: Mapping[str, Any], recorder: Recorder, *, always: bool = False) -> None:
        """``always``: functions are registered also while the recorder is paused."""
        self.namespace = namespace
        self._recorder = recorder
        self._always = always
        self._known: dict[CodeType, DefinedFunction] = {}
        self._by_identity: dict[int, tuple[CodeType, DefinedFunction]] = {}
        """By ``id(code)``: hashing a code object takes as long as a short call. The code object is kept alive."""
        self._made: dict[int, DefinedFunction] = {}
        """What names are bound to besides functions as they were defined: by ``id`` of the object, kept alive."""
        self._types: dict[int, tuple[type, bool]] = {}
        """By ``id`` of a type, which is kept alive: whether its values may be callables."""

    # ----------------------------------------------------------------------------------------------------------------
    # Called by the additions to the student's code
    # ----------------------------------------------------------------------------------------------------------------

    def add(self, function: Any) -> Any:
        """Called at each definition; returns the function unchanged. Of closures with equal code, the last is kept."""
        # Functions that are defined while the recorder calls the student's functions are not registered.
        if isinstance(function, FunctionType) and (self._always or not self._recorder.paused):
            code = function.__code__
            known = self._known.get(code)
            if known is None and self._has_room:
                known = self._known[code] = DefinedFunction(position=self._count, function=function)
            if known is not None:
                self._by_identity[id(code)] = code, known
                if known.function is not function:
                    self._keep_earlier(known)
                known.function, known.decorated = function, None
                known.names[function.__name__] = None
        return function

    def _keep_earlier(self, known: DefinedFunction) -> None:
        """Register a closure of its own under the names that it was bound to: another one with equal code comes now."""
        function = known.function
        if function is None:
            return
        names = [name for name in known.names if name != function.__name__]
        if names and self._has_room:
            self._made.setdefault(
                id(function),
                DefinedFunction(
                    position=self._count,
                    function=function,
                    names=dict.fromkeys(names),
                    call=known.decorated or function,
                    arguments=known.arguments,
                    calls=known.calls,
                ),
            )
            known.names.clear()

    def note_decorated(self, decorated: Any) -> Any:
        """Called with what a function's decorators returned; returns it unchanged.

        ``__wrapped__``, which ``functools.wraps`` sets, makes it possible to find the function. Without it, the result
        counts as another function.
        """
        inner, depth = decorated, 0
        while depth < 20:
            if type(inner) is FunctionType:
                known = self._known.get(inner.__code__)
                if known is not None and known.function is inner:
                    known.decorated = decorated
                    known.names[inner.__name__] = None
            elif type(inner) is not functools._lru_cache_wrapper:
                break
            inner, depth = vars(inner).get("__wrapped__"), depth + 1
        return decorated

    def note_argument(self, *values: Any) -> None:
        """Called inside a function with its arguments; keeps copies of tensors and numbers."""
        found = self._by_identity.get(id(sys._getframe(1).f_code))
        if found is None or self._recorder.paused:
            return
        code, known = found
        if known.looks >= MAX_LOOKS or len(known.arguments) >= MAX_ARGUMENTS:
            return
        known.looks += 1
        if len(values) != 1:
            if len(known.calls) < MAX_CALLS and (call := noted_call(code, values)):
                known.calls.append(call)
            return
        argument = as_argument(values[0])
        if argument is not None:
            known.arguments.setdefault((argument.shape, argument.tobytes()), argument)

    def note_names(self) -> None:
        """Note which names of the module are bound to known functions now, and to what calls one of them."""
        for name, value in list(self.namespace.items()):
            if type(name) is not str:
                continue
            if type(value) is dict:
                if len(value) <= MAX_ITEMS and not name.startswith("__"):
                    for key, item in list(value.items()):
                        if type(key) is str:
                            self._note_name(key, item)
            else:
                self._note_name(name, value)

    def _note_name(self, name: str, value: Any) -> None:
        kind = type(value)
        known_type = self._types.get(id(kind))
        if known_type is None:
            known_type = self._types[id(kind)] = kind, may_be_called(kind)
        if not known_type[1]:
            return
        entry = self._made.get(id(value)) or self._entry_of(name, value)
        if entry is not None:
            entry.names[name] = None

    def _entry_of(self, name: str, value: Any) -> DefinedFunction | None:
        """The entry of a callable, which is registered now if it is a new one."""
        try:
            found = look_into(value)
        except Exception:  # an object that pretends to be another one
            return None
        if found is None:
            return None
        if found.function is None:
            # An import binds names to a library's functions, too, but calls none of them the student's.
            if name in self._recorder.imported or not self._has_room:
                return None
            entry = DefinedFunction(position=self._count, function=None, place=self._recorder.place(), call=value)
            self._made[id(value)] = entry
            return entry
        known = self._known.get(found.function.__code__)
        if known is None or known.function is value or known.decorated is value:
            return known
        return self._made_of(value, known, found)

    def _made_of(self, value: Any, known: DefinedFunction, found: ResolvedCallable) -> DefinedFunction | None:
        """Register another callable that calls a known function: ``torch.func.grad(f)``, an object, a closure."""
        key = value if found.call is None else found.owner  # `Sqrt.apply` is another object whenever it is read
        made = self._made.get(id(key))
        if made is None and self._has_room:
            made = self._made[id(key)] = DefinedFunction(
                position=self._count,
                function=found[0],  # `found.function` is a method to mypy, as functions in classes are
                call=value if found.call is None else found.call,
                filled=found.filled,
                owner=found.owner,
                arguments=known.arguments,
                calls=known.calls,
            )
            known.is_called_otherwise = known.is_called_otherwise or found.owner is not None
        return made

    @property
    def _count(self) -> int:
        return len(self._known) + len(self._made)

    @property
    def _has_room(self) -> bool:
        return self._count < MAX_FUNCTIONS

    # ----------------------------------------------------------------------------------------------------------------
    # Used for calls on hidden inputs
    # ----------------------------------------------------------------------------------------------------------------

    def all(self) -> list[FunctionType | None]:
        """All known functions; None in the place of a library's."""
        return [known.function for known in (*self._known.values(), *self._made.values())]

    def matching(self, wanted: list[str]) -> list[DefinedFunction]:
        """Functions bound to one of the names; if ``any`` is among the names, all other functions of the student's
        after them. A library's function counts by its listed name only.
        """
        everything = sorted((*self._known.values(), *self._made.values()), key=lambda known: known.position)
        named = [known for known in everything if known.has_a_name_of(wanted)]
        rest = [
            known
            for known in (everything if "any" in wanted else ())
            if known not in named and known.function is not None and not known.is_called_otherwise and known.is_ordinary
        ]
        return named + rest

    def counterpart(self, of: DefinedFunction) -> DefinedFunction | None:
        """The same function in another run of the submission, whose functions these are."""
        if of.call is None and of.function is not None:
            return self._known.get(of.function.__code__)
        return next((made for made in self._made.values() if made.names.keys() & of.names.keys()), None)
