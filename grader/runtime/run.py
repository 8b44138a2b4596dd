"""One run of one submission, in a child of the worker, from the first statement to the last hidden input."""

from __future__ import annotations

import builtins
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .autograd import Autograd
from .calls import call_functions, seed_everything
from .definitions import Definitions
from .figures import Figures
from .functions import Functions
from .output import Capture
from .recorder import Recorder
from .shell import Shell
from .statements import Clock, Runner, Stopped
from .stream import Stream
from .torchcalls import TorchCalls
from .warned import Warnings

STANDINS = str(Path(__file__).with_name("standins"))
NO_KEYBOARD = "input() has nobody to answer it here: the submission runs on its own. Write the value into the code."

RUN_SHARE = 0.75
"""The part of the time for the submission itself; the rest is for the calls on hidden inputs."""


def execute(job: dict[str, Any], payload: bytes, out_fd: int) -> None:
    """Run a job and send its observation to ``out_fd``.

    ``job`` has the fields of ``grader.sandbox.encode``; ``payload`` the bytes of the files and the hidden inputs.
    """
    started = time.monotonic()
    notebook = job["format"] != "py"  # notes run as notebooks do
    module = types.ModuleType("__main__")
    namespace = module.__dict__
    stream = Stream(out_fd)
    recorder = Recorder(stream, namespace, patterns=job["names"], figures_only=job["intervene"])
    autograd = Autograd(recorder, intervene=job["intervene"])
    functions = Functions(namespace, recorder)
    capture = Capture(recorder, job["limits"]["output_bytes"])
    clock = Clock(job["limits"]["wall_s"] * RUN_SHARE, stream)
    mode = TorchCalls(recorder, autograd, tuple(job["torch_calls"]))
    figures = Figures(recorder)

    def show(value: object) -> None:
        figures.displayed(value)
        capture.show(value)

    files = [_file_name(job, position) for position in range(len(job["cells"]))]
    recorder.files = {name: position for position, name in enumerate(files)}
    _lay_out(job["files"], payload)
    _prepare(job, namespace, module, show)
    setattr(builtins, Definitions.DEFINED, functions.add)
    setattr(builtins, Definitions.DECORATED, functions.note_decorated)
    setattr(builtins, Definitions.RETURNED, autograd.note_returned)
    setattr(builtins, Definitions.CALLED, functions.note_argument)
    capture.install()
    autograd.install()
    figures.install()
    Warnings(recorder).install()
    seed_everything(job["seed"])

    def after_cell() -> None:
        capture.flush()
        if notebook:
            figures.close_all()
        else:
            figures.show_all()

    def after_statement() -> None:
        capture.flush()
        functions.note_names()

    runner = Runner(
        recorder,
        clock,
        notebook=notebook,
        definitions=Definitions(calls=any(probe["own"] for probe in job["calls"])),
        show=show,
        after_cell=after_cell,
        after_statement=after_statement,
    )
    try:
        with mode:
            runner.run(job["cells"], files)
    except Stopped:
        pass  # the result says why
    figures.close_all()
    if not job["intervene"]:
        rest = Clock(job["limits"]["wall_s"] - (time.monotonic() - started), stream)

        @contextmanager
        def quiet() -> Iterator[None]:
            capture.muted = True
            try:
                with recorder.pause():
                    yield
            finally:
                capture.muted = False

        call_functions(
            functions, job["calls"], payload, recorder=recorder, clock=rest, gradient_of=autograd.grad, quiet=quiet,
            seed=job["seed"],
        )  # fmt: skip
    result = runner.result
    stream.send("end", outcome=result.outcome, detail=result.detail, duration_s=time.monotonic() - started)


def _file_name(job: dict[str, Any], position: int) -> str:
    number = job["cells"][position]["number"]
    if job["format"] == "ipynb":
        return f"<cell {number}>"
    if job["format"] == "md":
        return f"{job['file_name']} <code {position + 1}>"
    return job["file_name"] if number is None else f"{job['file_name']} <cell {number}>"


def _lay_out(files: list[dict[str, Any]], payload: bytes) -> None:
    """Write the files that lie beside the submission. One that cannot be written is missing, as on any full disk."""
    for file in files:
        path = Path.cwd() / file["name"]
        with suppress(OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(payload[file["offset"] : file["offset"] + file["size"]])


def _prepare(
    job: dict[str, Any], namespace: dict[str, Any], module: types.ModuleType, show: Callable[[object], None]
) -> None:
    """Make the process look like the one that a notebook's kernel, or ``python file.py``, would give.

    ``show`` displays a value. A script with ``# %%`` cells is run like a notebook in editors, magics and all.
    """
    sys.modules["__main__"] = module
    namespace["__builtins__"] = builtins
    sys.argv = [job["file_name"]]
    sys.path[:0] = [str(Path.cwd()), STANDINS]
    builtins.input = _input
    if job["format"] != "py" or any(cell["number"] is not None for cell in job["cells"]):
        shell = Shell(namespace, show)
        namespace["get_ipython"] = lambda: shell
        builtins.get_ipython = namespace["get_ipython"]  # type: ignore[attr-defined]  # as in a notebook's modules
        builtins.display = shell.display  # type: ignore[attr-defined]  # a notebook's builtin
    if job["format"] == "py":
        name = Path(job["file_name"]).name
        path = Path.cwd() / name
        path.write_text("".join(cell["source"] for cell in job["cells"]), "utf-8")
        namespace["__file__"] = str(path)


def _input(prompt: object = "", /) -> str:
    """Stands for the builtin, which would say "EOF when reading a line"."""
    raise EOFError(NO_KEYBOARD)
