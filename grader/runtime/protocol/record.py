"""The record of a run: the kinds of its frames, the dtypes of its arrays, and the bounds that both sides know.

The child writes it with ``record.stream``; the host reads it with ``grader.sandbox.decode_observation``. The fields of
the events are those of the classes in ``grader.model``.
"""

BACKWARD = "backward"
BRIEF_PASSES = "brief_passes"
TRAINING_STEP = "training_step"
TORCH_ERROR = "torch_error"
TORCH_CALL = "torch_call"
CHANGED_NAMES = "changed_names"
FIGURE = "figure"
FUNCTION_CALL = "function_call"
MODULE_CALL = "module_call"
OUTPUT = "output"
UNCAUGHT = "uncaught"
WARNING = "warning"
RUN_NOTE = "run_note"
EVENTS = (
    BACKWARD,
    BRIEF_PASSES,
    TRAINING_STEP,
    TORCH_ERROR,
    TORCH_CALL,
    CHANGED_NAMES,
    FIGURE,
    FUNCTION_CALL,
    MODULE_CALL,
    OUTPUT,
    UNCAUGHT,
    WARNING,
    RUN_NOTE,
)
"""Frames that become events of the observation."""

BLOB = "blob"
"""The bytes of an array, which later frames refer to by number."""
GRAPH = "graph"
"""The graph of a backward pass, which later frames refer to by number."""
END = "end"
"""The run has ended; says how, and whether a second run follows."""
SECOND_RUN_END = "second_run_end"
BROKEN = "broken"
"""The recorder itself failed."""
KINDS = (*EVENTS, BLOB, GRAPH, END, SECOND_RUN_END, BROKEN)

OUTCOMES = ("completed", "failed", "exited", "memory", "timeout")
"""How a run can end, as its own record states it, from the best to the worst."""

ARRAY_KINDS = ("tensor", "ndarray", "number", "list")
OPAQUE_KINDS = ("none", "text", "bool", "other")
"""Values that are no arrays."""

OUTPUT_CUT = "\n…\n"
"""Stands in an output where characters were left out, so that no text is found across the gap."""

DTYPES = frozenset({"<f2", "<f4", "<f8", "<c8", "<c16", "|b1", "|u1", "|i1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8"})
"""numpy's names of the dtypes whose values are sent as bytes."""

MAX_ELEMENTS = 250_000
"""A larger array is described by dtype and shape only."""
MAX_DIMENSIONS = 16
MAX_LENGTH = 2**40
"""Each dimension of a shape is below it."""

MAX_GRAPHS = 64
"""Graphs of passes that differ, of a run."""
MAX_GRAPH_NODES = 200
MAX_GRAPH_EDGES = 600

INPUT = "input"
"""The path of the argument of a function that takes one tensor."""
MAX_ARGUMENTS = 64
"""Arguments of one call, and parts of arguments, that are differentiated or described."""
MAX_TORCH_CALLS = 200
"""Names of torch's functions that are recorded of one call."""
MAX_ITEMS = 256
"""Items of a tuple, list, dictionary or module that are described."""
MAX_DEPTH = 4
"""How deep structures in structures are described."""

MAX_PARAMETERS = 256
"""Parameters of one module that are set and described."""
ARRANGED = 1_000_000
"""Added to the number of a module for each way to match its parameters after the first."""
MAX_CALLS_AT_ONCE = 250
"""With more calls of functions and modules than this, those of a listed name go first (``Probes.named_first``)."""
MAX_METHODS = 16
"""Calls of methods of one object."""
MAX_UNREGISTERED = 8
"""Attributes of a module that are named because it knows nothing of the parameters in them."""

GRAD_WAS_EMPTY = 1
"""State of a leaf in a pass recorded in brief: ``.grad`` was None or zero when the pass began."""
GRAD_WAS_CHANGED = 2
"""``.grad`` was not empty, and not what the pass before had left: it was changed by hand."""
GRAD_IS_NONZERO = 4
"""``.grad`` is not zero after the pass."""
LEAF_MOVED = 8
"""The leaf's value is another one than at the pass before from this line."""
MAX_BRIEF_LINES = 16
"""Lines whose passes one event has in brief."""
MAX_BRIEF_LEAVES = 300_000
"""Leaves of all passes of a run that are recorded in brief."""

MAX_STEP_LEAVES = 64
"""Leaves of a step of a training loop that are described."""

SECOND_RUN_CHANGE = 2**-20
"""The unit in which the second run changes the results of autograd. Plotted values that come from autograd change with
them, others do not.
"""
SECOND_RUN_LEAST = 2.0
"""Units by which an element changes at least."""
SECOND_RUN_SWING = 7.5
"""Units by which it changes more, up or down. All in all that is less than ``torch.allclose`` allows: a submission that
compares its gradients with a cosine must not stop there."""


def second_run_turns(cell: int, line: int) -> tuple[float, float]:
    """For a pass at a line: an element ``v`` of a leaf changes by the fraction of ``factor * v + start``.

    By these changes a curve shows from which pass it comes. The factors are large, so that neighbouring points of a
    curve change differently.
    """
    number = 1009 * cell + line
    return 40.0 + 30.0 * (number * 0.6180339887498949 % 1.0), number * 0.41421356237309515 % 1.0
