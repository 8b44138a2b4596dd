"""The handout of a course: its file, the command that makes it, and its effect on grading."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from grader.cli import main
from grader.course.course import load_course
from grader.course.course_folder import builtin_course
from grader.course.handout_file import HANDOUT_FILE, handout_text, load_handout
from grader.errors import ExerciseError
from grader.judging.own_code import OwnCode
from grader.model import Cell, Limits, Prose, RunPlace, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from grader.submission import load
from grader.submission.fingerprints import Handout, handout_of


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

    def attempted(self, sandbox: Sandbox, folder: Path, *codes: str) -> set[str]:
        course = load_course(builtin_course())
        cells = [nbformat.v4.new_code_cell(code) for code in codes]
        cells.insert(0, nbformat.v4.new_markdown_cell("# The gradient of a dot product"))
        path = folder / "section.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        settings = Settings(exercises=course.exercises, basis="found", seed=0, limits=Limits(), handout=course.handout)
        report = Grader(sandbox, settings, ReferenceStore(folder / "cache")).grade(load(str(path)))
        return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}

    def test_unchanged_it_attempts_nothing(self, sandbox: Sandbox, tmp_path: Path) -> None:
        assert self.attempted(sandbox, tmp_path, *self.GIVEN) == set()

    def test_a_changed_cell_counts(self, sandbox: Sandbox, tmp_path: Path) -> None:
        changed = [code.replace("y.backward()", "print(y)\ny.backward()") for code in self.GIVEN]
        assert self.attempted(sandbox, tmp_path, *changed) == {"dot-gradient"}
