"""What the worker says of one run, before the record is read. Light: no import but the standard library's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRun:
    """One run, undecoded. ``stream`` was written by the student's process: nothing in it is to be trusted.

    ``exit`` or ``signal`` says how that process ended; the other is None. Times are seconds.
    """

    stream: bytes
    exit: int | None = None
    signal: int | None = None
    timed_out: bool = False
    """The process was killed at its time limit."""
    truncated: bool = False
    """The process was killed because it wrote more than it may."""
    exceeded: tuple[str, str] | None = None
    """The process was killed because it and its children exceeded a limit together: the outcome, and why."""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    waited_s: float = 0.0
    """Of ``wall_s``, how long other programs of the machine kept the run waiting for a processor."""
