"""Kind ``value``: at some moment, or at the end, named values were as asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from grader.judging.checks.base import Check
from grader.judging.context import Candidate, Context, Trial, Words, decide, typical
from grader.judging.watched_values import State, matching
from grader.model import Array, Probes, Value, Verdict


class ValueCheck(Check):
    """Looks at the declared names after every top-level statement. All of them have to be bound."""

    kind: Literal["value"]
    when: Literal["sometime", "end"] = Field(
        default="sometime",
        description="`sometime`: after any statement will do; `end`: only as things stood at the end.",
    )

    def variables(self) -> frozenset[str]:
        return frozenset()

    def probes(self, exercise: str, seed: int) -> Probes:
        return self.watch_names()

    def judge(self, context: Context) -> Verdict:
        states: Sequence[State] = context.subject.observed.states
        states = states[-1:] if self.when == "end" else typical(states, lambda state: state.place)
        candidates = list(self._candidates(states))
        names = " and ".join(f"`{name}`" for name in self.names)
        words = Words(
            thing="moment",
            things="moments",
            nothing=f"Nothing named {names} was found."
            if len(self.names) < 2
            else f"{names} were never there together.",
            passed=lambda trial: f"{names} {'is' if len(self.names) == 1 else 'are'} as asked for.",
            broken=_broken,
        )
        return decide(self, context, candidates, words)

    def _candidates(self, states: Sequence[State]) -> Iterator[Candidate]:
        """Every way in which the names were bound. One that lasts is one candidate, and stands where it began."""
        asked = {name for _, line in self.expressions() for name, attribute in line.attributes if attribute == "grad"}
        seen = set()
        fingerprints: dict[tuple[int, bool], object] = {}

        def fingerprint(value: Value, *, with_grad: bool) -> object:
            """Made once for each value: most of them last."""
            key = id(value), with_grad
            if key not in fingerprints:
                fingerprints[key] = _fingerprint(value, with_grad=with_grad)
            return fingerprints[key]

        for state in states:
            for scope in matching(self.names, state.values):
                binding = tuple(fingerprint(value, with_grad=name in asked) for name, value in scope.items())
                if binding not in seen:
                    seen.add(binding)
                    yield Candidate(position=state.position, place=state.place, scope=scope)


def _fingerprint(value: Value | None, *, with_grad: bool) -> object:
    """The same for two recorded values that no expression can tell apart."""
    if not isinstance(value, Array):
        return value
    data = None if value.data is None else hashlib.blake2b(value.data.tobytes(), digest_size=16).digest()
    grad = _fingerprint(value.grad, with_grad=False) if with_grad else None
    return value.kind, value.dtype, value.shape, value.requires_grad, value.is_leaf, data, grad


def _broken(trial: Trial) -> str:
    return f"At no moment does everything hold; what fails: `{trial.broken}`."
