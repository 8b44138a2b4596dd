"""For tests: a class on disk, and ``grade`` run on it as its users run it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.classroom.gradebook.gradebook import Gradebook
from grader.course.named_courses import builtin_course
from grader.model import ClassResults, StudentResult

RIGHT = """
import torch
x = torch.ones(3, requires_grad=True)
y = (x * x).sum()
y.backward(retain_graph=True)
y.backward()
try:
    y.backward()
except RuntimeError as error:
    print(error)
"""
FORGOTTEN = """
import torch
x = torch.ones(3, requires_grad=True)
y = (x * x).sum()
y.backward(retain_graph=True)
x.grad.zero_()
y.backward()
"""
"""Wrong: the error is not shown, and the gradient is zeroed between the backward passes."""
WORDS = '''
"""Double backward. The second call of backward raises an error, since the graph was freed by the first one."""
'''
SLOW = "import time\ntime.sleep(2)\n" + RIGHT


class Class:
    """A folder ``class`` with what students handed in, and the gradebook ``gradebook.sqlite`` next to it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self._environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        (folder / "class").mkdir()

    def hand_in(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / "class" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def grade(self, *arguments: object, within_s: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``grade`` until it ends. A traceback fails the test."""
        done = subprocess.run(
            self._command(arguments),
            cwd=self.folder,
            env=self._environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def batch(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.grade("batch", "class", "--exercise", "double-backward", "--jobs", 1, *arguments, **environment)

    def start_batch(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a batch in its own process group, without waiting for it."""
        asked = ("batch", "class", "--exercise", "double-backward", "--jobs", 1, *arguments)
        return subprocess.Popen(
            self._command(asked),
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def at_a_terminal(self, arguments: tuple[object, ...], answers: Sequence[str]) -> str:
        """Run ``grade`` in a terminal and type the next of ``answers`` at every question; a question for yes or no is
        answered with Enter. Returns all output.
        """
        terminal, inside = pty.openpty()
        size = {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
        process = subprocess.Popen(
            self._command(arguments),
            cwd=self.folder,
            env=self._environment | size,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        shown, asked, declined, waiting = "", 0, 0, list(answers)
        while True:
            try:
                shown += os.read(terminal, 65_536).decode("utf-8", "replace")
            except OSError:  # the process has closed its end
                break
            while len(re.findall(r"y for yes, [^\n]*: ", shown)) > declined:
                declined += 1
                os.write(terminal, b"\r")
            while waiting and len(re.findall(r"(?:Points|Comment), [^\n]*: ", shown)) > asked:
                asked += 1
                os.write(terminal, f"{waiting.pop(0)}\r".encode())
        os.close(terminal)
        process.wait(timeout=60)
        return shown

    def results(self) -> ClassResults:
        with Gradebook.open(str(self.folder / "gradebook.sqlite")) as book:
            return book.results(book.assignments()[0])

    def scores(self) -> dict[str, float]:
        return {one.student.name: one.score for one in self.results().students}

    def wait_for(self, count: int) -> None:
        """Wait until ``count`` students' submissions are graded."""
        deadline = time.monotonic() + 60
        before = None
        while time.monotonic() < deadline:
            if (now := self._written()) == before:  # reading it would cost the batch processor time
                time.sleep(0.02)
                continue
            before = now
            try:
                if sum(one.status != "pending" for one in self.results().students) >= count:
                    return
            except Exception:  # there is no gradebook yet
                pass
        raise AssertionError(f"{count} submissions were never graded")

    def _written(self) -> list[tuple[str, int, int]]:
        """What tells whether something was written to the gradebook."""
        files = [
            (path.name, path.stat()) for path in self.folder.glob("gradebook.sqlite*") if path.suffix != ".sqlite-shm"
        ]
        return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in files]

    def _command(self, arguments: tuple[object, ...]) -> list[str]:
        return [sys.executable, "-m", "grader.cli", *map(str, arguments)]


def course_of(exercises: Sequence[str], folder: Path) -> Path:
    """A course of some of the built-in exercises, to be changed. It has a folder for helper modules."""
    for name in ("exercises", "rubrics", "solutions"):
        (folder / name).mkdir(parents=True)
        for exercise in exercises:
            for path in (builtin_course() / name).glob(f"{exercise}.*"):
                shutil.copy(path, folder / name)
    (folder / "support").mkdir()
    return folder


def pool_processes_of(pid: int) -> list[int]:
    """The ids of the grading processes that a batch has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def end(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str, str]:
    """Send a signal and wait for the process to end. Returns exit code, output and errors."""
    process.send_signal(how)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def plain(results: ClassResults | StudentResult) -> Any:
    """Results as JSON data without times, so that two batches can be compared."""
    from dataclasses import asdict

    def without_times(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without_times(each) for key, each in value.items() if key != "graded_at"}
        return [without_times(each) for each in value] if isinstance(value, (list, tuple)) else value

    return json.loads(json.dumps(without_times(asdict(results)), default=str))
