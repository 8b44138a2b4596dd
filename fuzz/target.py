"""What a target is: bytes in, and an exception where a promise is broken."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path


class BrokenPromiseError(AssertionError):
    """What was promised of the parser does not hold for this input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``check`` raises where a promise is broken; ``about`` is the promise, in words.

    ``seeds`` are sound inputs to begin with, ``words`` texts of which inputs are made.
    """

    name: str
    about: str
    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: tuple[str, ...] = ()
    longest: int = 20_000
    """Bytes of an input."""


def promise(holds: object, broken: str) -> None:
    """Raises BrokenPromiseError, with what is ``broken``, unless something ``holds``."""
    if not holds:
        raise BrokenPromiseError(broken)


@cache
def scratch() -> Path:
    """A folder for what can only be read from a file. It goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def strictly() -> Iterator[None]:
    """Warnings are errors: numpy's say that a case was not thought of, and would stand in somebody's terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
