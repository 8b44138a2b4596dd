"""One batch at a time: several processes open one gradebook that is not there yet."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from grader.classroom.gradebook import batch_lock
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.intake import StudentHandin
from grader.errors import GradebookError, UsageError
from tests.classroom.gradebook.results_by_hand import fill, handin

BATCH = """
import os, sys, time
from grader.classroom.gradebook.enrolment import Placement
from grader.classroom.gradebook.gradebook import Gradebook
from tests.classroom.gradebook.results_by_hand import FOUND, handin

name, folder, assignment = sys.argv[1:]
with Gradebook.open(name, create=True, exclusive=True, on_wait=lambda text: print(text, flush=True)) as book:
    running = open(f"{folder}/running", "x")  # fails if another batch runs
    book.enrol(assignment, [handin()], plan=FOUND, statements={}, placement=Placement())
    time.sleep(0.3)
    os.unlink(f"{folder}/running")
"""


def start(name: str, folder: Path, assignment: str, root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BATCH, name, str(folder), assignment]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_batches_on_a_new_gradebook_each_waits_for_the_other(
    kind: str, path: Path, tmp_path: Path, root: Path, request: pytest.FixtureRequest
) -> None:
    name = str(path) if kind == "sqlite" else request.getfixturevalue("empty_postgresql")
    processes = [start(name, tmp_path, assignment, root) for assignment in ("hw1", "hw2")]
    said = []
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
        said += output.splitlines()
    assert all("another `grade batch` is writing to this gradebook. This one waits" in line for line in said)
    with Gradebook.open(name) as book:
        assert sorted(book.assignments()) == ["hw1", "hw2"]


def test_a_server_has_one_batch_at_a_time_and_readers_meanwhile(empty_postgresql: str) -> None:
    with Gradebook.open(empty_postgresql, create=True, exclusive=True):
        with pytest.raises(GradebookError, match=r"another `grade batch` is writing to this gradebook\. Wait for it"):
            Gradebook.open(empty_postgresql, create=True, exclusive=True)
        with Gradebook.open(empty_postgresql, write=True) as book:
            assert book.assignments() == ()
    Gradebook.open(empty_postgresql, exclusive=True).close()


def test_the_lock_of_other_servers_is_a_locked_row(empty_postgresql: str) -> None:
    url = make_url(empty_postgresql)
    Gradebook.open(empty_postgresql, create=True).close()
    lock = batch_lock.acquire_row_lock(url, None)
    with pytest.raises(GradebookError, match="another `grade batch` is writing"):
        batch_lock.acquire_row_lock(url, None)
    with Gradebook.open(empty_postgresql, write=True) as book:
        assert book.assignments() == ()
    lock.close()
    batch_lock.acquire_row_lock(url, None).close()


def refused_batch(path: Path, *handins: StudentHandin) -> None:
    """A batch that ends with an error, after these hand-ins were stored."""
    with suppress(UsageError), Gradebook.open(str(path), create=True, exclusive=True) as book:
        assert path.exists()
        if handins:
            fill(book, *handins)
        raise UsageError("Nobody was graded.")


def test_a_batch_that_is_refused_leaves_no_file(path: Path) -> None:
    refused_batch(path)
    assert list(path.parent.iterdir()) == []


def test_what_a_batch_stored_before_it_failed_stays(path: Path) -> None:
    refused_batch(path, handin())
    with Gradebook.open(str(path)) as book:
        assert book.assignments() == ("hw",)


def test_a_gradebook_that_was_there_stays_though_nothing_is_in_it(path: Path) -> None:
    Gradebook.open(str(path), create=True).close()
    refused_batch(path)
    assert path.exists()


def test_what_cannot_become_a_gradebook_stays_as_it_is(path: Path) -> None:
    path.write_text("name,points\n" * 100)
    with pytest.raises(GradebookError, match="this is no gradebook"):
        Gradebook.open(str(path), create=True, exclusive=True)
    assert path.read_text() == "name,points\n" * 100
