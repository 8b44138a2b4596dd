"""Whether an exercise was attempted: evidence, headings and words decide."""

from __future__ import annotations

import pytest

from grader.course.named_courses import builtin_course
from grader.course.rubric import load_rubric
from grader.judging.attempt_signals import find_attempt_signals
from grader.judging.context import Subject
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.marking.attempt import Attempt, find_attempt
from grader.model import Cell, JudgedExercise, Observation, Outcome, Prose, RunError, RunPlace, Submission, Verdict
from grader.submission.fingerprints import Handout, handout_of
from tests.helpers.exercises import double_backward

RUBRIC = builtin_course() / "rubrics" / "double-backward.yaml"
HERE = RunPlace(cell=0, line=1, statement=1)
HEADING = Prose(text="Backward, twice", level=2, after=1)


def submission(*codes: str, prose: tuple[Prose, ...] = (), headings: tuple[str, ...] = ()) -> Submission:
    cells = tuple(
        Cell(number=number, source=code, code=code, titles=headings) for number, code in enumerate(codes, start=1)
    )
    return Submission(path="homework.ipynb", format="ipynb", sha256="0" * 64, cells=cells, prose=prose)


class TestAttempts:
    OBSERVATION = Observation(events=(), outcome=Outcome.COMPLETED)

    def attempt(
        self,
        handed_in: Submission,
        *,
        given: Handout | None = None,
        asked: bool = False,
        found: bool = False,
        errors: tuple[RunError, ...] = (),
    ) -> Attempt:
        given = given or Handout()
        exercise = double_backward()
        verdicts = [
            Verdict(check=check.id, status="failed", message="", found=found, place=HERE if found else None)
            for check in exercise.checks
        ]
        subject = Subject(
            observed=Observed(self.OBSERVATION),
            submission=handed_in,
            section=section_of(exercise.names, handed_in, asked=asked),
            handout=given,
        )
        signals = find_attempt_signals(subject, verdicts)
        judgement = JudgedExercise(exercise=exercise.id, verdicts=tuple(verdicts), signals=signals, errors=errors)
        return find_attempt(exercise, load_rubric(RUBRIC, exercise), judgement)

    @pytest.mark.parametrize(
        "code", ["", "import torch", "def f(a): pass", "print('hello')", "'text'", "# nothing", "x"]
    )
    def test_nothing_is_none_even_when_asked_for(self, code: str) -> None:
        assert self.attempt(submission(code), asked=True) is Attempt.NONE

    @pytest.mark.parametrize(
        ("code", "errors", "expected"),
        [
            ("print(x)", (), Attempt.WORDS),
            ("y = x * x", (), Attempt.CODE),
            ("print(x)", (RunError(location=None, type="NameError", text="name 'x' is not defined"),), Attempt.CODE),
        ],
    )
    def test_code_without_torch_below_words_leaves_them_an_answer(
        self, code: str, errors: tuple[RunError, ...], expected: Attempt
    ) -> None:
        words = Prose(text="An error, because the graph was freed.", after=1)
        handed_in = submission("import torch\nx = torch.ones(3)", code, prose=(HEADING, words))
        assert self.attempt(handed_in, errors=errors) is expected

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
        prose = Prose(text="The graph is freed after the first pass, so it raises.", after=1)
        assert self.attempt(submission("x = 1", prose=(HEADING, prose))) is Attempt.WORDS

    def test_commented_code_and_docstrings_are_words(self) -> None:
        code = "# y.backward() a second time raises, because the buffers are freed\n"
        assert self.attempt(submission(code, headings=("Backward, twice",))) is Attempt.WORDS

    def test_a_call_that_was_commented_out_with_a_remark_is_an_answer_in_words(self) -> None:
        live = "# Backward, twice\ny.backward()\n"
        assert self.attempt(submission(live + "# y.backward()  # it raises\n")) is Attempt.WORDS
        assert self.attempt(submission(live + "# this raises:\n# y.backward()\n")) is Attempt.WORDS
        assert self.attempt(submission(live + "# y.backward()\n")) is Attempt.CODE
        assert self.attempt(submission(live + "# print(y)  # to look at it\n")) is Attempt.CODE
        assert self.attempt(submission(live + "# y.backward()  # it raises\n"), found=True) is Attempt.CODE

    def test_the_question_alone_is_not(self) -> None:
        prose = Prose(text="Run backward twice. What happens, and why?", after=1)
        handed_in = submission("x = 1", prose=(HEADING, prose))
        assert self.attempt(handed_in, given=handout_of([handed_in])) is Attempt.NONE
