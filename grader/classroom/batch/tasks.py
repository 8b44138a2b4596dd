"""Tasks, each of which is a submission to grade, and the interface of what grades them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

# For types only: a process of the pool imports this module before it has started its worker.
if TYPE_CHECKING:
    from grader.model import CompanionFile, Graded, Plan
    from grader.pipeline.broken_reference import BrokenReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One submission to be graded, with everything that this takes but the course.

    ``key`` is the submission's cache key; its result comes back under it. ``name`` is the student's own file name,
    ``companions`` the files that lie where it runs, in ``folder`` of these. ``more_time``: how many times its limit it
    has; more than 1 where it was kept waiting before.
    """

    key: str
    name: str
    content: bytes
    companions: tuple[CompanionFile, ...] = ()
    folder: str = ""
    more_time: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What the pool grades by: the cache keys of the course and of its rubrics (see ``pipeline.cache_keys``), the
    statements of the exercises that it grades, by their ids, and what the total of the class is of. ``run_s`` limits
    one run, in seconds.
    """

    course: str
    rubrics: str
    statements: Mapping[str, str]
    plan: Plan
    run_s: float


class TaskGrader(Protocol):
    """Grades tasks: the processes of this machine (``pool.Pool``), or those of a cluster.

    Results come back in any order, each under the key of its task. A task may be graded twice and its result come
    twice: saving a result again changes nothing.
    """

    def prepare(self, modules: Sequence[str], submissions: int = 0) -> None:
        """Say which modules the submissions seem to need (``sandbox.preload``), before the first is graded, and how
        many submissions there are at most; 0: not known.
        """

    def ready(self) -> Ready:
        """Wait until it is known what tasks are graded by. Raises GraderError where none can be graded."""

    def check_references(self) -> Mapping[str, BrokenReference]:
        """Judge the reference of every exercise, once for all processes, before anything is graded. Returns the broken
        ones by exercise; tasks are graded without these exercises. Raises GraderError where nothing can be run.
        """

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        """Grade the tasks. The next is taken from ``tasks`` when there is room for it. Every task has a result, even
        if it ends the process that grades it: ``broken``. What is not final, because other tasks or programs kept it
        waiting, is graded once more in the end, alone.

        Raises CourseError where the course cannot be graded by, SandboxError where nothing can be run.
        """

    def close(self) -> None:
        """End all that is still running."""
