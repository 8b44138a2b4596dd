"""Every hostile submission, at every level at which it must be held."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.model import Outcome
from tests.attacks.attack import HONEST, LEVELS, MORE_S, SAMPLE, SHARED, SUBMISSIONS, Arena, Attack, Result, attacks

ALL = attacks()
_OTHERS = [
    [attack.name for attack in ALL if attack.name.startswith(folder) and not attack.is_in_sample]
    for folder in SUBMISSIONS
    if folder != "escape"
]
LEFT_OUT = {name for names in _OTHERS for number, name in enumerate(names) if number % 3}
"""What `make test` tries nowhere: it has others of their kind."""
_SAMPLE = [attack.name for attack in ALL if attack.is_in_sample and not attack.name.startswith("escape/")]
AT_REDUCED = set(_SAMPLE[::2])
"""Of the sample, what `make test` tries at `reduced`, besides every escape."""


def is_exhaustive(attack: Attack, level: str) -> bool:
    """`make test` tries attacks at `strict` on one worker: the sample on one that was forked by another worker, others
    on one that bubblewrap started. Both are confined by the same code, once their namespaces are made. Of those others
    it tries every escape, and each third one that uses up time or resources or forges the record.

    At `reduced` the limits on time and resources are those of `strict`, and the record is written and read in the
    same way: `make test` tries each second one of the sample there.
    """
    if level == "reduced":
        return not attack.name.startswith("escape/") and attack.name not in AT_REDUCED
    return attack.is_in_sample != (level == SHARED) or (level != SHARED and attack.name in LEFT_OUT)


CASES = [
    pytest.param(
        attack,
        level,
        id=f"{attack.name}-{level.replace(', ', '-')}",
        marks=[pytest.mark.exhaustive] * is_exhaustive(attack, level),
    )
    for level in (*LEVELS, SHARED)
    for attack in ALL
    if level.partition(",")[0] in attack.levels
]


def test_the_sample_names_an_attack_of_each_kind_once() -> None:
    names = list(SAMPLE.values())
    assert len(set(names)) == len(names)
    assert set(names) <= {attack.name for attack in ALL}


@pytest.mark.parametrize(("attack", "level"), CASES)
def test_it_is_held(attack: Attack, level: str, arena: Callable[[str], Arena]) -> None:
    here = arena(level)
    for _ in range(attack.visits):
        limit_s = attack.limit_s
        result = here.grade(attack.name, attack.submission, limit_s=limit_s, data=attack.data)
        if result.report.run.outcome is Outcome.TIMEOUT and (
            "timeout" not in attack.ends or result.score("warm-up") != 2
        ):
            # The machine is busy: what should have come to its end, the honest answer too, gets the time for it.
            limit_s *= 5
            result = here.grade(attack.name, attack.submission, limit_s=limit_s, data=attack.data)
        assert result.breaches == [], result.said
        assert here.host.damage() == []
        assert result.report.run.outcome in attack.ends or was_refused(result, here), describe(result)
        assert result.report.run.outcome is Outcome.COMPLETED or result.report.run.detail or result.report.run.errors
        assert result.score("warm-up") == 2, describe(result)
        assert result.score("prize") == 0, describe(result)
        assert result.late_s < MORE_S, describe(result)
    if result.report.run.outcome is not Outcome.COMPLETED:
        # Where it came to its end, the honest answer of the next attack shows that the worker is as before.
        after = here.grade("honest", HONEST, limit_s=20)
        assert after.report.run.outcome is Outcome.COMPLETED
        assert after.score("warm-up") == 2


def was_refused(result: Result, here: Arena) -> bool:
    """Whether an attack that needs processes came to nothing where there are none to be had."""
    errors = {error.type for error in result.report.run.errors}
    return not here.may_fork and result.report.run.outcome is Outcome.FAILED and errors == {"PermissionError"}


def describe(result: Result) -> str:
    run = result.report.run
    errors = "\n".join(f"{error.location}: {error.type}: {error.text}" for error in run.errors)
    return f"{run.outcome} ({run.detail}) {result.late_s:+.2f} s after its limit\n{errors}\n{result.said[-2000:]}"
