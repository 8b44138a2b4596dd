"""Files are graded against the whole course, and only the exercises that they are about count as attempted."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import submission
from grader.course import load_course
from grader.layout import builtin_course
from grader.model import Limits
from grader.pipeline import Grader, Settings
from grader.references import ReferenceStore
from grader.sandbox.observe import Sandbox

COURSE = load_course(builtin_course())
SOLUTIONS = {f"solutions/{item.solution.name}": item.exercise.id for item in COURSE.exercises}

EXAMPLES = {
    "examples/all-four.ipynb": {"double-backward", "vector-control-flow", "detach-semantics", "sin-derivative"},
    # "A scalar works, of course", as it says in there.
    "examples/control_flow.py": {"control-flow", "vector-control-flow"},
    "examples/detach.ipynb": {"detach-semantics"},
    "examples/double_backward.py": {"double-backward"},
    "examples/sine.py": {"sin-derivative"},
}

MISTAKES = {
    # A plain mean to have something to differentiate.
    "accumulate-and-zero/deleted_and_subtracted.ipynb": {"accumulate-and-zero"},
    # 2 x·x, cleared before each further pass: the beginning of many notebooks.
    "accumulate-and-zero/zeroed_every_time.py": {"dot-gradient"},
    # x³ in the place of a constant times x.
    "detach-semantics/u_not_used.py": {"detach-semantics"},
    # x·x and its gradient 2x are no proof of an attempt at the exercises that are about them.
    "detach-semantics/element_by_element.py": {"detach-semantics"},
    "double-backward/different_functions.py": {"double-backward"},
    # The error of a vector, and then its sum: a failed attempt at another exercise.
    "double-backward/vector_error.py": set(),
    # 2 x·x, and cleared between the passes, but nothing had added up.
    "double-backward/zeroed_between.py": {"double-backward", "dot-gradient"},
    # Gradients added up and then cleared, on the way to the answer.
    "double-backward/plain_sum_first.py": {"double-backward", "accumulate-and-zero"},
    # The layer's weight and bias are two tensors that meet in a mean.
    "double-backward/linear_layer.py": {"double-backward"},
    # The mean of the sines of a symmetric range is 0, and so is the mean of the range.
    "sin-derivative/mean_instead_of_sum.py": {"sin-derivative"},
    # One backward for each point, with weights that are 0 but for one.
    "sin-derivative/retain_graph_loop.py": {"sin-derivative"},
    "vector-control-flow/weights_not_ones.py": {"vector-control-flow"},
}


@pytest.fixture(scope="module")
def grader(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Grader:
    settings = Settings(exercises=COURSE.exercises, explicit=False, seed=0, limits=Limits(), handout=COURSE.handout)
    return Grader(sandbox, settings, ReferenceStore(tmp_path_factory.mktemp("references")))


def attempted(grader: Grader, path: Path) -> set[str]:
    report = grader.grade(submission.load(str(path)))
    return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}


@pytest.mark.parametrize(("name", "own"), SOLUTIONS.items())
def test_a_reference_attempts_its_own_exercise_and_no_other(grader: Grader, root: Path, name: str, own: str) -> None:
    assert attempted(grader, root / name) == {own}


@pytest.mark.parametrize(("name", "expected"), EXAMPLES.items())
def test_an_example_attempts_what_it_is_about(grader: Grader, root: Path, name: str, expected: set[str]) -> None:
    assert attempted(grader, root / name) == expected


@pytest.mark.parametrize(("name", "expected"), MISTAKES.items())
def test_a_pass_of_one_exercise_is_no_attempt_at_another(
    grader: Grader, root: Path, name: str, expected: set[str]
) -> None:
    assert attempted(grader, root / "solutions" / "mistakes" / name) == expected
