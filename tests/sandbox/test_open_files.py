"""The limit of open files: raised where that is allowed, otherwise said."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap

import pytest

from grader.cli.system_errors import explained_error
from grader.errors import SandboxError
from grader.sandbox.open_files import NEEDED, allow_open_files


def limited(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int) -> list[tuple[int, int]]:
    """Lets the limits be these; the list has those that are set."""
    done: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: done.append(limits))
    return done


def test_a_soft_limit_is_raised_as_far_as_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    done = limited(monkeypatch, 64, 4096)
    allow_open_files()
    allow_open_files(700)
    assert done == [(NEEDED, 4096), (700, 4096)]


@pytest.mark.parametrize("soft", [NEEDED, resource.RLIM_INFINITY])
def test_what_is_enough_stays(monkeypatch: pytest.MonkeyPatch, soft: int) -> None:
    done = limited(monkeypatch, soft, soft)
    allow_open_files()
    assert done == []


def test_a_hard_limit_is_said_with_what_to_do() -> None:
    code = """
        import resource
        from grader.errors import SandboxError
        from grader.sandbox.worker_handle import WorkerHandle
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        try:
            WorkerHandle.start()
        except SandboxError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"A process may have 64 files open here, and this needs {NEEDED}. "
        "Raise the limit, as with `ulimit -n 1024`, or run fewer submissions at the same time (--jobs).\n"
    )


def test_errors_of_the_machine_are_no_errors_of_the_grader() -> None:
    for number, said in ((24, "Too many open files: a process"), (28, "A disk is full"), (11, "no process left")):
        explained = explained_error(OSError(number, "words", "a/file"))
        assert explained is not None
        assert said in str(explained)
    assert isinstance(explained, SandboxError)
    assert explained_error(OSError(22, "Invalid argument")) is None
    assert explained_error(ValueError("x")) is None
