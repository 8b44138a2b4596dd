"""The evidence of a verdict, from its best candidate."""

from __future__ import annotations

from grader.judging.checks.base import Check
from grader.judging.evidence.curves import find_curves
from grader.judging.evidence.gradients import find_gradients
from grader.judging.evidence.graph import find_graph
from grader.judging.observed import Observed
from grader.model import Evidence, Verdict


def find_evidence(check: Check, verdict: Verdict, observed: Observed) -> Evidence | None:
    """What can be drawn of a verdict, without lines; None if there is nothing.

    Of hidden inputs it has at most that which the verdict's message names.
    """
    if verdict.status == "error" or check.ANSWERED_IN_WORDS:
        return None
    curves = find_curves(check, verdict)
    gradients = find_gradients(check, verdict, observed)
    graph = find_graph(check, verdict, observed)
    return Evidence(curves=curves, gradients=gradients, graph=graph) if curves or gradients or graph else None
