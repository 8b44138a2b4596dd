"""Which exercises have to be judged once more, by a run in which everything was called that may be meant.

A file that answers many exercises has many functions, and a check that takes a function of any name would call all of
them. So where these are very many calls, the first run calls functions and modules of a listed name
(``Probes.named_first``). What passes by one of these is decided. For all else, a further run calls the others as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.judging.checks.base import Check
from grader.judging.judge import Judge
from grader.model import JudgedExercise, Observation, Probes


def open_exercises(
    judged: Iterable[JudgedExercise],
    checks: Mapping[str, Sequence[Check]],
    judges: Mapping[str, Judge],
    observation: Observation,
) -> tuple[str, ...]:
    """The ids of the exercises that are not decided by what was called. ``checks`` and ``judges``: by exercise."""
    return tuple(
        one.exercise
        for one in judged
        if one.verdicts
        and any(
            verdict.status != "passed" or not (verdict.evidence or check.evidence == "never")
            for check, verdict, asked in zip(
                checks[one.exercise], one.verdicts, judges[one.exercise].probes, strict=True
            )
            if _ids(asked) & observation.left_out
        )
    )


def probes_for(probes: Probes, judges: Iterable[Judge]) -> Probes:
    """What the further run is asked for: the same, but of functions and modules only what these judges ask for."""
    ids = {identity for judge in judges for asked in judge.probes for identity in _ids(asked)}
    return replace(
        probes,
        named_first=False,
        calls=tuple(call for call in probes.calls if call.id in ids),
        modules=tuple(module for module in probes.modules if module.id in ids),
    )


def _ids(probes: Probes) -> frozenset[str]:
    return frozenset(call.id for call in probes.calls) | {module.id for module in probes.modules}
