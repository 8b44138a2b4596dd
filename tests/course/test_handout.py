"""The handout of a course: its file, the command that makes it, and its effect on grading."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from grader.cli import main
from grader.course.handout_file import HANDOUT_FILE, handout_text, load_handout
from grader.errors import ExerciseError
from grader.judging.own_code import OwnCode
from grader.model import Cell, Limits, Prose, RunPlace, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from grader.submission import load, read
from grader.submission.fingerprints import Handout, handout_of
from tests.helpers.builtin import loaded_course


def submission(*codes: str, prose: tuple[Prose, ...] = (), headings: tuple[str, ...] = ()) -> Submission:
    cells = tuple(
        Cell(number=number, source=code, code=code, titles=headings) for number, code in enumerate(codes, start=1)
    )
    return Submission(path="homework.ipynb", format="ipynb", sha256="0" * 64, cells=cells, prose=prose)


def keep(course: Path, text: str) -> None:
    """Write a course's fingerprints."""
    (course / HANDOUT_FILE).parent.mkdir(exist_ok=True)
    (course / HANDOUT_FILE).write_text(text, encoding="utf-8")


class TestTheFile:
    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        given = handout_of([submission("x = 1", "y = 2", prose=(Prose(text="What is x?\n\nAnd y?"),))])
        keep(tmp_path, handout_text(given))
        assert load_handout(tmp_path) == given
        assert ([len(document) for document in given.documents], len(given.sentences)) == ([2], 2)

    def test_a_course_without_one_was_given_nothing(self, tmp_path: Path) -> None:
        assert load_handout(tmp_path) == Handout()
        keep(tmp_path, handout_text(Handout()))
        assert load_handout(tmp_path) == Handout()

    def test_every_mistake_is_said_with_its_line(self, tmp_path: Path) -> None:
        keep(tmp_path, 'cels: []\ncells:\n  - "xyz"\n  - 1234567890123456\nparagraphs: no\n')
        with pytest.raises(ExerciseError) as caught:
            load_handout(tmp_path)
        lines = [mistake.line for mistake in caught.value.mistakes]
        assert lines == [1, 3, 4, 5]

    def test_the_command_prints_it(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "given.py").write_text("# %%\nx = 1\n# %%\ny = 2\n")
        assert main(["handout", str(tmp_path)]) == 0
        keep(tmp_path, capsys.readouterr().out)
        handed_in = submission("y=2  # mine\nx=1\nz = 3")
        lines = [
            OwnCode(handed_in, load_handout(tmp_path)).is_own(RunPlace(cell=0, line=n, statement=0)) for n in (1, 2, 3)
        ]
        assert lines == [False, False, True]

    def test_the_command_says_what_it_cannot_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["handout", str(tmp_path / "missing.ipynb")]) == 2
        assert "missing.ipynb" in capsys.readouterr().err


class TestTheBuiltInCourse:
    """An unchanged handout is not an attempt; a changed cell can be an attempt."""

    GIVEN = (
        "import torch\n\nx = torch.arange(4.0)\nx",
        "x.requires_grad_(True)\nx.grad  # nothing yet",
        "y = 2 * torch.dot(x, x)\ny",
        "y.backward()\nx.grad",
        "x.grad == 4 * x",
        "a = torch.randn(size=(), requires_grad=True)\nd = f(a)\nd.backward()",
    )

    def attempted(self, sandbox: Sandbox, store: ReferenceStore, folder: Path, *codes: str) -> set[str]:
        course = loaded_course()
        cells = [nbformat.v4.new_code_cell(code) for code in codes]
        cells.insert(0, nbformat.v4.new_markdown_cell("# The gradient of a dot product"))
        path = folder / "section.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        settings = Settings(exercises=course.exercises, basis="found", seed=0, limits=Limits(), handout=course.handout)
        report = Grader(sandbox, settings, store).grade(load(str(path)))
        return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}

    def test_unchanged_it_attempts_nothing(self, sandbox: Sandbox, store: ReferenceStore, tmp_path: Path) -> None:
        assert self.attempted(sandbox, store, tmp_path, *self.GIVEN) == set()

    def test_a_changed_cell_counts(self, sandbox: Sandbox, store: ReferenceStore, tmp_path: Path) -> None:
        changed = [code.replace("y.backward()", "print(y)\ny.backward()") for code in self.GIVEN]
        assert self.attempted(sandbox, store, tmp_path, *changed) == {"dot-gradient"}


class TestAHandoutInAnyFormat:
    """A worked example that solves exercises of the course, in words and names of its own."""

    PARTS = (
        ("# Cutting a graph", "Some numbers are wanted as they are. How does one get them out?"),
        ("", "import torch\nx = torch.arange(5.0, requires_grad=True)\nx"),
        ("", "y = x * x\nu = y.detach()"),
        ("", "z = u * x\nz.sum().backward()\nx.grad == u"),
        ("", "x.grad.zero_()\ny.sum().backward()\nx.grad"),
        ("# Something about control flow in Python", "This one turns until it is large, and returns what it has."),
        (
            "",
            "def f(a):\n    b = 2 * a\n    while b.norm() < 1000:\n        b = 2 * b\n    return b",
        ),
        ("", "a = torch.randn(size=(), requires_grad=True)\nd = f(a)\nd.backward()\na.grad == d / a"),
    )

    def notebook(self, *more: str, outputs: bool = False) -> Submission:
        cells = []
        for title, text in (*self.PARTS, *(("", code) for code in more)):
            if title:
                cells.append(nbformat.v4.new_markdown_cell(f"{title}\n\n{text}"))
            else:
                shown = [nbformat.v4.new_output("stream", text="tensor(1.)")] if outputs else []
                cells.append(nbformat.v4.new_code_cell(text, outputs=shown))
        return read(nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode(), "homework.ipynb")

    def script(self, *more: str) -> Submission:
        parts = [f"{title}\n# {text}" if title else text for title, text in self.PARTS]
        return read("\n\n".join((*parts, *more)).encode(), "homework.py")

    def markdown(self) -> Submission:
        parts = [f"{title}\n\n{text}" if title else f"```python\n{text}\n```" for title, text in self.PARTS]
        return read("\n\n".join(parts).encode(), "homework.md")

    def colab(self) -> Submission:
        parts = [f'"""{title}\n\n{text}\n"""' if title else text for title, text in self.PARTS]
        head = '# -*- coding: utf-8 -*-\n"""homework.ipynb\n\nMade by Colab.\n"""\n\n!pip install torch\n\n'
        return read((head + "\n\n".join(parts)).encode(), "homework.py")

    def attempted(self, informed: Grader, handed_in: Submission) -> set[str]:
        report = informed.grade(handed_in)
        return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}

    def test_attempts_nothing(self, informed: Grader) -> None:
        for handed_in in (self.notebook(outputs=True), self.script(), self.markdown(), self.colab()):
            assert self.attempted(informed, handed_in) == set()

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("print(a.grad)", set()),
            ("# I have read all of this, and found it quite clear.", set()),
            ("a = torch.randn(3, requires_grad=True)\nd = f(a)\nd.norm()", set()),
            ("y = 3 * torch.dot(x, x)\ny.backward()\ny.backward()", {"double-backward"}),
        ],
    )
    def test_only_what_was_added_counts(self, informed: Grader, code: str, expected: set[str]) -> None:
        assert self.attempted(informed, self.notebook(code)) == expected
        assert self.attempted(informed, self.script(code)) == expected


@pytest.fixture(scope="module")
def informed(sandbox: Sandbox, store: ReferenceStore) -> Grader:
    """A grader that knows this handout, for all of its tests: the references run once."""
    exercises, handout = loaded_course().exercises, handout_of([TestAHandoutInAnyFormat().notebook()])
    settings = Settings(exercises=exercises, basis="found", seed=0, limits=Limits(), handout=handout)
    return Grader(sandbox, settings, store)
