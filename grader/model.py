"""The values that flow through the grader, in the order in which they come into being.

    Submission ──► Job ──► Observation ──► Verdict ──► Judged ──► Report ──► ClassResults

All are frozen. Sequences are tuples. Arrays are numpy's, marked read-only; torch is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import numpy.typing as npt
from pydantic_core import core_schema

# --------------------------------------------------------------------------------------------------------------------
# Submission: what a student handed in
# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A statement that Python cannot read, and that was left out so that the rest can run.

    ``line`` counts as in a Location. ``text`` says the cause, in words; ``binds`` are the names that the statement
    would have bound, as far as can be seen.
    """

    line: int
    text: str
    binds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code cell of a notebook, one ``# %%`` cell of a script (a script without such marks is one cell), or one
    piece of code in notes.

    ``number`` counts code cells from 1, as a reader of the notebook would; None in notes, and for a script without
    ``# %%``. ``source`` is what the student wrote, ``code`` the plain Python that it means (magics and shell escapes
    resolved by IPython, prompts and what is broken left out), line for line the same lines: line ``n`` of ``code`` is
    line ``n`` of ``source``. ``first_line`` is the line in the file of the cell's first line: 1 in a notebook, the
    real line elsewhere.
    """

    number: int | None
    source: str
    code: str
    first_line: int = 1
    headings: tuple[str, ...] = ()
    """Texts that say what the cell is about: headings above it (nearest first), its ``# %%`` title, its tags."""
    quiet: bool = False
    """A trailing ``;``: the last expression's value is not displayed."""
    notes: tuple[str, ...] = ()
    """What will not run here, in words: "`!pip install torch` does nothing here"."""
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Text between the code: a Markdown cell, or the text under one heading of it, without the heading.

    ``headings`` are those above it, nearest first, as for a Cell; ``after`` is the number of code cells before it.
    """

    text: str
    headings: tuple[str, ...] = ()
    after: int = 0


Format = Literal["ipynb", "py", "md"]
"""A notebook, a script, or notes in Markdown or plain text. Notes run as notebooks do, cell by cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was handed in. ``path`` is as the user gave it; ``-`` for standard input.

    ``beside`` are the files that lie in the folder where it runs, by their paths from there.
    """

    path: str
    format: Format
    sha256: str
    cells: tuple[Cell, ...]
    prose: tuple[Prose, ...] = ()
    beside: tuple[tuple[str, bytes], ...] = ()

    def source_line(self, location: Location) -> str | None:
        """The student's own line at a location, without its line end; None where there is none."""
        for cell in self.cells:
            lines = cell.source.split("\n")  # form feeds and their like end no line of code
            index = location.line - cell.first_line
            if cell.number == location.cell and 0 <= index < len(lines):
                return lines[index]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in a submission: the cell's number (None in notes, and in a script without cells) and the line.

    Lines count from 1, within the cell in a notebook, within the file elsewhere.
    """

    cell: int | None
    line: int


# --------------------------------------------------------------------------------------------------------------------
# Job: what goes into the sandbox. No expected value, tolerance, rubric or solution is ever part of it
# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProbe:
    """Functions to call after the run, with what, and what to find out.

    ``functions`` are names; ``any`` among them means every function that the submission defined.
    ``inputs`` are arrays (float32 or float64 or int64), one a call, handed over as a tensor that requires grad
    where its dtype can. ``own``: after them, inputs made of the arguments of the submission's own calls.
    """

    id: str
    functions: tuple[str, ...]
    inputs: tuple[npt.NDArray[Any], ...]
    own: bool = False
    second: bool = False
    """Differentiate the gradient once more."""
    ways: bool = False
    """Follow which way each call takes through the code."""
    numeric: bool = False
    """Call the function at shifted inputs as well, for numerical differentiation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What to record beyond the events that are always recorded."""

    names: tuple[str, ...] = ()
    """Names whose values are watched; ``*`` and ``?`` match as in file names."""
    calls: tuple[CallProbe, ...] = ()
    torch_calls: tuple[str, ...] = ()
    """Names of torch functions and methods whose calls are listed, such as ``detach``."""
    twin: bool = False
    """Where curves were plotted and autograd was used: run all of it once more, in the same process, with autograd's
    results scaled (``Job.intervene``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use. Times are seconds, the rest bytes or counts."""

    wall_s: float = 20.0
    memory_bytes: int = 2 * 1024**3
    """Address space on top of what the warm worker has."""
    disk_bytes: int = 128 * 1024**2
    output_bytes: int = 4 * 1024**2
    """Text that the submission may print before it is stopped; what is kept of it is less."""
    observation_bytes: int = 64 * 1024**2
    processes: int = 64
    open_files: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of one submission in the sandbox. ``files`` are what ``Submission.beside`` has."""

    cells: tuple[Cell, ...]
    format: Format
    file_name: str
    seed: int
    probes: Probes = field(default_factory=Probes)
    limits: Limits = field(default_factory=Limits)
    files: tuple[tuple[str, bytes], ...] = ()
    intervene: bool = False
    """Scale every result of autograd by 1 + 2**-20 and record figures only: see ``provenance``."""


# --------------------------------------------------------------------------------------------------------------------
# Observation: what came out of the sandbox
# --------------------------------------------------------------------------------------------------------------------


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
class Place:
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
    place: Place
    call: str
    root: Array
    output: Array
    weights: Array | None
    root_names: tuple[str, ...]
    output_names: tuple[str, ...]
    through: tuple[str, ...]
    functions: tuple[tuple[int, int], ...]
    """The student's functions whose results are in the graph: cell (as in Place) and line of their definitions."""
    gradient_given: bool
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
    place: Place
    call: str
    tensor: Array | None
    error: Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchCall:
    """A call of a torch function that a probe asked for."""

    kind: Literal["torch_call"] = "torch_call"
    place: Place
    call: str
    tensor: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The watched names that changed at a place. ``frame`` is empty for the module, else the function's name."""

    kind: Literal["moment"] = "moment"
    place: Place
    frame: str
    changed: Mapping[str, Value]
    removed: tuple[str, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line or a set of scattered points: ``x`` and ``y`` are of shape (points,), float64."""

    drawn_as: Literal["line", "scatter"]
    axes: int
    x: Array
    y: Array
    label: str
    default_x: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure when it was shown, saved, closed, or left at the end of its cell."""

    kind: Literal["figure"] = "figure"
    place: Place
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
    ``way`` is the same for calls that took the same way through the code. ``place`` is where the function was defined.
    """

    kind: Literal["function_call"] = "function_call"
    place: Place
    probe: str
    function: int
    name: str
    names: tuple[str, ...]
    input: int
    argument: Array | None = None
    output: Value | None
    gradient: Array | None
    second: Array | None = None
    way: str = ""
    shifts: Shifts | None = None
    error: Raised | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Text that a cell wrote, in order, shortened."""

    kind: Literal["output"] = "output"
    place: Place
    stream: Literal["stdout", "stderr", "display"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UncaughtError:
    """An exception that ended a statement; the run went on after it. ``syntax``: the cell did not parse."""

    kind: Literal["uncaught"] = "uncaught"
    place: Place
    error: Raised
    syntax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A Python warning that the submission caused, once for each of its lines. ``category`` is its type's name."""

    kind: Literal["warning"] = "warning"
    place: Place
    category: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the run says about itself: a part that was not recorded, a magic that did nothing."""

    kind: Literal["notice"] = "notice"
    text: str


Event = Backward | TorchError | TorchCall | Moment | Figure | FunctionCall | Output | UncaughtError | Warned | Notice


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

    ``twin`` are the figures of the twin that a probe asked for; None where there is none, or it did not end.
    """

    events: tuple[Event, ...]
    outcome: Outcome
    detail: str = ""
    duration_s: float = 0.0
    twin: tuple[Figure, ...] | None = None


# --------------------------------------------------------------------------------------------------------------------
# Verdict and Judged: what is known of a submission before any points
# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check says about one observation, before any points.

    ``share`` is how much of it held (inputs, or lines of ``expect``), 1.0 where it passed. ``scopes`` are the
    variables that a rubric's mistakes may look at: those of the best candidate, or, where there was none, those
    of every event of the kind, latest first.
    """

    check: str
    status: Literal["passed", "failed", "manual", "error"]
    message: str
    expected: str | None = None
    actual: str | None = None
    place: Place | None = None
    position: int | None = None
    """Of the earliest event for which the check held: other checks may ask for what came after it."""
    share: float = 0.0
    found: bool = False
    candidates: int = 0
    evidence: bool = False
    scopes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place as a student finds it, with their own line there. ``cell`` is its position, from 0, for the order."""

    location: Location
    source: str | None
    cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What tells an attempt at an exercise from none, apart from the verdicts; see ``attempt``.

    ``unclaimed`` and ``live`` have an entry for each verdict: its place is not in another exercise's cells; it was
    found in the exercise's own part, in code that was not handed out.
    """

    named: bool = False
    """Something names the exercise: a heading, a tag, a title, the file, or the caller."""
    acted: bool = False
    """Code did something in the part that names it."""
    worded: bool = False
    """Something of some length was written there."""
    unclaimed: tuple[bool, ...] = ()
    live: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One exercise, judged and not yet marked: its points and its report follow from this and from the rubric.

    ``spots`` has the place of each verdict. ``words`` is what a person who marks it has to read: what the student
    wrote about the exercise. ``failure`` says why it could not be judged, which is no fault of the submission's.
    """

    exercise: str
    verdicts: tuple[Verdict, ...] = ()
    spots: tuple[Spot | None, ...] = ()
    traces: Traces = field(default_factory=Traces)
    words: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A submission that was run and judged. With the rubrics it gives the Report; nothing has to run again for that.

    ``explicit``: its exercises were asked for by name. The cells of ``submission`` are not kept.
    """

    version: str
    seed: int
    explicit: bool
    submission: Submission
    isolation: Isolation
    run: RunReport
    exercises: tuple[Judgement, ...]


# --------------------------------------------------------------------------------------------------------------------
# Report: what people and programs read. Its JSON form is docs/result.md
# --------------------------------------------------------------------------------------------------------------------

CheckStatus = Literal["passed", "failed", "skipped", "manual", "error"]
ExerciseStatus = Literal["graded", "not_attempted", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One check of one exercise, with its points. ``score`` is None where a person still has to mark it."""

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    max_score: float
    message: str
    expected: str | None = None
    actual: str | None = None
    hint: str | None = None
    location: Location | None = None
    source: str | None = None
    """The student's line at ``location``."""
    candidates: int = 0
    """How many things in the submission could have been meant; the best of them is the one at ``location``."""
    mistake: str | None = None
    """The rubric's sentence for the named mistake that was made; None where it names none for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseReport:
    """One exercise: its checks in the order of the YAML. ``message`` explains a status other than graded."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    checks: tuple[CheckReport, ...]
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunError:
    """An exception that the submission left uncaught, or a cell that does not parse."""

    location: Location | None
    type: str
    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """How the run ended, in one word and in a sentence; what went uncaught; what did nothing."""

    outcome: Outcome
    duration_s: float
    detail: str = ""
    errors: tuple[RunError, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything about one submission, whose cells are not kept. ``passed`` follows from the checks alone."""

    version: str
    seed: int
    submission: Submission
    isolation: Isolation
    run: RunReport
    score: float
    max_score: float
    complete: bool
    exercises: tuple[ExerciseReport, ...]
    passed: bool
    error: str | None = None
    """Why the submission could not be read, in words. Nothing of it was graded then, which is not a zero."""


# --------------------------------------------------------------------------------------------------------------------
# The class: who handed in, and how everybody did
# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One student, as far as what was handed in says who that is.

    ``key`` tells students apart within a gradebook: the learning platform's own id where there is one, else the email
    address, else the name as it is written in the file's or folder's name. ``id`` and ``email`` are empty where they
    are not known.
    """

    key: str
    name: str
    id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What came of one content: what whoever graded it hands back, and the gradebook keeps.

    ``key`` names the content (see ``batch.keys``). ``status`` is ``broken``, with the reason in ``why``, where it could
    not be read, or neither run nor judged. ``rubrics`` is the digest of the rubrics that it was marked by. ``judged``
    is what marking it again takes (``records``), ``result`` the document ``grader.result/1``; both are there
    whenever it was graded. ``words`` has, for each exercise of which something waits for a person, what they have to
    read.
    """

    key: str
    status: Literal["graded", "broken"]
    rubrics: str
    why: str = ""
    judged: bytes = b""
    result: Mapping[str, Any] | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCheck:
    """One check of one student's answer, manual marks included. ``score`` is None while a person has to mark it.

    ``mistake`` is the sentence of the rubric's named mistake that was made, or empty. ``marked_by`` is who marked it
    by hand, or empty; ``comment`` is what they wrote.
    """

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    max_score: float
    mistake: str = ""
    marked_by: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExercise:
    """One student's answer to one exercise: of several files, the one that did best. ``file`` names it."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    checks: tuple[ClassCheck, ...]
    file: str = ""


StudentStatus = Literal["graded", "broken", "pending"]
"""Graded; nothing could be read or run; handed in, but the batch has not come to it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentResult:
    """How one student did in one assignment.

    ``score`` and ``max_score`` are sums over ``ClassResults.exercises``, the same ones for everybody: an exercise that
    this student did not attempt counts with 0. ``complete`` is false while something waits for a person or could not be
    graded: the total is provisional. ``path`` is where it lies in what was handed in, ``files`` the files that were
    read, ``outcome`` how the run ended that ended worst, ``why`` the reason of ``broken``. Times are UTC.
    """

    student: Student
    status: StudentStatus
    score: float
    max_score: float
    complete: bool
    passed: bool
    exercises: tuple[ClassExercise, ...]
    path: str
    files: tuple[str, ...] = ()
    late: bool = False
    outcome: Outcome | None = None
    why: str = ""
    graded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExercise:
    """An exercise that counts for everybody in an assignment."""

    id: str
    title: str
    max_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResults:
    """One assignment of a gradebook: ``students`` in the order of their names.

    ``exercises`` are those that were asked for, or, where none were, those that somebody attempted.
    """

    assignment: str
    exercises: tuple[AskedExercise, ...]
    students: tuple[StudentResult, ...]
    graded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One answer that a person marks, once for all students who handed in the same file.

    ``id`` names it in the gradebook. ``statement`` is the exercise's own text and may be empty; ``answer`` is what the
    student wrote, whole. The last four are the mark that it has; ``points`` is None where it still waits.
    """

    id: str
    students: tuple[Student, ...]
    file: str
    exercise: str
    exercise_title: str
    statement: str
    check: str
    check_title: str
    max_score: float
    answer: str
    location: Location | None
    points: float | None = None
    comment: str = ""
    marked_by: str = ""
    marked_at: datetime | None = None
