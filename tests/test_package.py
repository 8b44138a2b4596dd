"""The wheel holds the package, the runtime and the courses, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import grader


@pytest.fixture(scope="module")
def contents(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    (wheel,) = folder.glob("*.whl")
    assert wheel.name == f"autograd_grader-{grader.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def in_tree(root: Path, folder: str) -> set[str]:
    """The files of a folder, less what Python leaves behind."""
    files = (path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(root)) for path in files}


def test_it_holds_every_module(contents: set[str], root: Path) -> None:
    assert in_tree(root, "grader") <= contents
    assert "grader/runtime/record/recorder.py" in contents


@pytest.mark.parametrize("folder", ["exercises", "rubrics", "solutions", "support"])
def test_it_holds_the_built_in_course(contents: set[str], root: Path, folder: str) -> None:
    assert {f"grader/builtin_course/{name}" for name in in_tree(root, folder)} <= contents


def test_it_holds_all_other_courses(contents: set[str], root: Path) -> None:
    assert {f"grader/{name}" for name in in_tree(root, "courses")} <= contents
    assert "grader/courses/from-scratch/course.yaml" in contents


def test_it_holds_nothing_else(contents: set[str]) -> None:
    assert {name.split("/")[0] for name in contents} == {"grader", f"autograd_grader-{grader.__version__}.dist-info"}


def test_it_brings_the_command_and_the_licence(contents: set[str]) -> None:
    info = f"autograd_grader-{grader.__version__}.dist-info"
    assert {f"{info}/entry_points.txt", f"{info}/licenses/LICENSE"} <= contents
