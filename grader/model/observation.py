"""The observation of a run: its events in order, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from grader.model.bounded_fields import Label, Name, Note, Printed, Text
from grader.model.evidence import GraphEvidence
from grader.model.function_calls import FunctionCall
from grader.model.module_calls import ModuleCall
from grader.model.run_places import Hand, Raised, RunPlace
from grader.model.training_steps import TrainingStep
from grader.model.values import Array, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPass:
    """A leaf that a backward pass reached. ``gradient`` is what this pass computed for it; None: nothing.

    ``curvature`` is the gradient of the gradient's sum, recorded where the leaf's elements are all alike, or only 0, 1
    and -1; None: not recorded. ``bend`` is the same of a leaf that may have the points of a curve, recorded for the
    first passes of a line, where it is asked where curves come from. ``tangent`` is the direction in which forward mode
    has differentiated.
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
    tangent: Array | None = None


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
    jvp: Array | None = None
    """The derivative of the root in the direction of the leaves' tangents; None in reverse mode."""

    @property
    def mode(self) -> Literal["forward", "reverse"]:
        """In which mode it differentiated. Of ``jacfwd``, which takes all directions at once, there is no ``jvp``."""
        return "forward" if self.jvp is not None or self.call == "jvp" else "reverse"


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
    agrees: bool | None = None
    """The truth value that the call returned, as ``allclose`` does; of ``gradcheck`` False where it raised. None: it
    returned something else."""
    functions: tuple[tuple[int, int], ...] = ()
    """Of ``gradcheck``, the student's functions that it went through, as in ``Backward``."""


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
    | TrainingStep
    | TorchError
    | TorchCall
    | ChangedNames
    | Figure
    | FunctionCall
    | ModuleCall
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

    ``second_run_figures`` and ``second_run_names`` are what was recorded of the second run that ``Probes.second_run``
    or ``Probes.sources`` asked for; None where there was none, or it did not end.
    """

    events: tuple[Event, ...]
    outcome: Outcome
    detail: str = ""
    duration_s: float = 0.0
    waited_s: float = 0.0
    """Of this time, how long other programs of the machine kept the run waiting for a processor."""
    lacked_time: bool = False
    """Something was stopped or left out, and is not known to have run for as long as it may."""
    left_out: frozenset[str] = frozenset()
    """The ids of the probes for which functions or modules of other names than those listed were not called, since
    ``Probes.named_first`` asked for that."""
    second_run_figures: tuple[Figure, ...] | None = None
    second_run_names: tuple[ChangedNames, ...] | None = None
    graphs: Mapping[int, GraphEvidence] = field(default_factory=dict)
    """The graphs of backward passes, for pictures; verdicts do not depend on them."""
