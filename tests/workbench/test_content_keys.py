"""A result is kept under a key of all that it depends on, and of nothing else. A key that leaves something out would
show old results silently, one that has too much does work again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from grader.course.course import load_course
from grader.pipeline.options import GradingOptions
from grader.pipeline.settings import Settings
from grader.workbench import content_keys
from grader.workbench.bench import Bench
from grader.workbench.content_keys import ContentKeys
from grader.workbench.grade_file import GradeFile
from grader.workbench.work import key_of
from tests.workbench.small_course import change

CALLED = """\
  - id: calls
    kind: function
    function: f
    inputs: [{file: data/numbers.npy}]
    expect: {gradient: 2 * input}
"""


def keys(root: Path, **options: object) -> Mapping[str, str]:
    """The keys of a run of each reference and of each known submission, by exercise."""
    course = load_course(root)
    of_course = ContentKeys(course, GradingOptions(course=root, **options))  # type: ignore[arg-type]
    found = {}
    for item in course.exercises:
        name = item.exercise.id
        known = item.solution.parent / "mistakes" / name / "another_function.py"
        for kind, path in (("reference", item.solution), ("known", known)):
            found[f"{name} {kind}"] = key_of(GradeFile(path=path, exercises=(name,)), of_course)
    return found


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.fixture
def course(small: Path) -> Path:
    """With everything that a result may depend on."""
    (small / "support").mkdir()
    (small / "support/helper.py").write_text("STEP = 1\n")
    (small / "solutions/numbers.csv").write_text("1,2\n")
    (small / "exercises/data").mkdir()
    np.save(small / "exercises/data/numbers.npy", np.ones((2, 3)))
    with (small / "exercises/cube.yaml").open("a") as file:
        file.write(CALLED)
    with (small / "rubrics/cube.yaml").open("a") as file:
        file.write("  calls: {points: 1}\n")
    for verdicts in (small / "solutions/mistakes/cube/verdicts.yaml",):
        change(verdicts, "{slope: failed}", "{slope: failed, calls: failed}")
    with (small / "solutions/cube.py").open("a") as file:
        file.write("import csv  # numbers.csv\n")
    return small


CUBE = {"cube reference", "cube known"}
ALL = CUBE | {"square reference", "square known"}


def text(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: change(root / name, old, new)


def new(name: str, content: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)

    return write


def other_numbers(root: Path) -> None:
    np.save(root / "exercises/data/numbers.npy", np.zeros((2, 3)))


EDITS = {
    "a check": (text("exercises/cube.yaml", "sum(leaf ** 3)", "sum(leaf ** 3 + 0)"), CUBE),
    "a title": (text("exercises/cube.yaml", "title: The cubes of numbers", "title: Cubes"), CUBE),
    "a statement": (text("exercises/cube.yaml", "statement: The cubes", "statement: Cubes"), CUBE),
    "data of hidden inputs": (other_numbers, CUBE),
    "points": (text("rubrics/cube.yaml", "points: 2", "points: 3"), CUBE),
    "a hint": (text("rubrics/cube.yaml", "Which function", "What"), CUBE),
    "a known mistake": (text("rubrics/cube.yaml", "gradient == leaf", "gradient == 2 * leaf"), CUBE),
    # A check may compare with what the reference did.
    "a reference": (text("solutions/cube.py", "torch.rand(3", "torch.rand(4"), CUBE),
    "a file that a reference reads": (new("solutions/numbers.csv", "3,4\n"), CUBE),
    "a starter": (new("handout/starters/cube.py", "x = 1\n"), CUBE),
    "a known submission": (
        text("solutions/mistakes/cube/another_function.py", "torch.rand(3", "torch.rand(4"),
        {"cube known"},
    ),
    "a helper module": (text("support/helper.py", "1", "2"), ALL),
    "what a known submission must get": (
        text("solutions/mistakes/cube/verdicts.yaml", "score: 0", "score: 1"),
        set(),
    ),
    "a new exercise's statement": (
        text(
            "exercises/cube.yaml",
            "statement: The cubes",
            "asks: [What are the cubes of numbers?]\nstatement: The cubes",
        ),
        CUBE,
    ),
    "an assignment": (new("assignments/hw1.yaml", "id: hw1\ntitle: One\nexercises: [square]\n"), set()),
    "the course's name": (new("course.yaml", "title: Another\n"), set()),
}


@pytest.mark.parametrize(
    ("edit", "redone"),
    EDITS.values(),
    ids=EDITS,
)
def test_what_depends_on_a_file_is_done_again_and_nothing_else(
    course: Path, edit: Callable[[Path], None], redone: set[str]
) -> None:
    before = keys(course)
    edit(course)
    assert changed(before, keys(course)) == redone


def test_seed_threads_and_time_are_in_the_key(course: Path) -> None:
    loaded = load_course(course)
    of_course = ContentKeys(loaded, GradingOptions(course=course))
    path = loaded.exercises[0].solution
    variants = [
        GradeFile(path=path, exercises=("cube",)),
        GradeFile(path=path, exercises=("cube",), seed=1),
        GradeFile(path=path, exercises=("cube",), threads=2),
        GradeFile(path=path, exercises=("cube",), timeout_s=3.0),
        GradeFile(path=path, exercises=("cube",), text="import torch\n"),
        GradeFile(path=path, exercises=("cube",), asked=False),
        GradeFile(path=path, exercises=("cube", "square")),
        GradeFile(path=path, exercises=("square",)),
    ]
    assert len({key_of(work, of_course) for work in variants}) == len(variants)


def test_versions_of_packages_isolation_and_interpreter_are_in_the_key(
    course: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = keys(course)
    assert changed(before, keys(course, isolation="none")) == ALL
    missing = tmp_path / "no-python"
    assert changed(before, keys(course, python=missing)) == ALL
    assert changed(keys(course, python=missing), keys(course, python=missing)) == ALL  # nothing is known of it
    monkeypatch.setattr(content_keys, "version", lambda package: "0.1")
    assert changed(before, keys(course)) == ALL


def test_the_seconds_that_were_asked_for_limit_each_run_and_are_in_the_key(course: Path) -> None:
    assert changed(keys(course), keys(course, timeout_s=6.0)) == set(keys(course))
    asked: list[float | None] = []

    class Opened:
        def grader_by(self, settings: Settings, *_: object) -> None:
            asked.append(settings.limits.wall_s)

    bench = Bench(load_course(course), Opened(), timeout_s=6.0)  # type: ignore[arg-type]
    bench.grader(("cube",))
    bench.grader(("cube",), timeout_s=2.0)
    assert asked == [6.0, 6.0, 2.0]
