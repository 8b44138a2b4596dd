"""What a validation says of a course: findings and figures, for each proof and exercise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

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
class ProofResult:
    """What one proof says of one exercise."""

    proof: str
    exercise: str
    """The exercise's id; empty for the course as a whole."""
    findings: tuple[Finding, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    """Numbers for tables: ``{"killed": 38, "mutants": 40}``."""
    tried: int = 0
    """How many things were looked at: runs, submissions, mutants."""

    @property
    def holds(self) -> bool:
        """Whether it is proven."""
        return all(finding.severity != "error" for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What all proofs say of a course."""

    version: str
    """The grader's version."""
    course: str
    """The course's name, as reports call it."""
    exercises: tuple[str, ...]
    """The ids of the exercises that were looked at, in the order of the course."""
    results: tuple[ProofResult, ...]
    seconds: float
    works: int
    """How many works it took, and how many of them were ``kept`` from an earlier validation."""
    kept: int

    @property
    def holds(self) -> bool:
        return all(result.holds for result in self.results)
