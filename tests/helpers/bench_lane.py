"""Lanes of the workbench's pool that grade in the test's own process, with the worker that tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from grader.course.course import load_course
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.sandbox.kept_runs import KeptRuns
from grader.sandbox.sandbox import Sandbox
from grader.workbench.bench import Bench
from grader.workbench.lane import Done
from grader.workbench.work import Work, encode_result
from tests.helpers.packs import OnSandbox


class BenchLane:
    """Takes the place of ``Lane``. ``done`` collects the works of all lanes that one ``starter`` gave."""

    has_answered = True

    def __init__(self, bench: Bench, done: list[Work]) -> None:
        self._bench = bench
        self._done = done

    def do(self, work: Work) -> Done:
        self._done.append(work)
        return Done(text=encode_result(work, work.do(self._bench)), seconds=0.25)

    def kill(self) -> None:
        pass

    def close(self) -> None:
        pass


def starter(sandbox: Sandbox, store: ReferenceStore, done: list[Work]) -> Callable[..., BenchLane]:
    """What starts such lanes. The course is read when a lane starts, as by the real one."""

    def start(
        options: GradingOptions, modules: object = (), runs: int = 0, kept_runs: KeptRuns | None = None
    ) -> BenchLane:
        opened = cast(OpenGrader, OnSandbox(sandbox, store))
        course = load_course(options.course)
        return BenchLane(Bench(course, opened, timeout_s=options.timeout_s, kept_runs=kept_runs), done)

    return start
