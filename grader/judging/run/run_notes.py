"""Notes on a run for the student: missing modules and names, and what torch's warnings mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.model import Location, Observation, RunError, RunNote, RunPlace, Warned
from grader.submission.known_packages import is_known
from grader.text import capitalized, count

_NO_MODULE = re.compile(r"No module named '([^']{1,100})'")
_MISSING = (
    (re.compile(r"cannot import name '([^']{1,100})' from '([^']{1,100})'"), "`{1}` has no `{0}`"),
    (re.compile(r"^module '([^']{1,100})' has no attribute '([^']{1,100})'"), "`{0}` has no `{1}`"),
)
"""Error messages about missing names of modules in all supported versions of Python, and the note for each."""
_UNIMPORTED = re.compile(r"^name '(np|plt|torch|d2l|nn|F|pd|math)' is not defined")
"""Usual names of imported modules. They are undefined if the submission lost its first cell, for example."""
_NO_GPU = re.compile(r"Torch not compiled with CUDA enabled|No CUDA GPUs are available|Found no NVIDIA driver")
_MISSING_TYPES = ("ModuleNotFoundError", "ImportError", "AttributeError")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The meaning of warnings whose text ``pattern`` is found in."""

    pattern: re.Pattern[str]
    words: str


MEANINGS = (
    Meaning(
        pattern=re.compile(r"\.grad attribute of a Tensor that is not a leaf"),
        words="`.grad` is read of a tensor that is not a leaf, and is None there: autograd keeps the gradients of "
        "leaves. Look at the leaf, or call `retain_grad()` on this tensor before `backward()`.",
    ),
    Meaning(
        pattern=re.compile(r"To copy construct from a (non-leaf )?tensor"),
        words="`torch.tensor(t)` of a tensor `t` copies its values and no more: no gradient flows back through it.",
    ),
    Meaning(
        pattern=re.compile(r"Converting a tensor with requires_grad=True to a scalar"),
        words="a tensor becomes a plain number here: no gradient flows back through it. `.item()` says so openly.",
    ),
    Meaning(
        pattern=re.compile(r"Using backward\(\) with create_graph=True"),
        words="`backward(create_graph=True)` keeps the whole graph alive in `.grad`, which is harmless here; "
        "`torch.autograd.grad(…, create_graph=True)` does not.",
    ),
)


def find_run_notes(
    observation: Observation, errors: Sequence[RunError], locate: Callable[[RunPlace], Location | None]
) -> tuple[str, ...]:
    """All notes, without duplicates. ``locate`` turns a place of the run into the student's own cell and line."""
    notes = [
        *(text for error in errors if error.cause is None and (text := _missing(error)) is not None),
        *_meanings(observation, locate),
        *(_placed(event, locate) for event in observation.events if isinstance(event, RunNote)),
    ]
    return tuple(dict.fromkeys(notes))


def _placed(note: RunNote, locate: Callable[[RunPlace], Location | None]) -> str:
    """A remark of the recorder with its place."""
    where = None if note.place is None else locate(note.place)
    return note.text if where is None else f"{capitalized(where.in_words())}: {note.text}"


def _missing(error: RunError) -> str | None:
    """The note for an error about a missing module, name or device: later errors may follow from it."""
    if _NO_GPU.search(error.text):
        return "Submissions run without a GPU. Leave `.cuda()` out, or ask `torch.cuda.is_available()` first."
    if error.type == "NameError" and (unimported := _UNIMPORTED.search(error.text)) is not None:
        return f"`{unimported[1]}` is used before it is imported, so what needs it there could not run."
    if error.type not in _MISSING_TYPES:
        return None
    if (found := _NO_MODULE.search(error.text)) is not None:
        return _without_module(found[1])
    for pattern, words in _MISSING:
        if (found := pattern.search(error.text)) is not None:
            return f"{words.format(*found.groups())} where submissions run, so whatever needs it could not run."
    return None


def _without_module(name: str) -> str:
    absent = f"`{name}` is not installed where submissions run"
    if is_known(name):
        return f"{absent}, so whatever needs it could not run."
    return (
        f"{absent}, and does not lie beside this file there, so whatever needs it could not run. "
        "A module of your own has to be handed in with the file."
    )


def _meanings(observation: Observation, locate: Callable[[RunPlace], Location | None]) -> Iterator[str]:
    """A sentence for every known kind of warning, with the first place that caused it."""
    warnings = [event for event in observation.events if isinstance(event, Warned)]
    for meaning in MEANINGS:
        places = [event.place for event in warnings if meaning.pattern.search(event.text)]
        if places:
            where = locate(places[0])
            start = "Somewhere" if where is None else capitalized(where.in_words())
            others = f" (and {count(len(places) - 1, 'other line')})" if len(places) > 1 else ""
            yield f"{start}{others}: {meaning.words}"
