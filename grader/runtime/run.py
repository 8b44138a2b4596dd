"""One run of one submission, in a child of the worker, from the first statement to the last hidden input."""

from __future__ import annotations

import builtins
import os
import sys
import time
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .autograd import Autograd
from .calls import Functions, call_functions, seed_everything
from .output import Capture
from .recorder import Recorder
from .shell import Shell
from .statements import Clock, Definitions, Runner, Stopped
from .stream import Stream
from .torchcalls import TorchCalls

RUN_SHARE = 0.75
"""The part of the time for the submission itself; the rest is for the calls on hidden inputs."""


def execute(job: dict[str, Any], payload: bytes, out_fd: int) -> None:
    """Run a job and send its observation to ``out_fd``.

    ``job`` has the fields of ``grader.sandbox.encode``; ``payload`` the bytes of the hidden inputs.
    """
    started = time.monotonic()
    notebook = job["format"] == "ipynb"
    module = types.ModuleType("__main__")
    namespace = module.__dict__
    stream = Stream(out_fd)
    recorder = Recorder(stream, namespace, patterns=job["names"], figures_only=job["intervene"])
    autograd = Autograd(recorder, intervene=job["intervene"])
    functions = Functions(namespace)
    capture = Capture(recorder, job["limits"]["output_bytes"])
    clock = Clock(job["limits"]["wall_s"] * RUN_SHARE)
    mode = TorchCalls(recorder, autograd, tuple(job["torch_calls"]))
    figures = Figures(recorder, needed=any("plot" in cell["code"] or "pylab" in cell["code"] for cell in job["cells"]))

    files = [_file_name(job, position) for position in range(len(job["cells"]))]
    recorder.files = {name: position for position, name in enumerate(files)}
    _prepare(job, namespace, module, notebook=notebook)
    setattr(builtins, Definitions.HOOK, functions.add)
    setattr(builtins, Definitions.RETURN_HOOK, autograd.note_returned)
    capture.install()
    autograd.install()
    seed_everything(job["seed"])

    def show(value: object) -> None:
        figures.displayed(value)
        capture.show(value)

    def after_cell() -> None:
        capture.flush()
        if notebook:
            figures.close_all()

    def after_statement() -> None:
        capture.flush()
        functions.note_names()

    runner = Runner(
        recorder, clock, notebook=notebook, show=show, after_cell=after_cell, after_statement=after_statement
    )
    try:
        with mode:
            runner.run(job["cells"], files)
    except Stopped:
        pass  # the result says why
    figures.close_all()
    if not job["intervene"]:
        rest = Clock(job["limits"]["wall_s"] - (time.monotonic() - started))

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


class Figures:
    """The way to the matplotlib backend, which is only there once something is plotted."""

    def __init__(self, recorder: Recorder, *, needed: bool) -> None:
        self._recorder = recorder
        os.environ["MPLBACKEND"] = "agg"
        self._backend: types.ModuleType | None = None
        if needed:
            try:
                from . import mplbackend
            except ImportError:
                return  # the submission's own import says so
            mplbackend.install(recorder)
            self._backend = mplbackend

    def close_all(self) -> None:
        if self._backend is not None:
            self._backend.close_all()

    def displayed(self, value: object) -> None:
        """A figure as the value of a cell's last expression is shown, too."""
        if self._backend is not None and isinstance(value, self._backend.Figure):
            self._backend.record(value)


def _file_name(job: dict[str, Any], position: int) -> str:
    number = job["cells"][position]["number"]
    if job["format"] == "ipynb":
        return f"<cell {number}>"
    return job["file_name"] if number is None else f"{job['file_name']} <cell {number}>"


def _prepare(job: dict[str, Any], namespace: dict[str, Any], module: types.ModuleType, *, notebook: bool) -> None:
    """Make the process look like the one that a notebook's kernel, or ``python file.py``, would give."""
    sys.modules["__main__"] = module
    namespace["__builtins__"] = builtins
    sys.argv = [job["file_name"]]
    sys.path.insert(0, str(Path.cwd()))
    warnings.resetwarnings()
    warnings.simplefilter("default")
    if notebook:
        shell = Shell(namespace)
        namespace["get_ipython"] = lambda: shell
        builtins.get_ipython = namespace["get_ipython"]  # type: ignore[attr-defined]  # as in a notebook's modules
        builtins.display = _display  # type: ignore[attr-defined]  # a notebook's builtin
    else:
        name = Path(job["file_name"]).name
        path = Path.cwd() / name
        path.write_text("".join(cell["source"] for cell in job["cells"]), "utf-8")
        namespace["__file__"] = str(path)


def _display(*values: object, **options: object) -> None:
    """IPython's ``display`` for a process without a front end."""
    for value in values:
        sys.stdout.write(f"{value!r}\n")
