"""What students were given is nobody's answer: fingerprints, their file, and what they do to a verdict."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from grader.cli import main
from grader.course.course import load_course
from grader.course.course_folder import builtin_course
from grader.course.handout_file import HANDOUT_FILE, handout_text, load_handout
from grader.course.rubric import load_rubric
from grader.errors import ExerciseError
from grader.judging.attempt_signals import find_attempt_signals
from grader.judging.sections import Section
from grader.marking.attempt import Attempt, find_attempt
from grader.model import Cell, JudgedExercise, Limits, Observation, Outcome, Prose, RunPlace, Submission, Verdict
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from grader.submission import load
from grader.submission.fingerprints import Handout, fingerprint_of_code, handout_of, paragraphs_of
from tests.helpers.exercises import double_backward

RUBRIC = builtin_course() / "rubrics" / "double-backward.yaml"
HERE = RunPlace(cell=0, line=1, statement=1)


def submission(*codes: str, prose: tuple[Prose, ...] = (), headings: tuple[str, ...] = ()) -> Submission:
    cells = tuple(
        Cell(number=number, source=code, code=code, headings=headings) for number, code in enumerate(codes, start=1)
    )
    return Submission(path="homework.ipynb", format="ipynb", sha256="0" * 64, cells=cells, prose=prose)


def keep(course: Path, text: str) -> None:
    """Write a course's fingerprints."""
    (course / HANDOUT_FILE).parent.mkdir(exist_ok=True)
    (course / HANDOUT_FILE).write_text(text, encoding="utf-8")


class TestFingerprints:
    def test_comments_and_layout_do_not_matter(self) -> None:
        assert fingerprint_of_code("x = 1  # one\ny=2") == fingerprint_of_code("# 一\nx=1\n\ny = 2\n")

    def test_code_does(self) -> None:
        assert fingerprint_of_code("x = 1") != fingerprint_of_code("x = 2")

    def test_code_that_does_not_parse_has_one_too(self) -> None:
        assert fingerprint_of_code("x = = 1") == fingerprint_of_code("x =  = 1")

    def test_it_is_the_same_in_every_version_of_python(self) -> None:
        code = (
            "def f(x, *, y=None):\n    print()\n    return [v for v in x if v] or None\nclass A: pass\n"
            "x = torch.tensor([1.0, 2], requires_grad=True)\nmatch x:\n    case None: pass\n"
        )
        assert fingerprint_of_code(code) == "69986d1df6b920cd"

    def test_paragraphs_and_list_items_stand_alone(self) -> None:
        assert paragraphs_of("One.\n\n1. two\n2. three\n\n---\n") == ["One.", "1. two", "2. three"]


class TestTheFile:
    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        given = handout_of([submission("x = 1", "y = 2", prose=(Prose(text="What is x?\n\nAnd y?"),))])
        keep(tmp_path, handout_text(given))
        assert load_handout(tmp_path) == given
        assert (len(given.cells), len(given.paragraphs)) == (2, 2)

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
        assert load_handout(tmp_path).has_cell(Cell(number=1, source="", code="y=2  # mine"))

    def test_the_command_says_what_it_cannot_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["handout", str(tmp_path / "missing.ipynb")]) == 2
        assert "missing.ipynb" in capsys.readouterr().err


class TestAttempts:
    """Evidence, headings and words decide whether there was one."""

    OBSERVATION = Observation(events=(), outcome=Outcome.COMPLETED)

    def attempt(
        self, handed_in: Submission, *, given: Handout | None = None, asked: bool = False, found: bool = False
    ) -> Attempt:
        given = given or Handout()
        exercise = double_backward()
        verdicts = [
            Verdict(check=check.id, status="failed", message="", found=found, place=HERE if found else None)
            for check in exercise.checks
        ]
        section = Section(exercise.names, handed_in, given, asked=asked)
        signals = find_attempt_signals(section, handed_in, self.OBSERVATION, verdicts, handout=given)
        judgement = JudgedExercise(exercise=exercise.id, verdicts=tuple(verdicts), signals=signals)
        return find_attempt(exercise, load_rubric(RUBRIC, exercise), judgement)

    @pytest.mark.parametrize(
        "code", ["", "import torch", "def f(a): return a", "print('hello')", "'text'", "# nothing"]
    )
    def test_nothing_is_none_even_when_asked_for(self, code: str) -> None:
        assert self.attempt(submission(code), asked=True) is Attempt.NONE

    def test_live_code_is_an_attempt_at_what_is_asked_for(self) -> None:
        assert self.attempt(submission("x = torch.ones(3)\nx.grad = 2 * x"), asked=True) is Attempt.CODE

    def test_something_found_counts_where_the_exercise_is_named(self) -> None:
        assert self.attempt(submission("x = 1"), found=True) is Attempt.NONE
        assert self.attempt(submission("x = 1"), found=True, asked=True) is Attempt.CODE
        assert self.attempt(submission("x = 1", headings=("Backward, twice",)), found=True) is Attempt.CODE

    def test_a_cell_as_handed_out_does_not(self) -> None:
        handed_in = submission("x = 1", headings=("Backward, twice",))
        assert self.attempt(handed_in, found=True, given=handout_of([handed_in])) is Attempt.NONE

    def test_words_under_the_heading_are_for_a_person(self) -> None:
        prose = Prose(text="The graph is freed after the first pass, so it raises.", headings=("Backward, twice",))
        assert self.attempt(submission("x = 1", prose=(prose,))) is Attempt.WORDS

    def test_commented_code_and_docstrings_are_words(self) -> None:
        code = "# y.backward() a second time raises, because the buffers are freed\n"
        assert self.attempt(submission(code, headings=("Backward, twice",))) is Attempt.WORDS

    def test_the_question_alone_is_not(self) -> None:
        prose = Prose(text="Run backward twice. What happens, and why?", headings=("Backward, twice",))
        handed_in = submission("x = 1", prose=(prose,))
        assert self.attempt(handed_in, given=handout_of([handed_in])) is Attempt.NONE


class TestTheBuiltInCourse:
    """A notebook as it was handed out is no attempt; what is changed in it may be one."""

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
        settings = Settings(
            exercises=course.exercises, explicit=False, seed=0, limits=Limits(), handout=course.handout
        )  # fmt: skip
        report = Grader(sandbox, settings, ReferenceStore(folder / "cache")).grade(load(str(path)))
        return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}

    def test_unchanged_it_attempts_nothing(self, sandbox: Sandbox, tmp_path: Path) -> None:
        assert self.attempted(sandbox, tmp_path, *self.GIVEN) == set()

    def test_a_changed_cell_counts(self, sandbox: Sandbox, tmp_path: Path) -> None:
        changed = [code.replace("y.backward()", "print(y)\ny.backward()") for code in self.GIVEN]
        assert self.attempted(sandbox, tmp_path, *changed) == {"dot-gradient"}
