"""The objects that earlier checks found, for checks that refer to them as ``check.name``: ``u-is-constant.x``.

A check that passed may have found several objects for a name: a submission may have several tensors called ``u``.
Each of them may be followed, but what belongs together stays together: ``u-is-constant.x`` and ``u-is-constant.y`` in
one check are the objects of one finding.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.judging.passes.backward_passes import BackwardPass
from grader.model import Array, Verdict

MAX_FOUND = 256
"""Findings that are kept of one check."""
MAX_CHOICES = 1_024
"""Ways to choose a finding of each check that is referred to."""

_REFERENCE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([^\W\d]\w*)")


class PartName(str):
    """The name of a part of an object, such as ``model.weight``, that looks like a reference and is none: the exercise
    has no check called ``model``.
    """

    __slots__ = ()


class Reference(NamedTuple):
    """The object that an earlier check found for a name or a role."""

    check: str
    name: str


def reference_in(text: object) -> Reference | None:
    """What a text refers to; None if it is no reference, but a name."""
    match = _REFERENCE.fullmatch(text) if isinstance(text, str) and not isinstance(text, PartName) else None
    return None if match is None else Reference(*match.groups())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One finding of each check that is referred to. ``tokens`` has the objects by the texts of the references."""

    tokens: Mapping[str, int] = field(default_factory=dict)
    after: int = -1
    """Only what happened after this position counts."""

    def is_object(self, text: str, token: int) -> bool:
        return token != 0 and self.tokens.get(text) == token


def choices(texts: Iterable[str], earlier: Mapping[str, Verdict], *, after: str | None) -> Sequence[Choice]:
    """Every way to choose findings for the references among some texts; one without objects if there are none.

    ``earlier`` has the verdicts of the checks above. A check that also comes ``after`` one that it refers to has to
    come after the finding that is chosen.
    """
    wanted: dict[str, dict[str, str]] = {}
    for text in texts:
        reference = reference_in(text)
        if reference is not None:
            wanted.setdefault(reference.check, {})[text] = reference.name
    by_check = [list(_distinct(names, earlier.get(check), is_before=check == after)) for check, names in wanted.items()]
    return [
        Choice(
            tokens={text: token for part in combination for text, token in part.tokens.items()},
            after=max((part.after for part in combination), default=-1),
        )
        for combination in itertools.islice(itertools.product(*by_check), MAX_CHOICES)
    ]


def _distinct(names: Mapping[str, str], verdict: Verdict | None, *, is_before: bool) -> Iterator[Choice]:
    """The different objects that a check found for some names, where it found them first."""
    seen = set()
    for found in () if verdict is None else verdict.bound:
        tokens = {text: found.objects.get(name, 0) for text, name in names.items()}
        key = tuple(tokens.values())
        if key not in seen:
            seen.add(key)
            yield Choice(tokens=tokens, after=found.position if is_before else -1)


class Followed:
    """The choices by the objects that a backward pass has to reach and to go through.

    ``through`` and ``leaves`` are fields of the check: texts that may be references, or None.
    """

    def __init__(self, chosen: Sequence[Choice], *, through: str | None, leaves: Sequence[str | None]) -> None:
        self._through = through if reference_in(through) is not None else None
        self._leaves = {index: text for index, text in enumerate(leaves) if text is not None and reference_in(text)}
        self._choices: dict[tuple[int, ...], list[Choice]] = {}
        for choice in chosen:
            through_token = 0 if self._through is None else choice.tokens[self._through]
            tokens = tuple(choice.tokens[text] for text in self._leaves.values())
            if all(tokens) and (through_token or self._through is None):
                self._choices.setdefault((through_token, *tokens), []).append(choice)
        self._through_tokens = {key[0] for key in self._choices}
        self._leaf_tokens = {token for key in self._choices for token in key[1:]}

    @property
    def by_object(self) -> bool:
        """Whether any object is followed."""
        return self._through is not None or bool(self._leaves)

    def choice(self, entry: BackwardPass, leaves: Sequence[int]) -> Choice | None:
        """The choice that a pass is about; None if it is about others. ``leaves`` are the tokens of its leaves."""
        tokens = tuple(leaves[index] for index in self._leaves)
        for through in (0,) if self._through is None else entry.event.through_tokens:
            for choice in self._choices.get((through, *tokens), ()):
                if entry.position > choice.after:
                    return choice
        return None

    def is_same_leaf(self, token: int) -> bool:
        """Whether some choice has this leaf; true where leaves are not followed."""
        return not self._leaves or token in self._leaf_tokens

    def is_same_through(self, tokens: Sequence[int]) -> bool:
        """Whether some choice has one of these tensors to go through; true where none is followed."""
        return self._through is None or not self._through_tokens.isdisjoint(tokens)


def objects_of(values: Mapping[str, object]) -> dict[str, int]:
    """The tokens of the values that have one, by their names."""
    return {name: value.token for name, value in values.items() if isinstance(value, Array) and value.token}
