"""What several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.course_folder import builtin_course, support_of
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker import Worker
from tests.helpers.observing import Observer


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One worker for all tests of a process, with everything imported that submissions use."""

    def start() -> Worker:
        worker = Worker.start(support=support_of(builtin_course()))
        worker.configure(EVERYTHING)
        return worker

    sandbox = Sandbox(start(), start)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def observe(sandbox: Sandbox) -> Observer:
    """Code in, observation out."""
    return Observer(sandbox)


@pytest.fixture(scope="session")
def cold() -> Iterator[Observer]:
    """The same with a worker that has imported torch only: submissions import the rest themselves."""

    def start() -> Worker:
        return Worker.start(support=support_of(builtin_course()))

    sandbox = Sandbox(start(), start)
    yield Observer(sandbox)
    sandbox.close()
