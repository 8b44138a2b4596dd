"""The ``grade`` command. ``grade SUBMISSION…`` needs no sub-command; the others are one file each.

Nothing heavy is imported here: the worker is started first, so that its imports and ours overlap.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from grader.errors import GraderError, SandboxError, SubmissionError

COMMANDS = {
    "batch": "grade a whole class, on all cores, into a gradebook",
    "doctor": "what this machine offers: Python, torch, isolation",
    "handout": "fingerprints of the notebook that students are given, for a course's handout/fingerprints.yaml",
    "mark": "mark by hand what waits for a person",
    "results": "how a class did, for people and for other programs",
    "schema": "the JSON Schema of exercises, rubrics or results",
    "watch": "grade a file again each time it is saved, and show what changed",
}

POSIX = os.name == "posix"
NO_POSIX = "grade runs on Linux and macOS. On Windows, run it in WSL 2 (`wsl --install`), where it works as on Linux."


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 passed, 1 failed, 2 wrong usage or files, 3 the grader's own error."""
    if not POSIX:
        return complain(SandboxError(NO_POSIX))
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments.pop(0) if arguments and arguments[0] in COMMANDS else "grade"
    command = importlib.import_module(f"grader.cli.{name}")
    try:
        return int(command.main(arguments))
    except GraderError as error:
        return complain(error)
    except KeyboardInterrupt:
        print("grade: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone; Python would complain again when it flushes at exit.
        sys.stdout = None
        return 141
    except Exception as error:
        # Without this Python would exit with 1, which means that a submission failed.
        if os.environ.get("GRADE_TRACEBACK"):
            traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        return complain(SandboxError(
            f"An error of the grader itself, and not of any submission: {what}\n"
            "Please report it, with what GRADE_TRACEBACK=1 shows."
        ))  # fmt: skip


def complain(error: GraderError) -> int:
    """Say what is wrong on standard error; the exit code that it means."""
    # The message may quote a file's name or a cell's text, which are the student's.
    from grader.text import clean, clean_line

    words = clean_line(str(error)) if isinstance(error, SubmissionError) else clean(str(error))
    print(f"grade: {words}", file=sys.stderr)
    return error.exit_code
