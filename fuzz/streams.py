"""Records of runs, made by hand: frames and events as the recorder writes them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.runtime.protocol import record
from grader.runtime.protocol.frames import HEADER, Json

END: Json = {"kind": record.END, "outcome": "completed", "detail": "", "duration_s": 0.1, "second_run": False}
SECOND_RUN_END: Json = {"kind": record.SECOND_RUN_END}


def frame(header: object, payload: bytes = b"") -> bytes:
    """A frame. A ``header`` of bytes is used unchanged."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return HEADER.pack(len(text), len(payload)) + text + payload


def unframed(stream: bytes) -> list[tuple[bytes, bytes]]:
    """The JSON and payload of each frame of a stream, up to the first incomplete frame."""
    found, position = [], 0
    while len(stream) - position >= HEADER.size:
        head, payload = HEADER.unpack_from(stream, position)
        middle = position + HEADER.size + head
        found.append((stream[position + HEADER.size : middle], stream[middle : middle + payload]))
        position = middle + payload
    return found


class Blobs:
    """Arrays described as the recorder does it: their bytes are sent once, and referred to by number."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self._known: dict[tuple[str, bytes], int] = {}

    def blob(self, data: npt.NDArray[Any]) -> int:
        key = data.dtype.str, data.tobytes()
        if key not in self._known:
            self._known[key] = len(self._known) + 1
            self.frames.append(frame({"kind": record.BLOB, "id": self._known[key], "dtype": data.dtype.str}, key[1]))
        return self._known[key]

    def array(self, values: object, *, kind: str = "tensor", dtype: str = "float32", **fields: object) -> Json:
        data = np.asarray(values, dtype)
        known = {"kind": kind, "dtype": data.dtype.name, "shape": list(data.shape), "blob": self.blob(data)}
        return {"$array": known | fields}


def place(cell: int = 0, line: int = 1, statement: int = 1) -> Json:
    return {"cell": cell, "line": line, "statement": statement}


def backward(
    blobs: Blobs,
    leaf: object,
    gradient: object,
    output: object,
    *,
    root: object = None,
    weights: object = None,
    before: object = None,
    after: object = None,
    tangent: object = None,
    names: Iterable[str] = ("x",),
    at: Json | None = None,
    **fields: object,
) -> Json:
    """A pass with one leaf. ``output`` is summed where no ``root`` is given."""
    ones = np.ones_like(np.asarray(output, "float32"))
    return {
        "kind": record.BACKWARD,
        "place": at or place(),
        "call": "backward",
        "root": blobs.array(np.sum(np.asarray(output)) if root is None else root, requires_grad=True, is_leaf=False),
        "output": blobs.array(output, requires_grad=True, is_leaf=False),
        "weights": blobs.array(ones if weights is None else weights),
        "root_names": ["z"],
        "output_names": ["y"],
        "through": ["x", "y"],
        "through_tokens": [1, 2],
        "functions": [],
        "retain_graph": False,
        "create_graph": False,
        "order": 1,
        "operations": ["SumBackward0", "MulBackward0"],
        "leaves": [leaf_pass(blobs, leaf, gradient, before=before, after=after, tangent=tangent, names=names)],
        "group": 0,
        "stale": False,
        "stale_names": ["y"],
        "error": None,
    } | fields


def leaf_pass(
    blobs: Blobs,
    value: object,
    gradient: object,
    *,
    before: object = None,
    after: object = None,
    tangent: object = None,
    names: Iterable[str] = ("x",),
    token: int = 1,
) -> Json:
    return {
        "names": list(names),
        "value": blobs.array(value, token=token, requires_grad=True),
        "gradient": None if gradient is None else blobs.array(gradient),
        "grad_before": None if before is None else blobs.array(before),
        "grad_after": blobs.array(gradient if after is None else after),
        "tangent": None if tangent is None else blobs.array(tangent),
    }


def training_step(
    blobs: Blobs, *leaves: tuple[object, object, object], number: int = 0, at: Json | None = None, **fields: object
) -> Json:
    """A step of leaves, each with its value before and after and its gradient. ``fields`` are those of all leaves."""
    return {
        "kind": record.TRAINING_STEP,
        "place": at or place(),
        "optimizer": "SGD",
        "leaves": [
            {
                "names": ["w"],
                "before": blobs.array(before, token=token, requires_grad=True),
                "after": blobs.array(after, token=token, requires_grad=True),
                "gradient": blobs.array(gradient),
                "grad": blobs.array(gradient),
                "passes": 1,
                "was_zeroed": True,
                "run": token,
                "continues": 0,
                "number": number,
                "lr": 0.1,
                "weight_decay": 0.0,
                "momentum": None,
            }
            | fields
            for token, (before, after, gradient) in enumerate(leaves, 1)
        ],
        "leaf_count": len(leaves),
        "loss": blobs.array(np.sum(np.asarray(leaves[0][0]) ** 2)),
        "hands": [],
    }


def brief_line(
    blobs: Blobs,
    *rows: tuple[int, int, object, object],
    call: str = "backward",
    outputs: Iterable[int] | None = None,
    names: Iterable[str] = ("x",),
    at: Json | None = None,
) -> Json:
    """Passes in brief from a line, each a leaf's token and state, its value and its gradient."""
    tokens, states, values, gradients = zip(*rows, strict=True)
    started = list(range(1_000, 1_000 + len(rows)) if outputs is None else outputs)
    return {
        "place": at or place(),
        "call": call,
        "order": 1,
        "output_tokens": blobs.array(started, kind="ndarray", dtype="int64"),
        "outputs": None,
        "leaves": [
            {
                "names": list(names),
                "tokens": blobs.array(tokens, kind="ndarray", dtype="int64"),
                "states": blobs.array(states, kind="ndarray", dtype="uint8"),
                "values": blobs.array(values),
                "gradients": blobs.array(gradients),
            }
        ],
    }


def brief_passes(blobs: Blobs, *lines: Json, sequence: Iterable[int] | None = None, at: Json | None = None) -> Json:
    """Passes in brief; where no ``sequence`` is given, those of one line after those of the other."""
    counts = [line["output_tokens"]["$array"]["shape"][0] for line in lines]
    order = [number for number, many in enumerate(counts) for _ in range(many)] if sequence is None else list(sequence)
    return {
        "kind": record.BRIEF_PASSES,
        "place": at or place(),
        "lines": list(lines),
        "sequence": blobs.array(order, kind="ndarray", dtype="uint8"),
    }


def figure(blobs: Blobs, *curves: tuple[object, object], default_x: bool = False, at: Json | None = None) -> Json:
    return {
        "kind": record.FIGURE,
        "place": at or place(),
        "curves": [
            {
                "axes": 0,
                "x": blobs.array(x, kind="ndarray", dtype="float64"),
                "y": blobs.array(y, kind="ndarray", dtype="float64"),
                "label": f"curve {number}",
                "default_x": default_x,
                "place": at or place(),
            }
            for number, (x, y) in enumerate(curves)
        ],
        "titles": ["Sine"],
        "labels": ["x", "y"],
        "legend": ["sin"],
    }


def changed_names(changed: Mapping[str, Json], *, at: Json | None = None, frame_name: str = "") -> Json:
    return {
        "kind": record.CHANGED_NAMES,
        "place": at or place(),
        "frame": frame_name,
        "changed": dict(changed),
        "removed": [],
        "stale": [],
    }


def function_call(
    blobs: Blobs,
    probe: str,
    number: int,
    output: object,
    gradient: object,
    *,
    second: object = None,
    dtype: str = "float32",
    function: int = 0,
    name: str = "f",
    of_input: Json | None = None,
    **fields: object,
) -> Json:
    """``of_input``: more of what autograd gave for the input."""
    return {
        "kind": record.FUNCTION_CALL,
        "place": place(),
        "probe": probe,
        "function": function,
        "name": name,
        "names": [name],
        "input": number,
        "output": blobs.array(output, dtype=dtype),
        "arguments": [
            {
                "path": record.INPUT,
                "gradient": blobs.array(gradient, dtype=dtype),
                "second": None if second is None else blobs.array(second, dtype=dtype),
            }
            | (of_input or {})
        ],
        "error": None,
    } | fields


def own_call(blobs: Blobs, probe: str, number: int, value: float, *, function: int = 0) -> Json:
    """A call of a function with branches, with an input from the student's own calls and with shifted inputs."""
    step, slope = 1e-3, 3.0 if value < 0 else 2.0 * value
    output = 3.0 * value if value < 0 else value * value
    low, high = (slope * (value + s) if value < 0 else (value + s) ** 2 for s in (-step, step))
    fields: Json = {
        "argument": blobs.array(value, kind="ndarray", dtype="float64"),
        "branches": "left" if value < 0 else "right",
    }
    of_input: Json = {
        "shifts": {
            "dtype": "float64",
            "gradient": blobs.array(slope, dtype="float64"),
            "second": None,
            "steps": blobs.array([[step]], kind="ndarray", dtype="float64"),
            "outputs": blobs.array([[low, output, high]], kind="ndarray", dtype="float64"),
            "slopes": blobs.array([[slope] * 3], kind="ndarray", dtype="float64"),
            "steady": blobs.array([True], kind="ndarray", dtype="bool"),
            "half_steps": blobs.array([[step / 2]], kind="ndarray", dtype="float64"),
            "half_outputs": blobs.array([[low, output, high]], kind="ndarray", dtype="float64"),
        },
    }
    if number % 4 == 0:
        weighed = blobs.array(-2 * slope, dtype="float64")
        fields["weights"], of_input["weighed"] = blobs.array(-2.0, kind="ndarray", dtype="float64"), weighed
        outputs = blobs.array([[-2 * low, -2 * output, -2 * high]], kind="ndarray", dtype="float64")
        of_input["shifts"] |= {"weighed": weighed, "weighed_outputs": outputs}
        fields |= {"steady": True, "varies": False, "printed": False, "cuts": [["detach()", 3]]}
    return function_call(blobs, probe, number, output, slope, function=function, of_input=of_input, **fields)


def structure(kind: str, *items: Json, keys: Iterable[str] = ()) -> Json:
    return {"kind": kind, "keys": list(keys), "items": list(items), "cut": False}


def call_of_many(blobs: Blobs, probe: str, number: int, *, function: int = 0) -> Json:
    """A call with several arguments, which returns a structure and changes an argument in place."""
    x, w = blobs.array([1.0, 2.0]), blobs.array(3.0)
    cache = structure("dict", x, {"kind": "none", "text": ""}, keys=("x", "none"))
    results = [
        {"path": path, "gradient": gradient, "second": None, "weighed": gradient, "shifts": None, "value": gradient}
        for path, gradient in (("w", x), ("params[0]", w), ('cache["x"]', None))
    ]
    changed = {"path": "params[0]", "after": blobs.array(2.5, requires_grad=True), "keeps_value": number % 2 == 0}
    return function_call(blobs, probe, number, 0.0, 0.0, function=function) | {
        "output": structure("tuple", x, cache),
        "weights": structure("tuple", x, structure("dict", x, cache, keys=("x", "none"))),
        "arguments": results,
        "changed": [changed, {"path": "params", "after": structure("list", w)}],
        "error": None if number % 3 else {"type": "CourseError", "text": "support/ is broken", "origin": "course"},
    }


def module_call(
    blobs: Blobs, probe: str, number: int, output: Json, parameters: Mapping[str, object], *, mode: str = "train"
) -> Json:
    """A call of a module whose parameters have these values by name, and gradients of ones."""
    return {
        "kind": record.MODULE_CALL,
        "place": place(),
        "probe": probe,
        "module": 0,
        "form": "class",
        "type": "Net",
        "is_module": True,
        "name": "Net",
        "names": ["Net"],
        "input": number,
        "mode": mode,
        "outputs": [output],
        "arguments": [{"path": "x", "gradient": blobs.array([1.0, 2.0]), "weighed": blobs.array([-1.0, -2.0])}],
        "changed": [{"path": "x", "after": blobs.array([3.0, 4.0])}],
        "weights": blobs.array([-1.0, -2.0], kind="ndarray", dtype="float64"),
        "parameters": [
            {
                "name": name,
                "fills": name,
                "shape": list(np.shape(np.asarray(value))),
                "requires_grad": name != "frozen",
                "value": blobs.array(value),
                "gradient": blobs.array(np.ones_like(np.asarray(value))),
                "weighed": None,
            }
            for name, value in parameters.items()
        ],
        "parameter_count": sum(np.size(np.asarray(value)) for value in parameters.values()),
        "buffers": {"kind": "dict", "keys": ["mean"], "items": [blobs.array([0.5])], "cut": False},
        "unregistered": [{"name": "layers", "holds": "modules"}],
        "training": mode == "train",
        "statistics": {
            "calls": 200,
            "average": blobs.array([1.0, 2.0], kind="ndarray", dtype="float64"),
            "spread": blobs.array([0.5, 1.0], kind="ndarray", dtype="float64"),
            "width": blobs.array([2.0, 4.0], kind="ndarray", dtype="float64"),
            "kept": blobs.array(0.5, kind="number", dtype="float64"),
            "kept_spread": blobs.array(0.1, kind="number", dtype="float64"),
            "units": 2,
        },
        "stage": "done",
        "error": None,
    }


def torch_error(blobs: Blobs, text: str, *, call: str = "numpy", type_name: str = "RuntimeError") -> Json:
    tensor = blobs.array([1.0, 2.0], requires_grad=True)
    error = {"type": type_name, "text": text, "origin": "torch"}
    return {"kind": record.TORCH_ERROR, "place": place(), "call": call, "tensor": tensor, "error": error}


def torch_call(blobs: Blobs, call: str) -> Json:
    return {"kind": record.TORCH_CALL, "place": place(line=2, statement=2), "call": call, "tensor": blobs.array([1.0])}


def uncaught(text: str, *, at: Json | None = None) -> Json:
    return {
        "kind": record.UNCAUGHT,
        "place": at or place(),
        "error": {"type": "ValueError", "text": text},
        "syntax": False,
    }


def warned(text: str) -> Json:
    return {"kind": record.WARNING, "place": place(), "category": "UserWarning", "text": text}


def output(text: str, *, at: Json | None = None) -> Json:
    return {"kind": record.OUTPUT, "place": at or place(), "stream": "stdout", "text": text}


def written(blobs: Blobs, events: Iterable[Json], *, end: Json | None = END, second: Iterable[Json] = ()) -> bytes:
    """The stream: all blobs, then the events, the end, and what was recorded of a second run if there was one."""
    figures = list(second)
    ending = [] if end is None else [{**end, "second_run": bool(figures)}]
    tail = [*figures, SECOND_RUN_END] if figures else []
    return b"".join([*blobs.frames, *(frame(event) for event in [*events, *ending, *tail])])


ERRORS = (
    ("RuntimeError", "Trying to backward through the graph a second time (or directly access saved tensors)"),
    ("RuntimeError", "grad can be implicitly created only for scalar outputs"),
    ("RuntimeError", "Only Tensors of floating point and complex dtype can require gradients"),
    ("RuntimeError", "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."),
    ("RuntimeError", "element 0 of tensors does not require grad and does not have a grad_fn"),
)
"""An error of each family that the built-in course asks for."""


def honest(probes: Mapping[str, int] | None = None) -> list[bytes]:
    """Records in which every kind of check of the built-in course finds an event to judge.

    ``probes`` are ids of calls with the number of their inputs.
    """
    x = np.arange(4.0)
    points = np.linspace(-4, 4, 80)
    twice, calls, many, drawn, rest, trained = Blobs(), Blobs(), Blobs(), Blobs(), Blobs(), Blobs()
    passes = [
        backward(twice, x, 2 * x, x**2, after=2 * x),
        backward(twice, x, 2 * x, x**2, before=2 * x, after=4 * x, at=place(1, 2, 2)),
        backward(twice, x, x**2, x**3, before=0 * x, after=x**2, at=place(1, 3, 3)),
        backward(twice, x, 4 * x, 2 * x**2, at=place(2, 1, 4)),
        backward(twice, x, x**2, x**2, root=x**2, tangent=x / 2, call="jvp", jvp=twice.array(x**2), at=place(2, 1, 4)),
        backward(twice, x, np.full(4, 0.25), x, root=x.mean(), weights=np.full(4, 0.25), at=place(2, 2, 5)),
        backward(twice, 3.0, 512.0, 1536.0, at=place(2, 3, 6)),
        backward(twice, x[1:], np.full(3, 512.0), 512 * x[1:], root=512 * x[1:], at=place(2, 4, 7)),
        backward(
            twice,
            1.5,
            3 * 2.25 * math.sin(1.5) + 3.375 * math.cos(1.5),
            3.375 * math.sin(1.5),
            create_graph=True,
            at=place(3, 1, 8),
        ),
    ]
    passes.insert(
        3,
        brief_passes(
            twice,
            brief_line(twice, (1, record.GRAD_IS_NONZERO, x, 2 * x), (1, record.GRAD_WAS_EMPTY, x, 2 * x)),
            brief_line(twice, (7, record.GRAD_WAS_CHANGED | record.LEAF_MOVED, 1.0, 2.0), at=place(1, 4, 3)),
            sequence=(0, 1, 0),
            at=place(1, 3, 3),
        ),
    )
    both = backward(twice, 3.0, 12.0, 26.0, at=place(3, 2, 9))
    both["leaves"].append(leaf_pass(twice, np.full((2, 2), 2.0), np.full((2, 2), 2.0), names=("y",), token=2))
    error = {"type": ERRORS[0][0], "text": ERRORS[0][1], "origin": "torch"}
    failed = backward(twice, x, None, x**2, error=error, at=place(3, 3, 10))
    pieces = [
        backward(twice, x, 2 * x * one, x**2, root=(x**2)[n], weights=one, group=7, at=place(4, 1, 11 + n))
        for n, one in enumerate(np.eye(4))
    ]
    called = [
        function_call(calls, probe, number, 512.0 * (number + 1), 512.0, second=0.0, function=number % 2)
        for probe, count in (probes or {"p": 2}).items()
        for number in range(count)
    ]
    called += [
        own_call(calls, probe, (probes or {})[probe] + number, value)
        for probe in (probes or {})
        for number, value in enumerate((-2.0, -1.0, 1.0, 2.0))
    ]
    called_with_many = [
        call_of_many(many, probe, number, function=number % 2)
        for probe, count in list((probes or {"p": 2}).items())[:4]
        for number in range(min(count, 4))
    ]
    sine = [figure(drawn, (points, np.sin(points)), (points, np.cos(points)))]
    moved = [
        figure(
            drawn,
            (points, np.sin(points)),
            (points, np.cos(points) * (1 + record.SECOND_RUN_CHANGE * record.SECOND_RUN_LEAST)),
        )
    ]
    over_leaf = [
        backward(drawn, points, np.cos(points), np.sin(points)),
        figure(drawn, (np.arange(80.0), np.sin(points)), (np.arange(80.0), np.cos(points)), default_x=True),
    ]
    parts = {
        'params["w"]': rest.array(x, requires_grad=True, token=5),
        "net[0].weight": structure("list", rest.array(x), rest.array(2 * x)),
        "losses": rest.array([3.0, 2.0, 1.5], kind="list", dtype="float64"),
        "J": structure("dict", rest.array(2 * x, token=7), {"kind": "text", "text": "no"}, keys=("x", "name")),
    }
    later = {
        "J": structure("dict", rest.array(2 * x * (1 + 4 * record.SECOND_RUN_CHANGE)), parts["losses"], keys=("x", "n"))
    }
    named = changed_names({"x": rest.array(x, requires_grad=True, token=1), "u": rest.array(x**2, token=3)})
    others = [
        named,
        changed_names(
            {"u_": {"kind": "none", "text": ""}, "y": rest.array(x**2, requires_grad=True)}, at=place(1, 1, 2)
        ),
        *(torch_error(rest, text, type_name=kind) for kind, text in ERRORS),
        torch_call(rest, "numpy"),
        uncaught("No module named 'd2l'"),
        warned("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed."),
        output("Q1: b, because the gradient of a mean is divided by n"),
        {"kind": record.RUN_NOTE, "text": "Something was not recorded."},
    ]
    steps = [
        training_step(trained, (x / 2**n, x / 2 ** (n + 1), x), (n, n + 1, 3), number=n % 3, continues=0)
        for n in range(6)
    ]
    return [
        written(trained, [backward(trained, x, 2 * x, x**2, after=2 * x), *steps]),
        written(twice, [*passes, both, failed, *pieces]),
        written(calls, called),
        written(many, called_with_many),
        written(drawn, [*passes[:0], over_leaf[0], *sine], second=moved),
        written(drawn, over_leaf),
        written(rest, [changed_names(parts), *others], second=[changed_names(later), changed_names(parts)]),
        written(rest, others, end=END | {"outcome": "failed"}),
        written(rest, others[:3], end=None),
    ]
