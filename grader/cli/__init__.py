"""The ``grade`` command. ``grade SUBMISSION…`` needs no sub-command; the others are one file each.

Nothing heavy is imported here: the worker is started first, so that its imports and ours overlap.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "doctor": "what this machine offers: Python, torch, isolation",
    "handout": "fingerprints of the notebook that students are given, for a course's handout.yaml",
    "schema": "the JSON Schema of exercises, rubrics or results",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 passed, 1 failed, 2 wrong usage or files, 3 the grader's own error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments.pop(0) if arguments and arguments[0] in COMMANDS else "grade"
    command = importlib.import_module(f"grader.cli.{name}")
    try:
        return int(command.main(arguments))
    except KeyboardInterrupt:
        print("grade: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone; Python would complain again when it flushes at exit.
        sys.stdout = None
        return 141
