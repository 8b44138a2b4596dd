"""``grade watch`` as its users meet it: a real process, a real sandbox, and a file that is saved as editors save it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
import watchfiles

from grader.cli.watch import file_events
from tests.cli.test_grade import RIGHT, WRONG, Grade, copy_course
from tests.helpers.command_line import KeptWorkers
from tests.sandbox.workers import descendants, eventually, is_running

DEADLINE_S = 240.0
"""Passes only where something is wrong, on a busy machine too."""
COMMAND = """
import sys
from grader.cli import main, watch
watch.PATIENCE_S = {patience_s}
sys.exit(main())
"""
LOOP = f"{RIGHT}\nwhile True: pass\n"
TOTAL = r"\nTotal .*\n"


class Watching:
    """A running ``grade watch``, and what it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._printed = ""
        self._seen = 0
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._follow)
        self._reader.start()

    def until(self, pattern: str) -> str:
        """What is printed after the last call's text, up to the first match of the pattern."""
        with self._more:
            found = self._more.wait_for(lambda: re.search(pattern, self._printed[self._seen :]), DEADLINE_S)
            assert found, f"no {pattern!r} in:\n{self._printed}"
            text = self._printed[self._seen : self._seen + found.end()]
            self._seen += found.end()
        return text

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Exit code, and what is printed after the last call's text. Nothing is left running."""
        processes = self.processes()
        self._process.send_signal(number)
        code = self._process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)
        assert eventually(lambda: not any(map(is_running, processes)), DEADLINE_S)
        assert "Traceback" not in self._printed
        return code, self._printed[self._seen :]

    def processes(self) -> set[int]:
        """The worker, bubblewrap, and whatever the worker has forked."""
        while True:
            with suppress(OSError):  # one that ends while it is looked at
                return set(descendants(self._process.pid))

    def wait_for_a_run(self, save: Callable[[], object]) -> None:
        """Save, and wait until the worker has forked a child for it."""
        before = self.processes()
        save()
        assert eventually(lambda: not self.processes() <= before, DEADLINE_S)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                with self._more:
                    self._printed += line
                    self._more.notify()


@pytest.fixture
def watch(tmp_path: Path, home: Path) -> Iterator[Callable[..., Watching]]:
    """Starts ``grade watch`` in the test's folder; it ends with the test."""
    started: list[Watching] = []

    def start(*arguments: object, patience_s: float = 0.6) -> Watching:
        """``patience_s``: see ``watch``. A test on a busy machine may be slower than any editor."""
        environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        started.append(
            Watching(
                subprocess.Popen(
                    [sys.executable, "-c", COMMAND.format(patience_s=patience_s), "watch", *map(str, arguments)],
                    cwd=tmp_path,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                )
            )
        )
        return started[-1]

    yield start
    for each in started:
        each.end()


def in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def rename_over(path: Path, text: str) -> None:
    path.with_name(f".{path.name}.tmp").write_text(text, encoding="utf-8")
    path.with_name(f".{path.name}.tmp").rename(path)


def delete_and_create(path: Path, text: str) -> None:
    path.rename(path.with_name(f"{path.name}~"))
    time.sleep(0.1)
    path.write_text(text, encoding="utf-8")
    path.with_name(f"{path.name}~").unlink()


def notebook(code: str) -> str:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


class TestSaves:
    def test_of_every_kind_are_graded_and_only_what_changed_is_shown(
        self, watch: Callable[..., Watching], tmp_path: Path
    ) -> None:
        path = tmp_path / "homework.py"
        path.write_text(WRONG)
        exercises = ("--exercise", "double-backward", "--exercise", "sin-derivative")
        watching = watch("homework.py", *exercises, patience_s=60.0)
        first = watching.until(TOTAL)
        assert first.splitlines()[0].endswith("  Watching homework.py; Ctrl-C ends it.")
        assert first.splitlines()[1] == "homework.py"
        assert "Sine and its derivative" in first
        for save in (in_place, rename_over, delete_and_create):
            save(path, RIGHT)
            better = watching.until(TOTAL)
            assert re.search(r"^\d\d:\d\d:\d\d  4 / 8, was 0 / 8$", better, flags=re.MULTILINE)
            assert "✓ Two passes that work add their gradients up" in better
            assert "Sine and its derivative" not in better
            assert "Waiting" not in better
            save(path, WRONG)
            assert "  0 / 8, was 4 / 8\n" in watching.until(TOTAL)
            save(path, WRONG)
            save(path, f"{WRONG}\n# to be done\n")
            assert re.fullmatch(r"\d\d:\d\d:\d\d  0 / 8, nothing changed\n", watching.until("changed\n"))
        path.write_text("from helper import *\n")
        assert "No module named" in watching.until(TOTAL)
        (tmp_path / "helper.py").write_text("import torch\n")
        assert "No uncaught errors any more." in watching.until(TOTAL)
        assert watching.stop() == (1, "Stopped.\n")

    def test_that_cannot_be_read_are_waited_through(self, watch: Callable[..., Watching], tmp_path: Path) -> None:
        path, target = tmp_path / "homework.ipynb", tmp_path / "drive" / "1.ipynb"
        target.parent.mkdir()
        target.write_text(notebook(RIGHT)[:-40])
        path.symlink_to(target)
        watching = watch("homework.ipynb", "--exercise", "double-backward")
        assert watching.until("damaged").count("\n") == 1
        target.write_text(notebook(RIGHT))
        assert "\nhomework.ipynb\n" in watching.until(TOTAL)
        path.unlink()
        watching.until(r"\d  Waiting for homework.ipynb\.\n")
        path.write_text(notebook(RIGHT))
        watching.until("  4 / 4, nothing changed\n")
        path.write_text("")
        assert watching.until("empty").count("\n") == 0
        for process in watching.processes():
            os.kill(process, signal.SIGKILL)
        path.write_text(notebook(WRONG))
        watching.until("  0 / 4, was 4 / 4\n")
        path.write_text(notebook(RIGHT))
        watching.until(TOTAL)
        watching.until(TOTAL)
        assert watching.stop(signal.SIGTERM) == (0, "Stopped.\n")


def test_a_change_of_the_course_counts(watch: Callable[..., Watching], tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # the worker is another user
    course = copy_course(tmp_path / "course", "double-backward", "sin-derivative")
    (tmp_path / "homework.py").write_text(f"{RIGHT}\nfrom helper import three\n")
    rubric = course / "rubrics" / "double-backward.yaml"
    text = rubric.read_text("utf-8")
    rubric.write_text(f"{text}extra: 1\n", encoding="utf-8")
    watching = watch("homework.py", "--course", "course", "--exercise", "double-backward")
    watching.until(r"double-backward.yaml:\d+: .*extra.*\n")
    rubric.write_text(text, encoding="utf-8")
    assert "No module named 'helper'" in watching.until(TOTAL)

    rubric.write_text(re.sub(r"points: \d+", "points: 5", text), encoding="utf-8")
    watching.until("  The course changed.\n")
    assert "  10 / 10, was 4 / 4\n" in watching.until(TOTAL)

    rubric.write_text(text.replace("points:", "pionts:"), encoding="utf-8")
    assert "did you mean `points`?" in watching.until(r"double-backward.yaml:\d+: .*\n")
    rubric.write_text(text, encoding="utf-8")
    assert "  4 / 4, was 10 / 10\n" in watching.until(TOTAL)

    solution = course / "solutions" / "double-backward.py"
    right = solution.read_text("utf-8")
    solution.write_text("import torch\nundefined\n", encoding="utf-8")
    assert "double-backward.py:2: raised NameError" in watching.until("Nothing was graded.*\n")
    solution.write_text(right, encoding="utf-8")
    watching.until("  4 / 4, nothing changed\n")

    workers = watching.processes()
    (course / "support").mkdir()
    (course / "support" / "helper.py").write_text("three = 3\n")
    assert "  4 / 4, as before\nNo uncaught errors any more.\n" in watching.until(TOTAL)
    assert not workers & watching.processes()
    assert watching.stop() == (0, "Stopped.\n")


class TestStopping:
    def test_while_a_submission_runs_without_end(self, watch: Callable[..., Watching], tmp_path: Path) -> None:
        path = tmp_path / "homework.py"
        path.write_text(RIGHT)
        watching = watch("homework.py", "--exercise", "double-backward", "--timeout", "1")
        watching.until(TOTAL)
        watching.wait_for_a_run(lambda: path.write_text(LOOP))
        path.write_text(f"{LOOP}# saved again\n")
        assert "What was observed is graded.\n" in watching.until(TOTAL)
        # On a busy machine one of the two runs may have been kept waiting, which changes the report.
        watching.until(r"  4 / 4, (nothing changed|as before)\n")
        path.write_text(RIGHT)
        watching.until(r"This time it ran to its end\.\n")
        watching.until(TOTAL)
        watching.wait_for_a_run(lambda: path.write_text(LOOP))
        assert watching.stop() == (0, "Stopped.\n")

    def test_before_anything_was_graded(self, watch: Callable[..., Watching], tmp_path: Path) -> None:
        (tmp_path / "homework.py").write_text(RIGHT)
        watching = watch("homework.py")
        watching.until("Watching")
        code, rest = watching.stop()
        # Where the signal falls into an exec(), as dataclasses use while modules are imported, `python -m` ends by it.
        assert code in (1, -signal.SIGINT)
        assert rest.endswith("Stopped.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "grade: standard input cannot be watched; name a file.\n"),
        (["."], "grade: . is a folder; name the file in it that is to be watched.\n"),
        (["homewrok.py"], "grade: homewrok.py: no such file; did you mean homework.py?\n"),
        (["homework.py", "other.py"], "error: unrecognized arguments: other.py\n"),
        ([], "error: the following arguments are required: FILE\n"),
        (["homework.py", "--exercise", "cosine"], "grade: there is no exercise `cosine` in this course"),
    ],
)
def test_wrong_usage_is_said_in_words(
    arguments: list[str], said: str, tmp_path: Path, home: Path, workers: KeptWorkers
) -> None:
    grade = Grade(tmp_path, home, workers)
    grade.write("homework.py", RIGHT)
    done = grade("watch", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("error", [OSError("OS file watch limit reached"), RuntimeError("Too many open files")])
def test_without_events_it_looks_now_and_then(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception
) -> None:
    def refuse(*_: object, **__: object) -> Iterator[object]:
        raise error
        yield

    monkeypatch.setattr(watchfiles, "watch", refuse)
    assert len(list(islice(file_events([tmp_path]), 2))) == 2
