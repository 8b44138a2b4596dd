"""How many calls with hidden inputs came out right: what results of functions and of modules share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from grader.judging.trials import Trial

Call = TypeVar("Call")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCalls(Generic[Call]):
    """A trial for every call that counts, in the order of the inputs."""

    trials: tuple[tuple[Call, Trial], ...]

    @property
    @abstractmethod
    def missing(self) -> int:
        """Inputs that were never tried, because the time for calls was used up."""

    @property
    def failing(self) -> tuple[tuple[Call, Trial], ...]:
        return tuple((call, trial) for call, trial in self.trials if not trial.passed)

    @property
    def met(self) -> int:
        return len(self.trials) - len(self.failing)

    @property
    def asked(self) -> int:
        """The number of calls that count. Inputs that were never tried for lack of time count as wrong."""
        return len(self.trials) + self.missing

    @property
    def share(self) -> float:
        return self.met / self.asked if self.asked else 0.0

    @property
    def passed(self) -> bool:
        return 0 < self.asked == self.met
