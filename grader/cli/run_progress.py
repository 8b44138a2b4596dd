"""Which submission runs, and for how long: a line on standard error that vanishes when all have run.

It is only for people who wait: where standard error is no terminal, or everything has run within a second, nothing is
written.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.text import clean_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from grader.report.safe_console import SafeConsole

AFTER_S = 1.0
"""How long people wait before they are told why."""
PER_SECOND = 2.0
"""How often the line is written anew; more often, it would flicker in some terminals."""


class RunProgress:
    """The line. A context manager, to be entered while submissions run."""

    def __init__(self, paths: Sequence[str], *, console: Console | None = None, after_s: float = AFTER_S) -> None:
        """``paths``: those of all submissions, in the order in which they run. ``console``: None for standard error."""
        self._paths = list(paths)
        self._console = console
        self._path = ""
        self._limit_s = 0.0
        self._began = 0.0
        self._live: Live | None = None
        self._out: SafeConsole | None = None
        self._ended = False
        # Submissions run in the main thread: whether it takes long, another one has to see.
        self._lock = threading.Lock()
        self._timer = threading.Timer(after_s, self._show)
        self._timer.daemon = True

    def begins(self, path: str, limit_s: float) -> None:
        """A submission begins to run, for at most ``limit_s`` seconds."""
        self._path, self._limit_s, self._began = path, limit_s, time.monotonic()

    def __enter__(self) -> Self:
        if self._console is not None or sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._live is not None:
                self._live.stop()

    def _show(self) -> None:
        from rich.live import Live

        from grader.cli.streams import open_console
        from grader.report.safe_console import SafeConsole

        console = self._console or open_console(stderr=True)
        with self._lock:
            if self._ended or not console.is_terminal or console.is_dumb_terminal:
                return
            self._out = SafeConsole(console)
            # Standard output may be a file or another terminal; what is said on standard error stands above the line.
            live = Live(
                console=console,
                get_renderable=self._line,
                refresh_per_second=PER_SECOND,
                transient=True,
                redirect_stdout=False,
            )
            live.start(refresh=True)
            self._live = live

    def _line(self) -> Text:
        assert self._out is not None
        line = self._out.text(self.words(), "dim")
        # It is cut, not broken: rich removes as many lines as it has written, and a terminal may become narrower.
        line.no_wrap, line.overflow = True, "crop"
        return line

    def words(self) -> str:
        """``Running 2 of 7, ada.ipynb … 3 s of 20 s``."""
        if not self._path:
            return "Starting …"
        seconds = time.monotonic() - self._began
        number = f"{self._paths.index(self._path) + 1} of {len(self._paths)}, " if len(self._paths) > 1 else ""
        # Grading takes longer than the run, above all the first time, when reference solutions run as well.
        limit = f" of {self._limit_s:.0f} s" if seconds < self._limit_s else ""
        return f"Running {number}{clean_line(self._path)} … {seconds:.0f} s{limit}"
