"""Which functions a check wants to be called, with what, and what has to be recorded of the calls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from grader.judging.error_families import texts_in
from grader.judging.functions.call_variables import WAYS
from grader.judging.functions.derivatives import Derivative, read_by
from grader.judging.functions.hidden_arguments import ArgumentSet, draw_arguments
from grader.judging.functions.hidden_inputs import Inputs, OwnInputs, UniformInputs, draw
from grader.language.expression import Expression
from grader.model import CallProbe, job
from grader.text import count

LIKENESS_CALLS = 5

# Two functions that agree on these inputs are equivalent: both signs, small and large, numbers and vectors.
_LIKENESS: tuple[Inputs, ...] = (
    UniformInputs(uniform=(), low=1, high=3),
    UniformInputs(uniform=(), low=-3, high=-1),
    UniformInputs(uniform=(), low=500, high=2000),
    UniformInputs(uniform=(3,), low=1, high=3),
    UniformInputs(uniform=(3,), low=-3, high=-1),
)
# Of what the student's own inputs may look like.
_LIKE_OWN = (np.array(2.5), np.array([0.7, -1.3, 40.0]))


@dataclass(frozen=True, kw_only=True)
class AskedCalls:
    """``lines`` are all expressions of the check, ``numeric`` the derivatives that are compared with slopes."""

    functions: tuple[str, ...]
    inputs: tuple[Inputs, ...]
    arguments: tuple[ArgumentSet, ...]
    by_name: tuple[str, ...]
    calls: int
    lines: tuple[Expression, ...]
    numeric: tuple[Derivative, ...]
    read: frozenset[str] = field(init=False)
    """The variables that the lines read, and the attributes of arguments."""
    derivatives: frozenset[Derivative] = field(init=False)
    texts: frozenset[str] = field(init=False)
    """The texts in the lines, such as names of errors."""

    def __post_init__(self) -> None:
        read = frozenset().union(*(line.names for line in self.lines))
        object.__setattr__(self, "derivatives", read_by(self.lines))
        object.__setattr__(self, "texts", texts_in(self.lines))
        object.__setattr__(self, "read", read | {derivative.name for derivative in self.derivatives})

    @property
    def has_own_inputs(self) -> bool:
        return any(isinstance(entry, OwnInputs) for entry in self.inputs)

    @property
    def counts_ways(self) -> bool:
        return not self.read.isdisjoint(WAYS)

    @property
    def reads_gradients(self) -> bool:
        return bool(self.derivatives)

    def takes(self) -> str:
        """What a function has to take, in words: "of 2 arguments (w, x)"."""
        if not self.arguments:
            return "of one argument"
        names = max(self.arguments, key=len)
        if not names:
            return "without arguments"
        return f"of {count(len(names), 'argument')} ({', '.join(names)})"

    def probe(self, exercise: str, seed: int) -> CallProbe:
        """The calls by which the check decides."""
        key = self._key(exercise)
        return CallProbe(
            id=self._id(key),
            functions=self.functions,
            inputs=draw(self.inputs, seed=seed, key=key),
            arguments=self._drawn(seed, key, self.calls),
            own=self.has_own_inputs,
            second="second" in self.read,
            branches=self.counts_ways,
            numeric=tuple(dict.fromkeys(derivative.path for derivative in self.numeric)),
            # With one tensor it is cheap, and known mistakes may ask for it.
            weighed=bool(self.inputs) or self.reads_gradients or "weights" in self.read,
            varies="varies" in self.read,
            redraws="redraws" in self.read,
            torch_calls="torch_calls" in self.read,
        )

    def likeness(self, exercise: str, seed: int) -> CallProbe:
        """Calls that tell whether two functions are equivalent."""
        key = f"{exercise}/likeness"
        identity = f"{key}/{'+'.join(self.functions)}"
        if self.inputs:
            return CallProbe(id=identity, functions=self.functions, inputs=draw(_LIKENESS, seed=seed, key=key))
        identity = f"{identity}/{self._key(exercise)}"
        arguments = self._drawn(seed, key, max(self.calls, LIKENESS_CALLS))
        return CallProbe(id=identity, functions=self.functions, arguments=arguments)

    def samples(self) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
        """Inputs for trying out the check itself."""
        yield from draw(self.inputs, seed=0, key="plain")
        if self.has_own_inputs:
            yield from _LIKE_OWN

    def argument_samples(self) -> tuple[job.Arguments, ...]:
        """Arguments for trying out the check itself."""
        return self._drawn(0, "plain", 2)

    def _drawn(self, seed: int, key: str, calls: int) -> tuple[job.Arguments, ...]:
        return draw_arguments(self.arguments, by_name=self.by_name, calls=calls, seed=seed, key=key)

    def _key(self, exercise: str) -> str:
        """Equal for checks with equal functions and inputs, so that they get the same numbers."""
        what: tuple[object, ...] = (self.functions, self.inputs)
        if self.arguments:
            what = (self.functions, self.arguments, self.by_name)
        return f"{exercise}/{hashlib.sha256(repr(what).encode()).hexdigest()[:16]}"

    def _id(self, key: str) -> str:
        """Equal for checks that need the same recordings, so that they share their calls."""
        wants = {
            "second": "second" in self.read,
            "branches": self.counts_ways,
            "varies": "varies" in self.read,
            "redraws": "redraws" in self.read,
            "torch_calls": "torch_calls" in self.read,
            "numeric": bool(self.numeric),
        }
        named = [name for name, wanted in wants.items() if wanted]
        if self.arguments:
            named += [str(self.calls), *sorted({derivative.path for derivative in self.numeric})]
            named += ["gradients"] if self.reads_gradients or "weights" in self.read else []
        return "+".join((key, *named))
