"""For tests: ``grade`` in the process of the test. Starting a command, a pool and a worker takes seconds each time."""

from __future__ import annotations

import shutil
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from unittest import mock

from grader.classroom.batch import messages
from grader.classroom.batch.grade_task import grade_task
from grader.classroom.batch.pool import TASKS_AT_ONCE
from grader.classroom.batch.ready import ready_of
from grader.classroom.batch.tasks import Ready, Task
from grader.course.course_folder import support_of
from grader.course.named_courses import builtin_course
from grader.errors import GraderError
from grader.model import Graded, Isolation, Job
from grader.pipeline.broken_reference import BrokenReference
from grader.pipeline.kept_waiting import more_time_for
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions, decode_options
from grader.sandbox.preload import EVERYTHING, TORCH
from grader.sandbox.sandbox import Run, Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.class_of import Class
from tests.helpers.command_line import run_in_process


class _OnBuiltIn(Sandbox):
    """A sandbox whose worker has helper modules of other courses as well, and which counts as the built-in course's."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox

    @property
    def isolation(self) -> Isolation:
        return self._inner.isolation

    @property
    def versions(self) -> dict[str, str | None]:
        return self._inner.versions

    @property
    def support(self) -> Sequence[Path]:
        return support_of(builtin_course())

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        return self._inner.run(job, within_s=within_s)

    @property
    def worker(self) -> WorkerHandle:
        return self._inner._worker


class SharedSandboxes:
    """A sandbox for the built-in course, and another for all other courses. The latter starts when it is needed."""

    def __init__(self, builtin: Sandbox, support: Path) -> None:
        """``builtin`` may have helper modules of other courses as well. ``support``: an empty folder, for copies of the
        other courses' helper modules.
        """
        self._builtin = _OnBuiltIn(builtin)
        self._support = support
        self._other: Sandbox | None = None

    def of_course(self, course: Path) -> Sandbox:
        folders = support_of(course)
        assert folders, "a sandbox without helper modules is not shared"
        if folders == self._builtin.support:
            return self._builtin
        # The worker sees a folder that is chosen when it starts, so what lies in that folder is replaced.
        for path in self._support.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in reversed(folders):
            shutil.copytree(folder, self._support, dirs_exist_ok=True)
        if self._other is None:
            self._other = Sandbox(self._start(), self._start)
        return self._other

    def as_pool(self) -> AbstractContextManager[object]:
        """``grade batch`` in this process grades on these sandboxes."""
        return mock.patch("grader.cli.batch.Pool", self._pool)

    def close(self) -> None:
        if self._other is not None:
            self._other.close()

    def _pool(self, options: GradingOptions, size: int) -> _InProcessPool:
        assert (options.isolation, options.python) == (None, None), "shared sandboxes have the defaults"
        return _InProcessPool(options, self.of_course(options.course))

    def _start(self) -> WorkerHandle:
        worker = WorkerHandle.start(support=(self._support,))
        worker.configure(TORCH)
        return worker


class ClassWithRealPool(Class):
    """A class whose ``grade`` and ``batch`` run in this process; their pool and their workers are real processes."""

    def grade(self, *arguments: object, within_s: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``grade``. A traceback fails the test. The limit ``within_s`` is not kept."""
        variables = self._environment | {"COLUMNS": "80"} | environment
        done = run_in_process(arguments, folder=self.folder, environment=variables)
        assert "Traceback" not in done.stderr, done.stderr
        return done


class ClassInProcess(ClassWithRealPool):
    """A class whose ``grade`` and ``batch`` run in this process, on shared sandboxes.

    All else is as in a command: the current folder, the environment, standard output and error, the exit code. Nothing
    of it is left in the process afterwards. ``start_batch`` and ``at_a_terminal`` start real commands.
    """

    def __init__(self, folder: Path, home: Path, sandboxes: SharedSandboxes) -> None:
        super().__init__(folder, home)
        self._sandboxes = sandboxes

    def grade(self, *arguments: object, within_s: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        with self._sandboxes.as_pool():
            return super().grade(*arguments, within_s=within_s, **environment)


class _InProcessPool:
    """A ``TaskGrader`` that does in this process what a process of the pool does (``batch.lane_process``).

    What is exchanged is encoded and decoded as on the way to such a process and back.
    """

    def __init__(self, options: GradingOptions, sandbox: Sandbox) -> None:
        options = decode_options(messages.encode_start(options))
        self._opened = _OpenOnSandbox(options, sandbox)

    def prepare(self, modules: Sequence[str], submissions: int = 0) -> None:
        """Nothing to do: the worker has been configured before."""

    def ready(self) -> Ready:
        with _errors_as_sent():
            self._grader = self._opened.load()
            self._ready = ready_of(self._grader)
        return messages.decode_ready(messages.encode_ready(self._ready))

    def check_references(self) -> Mapping[str, BrokenReference]:
        with _errors_as_sent():
            found = self._grader.find_broken_references()
        sent = messages.encode_references(messages.CHECKED, found.values())
        return {one.exercise: one for one in messages.decode_references(sent)}

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        waiting = iter(tasks)
        # As many tasks are taken ahead as by a pool of one process: a file handed in twice runs once if both are here.
        pending = deque(islice(waiting, TASKS_AT_ONCE))
        while pending:
            task = messages.decode_task(*messages.encode_task(pending.popleft()))
            with _errors_as_sent():
                graded = grade_task(task, self._grader, self._ready.rubrics)
                if graded.not_final:  # the tests beside this one kept it waiting
                    task = replace(task, more_time=more_time_for(graded.kept_waiting))
                    graded = grade_task(task, self._grader, self._ready.rubrics)
            yield messages.decode_graded(*messages.encode_graded(graded))
            pending.extend(islice(waiting, 1))

    def close(self) -> None:
        """Nothing to do: the sandbox is shared."""


class _OpenOnSandbox(OpenGrader):
    """Loads graders for a sandbox that runs already."""

    def __init__(self, options: GradingOptions, sandbox: Sandbox) -> None:
        self._options = options
        self._data = {}
        self._modules = EVERYTHING  # so that no worker is replaced
        self._sandbox = sandbox
        # It is only asked how it isolates.
        self._worker = sandbox.worker if isinstance(sandbox, _OnBuiltIn) else sandbox._worker
        self._references_in = None


@contextmanager
def _errors_as_sent() -> Iterator[None]:
    """Errors as the pool raises them, after its process has sent them."""
    try:
        yield
    except GraderError as error:
        raise messages.decode_error(messages.encode_error(error)) from error
