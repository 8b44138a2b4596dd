"""Every known submission of the built-in course gets the verdicts that its ``verdicts.yaml`` asks for, and is taken for
an attempt at its own exercise only: the matrix of cross-talk. `make test` has every verdict, and of the matrix the
known cross-talk and each third of the rest, since a run that is observed for all exercises takes several times as long.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import submission
from grader.course.known_submissions import Expected
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.model import Limits, Report, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings, settings_of
from grader.sandbox.sandbox import Sandbox
from tests.helpers.builtin import loaded_course
from tests.helpers.known_submissions import Known, assert_as_expected, known_submissions
from tests.helpers.once_sandbox import OnceSandbox

COURSE = loaded_course()
KNOWN = list(known_submissions(COURSE))


NAMED = {item.exercise.id for item in COURSE.exercises if item.exercise.attempt == "named"}
"""Exercises that are part of others: nothing is an attempt at them where nothing names them."""

# What a submission attempts besides its own exercise, where neither its name nor `--exercise` says which that is.
BESIDES = {
    # Its passes go over one graph twice, and add up.
    "accumulate-and-zero/same_graph_kept.py": {"double-backward"},
    "sin-derivative/passes_added_up.py": {"double-backward"},
    # Notes on many exercises, with the answers to these.
    "autodiff-modes/among_other_things.ipynb": {"double-backward"},
    "control-flow/a_whole_section.ipynb": {"vector-control-flow", "control-flow-redesign"},
    # Gradients that add up and are cleared, on the way to the answer.
    "double-backward/plain_sum_first.py": {"accumulate-and-zero"},
    # The error of a vector of squares, and then the gradient of the sum of this very vector.
    "double-backward/vector_error.py": {"nonscalar-backward"},
    # Plots sine and derivative; the error on the way is what its own exercise asks for.
    "numpy-conversion/plot_fails.ipynb": {"sin-derivative"},
    # A slip in the function that was to be written makes another one with control flow: nobody can tell them apart.
    "control-flow/absolute_value.py": {"control-flow-redesign"},
    "control-flow/factor_on_the_wrong_side.py": {"control-flow-redesign"},
    "control-flow/quadratic.py": {"control-flow-redesign"},
    "control-flow/something_added.py": {"control-flow-redesign"},
    "control-flow/ten_turns.py": {"control-flow-redesign"},
    "control-flow/wrong_bound.py": {"control-flow-redesign"},
    "vector-control-flow/quadratic.py": {"control-flow-redesign"},
    "vector-control-flow/the_largest_element.py": {"control-flow-redesign"},
    "vector-control-flow/wrong_bound.py": {"control-flow-redesign"},
    # The function from before with a single number, right: the exercise before, solved on the way.
    "control-flow-redesign/redefines_f.ipynb": {"control-flow"},
    "control-flow-redesign/the_given_function.py": {"control-flow"},
    "vector-control-flow/autograd_grad.ipynb": {"control-flow"},
    "vector-control-flow/kept_a_scalar.py": {"control-flow"},
    "vector-control-flow/number_then_error.py": {"control-flow"},
}

# Right answers that cannot be told from something else where nothing names their exercise.
UNSEEN = {
    "mean-and-sum/own_formulas.py",  # of ones, as in a well-known tutorial
    # No branch and no loop: an activation of one's own does this as well.
    "control-flow-redesign/masks.py",
    "control-flow-redesign/where_only.py",
}


SAMPLE = [known for number, known in enumerate(KNOWN) if number % 3 == 0 or known.id in BESIDES.keys() | UNSEEN]
"""Of which `make test` tries whether they attempt nothing else."""


@pytest.fixture(scope="session")
def once(sandbox: Sandbox) -> Sandbox:
    """Each submission is graded twice, and runs once."""
    judges = (Judge(item.exercise.id, item.exercise.checks, seed=0) for item in COURSE.exercises)
    return OnceSandbox(sandbox, join_probes([probes for judge in judges for probes in judge.probes]))


@pytest.fixture(scope="session")
def finder(once: Sandbox, store: ReferenceStore) -> Grader:
    """A grader that is told nothing, and knows what was handed out."""
    settings = settings_of(COURSE, GradingOptions(course=COURSE.root))
    return Grader(once, settings, store)


def grade(sandbox: Sandbox, store: ReferenceStore, item: Any, path: Path) -> Report:
    settings = Settings(exercises=(item,), basis="exercises", seed=0, limits=Limits())
    return Grader(sandbox, settings, store).grade(nameless(path))


def attempted(finder: Grader, path: Path) -> set[str]:
    report = finder.grade(nameless(path))
    return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}


def nameless(path: Path) -> Submission:
    """A submission whose file name says nothing."""
    return replace(submission.load(str(path)), path=f"homework{path.suffix}")


@pytest.mark.parametrize("known", [known for known in KNOWN if known not in SAMPLE], ids=lambda known: known.id)
def test_a_known_submission_gets_its_verdicts(sandbox: Sandbox, store: ReferenceStore, known: Known) -> None:
    (exercise,) = grade(sandbox, store, known.item, known.path).exercises
    assert_as_expected(exercise, known.expected)


@pytest.mark.parametrize(
    "known",
    [pytest.param(known, id=known.id, marks=[pytest.mark.exhaustive] * (known not in SAMPLE)) for known in KNOWN],
)
def test_a_known_submission_gets_its_verdicts_and_attempts_nothing_else(
    once: Sandbox, finder: Grader, store: ReferenceStore, known: Known
) -> None:
    (exercise,) = grade(once, store, known.item, known.path).exercises
    assert_as_expected(exercise, known.expected)

    own = known.item.exercise.id
    found = attempted(finder, known.path)
    assert found - {own} == BESIDES.get(known.id, set())
    if is_right(known.expected) and own not in NAMED:
        assert (own in found) == (known.id not in UNSEEN)


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_a_reference_solution_gets_full_marks_and_attempts_nothing_else(
    once: Sandbox, finder: Grader, store: ReferenceStore, item: Any
) -> None:
    report = grade(once, store, item, item.solution)
    assert report.passed
    (exercise,) = report.exercises
    # What only a person can mark is nobody's full mark here.
    assert report.score == sum(check.max_score for check in exercise.checks if check.status != "manual")
    # Its first lines name it.
    assert attempted(finder, item.solution) == {item.exercise.id}


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "all-four.ipynb": {"double-backward", "vector-control-flow", "detach-semantics", "sin-derivative"},
        "control_flow.py": {"control-flow", "vector-control-flow"},
        "detach.ipynb": {"detach-semantics"},
        "double_backward.py": {"double-backward"},
        "sine.py": {"sin-derivative"},
    }.items(),
)
def test_an_example_attempts_what_it_is_about(finder: Grader, root: Path, name: str, expected: set[str]) -> None:
    assert attempted(finder, root / "examples" / name) == expected


def is_right(expected: Expected) -> bool:
    statuses = set(expected.verdicts.values())
    return "passed" in statuses and statuses <= {"passed", "manual"}


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_every_exercise_has_enough_wrong_and_enough_unusual_submissions(item: Any) -> None:
    known = [known for known in KNOWN if known.item is item]
    right = sum(is_right(known.expected) for known in known)
    assert right >= 4
    assert len(known) - right >= 6


def test_all_cross_talk_is_of_known_submissions() -> None:
    assert {known.id for known in KNOWN} >= BESIDES.keys() | UNSEEN


def test_every_file_beside_the_verdicts_is_listed_there() -> None:
    for item in COURSE.exercises:
        folder = item.solution.parent / "mistakes" / item.exercise.id
        listed = {known.path for known in KNOWN if known.item is item}
        assert {path for path in folder.iterdir() if path.suffix in (".py", ".ipynb")} == listed
