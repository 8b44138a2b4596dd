"""The largest values that a student can size, all at once, through frames, gradebooks and every format of a report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from fuzz import streams
from grader import model
from grader.classroom.batch import messages
from grader.classroom.batch.grade_task import grade_task
from grader.classroom.batch.tasks import Task
from grader.classroom.gradebook import judged_format
from grader.classroom.gradebook.enrolment import Placement
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.intake import Intake, read_class
from grader.course.course import load_course
from grader.handin import CompanionFinder, code_of
from grader.judging import bounds
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.report import class_checks, class_jsonl, class_student, class_table, mark_screen
from grader.report.base import FillOptions, NewTableFormat
from grader.report.formats import CLASS_FORMATS, REPORT_FORMATS, find_class_format, find_report_format
from grader.runtime.protocol.frames import MAX_JSON, MAX_PAYLOAD, pack
from grader.sandbox.decode_observation import decode_stream
from grader.sandbox.sandbox import Run, Sandbox
from grader.text_bounds import CODE, MESSAGE, NAME, NOTE, PERSON, SOURCE_LINE, TEXT, VALUE, WORDS, TextBound
from tests.attacks.built import code, notebook, zipped
from tests.attacks.host import ATTACKS
from tests.classroom.gradebook.results_by_hand import named

SIGNS = ("😀", "\0", "\x01", "\u3164", "字", "\u202e", "e", "\\", '"', "[", "=", "\ue000", "\u0301")
COURSE = ATTACKS / "course"
TITLES = ("The slope of a cube", "A name and a curve")
MAX_LINES = 3_000
"""Lines of a report for a person, of one submission."""


class Forged(Sandbox):
    """Answers every job with one forged record."""

    support = None
    versions: dict[str, str | None] = {}  # noqa: RUF012 - never changed
    isolation = model.Isolation(level=model.Level.STRICT, mechanisms=("none at all",))

    def __init__(self, stream: bytes) -> None:
        self._stream = stream

    def run(self, job: model.Job, *, within_s: float | None = None) -> Run:
        return Run(observation=decode_stream(self._stream), stream=self._stream)


def forged(long: str) -> bytes:
    """A record in which every text is long."""
    blobs = streams.Blobs()
    hand = {"kind": "function", "name": long, "place": streams.place(1), "changed": True}
    at = partial(streams.place, 1)
    events: list[Any] = [
        streams.backward(blobs, [1.0, 2.0], [3.0, 12.0], 9.0, root=[1.0, 8.0]) | {"hands": [hand], "call": long},
        streams.changed_names({name: {"kind": "text", "text": long} for name in ("kept", long)}, frame_name=long),
        streams.torch_error(blobs, long, call=long, type_name=long),
        streams.warned(long),
        *(streams.uncaught(long, at=at(line, line)) for line in range(1, 25)),
        *(streams.output(long, at=at(line, line)) for line in range(1, 5)),
        *({"kind": "run_note", "text": f"{number}{long}"} for number in range(60)),
    ]
    events[2]["error"]["raised_at"] = at()
    return streams.written(blobs, events, end={**streams.END, "outcome": "exited", "detail": long})


def work(sign: str) -> bytes:
    """A notebook whose every text is as long as it may be: row after row of errors on one line, words, names."""
    row = ";".join(["1/0"] * 20) + " #" + sign * 20_000
    cells: list[Any] = [code("import torch")]
    for title in TITLES:
        words = {"cell_type": "markdown", "source": f"# {title}\n\n{sign * 30_000} so it is\n"}
        cells.append(words | {"metadata": {"tags": [sign * 9_000]}})
        cells.append(code(f"{row}\nx{'y' * 9_000} = (\n"))
        cells.append(code(f"# {sign * 9_000}\n{'x' * 9_000} = {'z' * 9_000}\n"))
    metadata = {"title": sign * 9_000, "grader": {"assignment": sign * 9_000}}
    return json.dumps(notebook(*cells, metadata=metadata)).encode()


def handed_in(folder: Path, sign: str) -> Intake:
    """The export of a platform in which names, paths and metadata are as long as they may be."""
    name = json.dumps(sign * 50_000)
    sign = sign if sign.isprintable() and sign not in '\\"[' else "字"
    who = "".join(
        f'submission_{n}:\n  :submitters:\n  - :name: {name}\n    :sid: {name[:-1]}{n}"\n    :email: {name}\n'
        for n in (1, 2)
    )
    deep = "/".join([sign * 200] * 6)
    members = {
        "submission_metadata.yml": who,
        f"submission_1/{deep}/hw.ipynb": work(sign),
        **{f"submission_1/{deep}/{number}{sign * 200}.csv": "1" for number in range(199)},
        "submission_2/hw.ipynb": work("e"),
    }  # fmt: skip
    return read_class(zipped(folder / "class.zip", members))


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, postgresql: str) -> Iterator[list[Gradebook]]:
    """A gradebook in an SQLite file, and one in a PostgreSQL database."""
    with (
        Gradebook.open(str(tmp_path_factory.mktemp("book") / "book.sqlite"), create=True) as sqlite,
        Gradebook.open(postgresql, create=True) as postgres,
    ):
        yield [sqlite, postgres]


def nothing_breaks(sign: str, length: int, databases: list[Gradebook], make: Callable[[], Path]) -> None:
    folder = make()
    exercises = load_course(COURSE).select(("kept", "warm-up"))
    chosen = Settings(exercises=exercises, basis="exercises", seed=0, limits=model.Limits())
    grader = Grader(Forged(forged(sign * length)), chosen, ReferenceStore(folder / "cache"))
    grader.assume_references(())
    with handed_in(folder, sign) as intake:
        assert len(intake.handins) == 2
        plan, shown = named(*(item.exercise.id for item in exercises)), {"kept": "?", "warm-up": "?"}
        rows = [
            book.enrol(folder.name, intake.handins, plan=plan, statements=shown, placement=Placement())
            for book in databases
        ]
        for handin in intake.handins:
            (file,) = handin.files
            content = file.read()
            around = CompanionFinder(handin).of(file, partial(code_of, content, file.name))
            key = f"{hash(folder)}{handin.path}"[:64].encode("ascii", "replace").decode()
            task = Task(key=key, name=file.name, content=content, companions=around.files, folder=around.folder)
            frame = pack(*messages.encode_task(task))
            assert len(frame) < MAX_PAYLOAD / 3
            graded = grade_task(messages.decode_task(*messages.encode_task(task)), grader, "r")
            assert (graded.status, graded.why) == ("graded", "")
            header, payload = messages.encode_graded(graded)
            assert len(pack(header, payload)) - len(payload) < MAX_JSON / 1_000
            assert len(payload) < MAX_PAYLOAD / 20
            judged = judged_format.unpack(graded.judged)
            render_alone(grader.mark(judged))
            for book, enrolled in zip(databases, rows, strict=True):
                book.save(messages.decode_graded(header, payload), {enrolled[handin.path, file.path].id: "0" * 64})
    for book in databases:
        render_class(book, folder.name)


def render_alone(report: model.Report) -> None:
    for name in REPORT_FORMATS:
        found = find_report_format(name)
        assert found is not None
        text = found.render([report], many=False) if found.single else found.render([report, report], many=True)
        text.encode()
        assert len(text.splitlines()) < 2 * MAX_LINES


def render_class(book: Gradebook, assignment: str) -> None:
    """Everything that ``grade results`` and ``grade mark`` show of a class."""
    results = book.results(assignment)
    assert [student.status for student in results.students] == ["graded", "graded"]
    assert all(len(student.student.name) <= PERSON.characters for student in results.students)
    page = io.StringIO()
    console = Console(file=page, width=100)
    class_table.render_class(results, console=console)
    class_checks.render_checks(results, console=console)
    class_checks.render_mistakes(results, console=console, names=True)
    for student in results.students:
        class_student.render_student(student, results, console=console)
    waiting = book.waiting(assignment)
    mark_screen.render_waiting(waiting, console=console)
    for number, answer in enumerate(waiting, 1):
        mark_screen.render_answer(answer, number, len(waiting), console=console, statement=True)
    assert len(page.getvalue().splitlines()) < 2 * MAX_LINES
    assert len(class_jsonl.render(results).splitlines()) == 2
    assert len(list(book.documents(assignment))) == 2
    names = [student.student.name for student in results.students]
    exports = {
        "canvas": [("Student", "ID", "Section", f"{assignment} (7)"), *((name, "", "1", "") for name in names)],
        "moodle": [("Identifier", "Full name", "Grade", "Maximum Grade"), *(("", name, "", "10.00") for name in names)],
    }
    for name in CLASS_FORMATS:
        found = find_class_format(name)
        if isinstance(found, NewTableFormat):
            table = found.render(results)
        else:
            assert found is not None
            exported = io.StringIO()
            csv.writer(exported).writerows(exports[name])
            table = found.fill(results, exported.getvalue(), FillOptions(provisional=True))
        assert table.text.encode()


@pytest.fixture
def make(tmp_path: Path) -> Callable[[], Path]:
    """A new folder for each example."""
    numbers = iter(range(10**6))

    def folder() -> Path:
        place = tmp_path / f"{next(numbers)}"
        place.mkdir()
        return place

    return folder


@pytest.mark.parametrize(("sign", "length"), [("😀", 15_000), ("\0", 300)])
def test_nothing_breaks(sign: str, length: int, databases: list[Gradebook], make: Callable[[], Path]) -> None:
    nothing_breaks(sign, length, databases, make)


@pytest.mark.exhaustive
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(sign=st.sampled_from(SIGNS), length=st.integers(1, 20_000))
def test_nothing_breaks_whatever_it_is(
    sign: str, length: int, databases: list[Gradebook], make: Callable[[], Path]
) -> None:
    nothing_breaks(sign, length, databases, make)


def test_the_largest_result_fits_into_a_frame() -> None:
    """By the table alone, and as if nothing was compressed: thirty exercises of five checks each."""
    error = size(NAME, TEXT, SOURCE_LINE) + 8 * size(NAME)
    check = size(MESSAGE, VALUE, VALUE, CODE, SOURCE_LINE)
    run = 20 * error + 251 * size(NOTE)
    report = run + 30 * (size(WORDS) + 5 * check)
    variables = judged_format.MAX_VARIABLES + 16 * bounds.MAX_VARIABLE_ELEMENTS
    judged = report + 30 * 5 * error + variables
    texts = 30 * (size(WORDS) + 5 * size(MESSAGE, CODE))
    assert report + judged + texts < MAX_PAYLOAD


def size(*kinds: TextBound) -> int:
    """The most bytes that texts of these kinds have in JSON in UTF-8: of a control character six."""
    return sum(max(6 * bound.characters, bound.bytes) for bound in kinds)
