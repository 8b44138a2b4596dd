"""A grader for the built-in course whose sandbox runs nothing and returns a given stream. It needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fuzz import streams
from grader import submission as submissions
from grader.course.course import Course, load_course
from grader.course.named_courses import builtin_course
from grader.judging.judge import Judge
from grader.model import CallProbe, Isolation, Job, Level, Limits, Observation, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.runtime.protocol.frames import Json
from grader.sandbox.decode_observation import decode
from grader.sandbox.raw_run import RawRun
from grader.sandbox.sandbox import Run, Sandbox

SEED = 0


class Told(Sandbox):
    """A sandbox that returns ``stream`` for every job, as if the run had completed."""

    def __init__(self) -> None:
        self.stream = b""
        self.truncated = False

    @property
    def isolation(self) -> Isolation:
        return Isolation(level=Level.NONE, mechanisms=("nothing runs",))

    @property
    def versions(self) -> dict[str, str | None]:
        return {}

    @property
    def support(self) -> tuple[Path, ...]:
        return ()

    def observe(self) -> Observation:
        return decode(RawRun(stream=self.stream, exit=0, truncated=self.truncated, wall_s=0.5))

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        return Run(observation=self.observe(), stream=self.stream)


class NumpyReferences(ReferenceStore):
    """Observations of the reference solutions, as far as checks compare them: their functions, written in numpy."""

    def __init__(self, streams: Mapping[str, bytes]) -> None:
        self._streams = streams

    def has(self, key: str) -> bool:
        return key.rpartition("-")[0] in self._streams

    def load(self, key: str) -> bytes | None:
        return self._streams[key.rpartition("-")[0]]


@cache
def course() -> Course:
    return load_course(builtin_course())


@cache
def probes() -> dict[str, int]:
    """By id, the number of inputs of every call that the course's checks ask for."""
    found = {}
    for item in course().exercises:
        for part in Judge(item.exercise.id, item.exercise.checks, seed=SEED).probes:
            found.update({call.id: len(call.inputs) for call in part.calls})
    return found


@cache
def submission() -> Submission:
    """A submission with a heading, words and code for every exercise, so that all are attempted."""
    cells = [
        f"# %% [markdown]\n# # {item.exercise.title}\n# Q1: b. The gradient of a mean is divided by n.\n"
        f"# %%\nx = f(x)  # one\ny = x.detach().numpy()\ny.backward()"
        for item in course().exercises
    ]
    return submissions.read("\n".join(cells).encode(), "homework.py")


@cache
def grader(*, explicit: bool = True) -> Grader:
    """A grader for the whole course, with the sandbox ``told()``."""
    settings = Settings(
        exercises=course().exercises,
        basis="exercises" if explicit else "found",
        seed=SEED,
        limits=Limits(),
        handout=course().handout,
    )
    return Grader(told(), settings, NumpyReferences(_references()))


@cache
def told() -> Told:
    return Told()


def _references() -> dict[str, bytes]:
    found = {}
    for item in course().exercises:
        blobs = streams.Blobs()
        calls = [
            event
            for part in Judge(item.exercise.id, item.exercise.checks, seed=SEED).probes
            for call in part.calls
            for event in _calls(blobs, call)
        ]
        found[item.exercise.id] = streams.written(blobs, calls)
    return found


def _calls(blobs: streams.Blobs, call: CallProbe) -> list[Json]:
    function = _first if "first" in call.functions else _grown
    return [
        streams.function_call(blobs, call.id, number, *function(given), dtype=given.dtype.name, name=call.functions[0])
        for number, given in enumerate(call.inputs)
    ]


def _first(x: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The first and second derivative of x³ · sin(x)."""
    slope = 3 * x**2 * np.sin(x) + x**3 * np.cos(x)
    return slope, 6 * x * np.sin(x) + 6 * x**2 * np.cos(x) - x**3 * np.sin(x)


def _grown(a: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """2a, doubled until its norm is 1000 or more, and times 100 if its sum is not positive; with its derivative."""
    factor = 2.0
    while 0 < np.linalg.norm(factor * a) < 1000:
        factor *= 2
    factor *= 1 if np.sum(a) > 0 else 100
    return factor * a, np.full_like(a, factor)
