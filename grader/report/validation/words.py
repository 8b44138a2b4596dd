"""What the formats of a validation share: how findings are ordered, named, and summed up in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import Finding, ProofResult, Severity, Validation
from grader.text import count

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
OF_COURSE = "the course"
"""What findings are about that are of no single exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding, and what it was found by."""

    exercise: str
    proof: str
    finding: Finding


def findings_of(validation: Validation, *severities: Severity) -> tuple[Found, ...]:
    """The findings of these severities, of the course first, then exercise by exercise, by file and line."""
    order = {"": -1} | {exercise.id: number for number, exercise in enumerate(validation.exercises)}
    found = [
        Found(exercise=result.exercise, proof=result.proof, finding=finding)
        for result in validation.results
        for finding in result.findings
        if finding.severity in severities
    ]
    return tuple(sorted(found, key=lambda each: (order.get(each.exercise, len(order)), *_place(each.finding))))


def _place(finding: Finding) -> tuple[str, int]:
    return ("" if finding.path is None else str(finding.path)), finding.line or 0


def place_of(finding: Finding) -> str:
    """``rubrics/cube.yaml:12``; empty where it is about no file."""
    if finding.path is None:
        return ""
    return f"{finding.path}" if finding.line is None else f"{finding.path}:{finding.line}"


def cell_of(result: ProofResult | None) -> tuple[str, Severity | None]:
    """What a table says of a proof: its cell, and the worst severity of its findings. Empty: it says nothing."""
    if result is None:
        return "", None
    worst = next((one for one in SEVERITIES if any(each.severity == one for each in result.findings)), None)
    return result.cell or ("ok" if worst != "error" else "no"), worst


def in_short(files: Sequence[str]) -> str:
    """Names of files: the first, and how many more there are."""
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{files[0]}{more}"


def verdict(validation: Validation) -> str:
    """Whether it holds, in a sentence."""
    exercises = count(len(validation.exercises), "exercise")
    if validation.holds:
        return f"{exercises} of {validation.course}: what was looked at holds."
    errors = findings_of(validation, "error")
    broken = {each.exercise for each in errors if each.exercise}
    where = ["in files of the whole course"] if any(not each.exercise for each in errors) else []
    where += [f"in {count(len(broken), 'exercise')}"] if broken else []
    return f"{exercises} of {validation.course}: {count(len(errors), 'error')} {' and '.join(where)}."


def totals(validation: Validation) -> Iterator[str]:
    """How much was looked at, how much of it was kept, and how long it took."""
    if validation.works:
        kept = f", {validation.kept:,} of them kept from earlier" if validation.kept else ""
        yield f"{count(validation.works, 'run')}{kept}, in {duration(validation.seconds)}."
    others = [count(number, name) for name in ("warning", "note") if (number := validation.count(name))]
    if others:
        yield f"{' and '.join(others)}."


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
