"""The hooks for pre-commit: which files they look at, and that their commands do what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.errors import ExitCode
from tests.helpers.command_line import run_in_process
from tests.workbench.templates.small_course import write_small_course

OF_THE_COURSE = (
    "exercises/a.yaml",
    "cs101/rubrics/a.yml",
    "assignments/hw2.yaml",
    "handout/starters/a.py",
    "course.yaml",
    "solutions/mistakes/a/verdicts.yaml",
)
THAT_RUN = ("solutions/a.py", "cs101/solutions/mistakes/a/wrong.ipynb", "support/helpers.py")


@pytest.fixture(scope="module")
def hooks(root: Path) -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text("utf-8"))}


def test_each_hook_looks_at_the_files_that_it_is_about(hooks: dict[str, dict[str, Any]]) -> None:
    def chosen(hook: str) -> set[str]:
        # pre-commit looks for the pattern anywhere in a path.
        names = (*OF_THE_COURSE, *THAT_RUN, "README.md", "notes/my-exercises.md")
        return {name for name in names if re.search(hooks[hook]["files"], name)}

    assert chosen("grade-lint") == {*OF_THE_COURSE}
    assert chosen("grade-validate") == {*OF_THE_COURSE, *THAT_RUN}


def test_no_hook_is_started_several_times_at_once(hooks: dict[str, dict[str, Any]]) -> None:
    assert {hook["require_serial"] for hook in hooks.values()} == {True}


def test_a_mistake_in_a_changed_file_is_told_without_a_run(hooks: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    write_small_course(tmp_path)
    changed = tmp_path / "rubrics" / "slope.yaml"
    changed.write_text("exercise: slope\nchecks:\n  gradients: {points: 2}\n")
    (tmp_path / "exercises" / "why.yaml").write_text("id: why\n")
    program, *arguments = shlex.split(hooks["grade-lint"]["entry"])
    assert program == "grade"
    done = run_in_process(
        [*arguments, "rubrics/slope.yaml"], folder=tmp_path, environment={"XDG_CACHE_HOME": str(tmp_path / "cache")}
    )
    assert done.returncode == ExitCode.UNUSABLE
    assert "rubrics/slope.yaml:3" in done.stdout
    assert "why" not in done.stdout  # it was not changed


def test_files_outside_of_the_course_need_no_proof(hooks: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    write_small_course(tmp_path / "course")
    _, *arguments = shlex.split(hooks["grade-validate"]["entry"])
    command = [*arguments, "--course", "course", "other/solutions/a.py"]
    done = run_in_process(command, folder=tmp_path, environment={})
    assert (done.returncode, done.stdout) == (
        ExitCode.PASSED,
        "None of these files is a part of the course, so there is nothing to prove.\n",
    )
