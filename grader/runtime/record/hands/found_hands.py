"""A hand in a backward pass as data (``grader.model.Hand``), and collections of hands without repetitions."""

from __future__ import annotations

import linecache
from types import CodeType, FunctionType

from ..recorder import Recorder
from ..stream import MAX_NAME, Json

MAX_DECORATORS = 20
MAX_HANDS = 20
"""Hands recorded of one pass; those that changed something come first."""

Key = tuple[str, str, int, int]
HandSet = dict[Key, Json]


def made(recorder: Recorder, kind: str, name: object, code: object = None, *, changed: bool = True) -> Json:
    """A hand as data: at the definition of ``code`` where that is the submission's, otherwise at the current line."""
    function = getattr(code, "__func__", code)
    place = recorder.place()
    if type(function) is FunctionType and function.__code__.co_filename in recorder.files:
        place = recorder.place_of(function.__code__.co_filename, _line_of(function.__code__))
    return {"kind": kind, "name": str(name)[:MAX_NAME], "place": place, "changed": changed}


def _line_of(code: CodeType) -> int:
    """The line with ``def``: for Python, a function begins at its first decorator."""
    first = code.co_firstlineno
    lines = range(first, first + MAX_DECORATORS)
    return next((line for line in lines if "def " in linecache.getline(code.co_filename, line)), first)


def add(found: HandSet, hand: Json) -> None:
    """Add a hand to a collection. Of a hand that is there already, the entry is kept that says more of a change."""
    key = key_of(hand)
    known = found.get(key)
    if known is None:
        if len(found) < (10 * MAX_HANDS if hand["changed"] else MAX_HANDS):
            found[key] = hand
    elif _certainty(hand) > _certainty(known):
        found[key] = hand


def key_of(hand: Json) -> Key:
    """What makes two hands the same in a collection."""
    place = hand["place"]
    return hand["kind"], hand["name"], place["cell"], place["line"]


def _certainty(hand: Json) -> int:
    return 0 if not hand["changed"] else 1 if hand.get("suspected") else 2


def hands_of(*collections: HandSet) -> list[Json]:
    """Collected hands as one list."""
    together: HandSet = {}
    for found in collections:
        for hand in found.values():
            add(together, hand)
    return sorted(together.values(), key=_certainty, reverse=True)[:MAX_HANDS]
