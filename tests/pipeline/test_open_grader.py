"""Starting up: the worker is started before anything heavy is imported, and it is ended whatever happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from grader import submission
from grader.cli.options import LEAST
from grader.course.named_courses import builtin_course
from grader.errors import CourseError, SandboxError, UsageError
from grader.model import Isolation, Level
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from tests.helpers.class_of import RIGHT

ROOT = Path(__file__).parents[2]
ATTACKED = ROOT / "tests" / "attacks" / "course"
HEAVY = ("numpy", "pydantic", "sqlalchemy", "IPython", "rich")
OPTIONS = GradingOptions(course=builtin_course(), exercises=("double-backward",))


@pytest.mark.parametrize(
    "module",
    [
        "grader.pipeline.open_grader",
        "grader.classroom.batch.pool",
        "grader.classroom.batch.lane_process",
        "grader.cli.grade",
        "grader.cli.watch",
        "grader.cli.batch",
    ],
)
def test_nothing_heavy_is_imported_before_the_worker_starts(module: str) -> None:
    script = f"import sys, {module}; sys.exit(sorted(set({HEAVY!r}) & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_whether_a_checks_file_is_trusted_is_asked_before_the_worker_starts(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from grader.course.trusted_checks import trusted_checks; "
        "trusted_checks(Path(sys.argv[1]), None, (), [Path('homework.py')]); "
        f"sys.exit(sorted(set({HEAVY!r}) & set(sys.modules)) or 0)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_grades_before_and_after_a_restart_of_its_worker() -> None:
    homework = submission.read(RIGHT.encode(), "homework.py")
    with OpenGrader(OPTIONS) as opened:
        opened.preload(())
        assert opened.load().grade(homework).passed
        opened.restart_worker()
        assert opened.load().grade(homework).passed


def test_a_reference_has_time_for_its_own_code_not_for_imports_that_no_submission_needs(tmp_path: Path) -> None:
    """It plots, and the worker was told of no submission that does."""
    for folder in ("exercises", "rubrics", "solutions"):
        shutil.copytree(ATTACKED / folder, tmp_path / folder)
    options = GradingOptions(course=tmp_path, exercises=("kept",), timeout_s=1.0)
    with OpenGrader(options) as opened, mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(tmp_path / "cache")}):
        opened.preload(())
        grader = opened.load()
        assert grader.find_broken_references() == {}


def test_the_worker_is_ended_where_the_course_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "one.yaml").write_text("", "utf-8")
    (tmp_path / "course.yaml").write_text("default: broken", "utf-8")
    with OpenGrader(GradingOptions(course=tmp_path)) as opened:
        worker = opened._worker
        with pytest.raises(CourseError, match="broken"):
            opened.load()
    assert not worker.alive


def test_what_is_asked_for_must_be_there() -> None:
    with (
        OpenGrader(GradingOptions(course=builtin_course(), exercises=("nothing",))) as opened,
        pytest.raises(UsageError, match="there is no exercise `nothing`"),
    ):
        opened.load()
    with pytest.raises(UsageError, match="there is no such file"):
        OpenGrader(GradingOptions(course=builtin_course(), python=Path("/no/such/python")))


def test_nothing_is_run_with_less_isolation_than_is_required() -> None:
    asked = GradingOptions(course=builtin_course(), isolation="none", at_least="reduced")
    with (
        OpenGrader(asked) as opened,
        pytest.raises(SandboxError, match=r"^Nothing was run: `--at-least reduced` asks for more .* `none`\. No "),
    ):
        opened.preload(())
    assert not opened._worker.alive


@pytest.mark.parametrize(
    ("level", "mechanisms", "enough_for"),
    [
        (Level.STRICT, ("bubblewrap", "seccomp", "unprivileged user"), ["strict", "landlock", "reduced"]),
        (Level.REDUCED, ("bubblewrap", "seccomp"), ["landlock", "reduced"]),
        (Level.REDUCED, ("process", "landlock", "seccomp"), ["landlock", "reduced"]),
        (Level.REDUCED, ("process", "seccomp"), ["reduced"]),
        (Level.NONE, ("process", "landlock"), []),
    ],
)
def test_what_an_isolation_is_enough_for(level: Level, mechanisms: tuple[str, ...], enough_for: list[str]) -> None:
    isolation = Isolation(level=level, mechanisms=mechanisms)
    assert [least for least in LEAST if isolation.is_at_least(least)] == enough_for
