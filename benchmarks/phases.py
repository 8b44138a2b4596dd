"""Adds up the processor time of a process by phase. ``time_table.py`` puts this module into a copy of the grader.

In the copy it is a module of the runtime's protocol, so that both sides of the sandbox can import it. A process is in
one phase at a time, so that all its phases add up to what it used.
"""

from __future__ import annotations

import functools
import json
import mmap
import os
import resource
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MAX_PHASES = 64
_SIZE = struct.calcsize("d")


class Phases:
    """The phases of this process and, in shared memory, those of all processes that it forks."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.own = [0.0] * MAX_PHASES
        self.start_s = 0.0
        """What the process used before the first submission."""
        self.begun = False
        self.count = 0
        self._forked: mmap.mmap | None = None
        """Shared with the forks. Made late: a worker that forks others must not share any memory with them."""
        self._children_s = 0.0
        self._is_fork = False
        self._now = self.number("other")
        self._last = 0.0
        self._inherited_s = 0.0
        """What the process that forked this one used until then, if that was before the first submission."""
        os.register_at_fork(before=self._note_now, after_in_child=self._be_fork)

    def number(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def switch(self, phase: int) -> int:
        """Be in another phase from now on; returns the one until now."""
        used = time.process_time()
        taken, self._last = used - self._last, used
        before, self._now = self._now, phase
        if self._is_fork:
            assert self._forked is not None
            at = before * _SIZE
            (sum_s,) = struct.unpack_from("d", self._forked, at)
            struct.pack_into("d", self._forked, at, sum_s + taken)
        else:
            self.own[before] += taken
        return before

    def begin(self) -> None:
        """What was used until now was for the start."""
        if not self.begun and not self._is_fork:
            self.begun = True
            self._forked = mmap.mmap(-1, MAX_PHASES * _SIZE)
            self.switch(self._now)
            self.start_s = sum(self.own)
            self.own = [0.0] * MAX_PHASES
            self._children_s = _used_s(resource.RUSAGE_CHILDREN)

    def report(self) -> dict[str, Any]:
        self.switch(self._now)
        assert self._forked is not None
        forked = struct.unpack_from(f"{MAX_PHASES}d", self._forked)
        return {
            "start_s": self.start_s,
            "inherited_s": self._inherited_s,
            "own": {name: self.own[number] for number, name in enumerate(self.names)},
            "forked": {name: forked[number] for number, name in enumerate(self.names)},
            "total_s": _used_s(resource.RUSAGE_SELF) - self.start_s,
            "forked_total_s": _used_s(resource.RUSAGE_CHILDREN) - self._children_s,
            "count": self.count,
        }

    def _note_now(self) -> None:
        self.switch(self._now)

    def _be_fork(self) -> None:
        self._is_fork, self._last, self._now = self.begun, 0.0, 0
        if not self.begun:
            self._inherited_s += sum(self.own)
            self.own = [0.0] * MAX_PHASES


def _used_s(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


_phases = Phases()


def wrap(
    where: dict[str, Any], names: Mapping[str, str], *, begins: str = "", counts: str = "", reports: str = ""
) -> None:
    """Put the functions and methods of a module into phases. ``names``: the phase of each, by ``name`` or
    ``Class.name``. Where ``begins`` is called, the start is over; where ``counts`` returns, a submission is done; where
    ``reports`` returns, the process writes down what it has used.
    """
    for path, phase in {**dict.fromkeys(filter(None, (begins, counts, reports)), ""), **names}.items():
        owner, _, name = path.rpartition(".")
        place = where[owner] if owner else None
        function = where[name] if place is None else vars(place)[name]
        static = isinstance(function, staticmethod)
        wrapped = _in_phase(
            function.__func__ if static else function,
            None if not phase else _phases.number(phase),
            begins=path == begins,
            counts=path == counts,
            reports=path == reports,
        )
        if place is None:
            where[name] = wrapped
        else:
            setattr(place, name, staticmethod(wrapped) if static else wrapped)


def _in_phase(
    function: Callable[..., Any], phase: int | None, *, begins: bool, counts: bool, reports: bool
) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if begins:
            _phases.begin()
        before = None if phase is None else _phases.switch(phase)
        try:
            return function(*args, **kwargs)
        finally:
            if before is not None:
                _phases.switch(before)
            if counts:
                _phases.count += 1
            if reports and _phases.begun:
                _write(_phases.report())

    return wrapped


def _write(report: Mapping[str, Any]) -> None:
    """To a file of this process; in the sandbox, to standard error, which the host can read."""
    text = json.dumps(report)
    folder = os.environ.get("GRADER_PHASES")
    if folder is None:
        os.pwrite(2, text.encode().ljust(8192), 0)
    else:
        Path(folder, f"{os.getpid()}.json").write_text(text, encoding="utf-8")


def keep_worker(words: str) -> None:
    """In a lane: keep what its worker wrote to standard error."""
    if words.startswith("{"):
        Path(os.environ["GRADER_PHASES"], f"{os.getpid()}.worker.json").write_text(words, encoding="utf-8")
