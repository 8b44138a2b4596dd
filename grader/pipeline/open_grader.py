"""Starting up: the worker first, then everything else that grading needs.

The worker needs seconds to import torch. If it starts first, it does that while this process imports the judge and
reads the course. Therefore neither this module nor a module that calls it imports anything heavy (numpy, pydantic,
the model) at its top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from grader.course.course_folder import hidden_paths, support_of
from grader.course.data_folder import find_data_folders
from grader.pipeline.cache_folder import cache_folders
from grader.pipeline.options import GradingOptions
from grader.sandbox.preload import modules_for
from grader.sandbox.worker_handle import WorkerHandle

if TYPE_CHECKING:
    from grader.course.course import Course
    from grader.model import Level
    from grader.pipeline.course_graders import CourseGraders
    from grader.pipeline.grader import Grader
    from grader.pipeline.settings import Settings
    from grader.sandbox.kept_runs import KeptRuns
    from grader.sandbox.sandbox import Sandbox


class OpenGrader:
    """A worker, and graders that use it. Use it in a ``with`` statement, which ends the worker.

    Call ``preload`` and ``load`` in any order before the first submission is graded, and ``load`` again whenever the
    course has changed.
    """

    def __init__(
        self,
        options: GradingOptions,
        *,
        lasting: bool = True,
        references_in: Path | None = None,
        workers: int = 0,
    ) -> None:
        """Start the worker, without waiting for it. ``lasting``: it will run many submissions. ``references_in``: the
        folder where observations of references are kept; None: the user's cache. ``workers``: how many workers it is to
        import for (``split``); 0: it runs submissions itself.

        Raises UsageError and SandboxError.
        """
        self._options = options
        self._references_in = references_in
        self._lasting = lasting
        self._workers = workers
        self._modules: tuple[str, ...] = ()
        self._runs = 0
        self._preloads = False
        self._data = find_data_folders(options.course, options.assignment)
        self._sandbox: Sandbox | None = None
        self._worker = self._start_worker()

    def preload(self, modules: Sequence[str], runs: int = 0) -> None:
        """Have the worker import the modules that submissions will need (``sandbox.preload``). ``runs``: how many
        submissions it will run at most; 0: not known.

        Raises SandboxError, also where the machine does not allow the isolation that was asked for.
        """
        if self._preloads and self._modules == tuple(modules):
            return  # the process that this one was forked from did it
        self._modules, self._runs = tuple(modules), runs
        self._preloads = True
        self._require_isolation(self._worker)
        self._worker.configure(self._modules, self._runs)

    @property
    def versions(self) -> Mapping[str, str | None]:
        """Versions of Python and of the packages that submissions run with."""
        return self._worker.versions

    def about(self) -> Mapping[str, Any]:
        """What results here depend on besides the course, see ``about_worker``."""
        return about_worker(self._worker)

    def load(self) -> Grader:
        """Read the course, and make a grader for what the options ask for.

        Raises CourseError, and UsageError where an assignment or exercise that was asked for is not in the course.
        """
        from grader.course.course import load_course

        return self.grader(load_course(self._options.course, self._options.trusted_checks), self._options.assignment)

    def graders(self) -> CourseGraders:
        """Read the course, and make a grader for each submission's assignment. Raises as ``load`` does."""
        from grader.course.course import load_course
        from grader.pipeline.course_graders import CourseGraders

        return CourseGraders(
            load_course(self._options.course, self._options.trusted_checks), self._options, self.grader
        )

    def grader(self, course: Course, assignment: str | None) -> Grader:
        """A grader for an assignment of a loaded course, or without one. Raises as ``load`` does."""
        from grader.pipeline.settings import settings_of

        self._require_isolation(self._worker)
        return self.grader_by(settings_of(course, replace(self._options, assignment=assignment)), course)

    def grader_by(self, settings: Settings, course: Course, kept_runs: KeptRuns | None = None) -> Grader:
        """A grader that grades by these settings of a loaded course. ``kept_runs``: see ``Grader``. Raises
        SandboxError.
        """
        from grader.pipeline.assignment_data import all_data_of
        from grader.pipeline.grader import Grader
        from grader.pipeline.references import ReferenceStore
        from grader.sandbox.sandbox import Sandbox

        self._require_isolation(self._worker)
        if not settings.data.items() <= self._data.items():
            self._data = all_data_of(course)
            self.restart_worker()
        if self._sandbox is None:
            self._sandbox = Sandbox(self._worker, self._start_configured)
        return Grader(self._sandbox, settings, ReferenceStore(self._references_in), self._preload_more, kept_runs)

    def sandbox(self, course: Course) -> tuple[Sandbox, Settings]:
        """The sandbox that graders use, and what the options ask for, for runs that nothing is graded by.

        Raises SandboxError, and UsageError as ``load`` does.
        """

        grader = self.grader(course, self._options.assignment)
        assert self._sandbox is not None  # the grader has it
        return self._sandbox, grader.settings

    def settle(self) -> None:
        """Wait until the worker has imported everything. Raises GraderError where it cannot."""
        self._worker.settle()

    def why_alone(self) -> str | None:
        """Why the worker cannot fork the workers that were asked for, in words; None: it can.

        Raises SandboxError where the machine does not allow the isolation that was asked for.
        """
        return self._worker.why_alone

    def split(self) -> Sequence[WorkerHandle]:
        """Wait until the workers are forked that were asked for (``WorkerHandle.split``). Each of them is for a process
        that is forked from this one, and calls ``take`` there.
        """
        return self._worker.split()

    def take(self, worker: WorkerHandle, others: Iterable[WorkerHandle]) -> None:
        """In a process that was forked from the one that called ``split``: use this worker, and leave the ``others``
        alone. Graders that were loaded before use it as well.
        """
        for other in (self._worker, *others):
            if other is not worker:
                other.leave()
        self._worker, self._workers = worker, 0
        if self._sandbox is not None:
            self._sandbox.take(worker)

    def restart_worker(self) -> None:
        """End the worker and start another one: the course's helper modules or data have changed. Graders that were
        loaded before cannot be used any more.
        """
        self.close()
        self._sandbox = None
        self._data = {**find_data_folders(self._options.course, self._options.assignment), **self._data}
        self._worker = self._start_configured() if self._preloads else self._start_worker()

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _preload_more(self, contents: Iterable[bytes]) -> None:
        """Replace the worker by one that has also imported what these files need, if it has not yet."""
        modules = [module for module in modules_for(contents) if module not in self._modules]
        if modules and self._sandbox is not None:
            self._modules += tuple(modules)
            self._sandbox.replace_worker()

    def _require_isolation(self, worker: WorkerHandle) -> None:
        """Raises SandboxError where submissions would be isolated by less than the options ask for."""
        least = self._options.at_least
        if least is None or worker.isolation.is_at_least(least):
            return
        from grader.errors import SandboxError

        isolation = worker.isolation
        worker.close()
        raise SandboxError(
            f"Nothing was run: `--at-least {least}` asks for more isolation than there is here, which is "
            f"`{isolation.level}`. {' '.join(isolation.missing)}"
        )

    def _start_worker(self) -> WorkerHandle:
        options = self._options
        return WorkerHandle.start(
            python=options.python,
            level=cast("Level | None", options.isolation),  # an enum of strings, whose import would take too long here
            support=support_of(options.course),
            # A folder that is gone must not keep the worker from starting; whoever loads the course reports it.
            data={path: folder for path, folder in self._data.items() if folder.is_dir()},
            hide=(*hidden_paths(options.course), *options.hide, *cache_folders()),
            lasting=self._lasting,
            workers=self._workers,
        )

    def _start_configured(self) -> WorkerHandle:
        worker = self._start_worker()
        self._require_isolation(worker)
        worker.configure(self._modules, self._runs)
        return worker


def about_worker(worker: WorkerHandle) -> Mapping[str, Any]:
    """What results of a worker depend on besides the course, as JSON: versions of the grader's code, of Python and of
    packages, and how submissions are isolated.
    """
    from grader import __version__
    from grader.pipeline import cache_keys

    isolation = worker.isolation
    return {
        "grader": __version__,
        "code": cache_keys.of_grader(),
        "versions": dict(worker.versions),
        "isolation": str(isolation.level),
        "mechanisms": list(isolation.mechanisms),
        "missing": list(isolation.missing),
    }
