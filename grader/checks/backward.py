"""Kind ``backward``: some backward pass gave a leaf the gradient that is asked for."""

from __future__ import annotations

import fnmatch
from typing import Literal

from grader.checks.base import Check
from pydantic import Field

from grader.checks.context import Candidate, Context, Trial, Words, decide
from grader.model import Probes, Verdict
from grader.passes import Pass


class BackwardCheck(Check):
    """Looks at every pass that worked, however it was called: ``backward``, ``autograd.grad``, ``torch.func``…"""

    kind: Literal["backward"]
    leaf: str | None = Field(
        default=None, description="Only passes that reached a leaf of this name (or of its aliases in `names`)."
    )

    VARIABLES = frozenset({
        "leaf", "gradient", "grad", "grad_before", "passes", "was_zeroed", "root", "output", "weights", "order",
        "retain_graph", "create_graph", "operations",
    })  # fmt: skip

    def variables(self) -> frozenset[str]:
        return self.VARIABLES

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes(names=tuple(pattern for patterns in self.names.values() for pattern in patterns))

    def judge(self, context: Context) -> Verdict:
        candidates = [
            Candidate(
                position=entry.position,
                place=entry.event.place,
                scope=self._scope(entry, context),
                noun=f"`{entry.names[0]}`" if entry.names else "the leaf",
            )
            for entry in context.subject.passes
            if not entry.event.stale and self._is_named(entry)
        ]
        return decide(self, context, candidates, self._words(context))

    def _is_named(self, entry: Pass) -> bool:
        return self._matches(self.leaf, entry.names) and self._matches(self.through, entry.event.through)

    def _matches(self, wanted: str | None, names: tuple[str, ...]) -> bool:
        if wanted is None:
            return True
        patterns = self.names.get(wanted, (wanted,))
        return any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns)

    def _scope(self, entry: Pass, context: Context) -> dict[str, object]:
        values = context.subject.names_at(entry.position) if self.names else {}
        declared = {
            name: next((values[v] for pattern in patterns for v in values if fnmatch.fnmatchcase(v, pattern)), None)
            for name, patterns in self.names.items()
        }
        event = entry.event
        return declared | {
            "leaf": entry.leaf,
            "gradient": entry.gradient,
            "grad": entry.grad,
            "grad_before": entry.grad_before,
            "passes": entry.passes,
            "was_zeroed": entry.was_zeroed,
            "root": event.root,
            "output": event.output,
            "weights": entry.weights,
            "order": event.order,
            "retain_graph": event.retain_graph,
            "create_graph": event.create_graph,
            "operations": event.operations,
        }

    def _words(self, context: Context) -> Words:
        named = f" that reached `{self.leaf}`" if self.leaf else ""
        named += f" and went through `{self.through}`" if self.through else ""
        if self.after and self.after not in context.findings:
            nothing = "What has to come first was not found, so there was nothing to look for after it."
        else:
            nothing = f"No backward pass{named} does what is asked for."
        return Words(
            thing="backward pass that worked",
            things="backward passes that worked",
            nothing=nothing,
            passed=lambda trial: f"A backward pass gave {trial.candidate.noun} the right gradient.",
            broken=_broken,
        )


def _broken(trial: Trial) -> str:
    return f"A backward pass that reached {trial.candidate.noun} comes close, but `{trial.broken}` does not hold."
