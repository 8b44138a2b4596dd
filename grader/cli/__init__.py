"""The ``grade`` command: a module for each sub-command; ``grade SUBMISSION…`` needs none and is the module ``grade``.

Slow imports are left to the commands, which start the worker first: it imports torch at the same time.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from grader import log
from grader.cli.streams import OutputError, guarded_streams
from grader.cli.system_errors import explained_error
from grader.errors import ExitCode, GraderError, SandboxError, SubmissionError, UsageError
from grader.log import LogOptions
from grader.process_end import run_and_end

COMMANDS = {
    "assignments": "the assignments of the course, and what they ask for",
    "batch": "grade a whole class, on all cores, into a gradebook",
    "courses": "the courses that come with the grader, and the one that is taken here",
    "doctor": "what this machine offers: Python, torch, isolation",
    "exercises": "the exercises of the course, and what they ask",
    "explain": "an exercise in words: what is observed, what must hold, worth how much",
    "export": "an autograder for Gradescope, or the course, without the solutions",
    "feedback": "a file with feedback for each student, named so that the learning platform takes it back",
    "handout": "fingerprints of the notebook that students are given, for a course's handout/fingerprints.yaml",
    "mark": "mark by hand what waits for a person",
    "mutants": "changed reference solutions: which of them the exercises catch",
    "new": "write an exercise that works at once, a copy of one, or a course",
    "observe": "what was recorded of a file, as a check would see it; and one check, tried on it",
    "pack": "what students get of an assignment to grade at home: public checks, no solution",
    "results": "how a class did, for people and for other programs",
    "schema": "the JSON Schema of exercises, rubrics or results",
    "template": "the notebook and script that students get for an assignment",
    "validate": "prove a course before students are graded by it, with all mistakes at once",
    "watch": "grade a file again each time it is saved, and show what changed",
}

NEW_OBJECTS = 50_000
"""Python looks for garbage after so many new objects. With its usual 700, that takes a twentieth of the time."""

POSIX = os.name == "posix"
NO_POSIX = "grade runs on Linux and macOS. On Windows, run it in WSL 2 (`wsl --install`), where it works as on Linux."


def program() -> NoReturn:
    """The ``grade`` command as a process."""
    run_and_end(main)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code, an ``ExitCode``."""
    if not POSIX:
        return complain(SandboxError(NO_POSIX))
    gc.set_threshold(NEW_OBJECTS)
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments.pop(0) if arguments and arguments[0] in COMMANDS else "grade"
    with guarded_streams():
        try:
            return _run(name, arguments)
        except OutputError as error:
            if error.is_closed:
                return ExitCode.CLOSED_PIPE
            return complain(UsageError(f"Standard output could not be written: {error}."))


def _run(name: str, arguments: Sequence[str]) -> int:
    """Run a command; everything that it raises is a message and an exit code, except OutputError."""
    log.configure(LogOptions())
    try:
        code = _exit_code_of(importlib.import_module(f"grader.cli.{name}"), arguments)
        sys.stdout.flush()
        return code
    except OutputError:
        raise
    except GraderError as error:
        if isinstance(error, SandboxError):
            logging.getLogger(__name__).warning("The command failed", exc_info=True)
        return complain(error)
    except KeyboardInterrupt:
        print("grade: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except Exception as error:
        # Not handled, it would make Python exit with 1, which means that a submission failed.
        logging.getLogger(__name__).exception("An unexpected exception")
        if (explained := explained_error(error)) is not None:
            return complain(explained)
        what = f"{type(error).__name__}: {error}"
        text = f"An error of the grader itself, and not of any submission: {what}\n"
        return complain(SandboxError(f"{text}Please report it, with what GRADE_TRACEBACK=1 shows."))


def _exit_code_of(command: ModuleType, arguments: Sequence[str]) -> int:
    try:
        return int(command.main(arguments))
    except SystemExit as ended:  # argparse ends so after wrong usage, `--help` and `--version`
        return ended.code if isinstance(ended.code, int) else ExitCode.PASSED


def note(text: str) -> None:
    """Print a line for the user to standard error. It may quote the student: a file's name."""
    from grader.text import clean_line

    print(f"grade: {clean_line(text)}", file=sys.stderr)


def complain(error: GraderError) -> int:
    """Print the message to standard error; returns the exit code."""
    # The message may quote the student: a file name or a cell's text.
    from grader.text import clean, clean_line

    words = clean_line(str(error)) if isinstance(error, SubmissionError) else clean(str(error))
    print(f"grade: {words}", file=sys.stderr)
    return error.exit_code
