"""What is handed out to be graded, and the one door to whoever grades it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.model import CompanionFile, Graded


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One content to be graded: all that it takes, apart from the course. ``key`` names it, and comes back with it.

    ``name`` is the student's own file name, ``companions`` the files that lie in the folder where it runs.
    """

    key: str
    name: str
    content: bytes
    companions: tuple[CompanionFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What every task of a batch is graded by. ``exercises``: asked for by name; none: whatever is attempted.

    ``python`` and ``isolation`` are None for the grader's own and for the best that there is.
    """

    course: Path
    exercises: tuple[str, ...] = ()
    seed: int = 0
    timeout_s: float = 20.0
    isolation: str | None = None
    python: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What whoever grades says of itself: the digests of the course and of the rubrics that it has (see ``keys``), and
    the exercises that it grades, with their texts.
    """

    course: str
    rubrics: str
    statements: Mapping[str, str]


class Workers(Protocol):
    """Whoever grades: the processes of this machine (``pool.Pool``), or those of a cluster.

    Results come back in any order, each under the key of its task. A task may be graded twice, and its result come
    twice: to keep the same result again changes nothing.
    """

    def prepare(self, modules: Sequence[str]) -> None:
        """Say which modules the submissions seem to need (``sandbox.preload``), before the first is graded."""

    def ready(self) -> Ready:
        """Wait until it is known what is graded by. Raises GraderError where nothing can be."""

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        """Grade the tasks, which are taken from ``tasks`` as there is room for them. Whatever a task does to who grades
        it, there is one result: ``broken`` at the worst.

        Raises CourseError where the course cannot be graded by, SandboxError where nothing can be run.
        """

    def close(self) -> None:
        """End all that is still running."""
