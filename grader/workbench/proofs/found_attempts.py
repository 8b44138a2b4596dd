"""``FindAttempt``: whether a file counts as an attempt at an exercise, where nothing says what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from grader.errors import SubmissionError
from grader.handin import load_alone
from grader.model import Outcome
from grader.workbench.file_views import nameless
from grader.workbench.work import Work

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAttempts:
    """The exercises that a file counts as an attempt at."""

    exercises: tuple[str, ...]
    not_final: bool = False
    """The machine was busy, so that a run was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAttempts(Work):
    """Grades a file by some exercises at once, and looks at which it counts as an attempt. See ``FindAttempt``."""

    RESULT: ClassVar[type] = FoundAttempts

    path: Path
    exercises: tuple[str, ...]

    def do(self, bench: Bench) -> FoundAttempts:
        try:
            submission = nameless(load_alone(str(self.path)))
        except SubmissionError:
            return FoundAttempts(exercises=())
        # It is run for all of the course, so that one run is enough, also where it is judged by one exercise again.
        grader = bench.grader(asked=False)
        judged = grader.judge(submission, only=self.exercises)
        attempted = grader.attempted(judged) if judged.run.outcome is not Outcome.SANDBOX_ERROR else ()
        return FoundAttempts(exercises=tuple(attempted), not_final=bool(judged.run.not_final))

    def is_lasting(self, result: FoundAttempts) -> bool:
        return not result.not_final

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        for exercise in self.exercises:
            yield from FindAttempt(path=self.path, exercise=exercise).depends_on(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAttempt(Work):
    """Whether a file counts as an attempt at one exercise, where neither its name nor ``--exercise`` says what it is
    about. It depends on the checks of this exercise, and on what it sees in the file: so where one exercise has
    changed, each file is graded by that exercise alone, and by none where only its words have changed.
    """

    RESULT: ClassVar[type] = FoundAttempts

    path: Path
    exercise: str

    @property
    def shares_a_run_with(self) -> Path:
        return self.path

    @classmethod
    def at_once(cls, works: Sequence[Any]) -> FindAttempts:
        return FindAttempts(path=works[0].path, exercises=tuple(work.exercise for work in works))

    def part_of(self, result: FoundAttempts) -> FoundAttempts:
        return replace(result, exercises=tuple(one for one in result.exercises if one == self.exercise))

    def do(self, bench: Bench) -> FoundAttempts:
        return self.at_once([self]).do(bench)

    def is_lasting(self, result: FoundAttempts) -> bool:
        return not result.not_final

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        yield keys.of_attempts_at(self.exercise)
        yield self.path.suffix, keys.of_file(self.path), keys.views.of(self.path, self.exercise)
