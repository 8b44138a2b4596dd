"""What goes into the sandbox. No expected value, tolerance, rubric or solution is ever part of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from grader.model.submission import Cell, CompanionFile, Format


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProbe:
    """Functions to call after the run, with what, and what to find out.

    ``functions`` are names; ``any`` among them means every function that the submission defined.
    ``inputs`` are arrays (float32 or float64 or int64), one a call, handed over as a tensor that requires grad
    where its dtype can. ``own``: after them, inputs made of the arguments of the submission's own calls.
    """

    id: str
    functions: tuple[str, ...]
    inputs: tuple[npt.NDArray[Any], ...]
    own: bool = False
    second: bool = False
    """Differentiate the gradient once more."""
    branches: bool = False
    """Record which code branches each call takes."""
    numeric: bool = False
    """Call the function at shifted inputs as well, for numerical differentiation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What to record beyond the events that are always recorded."""

    names: tuple[str, ...] = ()
    """Names whose values are watched; ``*`` and ``?`` match as in file names."""
    calls: tuple[CallProbe, ...] = ()
    torch_calls: tuple[str, ...] = ()
    """Names of torch functions and methods whose calls are listed, such as ``detach``."""
    second_run: bool = False
    """Where curves were plotted and autograd was used: run the submission a second time, in the same process, with
    autograd's results scaled (as with ``Job.intervene``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use. Times are seconds, the rest bytes or counts."""

    wall_s: float = 20.0
    memory_bytes: int = 2 * 1024**3
    """Address space on top of what the warm worker has."""
    disk_bytes: int = 128 * 1024**2
    output_bytes: int = 4 * 1024**2
    """Text that the submission may print before it is stopped; what is kept of it is less."""
    observation_bytes: int = 64 * 1024**2
    processes: int = 64
    open_files: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of one submission in the sandbox. ``files`` are what ``Submission.companions`` has."""

    cells: tuple[Cell, ...]
    format: Format
    file_name: str
    seed: int
    probes: Probes = field(default_factory=Probes)
    limits: Limits = field(default_factory=Limits)
    files: tuple[CompanionFile, ...] = ()
    intervene: bool = False
    """Scale every result of autograd (``runtime.protocol.record.SECOND_RUN_CHANGE``) and record figures only. Which
    plotted values change with it tells what comes from autograd (``judging.curve_sources``)."""
