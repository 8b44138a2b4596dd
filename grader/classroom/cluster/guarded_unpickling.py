"""Keeps Dask from unpickling anything in this process that a worker or the scheduler sends.

A pickle can run any code where it is read, and workers are near students' code. Dask has no setting for it: it
unpickles the type of a result, exceptions and whatever is marked as a pickle in a message. While ``guarded`` holds,
these pickles give plain values, bytes and built-in exceptions; in the place of everything else they give a ``Refused``,
and nothing of it is imported or called.
"""

from __future__ import annotations

import builtins
import io
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any


class Refused(Exception):
    """Stands for an object that was not unpickled. An exception, since Dask expects that where a task has failed."""

    def __init__(self, *parts: object, **named: object) -> None:
        super().__init__(*(part for part in parts if isinstance(part, str)))

    def __setstate__(self, state: object) -> None:
        return None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("tblib"):
            return _AS_TBLIB.get(name, Refused)
        found = getattr(builtins, name, None) if module == "builtins" else None
        return found if found is bytes or _is_exception(found) else Refused


def _is_exception(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, Exception)


def _exception(kind: object, parts: object, *others: object) -> Exception:
    """An exception as tblib pickles it, without the exceptions and tracebacks that belong to it."""
    parts = parts.get("args", ()) if isinstance(parts, dict) else parts
    words = [part for part in parts if isinstance(part, str)] if isinstance(parts, tuple) else []
    return kind(*words) if isinstance(kind, type) and issubclass(kind, Exception) else Refused(*words)


def _no_traceback(*parts: object) -> None:
    """Dask expects a traceback or None."""


_AS_TBLIB: Mapping[str, Callable[..., object]] = {
    "unpickle_exception": _exception,
    "unpickle_exception_with_attrs": _exception,
    "unpickle_traceback": _no_traceback,
}
"""What is called in the place of tblib's functions, by which Dask pickles exceptions."""


def loads(data: bytes, *, buffers: Iterable[Any] = ()) -> Any:
    """What a pickle describes, without making any object but plain ones."""
    try:
        return _Unpickler(io.BytesIO(data), buffers=buffers).load()
    except Exception as error:
        return Refused(f"a pickle that cannot be read: {error}")


@contextmanager
def guarded() -> Iterator[None]:
    """Use ``loads`` for all pickles that Dask reads in this process."""
    import distributed.client
    import distributed.protocol.pickle
    from distributed.protocol.serialize import dask_deserialize

    _add_hook()
    register: Any = dask_deserialize.register
    register(Refused)(_refuse)
    # Dask's modules call it by these two names.
    places: tuple[Any, ...] = (distributed.protocol.pickle, distributed.client)
    before = [place.loads for place in places]
    for place in places:
        place.loads = loads
    _guards.append(True)
    try:
        yield
    finally:
        _guards.pop()
        for place, function in zip(places, before, strict=True):
            place.loads = function


def _refuse(header: object, frames: object) -> Refused:
    return Refused("an object of a type that is not read")


_guards: list[bool] = []
"""Has something in it while pickles are guarded."""


@cache
def _add_hook() -> None:
    sys.addaudithook(_refuse_classes)


def _refuse_classes(event: str, arguments: tuple[object, ...]) -> None:
    """Should Dask read a pickle by another way than ``loads``, which a later version may: nothing is looked up for it.

    ``loads`` itself does not raise this event, since it looks up nothing that a pickle names.
    """
    if event == "pickle.find_class" and _guards:
        raise pickle.UnpicklingError(f"a pickle from the cluster was refused: {arguments}")
