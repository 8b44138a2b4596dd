"""``grader.observation/1``: what was recorded of a file, and what decided about a check that was tried, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from grader.model import (
    CheckTrace,
    ObservedFile,
    QuotedLocation,
    SeenThing,
    SeenValue,
    TracedCandidate,
    TracedLine,
    TracedValue,
)
from grader.report.json_schema import documented, schema_of

SCHEMA: Literal["grader.observation/1"] = "grader.observation/1"


@documented
class PlaceJson(TypedDict):
    cell: int | None
    """The number of the cell; null in a script."""
    line: int
    """From 1: within the cell of a notebook, else within the file."""
    source: str | None
    """The line as it was written."""


@documented
class ValueJson(TypedDict):
    name: str
    """The name by which expressions know it; of a fact, what it is."""
    text: str
    """The value for people; long arrays are shortened."""
    value: Any
    """A number, a text, true or false, null, or nested lists; null also of arrays with more than 1,000 elements."""
    dtype: NotRequired[str]
    """The dtype of an array."""
    shape: NotRequired[list[int]]
    """The shape of an array."""


@documented
class ThingJson(TypedDict):
    kind: str
    """`pass`, `step`, `value`, `curve`, `error`, `call`, `function`, `module`, `printed`, `words` or `section`."""
    what: str
    order: int
    """Counts what happened in the run; of sections and words, the place in the file."""
    place: PlaceJson | None
    names: list[str]
    """The student's names for it."""
    variables: list[ValueJson]
    """What the expressions of a check can use."""
    facts: list[ValueJson]
    """What else is known of it."""
    left_out: str
    """Why no check counts it; empty where one may."""


@documented
class SideJson(TypedDict):
    text: str
    """A side of a comparison, or `wanted`."""
    value: str


@documented
class LineJson(TypedDict):
    part: str
    """The field that the line stands in: `given`, `expect`, `holds`, `every` and so on."""
    text: str
    held: bool | None
    """null where it could not be judged."""
    values: list[SideJson]
    said: str
    """How the two sides differ."""


@documented
class CandidateJson(TypedDict):
    what: str
    status: Literal["passed", "failed", "unmet", "chance", "left_out", "withheld", "unrecorded"]
    """`unmet`: it does not meet `given`; `left_out`: something else than a line decided, which `why` says."""
    best: bool
    """Whether the verdict is about it."""
    place: PlaceJson | None
    why: str
    values: list[SideJson]
    """What a call was given."""
    lines: list[LineJson]
    parts: list[CandidateJson]
    """The calls of a function, or the steps of a loop."""
    unshown: int
    """How many more parts there were."""


@documented
class TraceJson(TypedDict):
    check: str
    kind: str
    title: str
    status: Literal["passed", "failed", "manual", "error"]
    message: str
    place: PlaceJson | None
    expected: str | None
    actual: str | None
    proves_attempt: bool
    """Whether it proves an attempt at the exercise, by its `evidence`."""
    candidates: list[CandidateJson]
    unshown: int
    """How many more candidates there were."""
    ways: list[TraceJson]
    """The ways of `any-of`, which have the candidates then."""
    best_way: int
    """The number of the way, from 0, that the verdict is about."""


@documented
class RunJson(TypedDict):
    outcome: str
    detail: str
    seconds: float
    notices: list[str]


@documented
class ObservationJson(TypedDict):
    schema: Literal["grader.observation/1"]
    file: str
    course: str | None
    """The course whose exercises the sections name."""
    run: RunJson
    counts: dict[str, int]
    """How many things of each kind were recorded, before any filter."""
    things: list[ThingJson]
    """In the order of the run."""
    traces: list[TraceJson]
    """What decided about the checks that were tried; empty where none was."""


def observation_json(observed: ObservedFile) -> ObservationJson:
    """The document."""
    return ObservationJson(
        schema=SCHEMA,
        file=observed.path,
        course=observed.course or None,
        run=RunJson(
            outcome=str(observed.outcome),
            detail=observed.detail,
            seconds=round(observed.seconds, 3),
            notices=list(observed.notices),
        ),
        counts=dict(observed.counts),
        things=list(map(_thing, observed.things)),
        traces=list(map(trace_json, observed.traces)),
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return schema_of(ObservationJson, title="What was recorded of a file, as checks see it")


def trace_json(trace: CheckTrace) -> TraceJson:
    """What decided about a check."""
    return TraceJson(
        check=trace.check,
        kind=trace.kind,
        title=trace.title,
        status=trace.status,
        message=trace.message,
        place=_place(trace.location),
        expected=trace.expected,
        actual=trace.actual,
        proves_attempt=trace.proves_attempt,
        candidates=list(map(_candidate, trace.candidates)),
        unshown=trace.unshown,
        ways=list(map(trace_json, trace.ways)),
        best_way=trace.best_way,
    )


def _thing(thing: SeenThing) -> ThingJson:
    return ThingJson(
        kind=thing.kind,
        what=thing.what,
        order=thing.order,
        place=_place(thing.location),
        names=list(thing.names),
        variables=list(map(_value, thing.variables)),
        facts=list(map(_value, thing.facts)),
        left_out=thing.left_out,
    )


def _value(value: SeenValue) -> ValueJson:
    found = ValueJson(name=value.name, text=value.text, value=value.value)
    if value.dtype is not None:
        found["dtype"] = value.dtype
    if value.shape is not None:
        found["shape"] = list(value.shape)
    return found


def _candidate(candidate: TracedCandidate) -> CandidateJson:
    return CandidateJson(
        what=candidate.what,
        status=candidate.status,
        best=candidate.is_best,
        place=_place(candidate.location),
        why=candidate.why,
        values=_sides(candidate.values),
        lines=list(map(_line, candidate.lines)),
        parts=list(map(_candidate, candidate.parts)),
        unshown=candidate.unshown,
    )


def _line(line: TracedLine) -> LineJson:
    return LineJson(part=line.part, text=line.text, held=line.held, values=_sides(line.values), said=line.said)


def _sides(values: Iterable[TracedValue]) -> list[SideJson]:
    return [SideJson(text=one.text, value=one.value) for one in values]


def _place(location: QuotedLocation | None) -> PlaceJson | None:
    if location is None:
        return None
    return PlaceJson(cell=location.location.cell, line=location.location.line, source=location.source)
