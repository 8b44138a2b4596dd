"""Files graded against the whole course: an exercise counts as attempted if the file names it or solves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import builtin_course
from grader.model import Limits
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox

COURSE = load_course(builtin_course())

OTHERS = {
    "examples/control_flow.py": {"control-flow", "vector-control-flow"},
    "examples/detach.ipynb": {"detach-semantics"},
    "examples/double_backward.py": {"double-backward"},
    "examples/sine.py": {"sin-derivative"},
    "solutions/mistakes/accumulate-and-zero/zeroed_every_time.py": set(),
    # The error of a vector of squares, and then the gradient of their sum.
    "solutions/mistakes/double-backward/vector_error.py": {"nonscalar-backward"},
    # Cleared between the passes, but nothing had added up.
    "solutions/mistakes/double-backward/zeroed_between.py": {"double-backward"},
    # Gradients that add up and are cleared, on the way to the answer.
    "solutions/mistakes/double-backward/plain_sum_first.py": {"double-backward", "accumulate-and-zero"},
    # A layer's weight and bias are two tensors, and meet in a mean.
    "solutions/mistakes/double-backward/linear_layer.py": {"double-backward"},
    # x³ in the place of a constant times x.
    "solutions/mistakes/detach-semantics/y_times_x.py": {"detach-semantics"},
    # The mean of the sines of a symmetric range is 0, and so is the mean of the range itself.
    "solutions/mistakes/sin-derivative/mean_instead_of_sum.py": {"sin-derivative"},
    # One backward for each point, with weights that are 0 but for one.
    "solutions/mistakes/sin-derivative/retain_graph_loop.py": {"sin-derivative"},
    "solutions/mistakes/vector-control-flow/weights_not_ones.py": set(),
    # The mean of one number, of two, of a matrix: wrong for one exercise, about no other.
    "solutions/mistakes/mean-and-sum/only_mean.ipynb": set(),
    "solutions/mistakes/two-tensors/sum_instead_of_mean.py": set(),
    "solutions/mistakes/norm-squared/square_forgotten.py": set(),
}


@pytest.fixture(scope="module")
def grader(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Grader:
    settings = Settings(exercises=COURSE.exercises, basis="found", seed=0, limits=Limits(), handout=COURSE.handout)
    return Grader(sandbox, settings, ReferenceStore(tmp_path_factory.mktemp("references")))


def attempted(grader: Grader, path: Path) -> set[str]:
    report = grader.grade(submission.load(str(path)))
    return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            item.solution.name,
        )
        for item in COURSE.exercises
    ],
)
def test_a_reference_attempts_its_own_exercise(grader: Grader, name: str) -> None:
    own = Path(name).stem
    assert attempted(grader, builtin_course() / "solutions" / name) == {own}


def test_a_heading_of_one_exercise_does_not_name_another(grader: Grader, root: Path) -> None:
    own = {"double-backward", "vector-control-flow", "detach-semantics", "sin-derivative"}
    assert attempted(grader, root / "examples" / "all-four.ipynb") == own


@pytest.mark.parametrize(("name", "expected"), OTHERS.items())
def test_a_pass_of_one_exercise_is_no_wrong_attempt_at_another(
    grader: Grader, root: Path, name: str, expected: set[str]
) -> None:
    assert attempted(grader, root / name) == expected
