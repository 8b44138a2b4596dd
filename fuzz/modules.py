"""Records of calls of modules, taken through the decoder and the judge of an exercise that asks for all of them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from fuzz import streams
from fuzz.course import submission
from fuzz.observation import lines_of, stream_of
from fuzz.target import Target, promise, strictly
from grader.course.exercise import Exercise, load_exercise
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.sandbox.decode_observation import decode_stream
from grader.submission.fingerprints import Handout
from grader.text_bounds import MESSAGE

EXERCISE = """
id: modules
title: Modules
statement: Write one.
checks:
  - id: by-reference
    kind: module
    module: [Net, any]
    arguments: {x: {value: [1.0, 2.0]}}
    calls: 2
    modes: [train, eval]
    given: parameter_count > 0
    expect:
      output: reference
      gradients: reference
      parameters["weight"].gradient: reference
      buffers: reference
      frozen: reference
  - id: by-numbers
    kind: module
    module: [Net, any]
    arguments: {x: {value: [1.0, 2.0]}}
    calls: 2
    modes: [train, eval]
    repeat: 200
    expect: {kept: 0.5, average: x, x.after: 3 * x, outputs: reference}
    holds: [training, error == None]
"""


def check(data: bytes) -> None:
    """Raises where a record is not judged, or by words that no report can hold."""
    check_stream(stream_of(data))


def check_stream(stream: bytes) -> None:
    with strictly():
        subject = Subject(
            observed=Observed(decode_stream(stream)),
            submission=submission(),
            section=section_of(exercise().names, submission()),
            handout=Handout(),
        )
        for verdict in judge().judge(subject, reference=reference()):
            promise(verdict.status in ("passed", "failed", "manual"), verdict.message)
            promise(0 <= verdict.share <= 1, f"a share of {verdict.share}")
            promise(0 < len(verdict.message.encode()) <= MESSAGE.bytes, f"{len(verdict.message)} characters")


@cache
def exercise() -> Exercise:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder, "modules.yaml")
        path.write_text(EXERCISE, encoding="utf-8")
        return load_exercise(path)


@cache
def judge() -> Judge:
    return Judge("modules", exercise().checks, seed=0)


@cache
def reference() -> Observed:
    return Observed(decode_stream(honest()))


@cache
def honest() -> bytes:
    """The record of a module that is right in everything."""
    blobs = streams.Blobs()
    values = {"weight": [[1.0, 2.0], [3.0, 4.0]], "frozen": [0.5, 0.5]}
    return streams.written(
        blobs,
        [
            streams.module_call(blobs, module.id, number, blobs.array([5.0, 6.0]), values, mode=mode)
            for part in judge().probes
            for module in part.modules
            for number in range(len(module.inputs))
            for mode in module.modes
        ],
    )


TARGET = Target(
    name="modules",
    about="Whatever a run says of its modules, they are judged, in words that a report can hold.",
    check=check,
    seeds=lambda: [lines_of(honest()), b"=" + honest()],
    words=("module_call", "parameters", "fills", "statistics", "kept_spread", "unregistered", "stage", "making"),
)
