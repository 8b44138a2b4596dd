"""Imports what submissions need, before any of them runs: torch, and the modules that the host asks for."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..protocol.record_memory import RecordMemory
from ..protocol.scratch import OwnedFolder

Execute = Callable[[dict[str, Any], bytes, int, OwnedFolder | None, RecordMemory | None], None]
"""Runs a job. Arguments: its header, its payload, the pipe for the record, the current folder if it may be emptied, and
the memory for the first part of the record, if there is one."""


def import_execute() -> tuple[Execute | None, str | None]:
    """Import ``execute``, and torch with it. Returns ``execute`` or the error in words."""
    try:
        execute: Execute = importlib.import_module("..execute.run", __package__).execute
    except Exception as error:  # an ImportError, or whatever a broken installation raises
        return None, f"{type(error).__name__}: {error}"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # threads do not survive a fork
    return execute, None


def import_more(names: Iterable[str]) -> None:
    """Import further modules, so that the children need not. Modules that cannot be imported are skipped: where a
    submission needs one, its own import raises the error.

    A name with a leading dot is a module of the runtime. Its ``warm_up()`` is called, which fills caches.
    """
    for name in names:
        with suppress(Exception):
            module = importlib.import_module(name, __package__.rpartition(".")[0])
            if name.startswith("."):
                module.warm_up()


def lay_out_fonts(fonts: Mapping[str, str]) -> Callable[[], dict[str, str]]:
    """Write matplotlib's font lists to its cache folder. Without a list, its import reads every font, for 0.2 s.

    ``fonts`` has the content of lists by file name, as an earlier worker returned them. Returns a function that gives,
    after the import of matplotlib, the lists that it made itself; none where it found one.
    """
    folder = Path(os.environ["MPLCONFIGDIR"])
    if fonts:
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in fonts.items():
        (folder / name).write_text(text, "utf-8")
    return lambda: {
        path.name: path.read_text("utf-8") for path in folder.glob("fontlist-*.json") if path.name not in fonts
    }
