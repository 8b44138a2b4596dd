"""The observation of a run: its events in order, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import numpy.typing as npt
from pydantic_core import core_schema

from grader.model.bounded_fields import Label, Name, Note, Printed, Text
from grader.model.evidence import GraphEvidence


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Array:
    """A tensor, numpy array or number with its values at the time of the event.

    ``data`` has the tensor's shape; None: the value was too large to record. ``dtype`` is torch's or numpy's name
    (``float32``, ``bfloat16``); ``data`` has a numpy dtype that can represent its values. ``token`` identifies the
    object, whatever names it is bound to; 0: not tracked.
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
        """The bytes of an array are not in its JSON: the validation context's ``array`` joins the two."""

        def read(value: object, info: core_schema.ValidationInfo) -> Array:
            array: Array = info.context["array"](value)  # type: ignore[index]  # the decoder always passes a context
            return array

        return core_schema.with_info_plain_validator_function(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A value that is no array: None, a string (shortened), a bool, or the name of its type.

    ``missing`` is a declared name that nothing was bound to; ``text`` then says which names were looked for.
    """

    kind: Literal["none", "text", "bool", "other", "missing"]
    text: Text = ""


Value = Array | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """Where and when in a run: index of the cell in ``Job.cells``, line, and running number of the statement.

    ``line`` is 0 where it is not known.
    """

    cell: int
    line: int
    statement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception: its type's name and its text (shortened).

    ``origin``, of an exception that came out of a call of torch: ``torch`` where torch itself raised it, ``submission``
    where code of the submission did that torch had called, at ``raised_at``. Of one that came out of a function of the
    submission's: ``submission`` where a ``raise`` of the submission's did. Of other exceptions it is not known.
    """

    type: Name
    text: Text
    origin: Literal["torch", "submission"] = "submission"
    raised_at: RunPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A *hand*: something besides torch that took part in a backward pass, or in the calculation that the pass went
    back through. The judge calls it *foreign* if it changed a gradient, is the student's, and is not what the exercise
    asks for.

    ``place`` is where it was registered, written or defined. ``changed``: it changed a value; otherwise it only looked.
    """

    kind: Literal["hook", "saved_tensor_hook", "function", "operator", "data", "class"]
    """``hook``: of a tensor, a graph node or an accumulator. ``function``: an own ``autograd.Function``. ``operator``:
    of ``torch.library``. ``data``: values that were written past autograd after they were used. ``class``: an own
    ``__torch_function__`` or ``__torch_dispatch__``.
    """
    name: Name
    """The tensor or node that a hook is on, the tensor that was written to, or the name of the function, operator or
    class; empty where it has no name.
    """
    place: RunPlace | None
    changed: bool
    suspected: bool = False
    """Of several hooks that ran in a pass some changed ``.grad``, and it was not seen which: this may be it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPass:
    """A leaf that a backward pass reached. ``gradient`` is what this pass computed for it; None: nothing.

    ``curvature`` is the gradient of the gradient's sum, recorded where the leaf's elements are all alike, or only 0, 1
    and -1; None: not recorded. ``bend`` is the same of a leaf that may have the points of a curve, recorded for the
    first passes of a line, where it is asked where curves come from.
    """

    names: tuple[Name, ...]
    value: Array
    gradient: Array | None
    grad_before: Array | None
    grad_after: Array | None
    unchanged: bool | None = None
    """Whether ``.grad`` was what the pass before had left, where that pass was recorded in brief."""
    curvature: Array | None = None
    bend: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """A call of ``backward``, ``torch.autograd.grad`` or a function built on them, whether it succeeded or raised.

    ``output`` is the tensor of which the root is a sum, mean or element, otherwise the root itself; ``weights`` is the
    gradient that the pass starts with at ``output``. Events with an equal ``group`` other than 0 are parts of one pass.
    ``affine``: the graph only adds, and multiplies by constants.
    """

    kind: Literal["backward"] = "backward"
    place: RunPlace
    call: Name
    root: Array
    output: Array
    weights: Array | None
    root_names: tuple[Name, ...]
    output_names: tuple[Name, ...]
    through: tuple[Name, ...]
    """Names of tensors that the graph goes through."""
    through_tokens: tuple[int, ...] = ()
    """Tokens of the tensors that the graph goes through and that have, or had, a name."""
    functions: tuple[tuple[int, int], ...]
    """The student's functions whose results are in the graph: cell (as in RunPlace) and line of their definitions."""
    retain_graph: bool
    create_graph: bool
    order: int
    operations: tuple[Name, ...]
    leaves: tuple[LeafPass, ...]
    group: int
    stale: bool
    """The graph goes through the result of an older statement, under a name for which a failed one should have made
    another."""
    stale_names: tuple[Name, ...] = ()
    """These names."""
    error: Raised | None
    hands: tuple[Hand, ...] = ()
    affine: bool = False
    graph: int = 0
    """The number of its graph in ``Observation.graphs``; 0: not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLeaf:
    """A leaf, or a new leaf for each pass, in passes that were recorded in brief. The first dimension of each array
    counts the passes; of ``values`` and ``gradients`` it is 1 where they are equal in all passes.
    """

    names: tuple[Name, ...]
    tokens: Array
    states: Array
    """Bits of ``grader.runtime.protocol.record``: what ``.grad`` was before and after each pass."""
    values: Array | None
    """None: too large to be kept."""
    gradients: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLine:
    """Passes in brief that are alike: from one line, by one call, to leaves of the same shapes."""

    place: RunPlace
    call: Name
    order: int
    output_tokens: Array
    outputs: Array | None
    """The tensors that the passes started from, as ``Backward.output``. None: too large to be kept."""
    leaves: tuple[BriefLeaf, ...]
    hands: tuple[Hand, ...] = ()
    """What had a hand in any of the passes up to the last of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefPasses:
    """Successive backward passes of a long loop that were not described in full, and raised no error.

    ``sequence``, of shape (passes,), has for each pass the position of its line in ``lines``.
    """

    kind: Literal["brief_passes"] = "brief_passes"
    place: RunPlace
    lines: tuple[BriefLine, ...]
    sequence: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchError:
    """A torch function other than a backward pass that raised, even if the submission caught the exception."""

    kind: Literal["torch_error"] = "torch_error"
    place: RunPlace
    call: Name
    tensor: Array | None
    error: Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchCall:
    """A call of a torch function that a probe asked for.

    ``call`` is ``data`` where ``.data`` was read, and ``no_grad`` for any operation on a tensor that requires grad
    while gradients are turned off.
    """

    kind: Literal["torch_call"] = "torch_call"
    place: RunPlace
    call: Name
    tensor: Array | None
    source: int = 0
    """The token of the tensor in a graph that ``tensor`` comes from, if it was taken out of that graph; else 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedNames:
    """Watched names whose values changed. ``frame`` is the name of the function; empty for the module."""

    kind: Literal["changed_names"] = "changed_names"
    place: RunPlace
    frame: Name
    changed: Mapping[Name, Value]
    removed: tuple[Name, ...]
    stale: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line or a set of scattered points: ``x`` and ``y`` are of shape (points,), float64.

    ``place`` is the line that drew it or changed its data last; where that is in a function to which the values were
    given, the line that called this function. ``token`` identifies the curve in several figures; 0: not known.

    ``untouched``: no gradient of the run can be in its values. ``gradient``: it draws the tensor with this token, which
    a pass left in ``.grad`` of a leaf and nothing can have written to since; 0: that is not known. A second run of the
    submission tells no more about such curves.
    """

    axes: int
    x: Array
    y: Array
    label: Label
    default_x: bool
    place: RunPlace
    token: int = 0
    untouched: bool = False
    gradient: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure when it was shown, saved, closed, or left at the end of its cell."""

    kind: Literal["figure"] = "figure"
    place: RunPlace
    curves: tuple[Curve, ...]
    titles: tuple[Label, ...]
    labels: tuple[Label, ...]
    legend: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Results of a function at inputs close to that of a call.

    ``gradient``, ``second`` and ``weighed`` are autograd's at the input itself, in ``dtype``. ``steps`` has the shape
    (steps, elements of the input): how far each element was shifted, down and up. ``outputs``, ``weighed_outputs`` and
    ``slopes`` have the shape (steps, 3): sums of the output, of the weighed output and of the gradient below, at and
    above the input; NaN where there was none.
    ``steady``, of shape (steps,), is true where all three calls took the code branches of the call itself.
    """

    dtype: Literal["float64", "float32"]
    """The dtype in which the function was evaluated."""
    gradient: Array | None
    second: Array | None
    steps: Array
    outputs: Array
    slopes: Array
    steady: Array
    weighed: Array | None = None
    weighed_outputs: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    """A call of one of the student's functions on hidden input number ``input`` of a probe.

    ``argument`` is the input where the judge did not draw it itself. ``gradient`` is that of the output's sum with
    respect to the input, ``second`` that of the gradient's sum, ``weighed`` that of the sum of the output times
    ``weights``, which are drawn at random; None where autograd gave none, or nobody asked.
    ``branches`` is a fingerprint of the code branches that the call took; empty: not recorded. ``place`` is where the
    function was defined.
    """

    kind: Literal["function_call"] = "function_call"
    place: RunPlace
    probe: str
    function: int
    name: Name
    names: tuple[Name, ...]
    input: int
    argument: Array | None = None
    output: Value | None
    gradient: Array | None
    second: Array | None = None
    weights: Array | None = None
    weighed: Array | None = None
    branches: str = ""
    shifts: Shifts | None = None
    steady: bool = True
    """Called again with the same input and the same random numbers, it returned the same, by the same branches."""
    varies: bool | None = None
    """It returned something else under another seed; None: nobody asked, or it is not steady."""
    printed: bool = False
    """It wrote text during the call."""
    cuts: tuple[tuple[Name, int], ...] = ()
    """Where it returned something without a gradient: calls that took a tensor out of the graph, with their lines."""
    error: Raised | None
    hands: tuple[Hand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Text that the submission wrote, in order (shortened)."""

    kind: Literal["output"] = "output"
    place: RunPlace
    stream: Literal["stdout", "stderr", "display"]
    text: Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class UncaughtError:
    """An exception that ended a statement; the run continued. ``syntax``: the cell could not be parsed."""

    kind: Literal["uncaught"] = "uncaught"
    place: RunPlace
    error: Raised
    syntax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A Python warning that the submission caused, once for each of its lines. ``category`` is its type's name."""

    kind: Literal["warning"] = "warning"
    place: RunPlace
    category: Name
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNote:
    """A remark of the recorder about the run, such as that a part was not recorded. ``place`` is what it is about."""

    kind: Literal["run_note"] = "run_note"
    text: Note
    place: RunPlace | None = None


Event = (
    Backward
    | BriefPasses
    | TorchError
    | TorchCall
    | ChangedNames
    | Figure
    | FunctionCall
    | Output
    | UncaughtError
    | Warned
    | RunNote
)


class Outcome(StrEnum):
    """How a run ended. ``not_run``: there was none, since the submission could not be read."""

    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASHED = "crashed"
    EXITED = "exited"
    SANDBOX_ERROR = "sandbox_error"
    NOT_RUN = "not_run"


class Level(StrEnum):
    """The isolation of a run: complete, what the machine allowed, or only a process of its own."""

    STRICT = "strict"
    REDUCED = "reduced"
    NONE = "none"


NO_MORE_ASKED = "`--isolation` asked for no more."
"""A reason in ``Isolation.missing`` where the machine may offer more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """How the submission is isolated. ``missing`` says in words what is not in place, and why."""

    level: Level
    mechanisms: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_as_asked(self) -> bool:
        """Whether the user asked for no more than this."""
        return NO_MORE_ASKED in self.missing

    @property
    def hides_files(self) -> bool:
        """Whether what is in the files of the machine is hidden: by namespaces, or by Landlock where there are none."""
        return self.mechanisms[:1] == ("bubblewrap",) or "landlock" in self.mechanisms

    def is_at_least(self, least: str) -> bool:
        """Whether it is no less than ``least``: ``strict``, ``reduced``, or ``landlock``, which is ``reduced`` where
        what is in files is hidden.
        """
        if least == "strict":
            return self.level is Level.STRICT
        return self.level is not Level.NONE and (least == "reduced" or self.hides_files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything known about a run. ``detail`` says in words how it ended, for outcomes other than completed.

    ``second_run_figures`` are the figures of the second run that ``Probes.second_run`` asked for; None where there was
    none, or it did not end.
    """

    events: tuple[Event, ...]
    outcome: Outcome
    detail: str = ""
    duration_s: float = 0.0
    waited_s: float = 0.0
    """Of this time, how long other programs of the machine kept the run waiting for a processor."""
    lacked_time: bool = False
    """Something was stopped or left out, and is not known to have run for as long as it may."""
    second_run_figures: tuple[Figure, ...] | None = None
    graphs: Mapping[int, GraphEvidence] = field(default_factory=dict)
    """The graphs of backward passes, for pictures; verdicts do not depend on them."""
