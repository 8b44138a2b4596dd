"""What a validation says of a course: findings and figures, for each proof and exercise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

FILES = "files"
"""The name of the proof that the course's files have no mistakes."""
Severity = Literal["error", "warning", "note"]
"""``error``: the course is not proven; ``warning``: an instructor should look at it; ``note``: worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a proof found."""

    severity: Severity
    text: str
    """A sentence: what was found, what was expected, what to do."""
    path: Path | None = None
    """The file that it is about."""
    line: int | None = None
    """From 1; None if it is about the file as a whole."""
    detail: str = ""
    """More lines, such as a diff; usually empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptElsewhere:
    """A file of an exercise that also counts as an attempt at other ``exercises``."""

    file: str
    exercises: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """What one proof says of one exercise."""

    proof: str
    exercise: str
    """The exercise's id; empty for the course as a whole."""
    findings: tuple[Finding, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    """Numbers for tables: ``{"killed": 38, "mutants": 40}``."""
    cell: str = ""
    """What a table says of it where it holds: ``38/40``. A few characters."""
    tried: int = 0
    """How many things were looked at: runs, submissions, mutants."""
    elsewhere: tuple[AttemptElsewhere, ...] = ()
    """Files of the exercise that count as attempts at others: a row of the matrix of cross-talk."""
    grader_failed: bool = False
    """The proof was not made, because the grader has a fault."""

    @property
    def holds(self) -> bool:
        """Whether it is proven."""
        return all(finding.severity != "error" for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofColumn:
    """A proof that was made, and how a table heads its column."""

    proof: str
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedExercise:
    """An exercise that was looked at."""

    id: str
    points: float
    """What its rubric gives in all; 0 where its files have mistakes."""
    seconds: float
    """How long the works took that were done for it now, all together; 0 where all of them were kept."""
    unfinished: bool = False
    """Its files have mistakes, so that nothing could be proven of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What all proofs say of a course."""

    version: str
    """The grader's version."""
    course: str
    """The course's name, as reports call it."""
    exercises: tuple[ValidatedExercise, ...]
    """Those that were looked at, in the order of the course."""
    proofs: tuple[ProofColumn, ...]
    """What was to be proven of them, in the order of the columns of a table."""
    results: tuple[ProofResult, ...]
    seconds: float
    works: int
    """How many works it took, and how many of them were ``kept`` from an earlier validation."""
    kept: int

    notes: tuple[str, ...] = ()
    """What could not be proven of the course as a whole, and why."""

    @property
    def holds(self) -> bool:
        return all(result.holds for result in self.results)

    @property
    def has_mistakes(self) -> bool:
        """Whether files of the course have mistakes, so that something could not be proven."""
        return not all(result.holds for result in self.results if result.proof == FILES)

    @property
    def grader_failed(self) -> bool:
        """Whether a proof was not made, because the grader has a fault."""
        return any(result.grader_failed for result in self.results)

    def result(self, proof: str, exercise: str) -> ProofResult | None:
        """What this proof says of this exercise; None where it says nothing."""
        return next((one for one in self.results if (one.proof, one.exercise) == (proof, exercise)), None)

    def cross_talk(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """The matrix of cross-talk: an exercise, another one, and files of the first that count as attempts at it."""
        for result in self.results:
            for other in dict.fromkeys(name for one in result.elsewhere for name in one.exercises):
                yield result.exercise, other, tuple(one.file for one in result.elsewhere if other in one.exercises)

    def count(self, severity: Severity) -> int:
        """How many findings of this severity there are."""
        return sum(finding.severity == severity for result in self.results for finding in result.findings)
