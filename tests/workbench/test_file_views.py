"""What exercises see in the text of a file: where it is the same, nothing is judged again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.pipeline.options import GradingOptions
from grader.workbench.content_keys import ContentKeys
from grader.workbench.proofs.cross_talk import CrossTalk
from grader.workbench.work import key_of
from tests.workbench.small_course import change

TITLED = """\
import torch

# The cubes of numbers
# Compute them with autograd.
torch.manual_seed(7)
x = torch.rand(3, requires_grad=True)
y = (x**3).sum()
y.backward()
print(x.grad)
# A slope tells how steep a curve is. It is three times the square here, since the rule says so.
"""


@pytest.fixture
def course(small: Path) -> Path:
    """With a known submission of `cube` that has its title and a sentence."""
    (small / "solutions/mistakes/cube/titled.py").write_text(TITLED)
    with (small / "solutions/mistakes/cube/verdicts.yaml").open("a") as file:
        file.write("titled.py: {about: Right., verdicts: {slope: passed}}\n")
    return small


def keys(root: Path) -> Mapping[str, str]:
    course = load_course(root)
    of_course = ContentKeys(course, GradingOptions(course=root))
    works = CrossTalk().plan(course, course.exercises)
    return {f"{work.path.parent.name}/{work.path.stem} by {work.exercise}": key_of(work, of_course) for work in works}


def text(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: change(root / name, old, new)


def new(name: str, content: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)

    return write


BY_CUBE = {
    "solutions/cube by cube",
    "solutions/square by cube",
    "cube/another_function by cube",
    "cube/titled by cube",
    "square/another_function by cube",
}
TITLED_FILE = {"cube/titled by cube", "cube/titled by square"}
EDITS = {
    "a title that no file has": (text("exercises/square.yaml", "title: What squares give", "title: Squares"), set()),
    "a title that a file has": (
        text("exercises/cube.yaml", "title: The cubes of numbers", "title: Third"),
        TITLED_FILE,
    ),
    "a title that a file has now": (
        text("exercises/square.yaml", "title: What squares give", "title: Compute them with autograd"),
        TITLED_FILE,
    ),
    "a question that a file has": (
        text("exercises/square.yaml", "statement: ", "asks: [Compute them with autograd.]\nstatement: "),
        TITLED_FILE,
    ),
    "a statement": (text("exercises/cube.yaml", "statement: The cubes of numbers.", "statement: Third powers."), set()),
    "a statement with a sentence of a file": (
        text(
            "exercises/cube.yaml", "statement: The cubes of numbers.", "statement: A slope tells how steep a curve is."
        ),
        TITLED_FILE,
    ),
    "points": (text("rubrics/cube.yaml", "points: 2", "points: 3"), set()),
    "a hint": (text("rubrics/cube.yaml", "Which function", "What"), set()),
    "a starter that no file has": (new("handout/starters/cube.py", "numbers = [1, 2, 3]\n"), set()),
    "a starter that a file has": (
        new("handout/starters/cube.py", "torch.manual_seed(7)\n"),
        TITLED_FILE,
    ),
    "a check": (text("exercises/cube.yaml", "sum(leaf ** 3)", "sum(leaf ** 3 + 0)"), BY_CUBE),
    "when it counts as attempted": (text("exercises/cube.yaml", "statement:", "attempt: named\nstatement:"), BY_CUBE),
    "a reference": (
        text("solutions/cube.py", "torch.rand(3", "torch.rand(4"),
        BY_CUBE | {"solutions/cube by square"},
    ),
    "a known submission": (
        text("solutions/mistakes/cube/titled.py", "torch.rand(3", "torch.rand(4"),
        TITLED_FILE,
    ),
    "a helper module": (new("support/helper.py", "X = 1\n"), None),
}


@pytest.mark.parametrize(("edit", "redone"), EDITS.values(), ids=EDITS)
def test_what_is_judged_again(course: Path, edit: Callable[[Path], None], redone: set[str] | None) -> None:
    before = keys(course)
    assert before == keys(course)
    edit(course)
    after = keys(course)
    assert {name for name in before if before[name] != after[name]} == (set(before) if redone is None else redone)


def test_a_new_exercise_does_not_change_what_others_see(course: Path) -> None:
    before = keys(course)
    for part in ("exercises", "rubrics"):
        moved = (course / part / "cube.yaml").read_text().replace("cube", "fourth").replace("numbers", "letters")
        (course / part / "fourth.yaml").write_text(moved)
    (course / "solutions/fourth.py").write_text("x = 4\n")
    after = keys(course)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + len(before) // 2 + 3


def test_a_file_that_cannot_be_read_is_seen_by_nobody(course: Path) -> None:
    before = keys(course)
    (course / "solutions/mistakes/cube/titled.py").write_bytes(b"\xff\xfe\x00")
    assert {name for name, key in keys(course).items() if before[name] != key} == TITLED_FILE
