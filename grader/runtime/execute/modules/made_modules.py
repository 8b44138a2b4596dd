"""What is tried for a probe: the modules that may be meant, what they are made with, and what is called of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...record.class_members import own_attributes
from ...record.functions import Functions
from ...record.modules import KnownModule, Modules
from ...record.recorder import Recorder
from ...record.stream import Json
from ..call_arguments import CallArguments, MadeArguments
from .parameters import Parameter, is_module

MAX_TRIED = 20
"""Modules that are tried for one probe."""
MAKERS = 1_000
"""Added to the number of a function that may make a module."""


def tried(modules: Modules, functions: Functions, probe: Json, recorder: Recorder) -> list[KnownModule]:
    """The modules that are tried for a probe, the last ones first, and functions that may make one after them."""
    known_modules = [known for known in modules.matching(probe["modules"]) if may_fit(known, probe)]
    return [*known_modules, *makers(functions, probe["modules"], recorder)][:MAX_TRIED]


def makers(functions: Functions, wanted: list[str], recorder: Recorder) -> list[KnownModule]:
    """The functions that may make a module: by their names, and for ``any`` all functions of the student's own."""
    return [
        KnownModule(
            number=MAKERS + known.position,
            form="maker",
            value=known.decorated or known.function,
            place=recorder.place_of(known.function.__code__.co_filename, known.function.__code__.co_firstlineno),
            names=dict(known.names),
        )
        for known in functions.matching(wanted)
        if known.function is not None and known.call is None and "." not in known.function.__qualname__
    ]


def may_fit(known: KnownModule, probe: Json) -> bool:
    """Whether it may be what is asked for. An own Function has no parameters, and none of a module's methods."""
    return is_named(known, probe) or known.form != "function" or not probe["needed"]


def is_named(known: KnownModule, probe: Json) -> bool:
    """Whether it has one of the names that a probe lists."""
    return bool(known.names.keys() & set(probe["modules"]))


def arguments_of(probes: list[Json]) -> list[Json]:
    """The arguments of all inputs of probes, as the ``calls`` of a job have them."""
    inputs = [entry for probe in probes for entry in probe["inputs"]]
    calls = [call["arguments"] for entry in inputs for call in entry["calls"]]
    return [{"arguments": [*(entry["made_with"] for entry in inputs), *calls]}]


class ModuleInput:
    """What a module is made with, and the calls of its methods: each a name and its arguments."""

    def __init__(self, fields: Json, payload: bytes, support: Callable[[str], Any]) -> None:
        self.made_with = CallArguments(fields["made_with"], payload, support)
        self.calls = [(call["method"], CallArguments(call["arguments"], payload, support)) for call in fields["calls"]]


@dataclass(slots=True, kw_only=True)
class Made:
    """An object with its parameters, and what it was made with."""

    thing: Any
    given: MadeArguments
    parameters: list[Parameter]
    unregistered: list[Json]


@dataclass(slots=True, kw_only=True)
class Called:
    """A call of an object: the arguments of each method, and what came out."""

    arguments: list[MadeArguments] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)


def set_mode(thing: Any, mode: str) -> None:
    """Set a module to a mode, as ``train()`` and ``eval()`` do; another object by its own methods of these names, or by
    its attribute ``training``.
    """
    if is_module(thing) or callable(getattr(type(thing), mode, None)):
        getattr(thing, mode)()
    elif type(own_attributes(thing).get("training")) is bool:
        thing.training = mode == "train"


def takes(function: Any, given: MadeArguments) -> bool:
    """Whether a function can be called with these arguments."""
    try:
        inspect.signature(function).bind(*given.by_position, **given.by_name)
    except (TypeError, ValueError):
        return False
    return True
