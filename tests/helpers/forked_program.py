"""Scripts that are forked from the test's process, which has imported what they need: that takes milliseconds, and an
interpreter of their own a quarter of a second. Otherwise they are processes as any.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn


class ForkedScript(subprocess.Popen[bytes]):
    """Runs ``(sys.executable, SCRIPT)`` in a session of its own, with pipes and files as it is told."""

    def _execute_child(self, *arguments: Any) -> None:
        given = inspect.signature(super()._execute_child).bind(*arguments).arguments
        interpreter, script = given["args"]
        assert interpreter == sys.executable
        assert given["start_new_session"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads, none of which matters here
            self.pid = os.fork()
        if self.pid == 0:
            _run(Path(script), given["p2cread"], given["c2pwrite"], given["errwrite"])
        self._child_created = True
        for end in ("p2cread", "c2pwrite"):
            os.close(given[end])


def _run(script: Path, *streams: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, 4096)
        exec(compile(script.read_text(), str(script), "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as ended:
        if isinstance(ended.code, str):
            os.write(2, f"{ended.code}\n".encode())
        else:
            code = ended.code or 0
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


SUBPROCESS = SimpleNamespace(Popen=ForkedScript, PIPE=subprocess.PIPE)
"""Takes the place of ``subprocess`` in a module that starts such scripts."""
