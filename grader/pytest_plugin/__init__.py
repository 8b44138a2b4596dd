"""The pytest plugin: ``pytest --grade homework/`` makes a test of every check of every submission.

    asked         what the options ask for: the course, and the submissions with the checks that each is graded by
    grading       the reports, made when the first test of a submission runs; the worker of the process
    tests         the tests as nodes of pytest: a submission, its exercises, their checks
    outcomes      what becomes of a test, by the report: passed, failed, skipped, an error
    session       the hooks that bring these into a run of pytest

``pytest --grade-validate cs101/`` makes a test of what is proven of each exercise of a course.

    validations   what is proven, when the first test runs
    proof_tests   the tests as nodes of pytest: a course, its exercises, their proofs
    proving       the hooks for it

pytest imports this module whenever it starts, in any project. So it imports nothing of the grader and nothing large,
and without ``--grade`` it does nothing but add options.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

LEVELS = ("strict", "reduced", "none")
AUDIENCES = ("student", "staff")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("grade", "grading PyTorch autograd exercises")
    group.addoption(
        "--grade",
        action="append",
        default=[],
        metavar="PATH",
        help="grade a notebook, a script or notes, or a folder or zip of them: a test for each check (repeatable)",
    )
    group.addoption(
        "--grade-validate",
        action="append",
        default=[],
        metavar="DIR",
        help="prove a course as `grade validate` does: a test for each proof of each exercise, and for each known "
        "submission (repeatable)",
    )
    group.addoption("--grade-assignment", metavar="ID", help="grade for this assignment, attempted or not")
    group.addoption(
        "--grade-exercise",
        action="append",
        default=[],
        metavar="ID",
        help="grade this exercise, attempted or not (repeatable)",
    )
    group.addoption("--grade-course", metavar="DIR", help="the course's folder (default: as for the command grade)")
    group.addoption(
        "--grade-trust-checks",
        action="append",
        default=[],
        metavar="DIR",
        help="import checks.py of this course, which --grade-course or --grade-validate names as well",
    )
    group.addoption("--grade-seed", metavar="N", help="what hidden inputs are drawn from (default: 0)")
    group.addoption("--grade-timeout", metavar="S", help="seconds that one run may take")
    group.addoption("--grade-isolation", choices=LEVELS, help="isolate by just this much, and refuse where that fails")
    group.addoption(
        "--grade-audience",
        choices=AUDIENCES,
        default="student",
        help="whether checks that are hidden from students are tests (staff) or not (student, the default)",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Raises UsageError where pytest would import a ``conftest.py`` that was handed in, outside of the sandbox."""
    asked = early_config.known_args_namespace
    if asked.grade and not asked.noconftest:
        dirs = _searched_folders(
            early_config.invocation_params.dir, asked.file_or_dir, early_config.getini("testpaths")
        )
        graded = [Path(path).absolute() for path in asked.grade]
        for folder in dirs:
            if (folder / "conftest.py").exists() and any(folder.is_relative_to(path) for path in graded):
                raise pytest.UsageError(
                    f"{folder / 'conftest.py'} was handed in, and pytest would run it outside of the sandbox. Start "
                    "pytest in another folder, or with --noconftest."
                )
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("grade"):
        from grader.pytest_plugin.session import GradeSession

        config.pluginmanager.register(GradeSession(config), "grader.pytest_plugin.session")
    if config.getoption("grade_validate"):
        from grader.pytest_plugin.proving import ValidateSession

        config.pluginmanager.register(ValidateSession(config), "grader.pytest_plugin.proving")


def _searched_folders(start: Path, arguments: list[str], testpaths: list[str]) -> Iterator[Path]:
    """Where pytest looks for a ``conftest.py`` before it collects anything."""
    for name in arguments or testpaths or ["."]:
        anchor = start / name.partition("::")[0]
        yield anchor.absolute()
        yield from anchor.absolute().parents
        if anchor.is_dir():
            yield from (folder.absolute() for folder in anchor.glob("test*") if folder.is_dir())
