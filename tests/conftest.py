"""What several test files share."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from unittest import mock

import pytest

from grader.classroom.gradebook import database
from grader.course.course_folder import support_of
from grader.course.named_courses import builtin_course, course_names, named_course
from grader.pipeline.references import ReferenceStore
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.class_in_process import SharedSandboxes
from tests.helpers.command_line import KeptWorkers
from tests.helpers.docs_course import shown_files, write_course
from tests.helpers.observing import Observer

TESTS = Path(__file__).resolve().parent

FIRST = (
    "test_quality.py",
    "attacks/test_one_batch.py",
    "attacks/test_reports.py",
    "classroom/batch/test_batch.py",
    "cli/test_watch.py",
)
"""Files with tests that take long and cannot be shared out: they start first, so that no process waits at the end."""

SLOW = (
    "attacks/",
    "classroom/batch/",
    "ci/test_action.py",
    "cli/",
    "judging/test_curve_sources.py",
    "pytest_plugin/",
    "runtime/",
    "sandbox/test_support_modules.py",
    "sandbox/test_worker",
    "test_check_plugin.py",
    "test_docs.py",
    "test_fuzz.py",
    "test_package.py",
)
SLOW_FIXTURES = {"sandbox", "observe", "cold"}


def pytest_configure() -> None:
    """Let Ctrl-C end the programs that tests start: they ignore it where a shell has put pytest in the background."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None]:
    """Collect tests without the collector of garbage, and keep it off what was collected, since that stays: passes over
    all tests and modules took seconds.
    """
    gc.disable()
    if is_odd_process(session.config) and TESTS in {Path(each).resolve() for each in session.config.args}:
        import_from_the_last()
    yield
    gc.freeze()
    gc.enable()


def is_odd_process(config: pytest.Config) -> bool:
    """Whether this is the second of two processes of pytest-xdist, the fourth of four, and so on."""
    return int(getattr(config, "workerinput", {}).get("workerid", "gw0").removeprefix("gw")) % 2 == 1


def import_from_the_last() -> None:
    """Import the test modules in reverse order. pytest rewrites the asserts of a module when it is imported, saves the
    result, and takes what is saved: of two processes that begin at both ends, each rewrites a half.
    """
    for path in sorted(TESTS.rglob("test_*.py"), reverse=True):
        # pytest imports it again when it collects it, and says what is wrong.
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `make test-fast` leaves out, and put those first that take long."""

    def file(item: pytest.Item) -> str:
        return item.path.relative_to(TESTS).as_posix()

    for item in items:
        starts_a_worker = SLOW_FIXTURES & set(getattr(item, "fixturenames", ()))
        if starts_a_worker or file(item).startswith(SLOW) or "[postgresql" in item.name:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: FIRST.index(file(item)) if file(item) in FIRST else len(FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape lone surrogates in what was captured: tests log hostile text, and pytest-xdist sends reports as UTF-8."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """SQLite does not wait until gradebooks are on the disk: those of tests need not survive a loss of power. What was
    saved before a process is killed is there all the same.
    """
    as_always = database._set_up_sqlite

    def set_up(connection: sqlite3.Connection, record: object) -> None:
        as_always(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with mock.patch.object(database, "_set_up_sqlite", set_up):
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return TESTS.parent


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of pytest-xdist share, for what is run once and kept: the references of courses."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def home(shared_folder: Path) -> Path:
    """A home for commands, so that no cache of the user's is read or written."""
    (shared_folder / "home").mkdir(exist_ok=True)
    return shared_folder / "home"


@pytest.fixture(scope="session")
def support(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The helper modules of all courses that tests grade with `sandbox`: no two have one name."""
    folder = tmp_path_factory.mktemp("support")
    write_course(shown_files(TESTS.parent), folder.parent / f"{folder.name}-of-the-docs")
    named = [root for name in course_names() if (root := named_course(name)) is not None]
    courses = (*named, TESTS / "language_course", folder.parent / f"{folder.name}-of-the-docs")
    for each in (path for course in courses for path in support_of(course)):
        shutil.copytree(each, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def store(shared_folder: Path) -> ReferenceStore:
    """Observations of references, for all tests: each reference runs once for equal settings."""
    return ReferenceStore(shared_folder / "references")


@pytest.fixture(scope="session")
def sandbox(support: Path) -> Iterator[Sandbox]:
    """One worker for all tests of a process, with everything imported that submissions use."""

    def start() -> WorkerHandle:
        worker = WorkerHandle.start(support=(support,))
        worker.configure(EVERYTHING)
        return worker

    sandbox = Sandbox(start(), start)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def sandboxes(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSandboxes]:
    """For batches in the process of the test."""
    shared = SharedSandboxes(sandbox, tmp_path_factory.mktemp("support"))
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def workers() -> Iterator[KeptWorkers]:
    """For commands in the process of the test."""
    kept = KeptWorkers()
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def observe(sandbox: Sandbox) -> Observer:
    """Code in, observation out."""
    return Observer(sandbox)


@pytest.fixture(scope="session")
def cold() -> Iterator[Observer]:
    """Code in, observation out. The worker has imported torch only; submissions import the rest themselves."""

    def start() -> WorkerHandle:
        return WorkerHandle.start(support=support_of(builtin_course()))

    sandbox = Sandbox(start(), start)
    yield Observer(sandbox)
    sandbox.close()
