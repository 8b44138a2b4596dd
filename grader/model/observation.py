"""What came out of the sandbox: the events of one run, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import numpy.typing as npt
from pydantic_core import core_schema


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Array:
    """A tensor, numpy array or number as it was at one moment.

    ``data`` has the tensor's shape, or is None where the value was too large to record. ``dtype`` is torch's or
    numpy's own name (``float32``, ``bfloat16``); ``data`` holds a numpy type wide enough for it. ``token`` is the
    same for the same object, however it is named; 0: not tracked.
    """

    kind: Literal["tensor", "ndarray", "number"]
    dtype: str
    shape: tuple[int, ...]
    data: npt.NDArray[Any] | None
    token: int = 0
    requires_grad: bool = False
    is_leaf: bool = True
    grad: Array | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Array], handler: object) -> core_schema.CoreSchema:
        """An array's bytes stand apart from its description: the validation context's ``array`` joins the two."""

        def read(value: object, info: core_schema.ValidationInfo) -> Array:
            array: Array = info.context["array"](value)  # type: ignore[index]  # the decoder always gives one
            return array

        return core_schema.with_info_plain_validator_function(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A value that is no array: None, a string (shortened), or only the name of its type."""

    kind: Literal["none", "text", "bool", "other"]
    text: str = ""


Value = Array | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """Where and when in a run: position of the cell in ``Job.cells`` from 0, line, running number of the statement.

    ``line`` is 0 where it is not known.
    """

    cell: int
    line: int
    statement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception: its type's name and its text (shortened)."""

    type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPass:
    """One leaf that a backward pass reached. ``gradient`` is what this pass computed for it; None: nothing."""

    names: tuple[str, ...]
    value: Array
    gradient: Array | None
    grad_before: Array | None
    grad_after: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """One call of ``backward``, ``torch.autograd.grad`` or anything built on them, whether it worked or raised.

    ``output`` is the root before a last sum, mean or index; ``weights`` what multiplies it to give the root's
    gradient. Events with the same ``group`` other than 0 are pieces of one pass.
    """

    kind: Literal["backward"] = "backward"
    place: RunPlace
    call: str
    root: Array
    output: Array
    weights: Array | None
    root_names: tuple[str, ...]
    output_names: tuple[str, ...]
    through: tuple[str, ...]
    functions: tuple[tuple[int, int], ...]
    """The student's functions whose results are in the graph: cell (as in Place) and line of their definitions."""
    retain_graph: bool
    create_graph: bool
    order: int
    operations: tuple[str, ...]
    leaves: tuple[LeafPass, ...]
    group: int
    stale: bool
    error: Raised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchError:
    """A torch function other than a backward that raised, also where the submission swallowed the exception."""

    kind: Literal["torch_error"] = "torch_error"
    place: RunPlace
    call: str
    tensor: Array | None
    error: Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchCall:
    """A call of a torch function that a probe asked for."""

    kind: Literal["torch_call"] = "torch_call"
    place: RunPlace
    call: str
    tensor: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The watched names that changed at a place. ``frame`` is empty for the module, else the function's name."""

    kind: Literal["moment"] = "moment"
    place: RunPlace
    frame: str
    changed: Mapping[str, Value]
    removed: tuple[str, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line or a set of scattered points: ``x`` and ``y`` are of shape (points,), float64."""

    axes: int
    x: Array
    y: Array
    label: str
    default_x: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure when it was shown, saved, closed, or left at the end of its cell."""

    kind: Literal["figure"] = "figure"
    place: RunPlace
    curves: tuple[Curve, ...]
    titles: tuple[str, ...]
    labels: tuple[str, ...]
    legend: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """What a function gave at inputs close to that of a call.

    ``gradient`` and ``second`` are what autograd gave at the input itself, in ``dtype``. ``steps`` is of shape (steps,
    elements of the input): how far each element was moved, down and up. ``outputs`` and ``slopes`` are of shape
    (steps, 3): sums of the output, and of its gradient, below, at and above the input; NaN where there was none.
    ``steady``, of shape (steps,), tells where all three took the way that the call itself took.
    """

    dtype: Literal["float64", "float32"]
    """In which the function was evaluated."""
    gradient: Array | None
    second: Array | None
    steps: Array
    outputs: Array
    slopes: Array
    steady: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    """One call of one of the student's functions on hidden input number ``input`` of a probe.

    ``argument`` is what it was called with where the judge did not draw that itself. ``gradient`` is that of the
    output's sum with regard to the input, ``second`` that of the gradient's sum; None where autograd gave none.
    ``branches`` is a fingerprint of the code branches that the call took; empty: not recorded. ``place`` is where the
    function was defined.
    """

    kind: Literal["function_call"] = "function_call"
    place: RunPlace
    probe: str
    function: int
    name: str
    names: tuple[str, ...]
    input: int
    argument: Array | None = None
    output: Value | None
    gradient: Array | None
    second: Array | None = None
    branches: str = ""
    shifts: Shifts | None = None
    error: Raised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Text that a cell wrote, in order, shortened."""

    kind: Literal["output"] = "output"
    place: RunPlace
    stream: Literal["stdout", "stderr", "display"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UncaughtError:
    """An exception that ended a statement; the run went on after it. ``syntax``: the cell did not parse."""

    kind: Literal["uncaught"] = "uncaught"
    place: RunPlace
    error: Raised
    syntax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A Python warning that the submission caused, once for each of its lines. ``category`` is its type's name."""

    kind: Literal["warning"] = "warning"
    place: RunPlace
    category: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNote:
    """Something that the run says about itself: a part that was not recorded, a magic that did nothing."""

    kind: Literal["notice"] = "notice"
    text: str


Event = Backward | TorchError | TorchCall | Moment | Figure | FunctionCall | Output | UncaughtError | Warned | RunNote


class Outcome(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASHED = "crashed"
    EXITED = "exited"
    SANDBOX_ERROR = "sandbox_error"


class Level(StrEnum):
    """Which isolation a run got: everything, what the machine allowed, or only a process of its own."""

    STRICT = "strict"
    REDUCED = "reduced"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What keeps the submission in. ``missing`` says in words why there is not more."""

    level: Level
    mechanisms: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All that is known of one run. ``detail`` says in words how it ended, for outcomes other than completed.

    ``second_run_figures`` are the figures of the second run that ``Probes.second_run`` asked for; None where there was
    none, or it did not end.
    """

    events: tuple[Event, ...]
    outcome: Outcome
    detail: str = ""
    duration_s: float = 0.0
    second_run_figures: tuple[Figure, ...] | None = None
