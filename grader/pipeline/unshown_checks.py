"""The checks that students do not see get a run of their own.

What a submission is called with, or watched for, lies in the memory of its process, and its own code decides how the
run ends. A student reads of that: errors, what ended the run, that it ran out of time. So the run that students read of
knows nothing of what only such checks ask for, and what happens in the other run is for staff.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.checks.base import Check
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.model import Observation, Outcome, Probes, UnshownRun, Verdict
from grader.pipeline.kept_waiting import in_words
from grader.text import as_sentence
from grader.text_bounds import NOTE, bounded

_IN_WORDS = "In the run for checks that students do not see:"


def is_shown(check: Check) -> bool:
    """Whether every student sees it, at any time."""
    return check.visibility == "public"


def split_probes(asking: Sequence[tuple[Sequence[Check], Judge]]) -> tuple[Probes, Probes | None]:
    """What the run is asked for that students read of, and the other run; None: the first is asked for all of it."""
    parts = [
        (is_shown(check), part) for checks, judge in asking for check, part in zip(checks, judge.probes, strict=True)
    ]
    shown = join_probes([part for is_for_students, part in parts if is_for_students])
    # The others come last, so that both runs begin alike.
    whole = join_probes([shown, *(part for is_for_students, part in parts if not is_for_students)])
    return shown, whole if _asked(whole) - _asked(shown) else None


def _asked(probes: Probes) -> frozenset[object]:
    return frozenset(
        (
            *(("name", name) for name in probes.names),
            *(("torch call", name) for name in probes.torch_calls),
            *(("call", call.id) for call in probes.calls),
            *(("steps",) if probes.steps else ()),
            *(("module", module.id) for module in probes.modules),
            *(("second run",) if probes.second_run else ()),
            *(("source", name) for name in probes.sources),
        )
    )


def join_verdicts(
    checks: Sequence[Check], shown: Sequence[Verdict], others: Sequence[Verdict], observation: Observation
) -> tuple[Verdict, ...]:
    """Of each check the verdict from its own run. ``observation`` is that of the run for the ``others``."""
    failed = observation.outcome is Outcome.SANDBOX_ERROR
    return tuple(
        verdict if is_shown(check) else _not_judged(check, observation.detail) if failed else other
        for check, verdict, other in zip(checks, shown, others, strict=True)
    )


def _not_judged(check: Check, detail: str) -> Verdict:
    return Verdict(check=check.id, status="error", message=f"It could not be run: {as_sentence(detail)}")


def describe_unshown_run(shown: Observation, other: Observation, kept_waiting: float) -> UnshownRun | None:
    """What staff have to know of the run for checks that students do not see; None if it ended as the other did.

    ``kept_waiting``: see ``PatientSandbox``.
    """
    told = []
    if other.detail and other.detail != shown.detail:
        told.append(bounded(f"{_IN_WORDS} {as_sentence(other.detail)}", NOTE))
    why = f"{_IN_WORDS} {in_words(kept_waiting)}" if kept_waiting else ""
    if why:
        told.insert(0, why)
    return UnshownRun(notices=tuple(told), not_final=why, kept_waiting=kept_waiting) if told else None
