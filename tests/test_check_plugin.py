"""A kind of check and a report format of somebody else: ``examples/check-plugin``, built, installed and used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXERCISE = """\
id: two-leaves
title: Two leaves
statement: Differentiate a product of two tensors.
checks:
  - {id: two, kind: leaf-count, count: 2, given: elements > 0}
"""
RUBRIC = """\
exercise: two-leaves
checks:
  two: {points: 3, mistakes: [{when: leaves == 1, say: One leaf.}]}
"""
SOLUTION = """\
import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
(a * b).backward()
"""


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``PYTHONPATH`` with the plugin in it, as pip installs it."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    install = [*pip, "install", "--no-deps", "--no-index", "--no-build-isolation", "--target", str(target)]
    subprocess.run([*install, str(root / "examples" / "check-plugin")], check=True)
    return target


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name, text in (("exercises", EXERCISE), ("rubrics", RUBRIC)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "two-leaves.yaml").write_text(text)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "two-leaves.py").write_text(SOLUTION)
    return tmp_path


def grade(*arguments: object, plugin: Path | None) -> subprocess.CompletedProcess[str]:
    paths = [*([str(plugin)] if plugin else []), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_exercises_may_use_it(installed: Path, course: Path, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(SOLUTION)
    wrong.write_text(SOLUTION.replace("(a * b)", "(a * a)"))
    formats = ("--format", "json", "--format", f"points:{tmp_path / 'points.tsv'}")
    done = grade(right, wrong, "--course", course, "--exercise", "two-leaves", *formats, plugin=installed)
    assert done.returncode == 1, done.stderr
    written = (tmp_path / "points.tsv").read_text()
    assert written == f"file\texercise\tscore\tof\n{right}\ttwo-leaves\t3\t3\n{wrong}\ttwo-leaves\t0\t3\n"
    results = json.loads(done.stdout)
    assert [result["score"] for result in results] == [3, 0]
    checks = [check for result in results for check in result["exercises"][0]["checks"]]
    assert [check["kind"] for check in checks] == ["leaf-count", "leaf-count"]
    assert [check["message"] for check in checks] == ["A backward pass reached 2 leaves.", "One leaf."]


def test_an_exercise_of_it_is_begun_that_works_at_once(installed: Path, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    assert grade("new", "--course", begun, "--kind", "leaf-count", plugin=installed).returncode == 0
    (exercise,) = (begun / "exercises").glob("*.yaml")
    reference = begun / "solutions" / f"{exercise.stem}.py"
    known = begun / "solutions" / "mistakes" / exercise.stem / "squares_one.py"
    done = grade(reference, known, "--course", begun, "--format", "json", plugin=installed)
    results = json.loads(done.stdout)
    assert [result["score"] for result in results] == [2, 0]
    assert "one leaf" in results[1]["exercises"][0]["checks"][0]["message"]


def test_its_fields_are_in_the_schema(installed: Path) -> None:
    schema = json.loads(grade("schema", "exercise", plugin=installed).stdout)
    described = schema["$defs"]["LeafCountCheck"]["properties"]
    assert described["count"]["description"] == "How many leaves the pass has to reach."


def test_without_it_the_exercise_says_which_kinds_there_are(course: Path, tmp_path: Path) -> None:
    homework = tmp_path / "homework.py"
    homework.write_text(SOLUTION)
    done = grade(homework, "--course", course, plugin=None)
    assert done.returncode == 2
    assert "two-leaves.yaml:5: checks[0].kind: unknown kind `leaf-count`; known: answer, backward" in done.stderr
    assert "trust-checks" not in done.stderr  # which is about courses with a checks.py
