"""The job that is sent into the sandbox. It never contains an expected value, tolerance, rubric or solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy.typing as npt

from grader.model.submission import Cell, CompanionFile, Format


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorArgument:
    """A tensor that is made anew for each call. ``grad``: what its ``.grad`` holds when the call begins; None: None."""

    data: npt.NDArray[Any]
    requires_grad: bool
    grad: npt.NDArray[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainArgument:
    """A number, text, truth value or None, which is passed as it is."""

    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportArgument:
    """A function of the course's ``support/``, as ``module.function``. ``is_called``: what it returns is passed."""

    name: str
    is_called: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyArguments:
    """A list, tuple or dictionary of arguments. ``keys`` are those of a dictionary."""

    kind: Literal["list", "tuple", "dict"]
    items: tuple[Argument, ...]
    keys: tuple[str, ...] = ()


Argument = TensorArgument | PlainArgument | SupportArgument | ManyArguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What a call is given: the arguments by position, each with the name that expressions know it by, and by name."""

    by_position: tuple[tuple[str, Argument], ...] = ()
    by_name: tuple[tuple[str, Argument], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProbe:
    """Which functions to call after the run, with which inputs, and what to record.

    ``functions`` are names; ``any`` among them means every function that the submission defined. ``inputs`` are arrays
    (float32, float64 or int64), one for each call, passed as a tensor that requires grad if its dtype allows it.
    ``own``: also call them with inputs derived from the arguments of the submission's own calls.
    """

    id: str
    functions: tuple[str, ...]
    inputs: tuple[npt.NDArray[Any], ...] = ()
    arguments: tuple[Arguments, ...] = ()
    """In the place of ``inputs``: the arguments of each call, of a function that takes something else than one tensor.
    """
    own: bool = False
    second: bool = False
    """Differentiate the gradient once more."""
    branches: bool = False
    """Record which code branches each call takes."""
    numeric: tuple[str, ...] = ()
    """The arguments by which the function is differentiated numerically, for which it is called with shifted ones: by
    their paths (``input``, ``w``, ``params[0]``); that of a list or dictionary stands for all tensors in it.
    """
    weighed: bool = False
    """Also compute the gradient of the output weighed at random."""
    varies: bool = False
    """Also call the function under another seed."""
    redraws: bool = False
    """Also call it several times in a row, without new seeds."""
    torch_calls: bool = False
    """Record which functions and methods of torch each call calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCall:
    """A call of a method of an object. ``method`` empty: the object itself is called."""

    method: str
    arguments: Arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleInput:
    """What a module is made with, and the calls of its methods, in their order."""

    made_with: Arguments
    calls: tuple[MethodCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededParameter:
    """The name and shape of a parameter that the reference's module has. Its value is not known here."""

    name: str
    shape: tuple[int, ...]
    requires_grad: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleProbe:
    """Which modules to make and call after the run, with which inputs, and what to record.

    ``modules`` are names of classes, of functions that make a module, or of objects; ``any`` among them means all of
    the submission's own. For each of ``inputs`` the module is made anew, and called in each of ``modes``, in order.
    """

    id: str
    modules: tuple[str, ...]
    inputs: tuple[ModuleInput, ...]
    modes: tuple[Literal["train", "eval"], ...] = ("train",)
    draws_parameters: bool = True
    """The parameters are drawn from the seed, by their names and shapes; otherwise they stay as the module made them.
    """
    needed: tuple[NeededParameter, ...] | None = None
    """The parameters by whose names parameters are known, and by whose names and shapes values are drawn; None: the
    module's own, as in a reference."""
    repeat: int = 0
    """How many more calls are made in each mode, each with other random numbers, for ``ModuleCall.statistics``."""
    varies: bool = False
    """Also call it with the same arguments under other seeds."""
    torch_calls: bool = False
    """As in ``CallProbe``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What to record in addition to the events that are always recorded."""

    names: tuple[str, ...] = ()
    """Names whose values are watched, and names of parts of objects, as ``runtime.protocol.name_paths`` has them."""
    sources: tuple[str, ...] = ()
    """Of these, the names of which it is asked whether their values come from autograd. Where autograd was used, the
    submission runs a second time for them, as with ``second_run``."""
    calls: tuple[CallProbe, ...] = ()
    modules: tuple[ModuleProbe, ...] = ()
    torch_calls: tuple[str, ...] = ()
    """Names of torch functions and methods whose calls are recorded, such as ``detach``."""
    steps: bool = False
    """Record how leaves of backward passes get new values: the steps of training loops."""
    lines: bool = False
    """Record which lines run in calls of functions and modules, one after the other. Only what proves a course asks."""
    named_first: bool = False
    """Where very many calls would have to be made, call for each of ``calls`` and ``modules`` only what has a listed
    name, if anything has one. ``Observation.left_out`` says of which others were left out."""
    second_run: bool = False
    """Where curves were plotted and autograd was used: run the submission a second time, in the same process, with
    autograd's results scaled (as with ``Job.intervene``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use. Times are in seconds; the unit of the rest is in its name."""

    wall_s: float = 20.0
    """How long a run may last."""
    own_s: float | None = None
    """How long it may run while nothing keeps it waiting, and how long its processes together may use the processors.
    None: as long as it may last."""
    memory_bytes: int = 2 * 1024**3
    """Address space in addition to that of the worker after its imports."""
    disk_bytes: int = 128 * 1024**2
    output_characters: int = 16 * 1024**2
    """Text of what the submission prints that is recorded, in which characters that are not ASCII count more. Nothing
    is stopped for what it prints."""
    observation_bytes: int = 64 * 1024**2
    processes: int = 64
    open_files: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of one submission in the sandbox. ``files`` and ``folder`` are the submission's companions and folder."""

    cells: tuple[Cell, ...]
    format: Format
    file_name: str
    seed: int
    probes: Probes = field(default_factory=Probes)
    limits: Limits = field(default_factory=Limits)
    files: tuple[CompanionFile, ...] = ()
    folder: str = ""
    data: tuple[str, ...] = ()
    """Folders with the data of assignments, by their paths in the course (``data/hw2``), which the worker was started
    with. What is in them lies in the folder where the submission runs; of files of one name, that of the first folder.
    """
    threads: Literal[1, 2] = 1
    """Threads that torch computes an operation with. Only what proves a course asks for more than one."""
    intervene: bool = False
    """Scale every result of autograd (``runtime.protocol.record.SECOND_RUN_CHANGE``) and record only figures and
    ``Probes.names``. Which values change with it tells what comes from autograd (``judging.curves.curve_sources``)."""
