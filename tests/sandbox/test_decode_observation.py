"""The student's code may have written any byte of a record: decoding is strict, and never raises."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz import streams
from grader.model import (
    Array,
    BriefPasses,
    ChangedNames,
    Figure,
    FunctionCall,
    Observation,
    Outcome,
    RunNote,
    Structure,
    TrainingStep,
)
from grader.runtime.protocol.record import (
    KINDS,
    MAX_ARGUMENTS,
    MAX_DEPTH,
    MAX_GRAPH_EDGES,
    MAX_GRAPH_NODES,
    MAX_GRAPHS,
    MAX_ITEMS,
)
from grader.sandbox import decode_observation as decoder
from grader.sandbox.decode_observation import decode, decode_stream
from grader.sandbox.raw_run import RawRun
from grader.text_bounds import NAME, TEXT

END = {"kind": "end", "outcome": "completed", "detail": "", "duration_s": 0.1, "second_run": False}
PLACE = {"cell": 0, "line": 1, "statement": 1}


def frame(header: Any, payload: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!II", len(text), len(payload)) + text + payload


def blob(number: int, data: np.ndarray[Any, Any]) -> bytes:
    return frame({"kind": "blob", "id": number, "dtype": data.dtype.str}, data.tobytes())


def changed_names(**array: Any) -> bytes:
    fields = {"kind": "tensor", "dtype": "float32", "shape": [2], "blob": 1, "token": 1} | array
    changed = {"x": {"$array": fields}}
    return frame({"kind": "changed_names", "place": PLACE, "frame": "", "changed": changed, "removed": [], "stale": []})


def note(text: str) -> bytes:
    return frame({"kind": "run_note", "text": text})


def read(stream: bytes, **end: Any) -> Observation:
    return decode(RawRun(stream=stream, **({"exit": 0, "wall_s": 1.0} | end)))


TWO = blob(1, np.array([1, 2], np.float32))
OTHERS = blob(2, np.zeros(0, np.float32)) + blob(3, np.zeros(300_000, np.uint8))
GRAD = {"$array": {"kind": "tensor", "dtype": "float32", "shape": [2], "blob": 1}}
LONG = "\0😀" * 10_000
FULL = "there was more to record than a submission may give"


def test_arrays_are_joined_with_their_bytes() -> None:
    (event,) = decode_stream(TWO + changed_names() + frame(END)).events
    assert isinstance(event, ChangedNames)
    array = event.changed["x"]
    assert isinstance(array, Array)
    assert array.data is not None
    assert array.data.tolist() == [1, 2]
    assert not array.data.flags.writeable


CALL = {
    "kind": "function_call",
    "place": {"cell": 0, "line": 1, "statement": 1},
    "probe": "p",
    "function": 0,
    "name": "f",
    "names": ["f"],
    "input": 0,
    "output": None,
    "error": None,
}


def test_a_call_of_a_function_may_leave_out_what_nobody_asked_for() -> None:
    full = CALL | {"steady": False, "varies": True, "printed": True, "cuts": [["detach()", 3]], "torch_calls": ["exp"]}
    short, long = read(frame(CALL) + frame(full) + frame(END)).events
    assert isinstance(short, FunctionCall)
    assert isinstance(long, FunctionCall)
    assert (short.steady, short.varies, short.cuts, short.torch_calls) == (True, None, (), None)
    assert long.torch_calls == ("exp",)
    assert (long.steady, long.varies, long.printed, long.cuts) == (False, True, True, (("detach()", 3),))


def structure(depth: int = 1, *, kind: str = "list", items: int = 1, keys: Sequence[str] = ()) -> dict[str, Any]:
    inner = {"kind": "none", "text": ""} if depth == 1 else structure(depth - 1)
    return {"kind": kind, "keys": list(keys), "items": [inner] * items, "cut": False}


RESULT = {"path": "w", "gradient": None, "second": None, "weighed": None, "shifts": None}


def test_a_call_has_results_for_each_argument_and_structures() -> None:
    whole = CALL | {
        "output": structure(MAX_DEPTH),
        "weights": structure(kind="dict", keys=["a"]),
        "arguments": [RESULT, RESULT | {"path": "params[0]"}],
        "changed": [{"path": "params", "after": structure(items=MAX_ITEMS)}],
    }
    (call,) = read(frame(whole) + frame(END)).events
    assert isinstance(call, FunctionCall)
    assert [result.path for result in call.arguments] == ["w", "params[0]"]
    assert isinstance(call.output, Structure)
    assert not call.changed[0].keeps_value


@pytest.mark.parametrize(
    "bad",
    [
        changed_names(shape=[3]),
        changed_names(shape=[-1, -2]),
        changed_names(shape=[2**62, 2**62, 0]),
        changed_names(shape=[1] * 40),
        changed_names(shape="2"),
        changed_names(shape=[2.0]),
        changed_names(shape=[True, True]),
        changed_names(blob=2),
        changed_names(blob="1"),
        changed_names(kind="pickle"),
        changed_names(dtype=7),
        changed_names(token="x"),
        changed_names(grad=3),
        changed_names(grad={"$array": {"shape": [5]}}),
        changed_names(shape=[0, 2**39], blob=2),
        changed_names(shape=[300_000], blob=3),
        changed_names(shape=[1, 300_000], blob=3),
        note("x" * 10).replace(b"run_note", b"eton_nur"),
        frame({"kind": "blob", "id": 2, "dtype": "|O8"}, b"12345678"),
        frame({"kind": "blob", "id": 2, "dtype": "<f4"}, b"123"),
        frame({"kind": "blob", "id": 2, "dtype": "V9"}, b"123"),
        frame(CALL | {"cuts": [["detach()", 10**30]]}),
        frame(CALL | {"cuts": [["detach()", 3]] * 50}),
        frame(CALL | {"cuts": [["detach()"]]}),
        frame(CALL | {"torch_calls": ["exp"] * 201}),
        frame(CALL | {"torch_calls": [3]}),
        frame(CALL | {"varies": 3}),
        frame(CALL | {"output": structure(MAX_DEPTH + 1)}),
        frame(CALL | {"output": structure(items=MAX_ITEMS + 1)}),
        frame(CALL | {"output": structure(2, items=MAX_ITEMS)}),
        frame(CALL | {"output": structure(kind="dict")}),
        frame(CALL | {"output": structure(keys=["a"])}),
        frame(CALL | {"output": structure(kind="set")}),
        frame(CALL | {"output": structure(300)}),
        frame(CALL | {"weights": structure(MAX_DEPTH + 1)}),
        frame(CALL | {"changed": [{"path": "w", "after": structure(MAX_DEPTH + 1)}]}),
        frame(CALL | {"changed": [{"path": "w", "after": structure()}] * (MAX_ARGUMENTS + 1)}),
        frame(CALL | {"arguments": [RESULT] * (MAX_ARGUMENTS + 1)}),
        frame(CALL | {"arguments": [RESULT | {"path": 3}]}),
        frame(CALL | {"arguments": [RESULT | {"gradient": structure()}]}),
        frame({"kind": "unheard-of"}),
        frame({"kind": "run_note", "text": 3}),
        frame({"kind": "run_note"}),
        frame([1, 2]),
        frame(b"{"),
        frame(b"\xff\xfe"),
        frame(b"[" * 100_000),
        frame(b'{"kind":' * 5_000),
        b"\0\0",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
        frame(END)[:-1],
    ],
)
def test_what_does_not_fit_ends_the_reading_and_what_came_before_stands(bad: bytes) -> None:
    observation = read(TWO + OTHERS + note("before") + bad + note("after") + frame(END))
    assert observation.events == (RunNote(text="before"),)
    assert observation.outcome is Outcome.CRASHED
    assert "damaged" in observation.detail


def test_nothing_counts_after_the_end() -> None:
    assert decode_stream(note("before") + frame(END) + note("after")).events == (RunNote(text="before"),)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ({"timed_out": True}, Outcome.TIMEOUT),
        ({"truncated": True}, Outcome.OUTPUT),
        ({"exit": None, "signal": 11}, Outcome.CRASHED),
        ({"exit": None, "signal": 250}, Outcome.CRASHED),
        ({"exit": 0}, Outcome.EXITED),
        ({"exit": 3}, Outcome.EXITED),
        ({"exit": 70}, Outcome.CRASHED),
        ({"exit": 71}, Outcome.MEMORY),
        ({"exceeded": ("memory", "its processes took too much")}, Outcome.MEMORY),
    ],
)
def test_without_an_end_the_workers_account_decides(end: dict[str, Any], outcome: Outcome) -> None:
    observation = read(note("before"), **end)
    assert observation.outcome is outcome
    assert observation.events == (RunNote(text="before"),)
    assert observation.detail


@pytest.mark.parametrize(("disturbed", "outcome"), [(False, Outcome.SANDBOX_ERROR), (True, Outcome.CRASHED)])
def test_a_recorder_that_failed_says_so_itself(disturbed: bool, outcome: Outcome) -> None:
    broken = frame({"kind": "broken", "text": "TypeError: x", "disturbed": disturbed})
    observation = read(note("before") + broken + note("after"), exit=70)
    assert observation.outcome is outcome
    assert "TypeError: x" in observation.detail
    assert observation.events == (RunNote(text="before"),)


def test_a_forged_end_does_not_hide_a_time_out() -> None:
    assert read(frame(END), timed_out=True).outcome is Outcome.TIMEOUT


def test_an_end_with_an_outcome_of_the_graders_own_is_refused() -> None:
    assert read(frame(END | {"outcome": "sandbox_error"})).outcome is Outcome.CRASHED


def test_more_events_than_a_run_may_send_are_cut_off() -> None:
    observation = read(note("x") * 60_000 + frame(END))
    assert observation.outcome is Outcome.OUTPUT
    assert observation.detail == FULL
    assert len(observation.events) <= 50_001


@pytest.mark.parametrize(
    ("bound", "at", "stream"),
    [
        ("MAX_ARRAYS", 10, TWO + changed_names() * 50),
        ("MAX_TOTAL_ELEMENTS", 20, TWO + changed_names() * 50),
        ("MAX_BLOBS", 10, TWO * 50),
        ("MAX_VALUES", 100, TWO + changed_names() * 50),
        ("MAX_EVENTS", 10, note("x") * 50),
        (
            "MAX_ARRAYS",
            10,
            TWO + changed_names(grad={"$array": {"kind": "tensor", "dtype": "", "shape": [2], "blob": 1}}) * 50,
        ),
    ],
)
def test_what_a_record_describes_is_bounded_and_the_student_is_told(
    bound: str, at: int, stream: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(stream + frame(END)).outcome is Outcome.COMPLETED
    monkeypatch.setattr(decoder, bound, at)
    observation = read(stream + frame(END))
    assert (observation.outcome, observation.detail) == (Outcome.OUTPUT, FULL)
    assert len(observation.events) <= 20


def test_leaves_of_all_passes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "MAX_EVENTS", 6)
    blobs = streams.Blobs()
    passes = [streams.backward(blobs, [1.0], [1.0], [1.0]) for _ in range(10)]
    observation = decode_stream(streams.written(blobs, passes))
    assert observation.outcome is Outcome.OUTPUT
    assert len(observation.events) == 4


class TestGraphs:
    """They are for pictures only, and bounded like everything else."""

    NODES = ({"kind": "root", "label": LONG, "shape": []}, {"kind": "leaf", "label": "x", "shape": None})

    def graph(self, *, number: int = 1, nodes: Sequence[Any] = NODES, edges: Any = ((0, 1),)) -> bytes:
        return frame({"kind": "graph", "id": number, "nodes": nodes, "edges": edges, "is_shortened": False})

    def test_they_are_read_by_number_and_are_no_events(self) -> None:
        observation = read(self.graph() + frame(END))
        assert (observation.outcome, observation.events, list(observation.graphs)) == (Outcome.COMPLETED, (), [1])
        nodes, edges = observation.graphs[1].nodes, observation.graphs[1].edges
        assert ([node.kind for node in nodes], nodes[0].shape, nodes[1].shape, edges) == (
            ["root", "leaf"], (), None, ((0, 1),),
        )  # fmt: skip
        assert len(nodes[0].label.encode()) <= NAME.bytes

    @pytest.mark.parametrize(
        "wrong",
        [
            {"edges": [[0, 2]]},
            {"edges": [[-1, 0]]},
            {"edges": [[0, 1]] * (MAX_GRAPH_EDGES + 1)},
            {"edges": [[0, True]]},
            {"nodes": NODES * MAX_GRAPH_NODES},
            {"nodes": ({"kind": "root", "label": "", "shape": [2**40]}, *NODES)},
            {"nodes": ({"kind": "root", "label": "", "shape": [1] * 17}, *NODES)},
            {"nodes": ({"kind": "tree", "label": "", "shape": []}, *NODES)},
        ],
    )
    def test_what_does_not_fit_ends_the_reading(self, wrong: dict[str, Any]) -> None:
        observation = read(note("first") + self.graph(**wrong) + frame(END))
        assert (observation.outcome, len(observation.events), observation.graphs) == (Outcome.CRASHED, 1, {})

    def test_there_are_not_more_than_the_recorder_sends(self) -> None:
        observation = read(b"".join(self.graph(number=number) for number in range(MAX_GRAPHS + 5)))
        assert (observation.outcome, len(observation.graphs)) == (Outcome.CRASHED, MAX_GRAPHS)


class TestPassesInBrief:
    """Every array has an entry for each pass, and the sequence tells each pass its line."""

    @staticmethod
    def event(blobs: streams.Blobs, passes: int = 3) -> dict[str, Any]:
        line = streams.brief_line(blobs, *((1, 0, [1.0, 2.0], [3.0, 4.0]) for _ in range(passes)))
        return streams.brief_passes(blobs, line)

    def test_they_are_read_whole(self) -> None:
        blobs = streams.Blobs()
        (event,) = decode_stream(streams.written(blobs, [self.event(blobs)])).events
        assert isinstance(event, BriefPasses)
        gradients = event.lines[0].leaves[0].gradients
        assert gradients is not None
        assert gradients.data is not None
        assert gradients.data.tolist() == [[3, 4]] * 3

    def test_a_value_that_stays_is_sent_once(self) -> None:
        blobs = streams.Blobs()
        brief = self.event(blobs)
        brief["lines"][0]["leaves"][0]["values"] = blobs.array([[1.0, 2.0]])
        assert len(decode_stream(streams.written(blobs, [brief])).events) == 1

    @pytest.mark.parametrize(
        ("field", "value", "dtype"),
        [
            ("tokens", [1, 1], "int64"),
            ("tokens", [1, 1, 1], "float64"),
            ("tokens", [[1], [1], [1]], "int64"),
            ("states", [0, 0, 0, 0], "uint8"),
            ("states", [0, 0, 0], "int64"),
            ("values", [[1.0, 2.0]] * 2, "float32"),
            ("values", 1.0, "float32"),
            ("gradients", [1.0] * 4, "float32"),
        ],
    )
    def test_a_column_of_another_length_or_kind_ends_the_reading(self, field: str, value: Any, dtype: str) -> None:
        blobs = streams.Blobs()
        brief = self.event(blobs)
        brief["lines"][0]["leaves"][0][field] = blobs.array(value, kind="ndarray", dtype=dtype)
        assert decode_stream(streams.written(blobs, [brief])).events == ()

    @pytest.mark.parametrize("sequence", [[0, 0], [0, 0, 1], [0, 0, 0, 0], [[0, 0, 0]], []])
    def test_a_sequence_that_does_not_fit_ends_the_reading(self, sequence: Any) -> None:
        blobs = streams.Blobs()
        brief = self.event(blobs)
        brief["sequence"] = blobs.array(sequence, kind="ndarray", dtype="uint8")
        assert decode_stream(streams.written(blobs, [brief])).events == ()

    @pytest.mark.parametrize("field", ["tokens", "states"])
    def test_columns_without_their_bytes_end_the_reading(self, field: str) -> None:
        blobs = streams.Blobs()
        brief = self.event(blobs)
        brief["lines"][0]["leaves"][0][field]["$array"]["blob"] = None
        assert decode_stream(streams.written(blobs, [brief])).events == ()

    def test_a_line_that_nobody_counts_to_ends_the_reading(self) -> None:
        blobs = streams.Blobs()
        brief = self.event(blobs)
        brief["lines"][0]["place"] = streams.place() | {"line": 10**12}
        assert decode_stream(streams.written(blobs, [brief])).events == ()

    def test_lines_are_bounded(self) -> None:
        blobs = streams.Blobs()
        line = self.event(blobs)["lines"][0]
        brief = streams.brief_passes(blobs, *[line] * 17)
        assert decode_stream(streams.written(blobs, [brief])).events == ()

    def test_passes_of_all_events_are_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoder, "MAX_BRIEF_LEAVES", 7)
        blobs = streams.Blobs()
        observation = decode_stream(streams.written(blobs, [self.event(blobs)] * 5))
        assert (observation.outcome, len(observation.events)) == (Outcome.OUTPUT, 3)

    def test_passes_without_leaves_are_bounded_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoder, "MAX_BRIEF_LEAVES", 7)
        blobs = streams.Blobs()
        brief = self.event(blobs)
        brief["lines"][0]["leaves"] = []
        assert decode_stream(streams.written(blobs, [brief] * 5)).outcome is Outcome.OUTPUT


class TestSteps:
    @staticmethod
    def event(blobs: streams.Blobs) -> dict[str, Any]:
        return streams.training_step(blobs, ([4.0, 1.0], [3.2, 1.0], [8.0, 0.0]), (1.0, 0.5, 5.0))

    def test_are_read_whole(self) -> None:
        blobs = streams.Blobs()
        (step,) = decode_stream(streams.written(blobs, [self.event(blobs)])).events
        assert isinstance(step, TrainingStep)
        assert [(leaf.names, leaf.run, leaf.lr, leaf.momentum) for leaf in step.leaves] == [
            (("w",), 1, 0.1, None),
            (("w",), 2, 0.1, None),
        ]
        assert step.leaves[0].after.data is not None
        assert step.leaves[0].after.data.tolist() == pytest.approx([3.2, 1.0])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"run": 2**40},
            {"number": -1},
            {"passes": -1},
            {"continues": 1},
            {"lr": "0.1"},
            {"lr": float("inf")},
            {"momentum": float("nan")},
            {"was_zeroed": None},
            {"gradient": "another shape"},
            {"after": None},
        ],
        ids=str,
    )
    def test_what_does_not_fit_ends_the_reading(self, wrong: dict[str, Any]) -> None:
        blobs = streams.Blobs()
        if "gradient" in wrong:
            wrong = {"gradient": blobs.array([1.0, 2.0, 3.0])}
        step = self.event(blobs)
        step["leaves"][0] |= wrong
        assert decode_stream(streams.written(blobs, [step])).events == ()

    @pytest.mark.parametrize("count", [0, 1, 2**40])
    def test_their_leaves_are_counted(self, count: int) -> None:
        blobs = streams.Blobs()
        step = self.event(blobs) | {"leaf_count": count}
        assert decode_stream(streams.written(blobs, [step])).events == ()

    def test_their_leaves_are_bounded(self) -> None:
        blobs = streams.Blobs()
        step = self.event(blobs)
        step |= {"leaves": step["leaves"] * 33, "leaf_count": 66}
        assert decode_stream(streams.written(blobs, [step])).events == ()


def test_what_fills_a_second_run_leaves_the_run_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "MAX_EVENTS", 5)
    blobs = streams.Blobs()
    figure = streams.figure(blobs, ([0.0, 1.0], [0.0, 1.0]))
    observation = decode_stream(streams.written(blobs, [figure], second=[figure] * 10))
    assert (observation.outcome, len(observation.events), observation.second_run_figures) == (
        Outcome.COMPLETED,
        1,
        None,
    )


def test_a_truth_value_is_zero_or_one() -> None:
    """numpy's ``any`` takes a byte of 2 for true, its ``&`` for false."""
    header = {"kind": "blob", "id": 1, "dtype": "|b1"}
    (event,) = read(frame(header, b"\x02\x00") + changed_names(dtype="bool")).events
    assert isinstance(event, ChangedNames)
    array = event.changed["x"]
    assert isinstance(array, Array)
    assert array.data is not None
    assert array.data.view(np.uint8).tolist() == [1, 0]
    assert not array.data.flags.writeable


@pytest.mark.parametrize(
    ("field", "value"), [("x", None), ("y", None), ("x", "float32"), ("y", "complex128"), ("y", "bool"), ("y", (2, 1))]
)
def test_a_curve_that_nobody_can_draw_ends_the_reading(field: str, value: Any) -> None:
    blobs = streams.Blobs()
    figure = streams.figure(blobs, ([0.0, 1.0], [0.0, 1.0]))
    array = figure["curves"][0][field]["$array"]
    if value is None:
        array["blob"] = None
    elif isinstance(value, tuple):
        array["shape"] = list(value)
    else:
        figure["curves"][0][field] = blobs.array([0.0, 1.0], dtype=value)
    assert decode_stream(streams.written(blobs, [figure])).events == ()


@pytest.mark.parametrize("field", ["cell", "line", "statement"])
def test_a_place_that_nobody_counts_to_ends_the_reading(field: str) -> None:
    place = streams.place() | {field: 10**400}
    assert decode_stream(streams.written(streams.Blobs(), [streams.output("x", at=place)])).events == ()


def test_a_figure_is_read_whole() -> None:
    array = {"$array": {"kind": "ndarray", "dtype": "float64", "shape": [2], "blob": 1}}
    curve = {"axes": 0, "x": array, "y": array, "label": "γ", "default_x": False, "place": PLACE}
    figure = {"kind": "figure", "place": PLACE, "curves": [curve], "titles": [], "labels": [], "legend": []}
    (event,) = decode_stream(blob(1, np.array([1.0, 2.0])) + frame(figure) + frame(END)).events
    assert isinstance(event, Figure)
    assert event.curves[0].label == "γ"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
_kinds = st.sampled_from(KINDS)
_frames = st.builds(
    lambda kind, rest, payload: frame(json.dumps({**rest, "kind": kind}).encode(), payload),
    _kinds,
    st.dictionaries(st.sampled_from(["place", "text", "leaves", "root", "curves", "id", "dtype", "changed"]), _json),
    st.binary(max_size=32),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_frames | st.binary(max_size=40), max_size=6))
def test_any_stream_gives_an_observation(parts: list[bytes]) -> None:
    assert isinstance(read(b"".join(parts)), Observation)


def test_texts_are_cut_and_cleaned_where_they_enter() -> None:
    error = {"type": LONG, "text": LONG, "origin": "torch"}
    uncaught = frame({"kind": "uncaught", "place": PLACE, "error": error})
    call = frame(CALL | {"name": LONG, "names": [LONG], "cuts": [[LONG, 3]], "error": error})
    changed = {LONG: {"kind": "text", "text": LONG}}
    names = {"kind": "changed_names", "place": PLACE, "frame": LONG, "changed": changed, "removed": [LONG], "stale": []}
    warned = frame({"kind": "warning", "place": PLACE, "category": LONG, "text": LONG})
    end = frame(END | {"outcome": "exited", "detail": LONG})
    observation = read(uncaught + call + frame(names) + warned + note(LONG) + end)
    assert [event.kind for event in observation.events] == [
        "uncaught", "function_call", "changed_names", "warning", "run_note",
    ]  # fmt: skip
    found = list(texts_in(observation))
    assert len([text for text in found if text.endswith("…")]) == 15
    assert max(len(text.encode()) for text in found) <= TEXT.bytes
    assert not any("\0" in text for text in found)
    assert found[-1].startswith(r"\x00😀")


def texts_in(value: object) -> Iterator[str]:
    """All texts in a decoded value, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from (*texts_in(key), *texts_in(item))
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name))
