"""How the grader's processes end: without taking the interpreter apart, and without losing anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BEGIN = """
import atexit, os, sys, tempfile, threading, time
from grader.process_end import run_and_end

class Left:
    def __del__(self):
        print("taken apart")

left = Left()
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=False, cwd=ROOT)


def test_what_is_written_and_registered_is_kept_and_nothing_is_taken_apart() -> None:
    done = run("""
folder = tempfile.TemporaryDirectory()
atexit.register(lambda: print("registered"))

def main():
    print(folder.name)
    return 3

run_and_end(main)
""")
    folder, *rest = done.stdout.splitlines()
    assert (done.returncode, rest, done.stderr) == (3, ["registered"], "")
    assert not Path(folder).exists()


@pytest.mark.parametrize(("argument", "code"), [("0", 0), ("5", 5), ("'a reason'", 1), ("", 0)])
def test_an_exit_in_the_program_is_the_process_s(argument: str, code: int) -> None:
    done = run(f"run_and_end(lambda: sys.exit({argument}))")
    assert done.returncode == code
    assert done.stderr == ("a reason\n" if "reason" in argument else "")


def test_a_thread_that_python_waits_for_is_waited_for() -> None:
    done = run("""
threading.Thread(target=lambda: (time.sleep(0.1), print("the thread is done"))).start()
run_and_end(lambda: 4)
""")
    assert done.returncode == 4
    assert "the thread is done" in done.stdout


def test_a_closed_output_is_no_traceback() -> None:
    done = run("""
def main():
    print("x")
    os.close(1)
    return 2

run_and_end(main)
""")
    assert (done.returncode, done.stderr) == (2, "")
