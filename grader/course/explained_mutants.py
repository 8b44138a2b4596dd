"""Explained mutants: reads ``solutions/mistakes/<id>/mutants.yaml``, which says why mutants of the reference that get
full marks should get them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, RootModel, field_validator

from grader.errors import ExerciseError, Mistake
from grader.language import yaml_file
from grader.language.validation import MistakeCollector, describe, validate
from grader.language.yaml_file import Document

MUTANTS = "mutants.yaml"
STAR = "*"


class Reasons(RootModel[Mapping[str, str]]):
    """Reasons by the names of mutants, in which ``*`` stands for any text."""

    root: Mapping[str, str] = Field(
        title="Why mutants of the reference may get full marks, by their names",
        description="The name is that of `grade mutants ID --survivors`; `*` in it stands for any text.",
    )

    @field_validator("root", mode="before", json_schema_input_type=dict[str, str])
    @classmethod
    def _are_sentences(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            raise ValueError(f'expected lines such as `"drop-clone: y = x.clone()": why`, found {describe(value)}')
        mistakes = MistakeCollector()
        for name, reason in value.items():
            if (text := wrong_with(name, reason)) is not None:
                mistakes.add((name,), text)
        mistakes.raise_if_any()
        return value


def wrong_with(name: str, reason: object) -> str | None:
    """What is wrong with a line; None: nothing."""
    if not isinstance(reason, str) or not reason.strip():
        return f"expected why it may get full marks, as a text; found {describe(reason)}"
    if ": " not in name:
        return 'expected the name of a mutant, such as `"drop-clone: y = x.clone()"`, in quotes'
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedMutants:
    """The reasons of an exercise's file, by names of mutants; none where it has no such file."""

    reasons: Mapping[str, str]
    document: Document | None = None

    def reason_for(self, name: str) -> str | None:
        """Why a mutant may get full marks; a whole name counts before one with ``*``."""
        if name in self.reasons:
            return self.reasons[name]
        return next((reason for given, reason in self.reasons.items() if names(given, name)), None)

    def stale(self, made: Iterable[str]) -> Iterator[Mistake]:
        """The names that none of the mutants has that can be made."""
        known = list(made)
        for given in self.reasons:
            if self.document is not None and not any(names(given, name) for name in known):
                yield self.document.mistake(
                    (given,), "the reference has no such mutant any more; take this line out, or name one that it has"
                )

    def needless(self, survivors: Iterable[str], untried: Iterable[str]) -> Iterator[Mistake]:
        """The names of which every mutant was tried and caught."""
        known = [*survivors, *untried]
        for given in self.reasons:
            if self.document is not None and not any(names(given, name) for name in known):
                yield self.document.mistake((given,), "the exercise catches this mutant; take this line out")


def names(given: str, name: str) -> bool:
    """Whether a name in the file, in which ``*`` stands for any text, is that of a mutant."""
    return re.fullmatch(".*".join(map(re.escape, given.split(STAR))), name) is not None


def load_explained_mutants(folder: Path) -> ExplainedMutants:
    """The explained mutants in the folder of an exercise's known submissions. Raises ExerciseError with all mistakes of
    the file.
    """
    found, mistakes = read_explained_mutants(folder)
    if mistakes:
        raise ExerciseError(mistakes)
    return found


def read_explained_mutants(folder: Path) -> tuple[ExplainedMutants, Sequence[Mistake]]:
    """The explained mutants of the lines that are right, and the mistakes in the others."""
    path = folder / MUTANTS
    if not path.exists():
        return ExplainedMutants(reasons={}), ()
    try:
        document = yaml_file.load(path)
    except ExerciseError as error:
        return ExplainedMutants(reasons={}), error.mistakes
    _, mistakes = validate(Reasons, document)
    right = {name: reason for name, reason in document.data.items() if wrong_with(name, reason) is None}
    return ExplainedMutants(reasons=right, document=document), mistakes
