"""The log of the grader's own faults, with tracebacks: standard ``logging`` below the logger ``grader``.

Nothing is logged unless ``-v``, ``--log-file`` or ``GRADE_TRACEBACK=1`` asks for it, and a log never goes to standard
output or into a report. Log texts may quote a student, so they are cleaned like everything else that is shown.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.text import clean

TRACEBACK_VARIABLE = "GRADE_TRACEBACK"
"""An environment variable that has the effect of ``-v`` for every command."""

_LOGGER = logging.getLogger("grader")
# Without a handler, logging would print warnings to standard error.
_LOGGER.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """``verbose``: log to standard error. ``file``: append the log to this file."""

    verbose: bool = False
    file: Path | None = None


def configure(options: LogOptions) -> None:
    """Log as the options say, and nowhere else. Raises UsageError if the file cannot be opened."""
    for handler in _LOGGER.handlers[:]:
        _LOGGER.removeHandler(handler)
        with suppress(OSError):
            handler.close()
    _LOGGER.addHandler(logging.NullHandler())
    _LOGGER.setLevel(logging.INFO)
    if options.verbose or os.environ.get(TRACEBACK_VARIABLE):
        _add(_StandardError(), "%(levelname)s %(name)s: %(message)s")
    if options.file is not None:
        try:
            handler = _LogFile(options.file, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(f"The log file {options.file} could not be opened: {error.strerror}.") from error
        _add(handler, "%(asctime)s %(levelname)s %(name)s: %(message)s")


def _add(handler: logging.Handler, line_format: str) -> None:
    handler.setFormatter(_CleanFormatter(line_format))
    _LOGGER.addHandler(handler)


class _StandardError(logging.Handler):
    """Looks ``sys.stderr`` up for every record, because a progress bar replaces it while it is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except OSError:
            return  # it is closed, or its disk is full: what the command does is worth more than its log


class _LogFile(logging.FileHandler):
    """Ignores that the disk is full. ``logging`` would print a traceback for each entry."""

    def handleError(self, record: logging.LogRecord) -> None:
        return None


class _CleanFormatter(logging.Formatter):
    """Indents all lines of an entry but the first, so that quoted text cannot pose as an entry of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record)).replace("\n", "\n    ")
