"""Kind ``value``: after some statement, or at the end, named values are what the exercise asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from grader.judging.bounds import typical
from grader.judging.candidates import Candidate, Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.watched_values import bindings
from grader.language.expression import Expression
from grader.model import Array, Probes, Value, Verdict


class ValueCheck(Check):
    """Looks at the declared names after every top-level statement. All of them have to be bound."""

    kind: Literal["value"]
    when: Literal["sometime", "end"] = Field(
        default="sometime",
        description="`sometime`: after any statement; `end`: at the end of the run.",
    )

    def variables(self) -> frozenset[str]:
        return frozenset()

    def probes(self, exercise: str, seed: int) -> Probes:
        return self.watch_names()

    def judge(self, context: Context) -> Verdict:
        candidates = list(self._candidates(context))
        names = " and ".join(f"`{name}`" for name in self.names)
        phrases = Phrases(
            thing="moment",
            things="moments",
            nothing=f"Nothing named {names} was found."
            if len(self.names) < 2
            else f"{names} were never there together.",
            passed=lambda candidate: f"{names} {'is' if len(self.names) == 1 else 'are'} as asked for.",
            broken=_broken,
        )
        return decide(self, context, candidates, phrases)

    def _candidates(self, context: Context) -> Iterator[Candidate]:
        """Every way in which the names were bound, once: where it occurred first, if that is the student's own code."""
        asked = {name for _, line in self.expressions() for name, attribute in line.attributes if attribute == "grad"}
        seen = set()
        fingerprints: dict[tuple[int, bool], object] = {}

        def fingerprint(value: Value, *, with_grad: bool) -> object:
            """Cached by the value's identity: most values last for many events."""
            key = id(value), with_grad
            if key not in fingerprints:
                fingerprints[key] = _fingerprint(value, with_grad=with_grad)
            return fingerprints[key]

        watched, own_code = context.subject.observed.watched_values, context.subject.own_code
        moments = [*typical(watched, lambda values: values.place), *watched[-1:]]
        at_end = True if self.when == "end" else None  # where the run ends says nothing about it
        own: dict[object, bool] = {}
        for number, values in enumerate(moments, start=1):
            for variables in bindings(self.names, values.values):
                binding = tuple(fingerprint(value, with_grad=name in asked) for name, value in variables.items())
                objects = tuple(value.token for value in variables.values() if isinstance(value, Array))
                # At the student's own statement, what was handed out above is still bound as it was.
                is_own = own.setdefault((binding, objects), own_code.is_own(values.place))
                if is_own and binding not in seen and (self.when == "sometime" or number == len(moments)):
                    seen.add(binding)
                    yield Candidate(position=values.position, place=values.place, variables=variables, is_own=at_end)


def _fingerprint(value: Value | None, *, with_grad: bool) -> object:
    """Equal for two recorded values that no expression can tell apart."""
    if not isinstance(value, Array):
        return value
    data = None if value.data is None else hashlib.blake2b(value.data.tobytes(), digest_size=16).digest()
    grad = _fingerprint(value.grad, with_grad=False) if with_grad else None
    return value.kind, value.dtype, value.shape, value.requires_grad, value.is_leaf, data, grad


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"At no moment does everything hold; what fails: `{line.text}`."
