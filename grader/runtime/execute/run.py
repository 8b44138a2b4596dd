"""Runs a job in a child of the worker: the submission, its functions on hidden inputs, and a second run."""

from __future__ import annotations

import builtins
import itertools
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch

from ..protocol.frames import read_text_part
from ..protocol.record import BROKEN, END, MAX_CALLS_AT_ONCE, SECOND_RUN_END
from ..protocol.record_memory import RecordMemory
from ..protocol.scratch import OwnedFolder
from ..record.functions import Functions
from ..record.functions_of_functions import FunctionsOfFunctions
from ..record.gradient_uses.gradient_uses import GradientUses
from ..record.hands.hands import Hands
from ..record.integrity import remember_own, was_disturbed
from ..record.modules import Modules
from ..record.passes.autograd import Autograd
from ..record.plots.figures import Figures
from ..record.recorder import Recorder
from ..record.steps.optimizer_steps import OptimizerSteps
from ..record.steps.steps import Steps
from ..record.stream import Stream, raised
from ..record.torch_calls import TorchCalls
from ..record.warnings_shown import Warnings
from .called_names import CalledNames, active
from .calls import call_functions, calls_of_functions
from .clock import Clock, Scheduling, Stopped
from .data_folders import is_in_data, link_data, refuse_changes
from .definitions import Definitions
from .kept_state import KeptState
from .magics import Magics
from .modules.made_modules import arguments_of
from .modules.module_calls import call_modules, calls_of_modules
from .one_call import Surroundings
from .other_run import OtherRun
from .output import Capture
from .seeds import generators_in, seed_everything, shifted_seeds
from .shadowed_modules import forget_shadowed
from .shell import Shell
from .standin_finder import STANDINS, install
from .statements import Result, Runner, source_of
from .support_functions import SupportFunctions, names_in
from .written_modules import WrittenModules

NO_KEYBOARD = "input() has nobody to answer it here: the submission runs on its own. Write the value into the code."

_SHELL = "get_ipython()."
"""What magics and shell commands are translated to; scripts exported by Jupyter contain it themselves."""

RUN_SHARE = 0.75
"""The share of the time limit for the submission. The rest is for calls on hidden inputs and the second run."""
LAST_SHARE = 0.9
"""And the share of what the run may last, where other programs keep it waiting."""
MAX_THREADS = 2
"""Threads that torch may compute an operation with."""
SECOND_RUN_S = 2.0
"""A run that took longer gets no second run here. Where a check really needs it, a process of its own runs it."""

Job = dict[str, Any]


def execute(
    job: Job, payload: bytes, out_fd: int, work: OwnedFolder | None, memory: RecordMemory | None = None
) -> None:
    """Run a job in the current folder and write the record to ``memory``, and to ``out_fd`` where that is full.

    ``job`` has the fields of ``grader.sandbox.encode_job``; ``payload`` has the bytes of the files and hidden inputs.
    ``work`` is the current folder if it may be emptied for a second run; None: there is no second run. Raises what the
    recorder itself raised, after sending it as a ``broken`` frame.
    """
    sized = job["student_sized"]
    job = job | read_text_part(payload[sized["offset"] : sized["offset"] + sized["size"]])
    stream = Stream(out_fd, memory)
    files = [_file_name(job, position) for position in range(len(job["cells"]))]
    try:
        _execute(job, payload, stream, files, work)
    except MemoryError:
        raise  # the exit code says it, which needs no memory
    except BaseException as error:
        described = raised(error)
        text = f"{described['type']}: {described['text']}"
        stream.send(BROKEN, text=text, disturbed=was_disturbed(error, files))
        raise


def _execute(job: Job, payload: bytes, stream: Stream, files: list[str], work: OwnedFolder | None) -> None:
    began = time.monotonic()
    wall_s, own_s = job["limits"]["wall_s"], job["limits"]["own_s"] or job["limits"]["wall_s"]
    until = began + wall_s
    scheduling = Scheduling()
    whole = Clock(own_s, stream, scheduling, until=until)
    run = _Run(job, payload, stream, files, scheduling)
    of_run = Clock(own_s * RUN_SHARE, stream, scheduling, until=began + wall_s * LAST_SHARE)
    result = run.submission(of_run)
    run_s = whole.used()
    of_calls = Clock(own_s - run_s, stream, scheduling, until=until)
    if not job["intervene"]:
        run.calls(of_calls)
    second_run = work is not None and run.wants_second_run and run_s < min(SECOND_RUN_S, whole.left())
    run.stream.send(
        END,
        outcome=result.outcome,
        detail=result.detail,
        duration_s=time.monotonic() - began,
        second_run=second_run,
        lacked_time=of_run.lacked_time or of_calls.lacked_time,
        left_out=run.left_out,
    )
    if second_run and work is not None:
        run.second_run(Clock(whole.left(), stream, scheduling, until=until), work)
        run.stream.send(SECOND_RUN_END)


class _Run:
    """A job in its process. Installs everything that records."""

    def __init__(self, job: Job, payload: bytes, stream: Stream, files: list[str], scheduling: Scheduling) -> None:
        self.stream = stream
        self._scheduling = scheduling
        self._job = job
        self._payload = payload
        if job["threads"] > 1:  # the worker has set one, and threads do not survive a fork: they start here
            torch.set_num_threads(min(job["threads"], MAX_THREADS))
        self._notebook = job["format"] != "py"  # notes run as notebooks do
        self._folder_fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        self._files = files
        module = types.ModuleType("__main__")
        self._recorder = Recorder(stream, module.__dict__, patterns=job["names"], figures_only=job["intervene"])
        self._recorder.files = {name: position for position, name in enumerate(self._files)}
        self._hands = Hands(self._recorder)
        self._autograd = Autograd(self._recorder, self._hands, intervene=job["intervene"])
        self._autograd.curvatures.of_curves = job["second_run"]
        self._functions = Functions(module.__dict__, self._recorder)
        self._own_modules = Modules(module.__dict__, self._recorder) if job["modules"] else None
        lines = sum(cell["code"].count("\n") + 1 for cell in job["cells"])
        self._capture = Capture(self._recorder, job["limits"]["output_characters"], statements=lines)
        self._uses = self._autograd.uses = self._gradient_uses() if job["second_run"] else None
        self._steps = Steps(self._recorder) if job["steps"] else None
        self._figures = Figures(self._recorder, self._uses)
        self._written = WrittenModules(self._recorder.written, self._definitions)
        self._top = os.path.realpath(".")
        _lay_out(job, payload)
        if job["guard_data"]:
            refuse_changes(job["data"])
        _prepare_process(job)
        self._support = SupportFunctions(job["support"], names_in([*job["calls"], *arguments_of(job["modules"])]))
        self._prepare_namespace(module)
        self._install_definitions(self._autograd.origins.note_returned)
        os.register_at_fork(after_in_child=self._be_copy)
        self._capture.install()
        self._hands.install()
        self._autograd.install()
        in_calls = any(probe["torch_calls"] for probe in (*job["calls"], *job["modules"]))
        FunctionsOfFunctions(self._recorder, self._autograd).install(job["torch_calls"], in_calls=in_calls)
        self._figures.install()
        if self._uses is not None:
            self._uses.install()
        if self._steps is not None:
            self._autograd.follow_steps(self._steps)
            OptimizerSteps(self._recorder, self._steps).install()
        Warnings(self._recorder).install()
        self._modules = len(sys.modules)
        self._took_s = 0.0
        self.left_out: list[str] = []
        """The ids of the probes for which not everything was called that may be meant."""

    def submission(self, clock: Clock) -> Result:
        """Run the submission, statement by statement."""
        autograd = self._autograd
        autograd.mode = mode = TorchCalls(
            self._recorder,
            autograd.origins,
            self._hands.writes,
            tuple(self._job["torch_calls"]),
            self._uses,
            self._steps,
        )
        result = self._statements(clock, self._definitions(), mode, seed=self._job["seed"])
        if self._steps is not None and not self._recorder.figures_only:
            self._steps.end_run()
        self._took_s = clock.used()
        return result

    def _gradient_uses(self) -> GradientUses:
        cells = self._job["cells"]
        return GradientUses(self._recorder, dict(zip(self._files, map(source_of, cells), strict=True)))

    def _be_copy(self) -> None:
        """Record nothing in a process that the submission forks, such as the worker of a DataLoader."""
        self.stream.be_copy()
        self._recorder.pause().__enter__()

    def _definitions(self) -> Definitions:
        return Definitions(calls=any(probe["own"] for probe in self._job["calls"]))

    def _install_definitions(self, note_returned: Callable[[Any], Any]) -> None:
        """Put in place what the additions to the student's code call."""
        setattr(builtins, Definitions.DEFINED, self._functions.add)
        setattr(builtins, Definitions.DECORATED, self._functions.note_decorated)
        setattr(builtins, Definitions.RETURNED, note_returned)
        setattr(builtins, Definitions.CALLED, self._functions.note_argument)

    def calls(self, clock: Clock) -> None:
        """Call its functions and modules with the hidden inputs."""

        @contextmanager
        def quiet() -> Iterator[None]:
            self._capture.muted = True
            try:
                with self._recorder.pause():
                    yield
            finally:
                self._capture.muted = False

        @contextmanager
        def torch_calls() -> Iterator[set[str]]:
            mode = CalledNames()
            self._autograd.note_call = mode.note
            try:
                with active(mode):
                    yield mode.names
            finally:
                self._autograd.note_call = None

        if not self._job["calls"] and self._own_modules is None:
            return
        surroundings = Surroundings(
            hands=self._hands,
            recorder=self._recorder,
            clock=clock,
            gradient_of=self._autograd.grad,
            quiet=quiet,
            printed=lambda: self._capture.unheard,
            state=KeptState(self._recorder.namespace, self._functions.all()),
            other_run=OtherRun(lambda: self._other_run(clock.left() / 2)),
            seed=self._job["seed"],
            generators=generators_in(list(self._recorder.namespace.values())),
            lines=self._job["lines"],
            torch_calls=torch_calls,
        )
        functions, modules = self._functions, self._own_modules
        if self._job["named_first"]:
            count = calls_of_functions(functions, self._job["calls"])
            if modules is not None:
                count += calls_of_modules(modules, functions, self._job["modules"], surroundings)
            surroundings.named_first = count > MAX_CALLS_AT_ONCE
        call_functions(functions, self._job["calls"], self._payload, self._support, surroundings)
        if modules is not None:
            call_modules(modules, functions, self._job["modules"], self._payload, self._support, surroundings)
        self.left_out = surroundings.left_out

    def _other_run(self, seconds: float) -> Functions | None:
        """Run the submission once more under other seeds, and record nothing of it; returns its functions.

        Called between calls of functions, so output is muted and the recorder paused. None: there is no time for it.
        """
        if self._took_s > min(SECOND_RUN_S, seconds):
            return None
        module = types.ModuleType("__main__")
        before = self._functions, self._recorder.namespace, sys.modules["__main__"], signal.getsignal(signal.SIGALRM)
        self._functions = Functions(module.__dict__, self._recorder, always=True)
        self.stream.muted = True
        try:
            with suppress(OSError):
                os.fchdir(self._folder_fd)
            self._recorder.namespace = module.__dict__
            self._prepare_namespace(module)
            self._install_definitions(lambda value: value)
            with shifted_seeds(module.__dict__):
                clock = Clock(seconds, self.stream, self._scheduling)
                self._statements(clock, self._definitions(), None, seed=self._job["seed"] + 1)
            return self._functions
        finally:
            self.stream.muted = False
            self._functions, self._recorder.namespace, sys.modules["__main__"], handler = before
            self._install_definitions(self._autograd.origins.note_returned)
            signal.signal(signal.SIGALRM, handler)

    @property
    def wants_second_run(self) -> bool:
        """Whether a second run can show anything: autograd computed gradients, and it is asked, and open, whether
        curves, or the values of some names, come from these.
        """
        if not self._autograd.worked:
            return False
        asked = bool(self._job["second_run"]) and self._figures.leave_open
        return asked or self._recorder.watched.has_seen(self._job["sources"])

    def second_run(self, clock: Clock, work: OwnedFolder) -> None:
        """Run the submission once more with autograd's results scaled; only figures are recorded, and the values of
        the names whose source is asked.

        It runs in the process of the first run, where everything is imported. The modules and files that the first run
        left are removed first. Other state that it left can only change a curve in a way that the judge does not trust;
        the judge then asks for a second run in a process of its own.
        """
        self._capture.muted = self._recorder.figures_only = True
        self._autograd.start_intervening()
        torch.set_grad_enabled(True)
        # Only modules that were imported since: reading all of them would copy pages shared with the worker.
        for name in list(itertools.islice(reversed(sys.modules), max(0, len(sys.modules) - self._modules))):
            if _is_own(sys.modules[name]):
                del sys.modules[name]
        # By its descriptor: the submission may have changed the current folder, or put a link in its place. If it moved
        # the folder away, nothing is emptied.
        os.fchdir(self._folder_fd)
        with suppress(OSError):
            work.empty()
        _lay_out(self._job, self._payload)
        module = types.ModuleType("__main__")
        self._recorder.restart(module.__dict__, self._job["sources"])
        self._prepare_namespace(module)
        self._statements(clock, None, None, seed=self._job["seed"])

    def _statements(
        self, clock: Clock, definitions: Definitions | None, mode: TorchCalls | None, *, seed: int
    ) -> Result:
        seed_everything(seed)
        runner = Runner(
            self._recorder,
            clock,
            notebook=self._notebook,
            definitions=definitions,
            show=self._show,
            after_cell=self._after_cell,
            after_statement=self._after_statement,
        )
        with suppress(Stopped), active(mode):  # the result says why it stopped
            runner.run(self._job["cells"], self._files)
        self._figures.close_all()
        return runner.result

    def _show(self, value: object) -> None:
        self._figures.displayed(value)
        self._capture.show(value)

    def _after_cell(self) -> None:
        self._capture.flush()
        self._capture.tap = None
        if self._notebook:
            self._figures.close_all()
        else:
            self._figures.show_all()

    def _after_statement(self) -> None:
        self._capture.flush()
        if not self._recorder.figures_only:
            self._autograd.end_statement()
            if self._steps is not None:
                self._steps.end_statement()
            self._functions.note_names()
            if self._own_modules is not None and not self._recorder.paused:
                self._own_modules.note_names()

    def _prepare_namespace(self, module: types.ModuleType) -> None:
        """Prepare the module as a notebook's kernel, or ``python file.py``, would.

        A script gets a notebook's shell if it has ``# %%`` cells, because editors run its cells with magics, or if it
        calls the shell, as scripts do that were exported from a notebook.
        """
        job, namespace = self._job, module.__dict__
        sys.modules["__main__"] = module
        namespace["__builtins__"] = builtins
        if self._notebook or any(cell["number"] is not None or _SHELL in cell["code"] for cell in job["cells"]):
            magics = Magics(namespace, self._recorder, self._written, top=self._top)
            shell = Shell(namespace, self._show, magics, self._capture.taken)
            namespace["get_ipython"] = lambda: shell
            builtins.get_ipython = namespace["get_ipython"]  # type: ignore[attr-defined]  # as in a notebook's modules
            builtins.display = shell.display  # type: ignore[attr-defined]  # a notebook's builtin
        if job["format"] == "py":
            path = Path.cwd() / Path(job["file_name"]).name
            # A zip may hold a name that is too long for a file system, or a folder of this name. The code runs anyway.
            with suppress(OSError, ValueError):
                path.write_text("".join(cell["source"] for cell in job["cells"]), "utf-8")
            namespace["__file__"] = str(path)


def _file_name(job: Job, position: int) -> str:
    number = job["cells"][position]["number"]
    if job["format"] == "ipynb":
        return f"<cell {number}>"
    if job["format"] == "md":
        return f"{job['file_name']} <code {position + 1}>"
    return job["file_name"] if number is None else f"{job['file_name']} <cell {number}>"


def _lay_out(job: Job, payload: bytes) -> None:
    """Go to the folder in which the submission runs, and lay out there the assignment's data, and the files that come
    with the submission, where the data has none of that name.

    A file that cannot be written is missing, as on a full disk.
    """
    top = Path.cwd()
    if job["folder"]:
        with suppress(OSError, ValueError):
            folder = top / job["folder"]
            folder.mkdir(parents=True, exist_ok=True)
            os.chdir(folder)
    link_data(job["data"], own=Path(job["file_name"]).name)
    for file in job["files"]:
        path = top / file["name"]
        with suppress(OSError, ValueError):
            if not job["data"] or not is_in_data(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(payload[file["offset"] : file["offset"] + file["size"]])


def _prepare_process(job: Job) -> None:
    sys.argv = [job["file_name"]]
    sys.path.insert(0, str(Path.cwd()))
    forget_shadowed()
    install()
    builtins.input = _input


def _is_own(module: object) -> bool:
    """Whether a module is the student's or the course's: its file is not in the Python installation."""
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and not file.startswith((sys.prefix, sys.base_prefix, STANDINS))


def _input(prompt: object = "", /) -> str:
    """Replaces the builtin, whose error would be "EOF when reading a line"."""
    raise EOFError(NO_KEYBOARD)


remember_own()  # here, where all of the runtime is imported that runs beside a submission
