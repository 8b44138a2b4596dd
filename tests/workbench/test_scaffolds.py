"""What `grade new` writes works at once: each scaffold loads, its solution gets full marks, and its known wrong
submission the verdicts that are written beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from grader.course.course import CourseExercise, find_wrong_verdicts, load_course
from grader.course.named_courses import builtin_course
from grader.judging import check_kinds
from grader.pipeline.references import ReferenceStore
from grader.sandbox.sandbox import Sandbox
from grader.workbench.new_files import write_new
from grader.workbench.scaffolds.course_files import course_files
from grader.workbench.scaffolds.exercise_files import exercise_files
from grader.workbench.scaffolds.scaffold import KINDS, all_kinds, first_scaffold, looks_at, scaffold_of
from tests.helpers.command_line import run_in_process
from tests.helpers.known_submissions import (
    assert_gets_its_verdicts,
    assert_reference_gets_full_marks,
    known_submissions_of,
)


def written(root: Path, *kinds: str, title: str = "") -> CourseExercise:
    """An exercise of these kinds, as it is loaded from the files that are written."""
    write_new(root, exercise_files("an-exercise", title, [scaffold_of(kind) for kind in kinds]))
    course = load_course(root)
    (item,) = course.exercises
    assert [*item.mistakes, *find_wrong_verdicts(course)] == []
    return item


def assert_works(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise) -> Sequence[str]:
    assert_reference_gets_full_marks(sandbox, store, item)
    known = list(known_submissions_of(item))
    for each in known:
        assert_gets_its_verdicts(sandbox, store, each)
        # What is declared tells the score and what is said, too: `assert_gets_its_verdicts` compares both.
        assert each.expected.score is not None
        assert each.expected.says
    return [each.path.name for each in known]


@pytest.mark.parametrize("kind", KINDS)
def test_a_scaffold_works_at_once(kind: str, sandbox: Sandbox, store: ReferenceStore, tmp_path: Path) -> None:
    item = written(tmp_path, kind)
    assert kind in {check.kind for check in item.exercise.checks}
    assert len(assert_works(sandbox, store, item)) == 1


def test_the_first_exercise_of_a_course_works_at_once_and_is_another_one_than_that_of_its_kind(
    sandbox: Sandbox, store: ReferenceStore, tmp_path: Path
) -> None:
    write_new(tmp_path, course_files(tmp_path, "", [first_scaffold()], ""))
    (item,) = load_course(tmp_path).exercises
    assert_works(sandbox, store, item)
    other = scaffold_of(first_scaffold().kind)
    assert (other.title, other.checks) != (first_scaffold().title, first_scaffold().checks)
    assert other.checks.count("\n") == first_scaffold().checks.count("\n")


def test_an_exercise_of_all_kinds_works_at_once(sandbox: Sandbox, store: ReferenceStore, tmp_path: Path) -> None:
    item = written(tmp_path, *KINDS, title="All: of 'them'")
    assert item.exercise.title == "All: of 'them'"
    assert len(assert_works(sandbox, store, item)) == len(KINDS)


def test_every_built_in_kind_has_a_scaffold_and_says_what_it_looks_at() -> None:
    assert set(KINDS) == set(check_kinds.built_in())
    assert all(looks_at(kind) for kind in all_kinds())


@pytest.mark.parametrize("kind", KINDS)
def test_a_scaffold_has_points_a_hint_a_named_mistake_and_the_page_of_its_kind(kind: str, tmp_path: Path) -> None:
    item = written(tmp_path, kind)
    rubric = item.rubric.checks.values()
    assert all(check.points and check.hint for check in rubric)
    assert sum(len(check.mistakes) for check in rubric) == 1
    assert f"docs/kinds/{kind}.md" in (tmp_path / "exercises" / "an-exercise.yaml").read_text("utf-8")


@pytest.mark.exhaustive
def test_the_mutants_of_every_scaffold_are_caught_or_explained(tmp_path: Path) -> None:
    for kind in KINDS:
        write_new(tmp_path, exercise_files(f"only-{kind}", "", [scaffold_of(kind)]))
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = run_in_process(["validate", "--format", "json"], folder=tmp_path, environment=environment)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert [finding["text"] for finding in found["findings"] if finding["severity"] != "note"] == []
    assert len(found["exercises"]) == len(KINDS)


def test_a_new_course_loads(tmp_path: Path) -> None:
    root = tmp_path / "Autograd, 2nd term"
    write_new(root, course_files(root, "", [scaffold_of("backward")], ""))
    course = load_course(root)
    assert course.settings.id == "autograd-2nd-term"
    assert course.default is not None
    assert [entry.id for entry in course.default.exercises] == ["first-exercise"]
    assert not any(item.mistakes for item in course.exercises)
    workflow = (root / ".github" / "workflows" / "course.yml").read_text("utf-8")
    shown = (builtin_course() / "examples" / "ci" / "course-repository.yml").read_text("utf-8")
    assert yaml.safe_load(workflow) == yaml.safe_load(shown)
    hooks = yaml.safe_load((builtin_course() / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (repository,) = yaml.safe_load((root / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in hooks]
    assert (root / "README.md").read_text("utf-8").startswith("# Autograd, 2nd term\n")
