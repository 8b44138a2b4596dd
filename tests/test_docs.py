"""What the documentation shows works: the first exercise of docs/exercises.md is graded as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.model import Limits, Report
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox


@pytest.fixture
def course(root: Path, tmp_path: Path) -> Path:
    """The files that the page shows, each under the name in its first line."""
    text = (root / "docs" / "exercises.md").read_text(encoding="utf-8")
    for name, content in re.findall(
        r"```\w+\n# ((?:exercises|rubrics|solutions)/\S+)\n(.*?)```", text, flags=re.DOTALL
    ):
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "course"


@pytest.mark.parametrize(
    ("code", "score"),
    [
        ("w = torch.randn(2, 3, requires_grad=True)\ng = torch.autograd.grad((w ** 3).sum(), w)", 2),
        ("(x ** 3).mean().backward()", 0),
        ("(x ** 3 / 3).sum().backward()", 1),
    ],
)
def test_the_first_exercise_grades_what_students_write(
    sandbox: Sandbox, course: Path, tmp_path: Path, code: str, score: float
) -> None:
    path = tmp_path / "homework.py"
    path.write_text(f"import torch\nx = torch.arange(4.0, requires_grad=True)\n{code}\n", encoding="utf-8")
    assert grade(sandbox, course, path, tmp_path).score == score


def test_its_reference_solution_gets_full_marks(sandbox: Sandbox, course: Path, tmp_path: Path) -> None:
    report = grade(sandbox, course, course / "solutions" / "cube.py", tmp_path)
    assert report.passed
    assert report.max_score == 2


def grade(sandbox: Sandbox, course: Path, path: Path, tmp_path: Path) -> Report:
    settings = Settings(exercises=load_course(course).exercises, basis="exercises", seed=0, limits=Limits())
    return Grader(sandbox, settings, ReferenceStore(tmp_path / "cache")).grade(submission.load(str(path)))


def test_the_assignment_that_the_docs_show_loads(root: Path, tmp_path: Path) -> None:
    text = (root / "docs" / "assignments.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, flags=re.DOTALL))
    for folder in ("exercises", "rubrics", "solutions"):
        shutil.copytree(root / folder, tmp_path / folder)
    for name, content in shown.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    course = load_course(tmp_path)
    assert course.default is not None
    assert course.default.id == "hw2"
    assert [item.rubric.total for item in course.select((), course.default)] == [4, 10, 4]


def test_every_relative_link_leads_somewhere(root: Path) -> None:
    for page in (root / "README.md", *(root / "docs").rglob("*.md"), *(root / "examples").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_file_that_a_page_for_contributors_names_exists(root: Path, page: str) -> None:
    text = (root / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:grader|tests|fuzz|examples|docs|benchmarks|exercises|solutions)/[\w./-]*)`", text)
    assert len(named) > 10
    assert [path for path in named if not (root / path).exists()] == []


@pytest.mark.parametrize("folder", ["grader", "grader/runtime"])
def test_the_map_of_the_code_has_every_room(root: Path, folder: str) -> None:
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path for path in (root / folder).iterdir() if path.name.isidentifier() or path.suffix == ".py"]
    names = [f"{path.name}/" if path.is_dir() else path.name for path in rooms if not path.name.startswith("__")]
    assert [name for name in names if f"`{name}`" not in text and f"`{folder}/{name}`" not in text] == []
