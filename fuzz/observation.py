"""Records of a run, taken through the decoder, the judge of the built-in course, the gradebook and both reports."""

from __future__ import annotations

import io
import json
import math
import zlib
from functools import cache

from jsonschema import Draft202012Validator
from rich.console import Console

from fuzz import streams
from fuzz.course import course, grader, probes, submission, told
from fuzz.target import Target, promise, strictly
from grader.classroom.gradebook.judged_format import pack, unpack
from grader.judging.observed import Observed
from grader.judging.passes.backward_passes import find_backward_passes
from grader.judging.passes.leaf_histories import LeafHistories
from grader.judging.second_run_changes import find_second_run_changes
from grader.judging.steps.step_variables import StepVariables
from grader.judging.steps.training_loops import find_training_loops
from grader.judging.value_sources import ValueSources
from grader.marking.build_report import build_report
from grader.model import (
    Array,
    Backward,
    BriefPasses,
    ChangedNames,
    JudgedSubmission,
    Observation,
    Report,
    TrainingStep,
)
from grader.model.values import arrays_in
from grader.report.json import json_schema, render
from grader.report.terminal import report as terminal
from grader.runtime.protocol import record

RAW = b"="
"""Prefix of an input that is a raw stream. Other inputs have a line of JSON for each frame, so that a mutation does not
break the lengths of frames."""
BLOB = b"#"
"""Prefix of a line with an array's dtype and bytes: ``#<f4 0000803f``."""


def stream_of(data: bytes) -> bytes:
    """The stream that an input describes."""
    if data.startswith(RAW):
        return data[len(RAW) :]
    frames, blobs = [], 0
    for line in data.split(b"\n"):
        if line.startswith(BLOB):
            dtype, _, payload = line[len(BLOB) :].partition(b" ")
            blobs += 1
            header = {"kind": record.BLOB, "id": blobs, "dtype": dtype.decode("latin-1")}
            frames.append(streams.frame(header, bytes.fromhex(payload.decode()) if _is_hex(payload) else payload))
        elif line:
            frames.append(streams.frame(line))
    return b"".join(frames)


def lines_of(stream: bytes) -> bytes:
    """A stream as an input with a line for each frame."""
    lines = []
    for header, payload in streams.unframed(stream):
        fields = json.loads(header)
        if fields.get("kind") == record.BLOB:
            lines.append(BLOB + fields["dtype"].encode() + b" " + payload.hex().encode())
        else:
            lines.append(header)
    return b"\n".join(lines)


def check(data: bytes) -> None:
    """Raises where a promise is broken. Reports and the gradebook are slow: only a sixth of the inputs go there."""
    stream = stream_of(data)
    check_stream(stream, printed=zlib.crc32(stream) % 6 == 0)


def check_stream(stream: bytes, *, printed: bool = True) -> Report:
    """Check a stream; returns its report."""
    sandbox = told()
    sandbox.stream = stream
    with strictly():
        _check_observation(sandbox.observe())
        judged = grader(explicit=True).judge(submission())
        for one in judged.exercises:
            promise(not one.failure, f"{one.exercise} could not be judged: {one.failure}")
        report = grader(explicit=True).mark(judged)
        _check_report(report)
        if printed:
            _check_printed(report)
            _check_record(judged, report)
    return report


def _check_observation(observation: Observation) -> None:
    second = observation.second_run_figures or (), observation.second_run_names or ()
    changes = find_second_run_changes(observation, *second, ("*", "*.*", "*[*]", "*[*].*"))
    sources = ValueSources(Observed(observation), changes, "")
    for loop in find_training_loops(observation.events):
        variables = StepVariables(loop)
        for index, step in enumerate(loop.steps):
            promise(0 <= step.number < loop.count, "a step that is counted beyond the last")
            variables.of_leaf(index, len(step.leaves) - 1)
    LeafHistories(observation.events, find_backward_passes(observation.events))
    for event in observation.events:
        arrays: list[object] = []
        if isinstance(event, Backward):
            arrays = [event.root, event.output, event.weights, event.jvp]
            arrays += [
                array for leaf in event.leaves for array in (leaf.value, leaf.gradient, leaf.grad_after, leaf.tangent)
            ]
        elif isinstance(event, BriefPasses):
            arrays = [event.sequence, *(line.output_tokens for line in event.lines)]
            arrays += [leaf.gradients for line in event.lines for leaf in line.leaves]
            passes = 0 if event.sequence.data is None else event.sequence.data.size
            told = sum(line.output_tokens.shape[0] for line in event.lines)
            promise(told == passes, f"{passes} passes, {told} told of")
        elif isinstance(event, TrainingStep):
            arrays = [array for leaf in event.leaves for array in (leaf.before, leaf.after, leaf.gradient, leaf.grad)]
        elif isinstance(event, ChangedNames):
            arrays = [array for value in event.changed.values() for array in arrays_in(value)]
            found = {sources.of(value).source for value in event.changed.values()}
            promise(found <= {"autograd", "other", "unknown"}, f"sources {found}")
        for array in arrays:
            if isinstance(array, Array) and array.data is not None:
                promise(array.data.shape == array.shape, "data of another shape")
                promise(array.data.dtype.kind in "biufc", "data that is no numbers")
                promise(not array.data.flags.writeable, "data that can be changed")


def _check_report(report: Report) -> None:
    promise(math.isfinite(report.score) and 0 <= report.score <= report.max_score, f"a score of {report.score}")
    for exercise in report.exercises:
        promise(exercise.status != "error", f"{exercise.id}: {exercise.message}")
        promise(0 <= exercise.score <= exercise.max_score, f"{exercise.id}: a score of {exercise.score}")
        for each in exercise.checks:
            promise(each.score is None or 0 <= each.score <= each.max_score, f"{each.id}: a score of {each.score}")
    text = render([report], many=False)
    promise(text.isascii() and len(text) < 2_000_000, f"{len(text)} characters of JSON")


def _check_printed(report: Report) -> None:
    text = render([report], many=False)
    if (error := next(_validator().iter_errors(json.loads(text)), None)) is not None:
        promise(False, f"JSON that is not by the schema: {error.message}")
    shown = io.StringIO()
    terminal.render(report, console=Console(file=shown, width=80))
    signs = {sign for sign in shown.getvalue() if not sign.isprintable() and sign != "\n"}
    promise(signs <= set("\u200c\u200d\u00ad"), f"signs that a terminal obeys: {sorted(map(ascii, signs))}")


def _check_record(judged: JudgedSubmission, report: Report) -> None:
    again = build_report(unpack(pack(judged)), course().exercises)
    promise(render([again], many=False) == render([report], many=False), "another report from what was kept")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def _is_hex(text: bytes) -> bool:
    return len(text) % 2 == 0 and all(sign in b"0123456789abcdef" for sign in text)


def seeds() -> list[bytes]:
    honest = streams.honest(probes())
    return [*map(lines_of, honest), *(RAW + stream for stream in honest)]


WORDS = (
    *(f'"{kind}"' for kind in record.KINDS), '"kind"', '"$array"',
    '"blob":', '"shape":[', '"dtype":', '"float64"', '"complex64"', '"bool"', '"int64"', '"gradient":null', "NaN",
    "Infinity", "-Infinity", "1e400", "9223372036854775808", "-1", "null", "true", "[]", "{}", '"second_run":true',
    '"default_x":true', '"error":null', '"requires_grad":true', '"grad":', '"group":7', "#<f8 ",
    '"sequence":', '"tokens":', '"states":', "#<f4 ", "#|b1 ", "#<c8 ", "#<i8 ", "#<f2 ", "\\u001b[31m", "\\u202e",
)  # fmt: skip

TARGET = Target(
    name="observation",
    about="any record of a run is judged: no error of ours, scores within their bounds, reports that are in order",
    check=check,
    seeds=seeds,
    words=WORDS,
)  # fmt: skip
