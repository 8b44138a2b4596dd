"""The classes and modules that a submission binds names to, at any time of its run.

They are registered when the statement has ended that bound the name, so a name that is bound to another class in a
later cell hides nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from .callables import is_class
from .class_members import members_of
from .recorder import Recorder
from .stream import Json

MAX_MODULES = 60
"""Classes and objects of one submission."""

_name_of = type.__dict__["__name__"].__get__
"""The name of a class. Its metaclass may say another."""

Form = Literal["class", "maker", "function", "object"]


@dataclass(slots=True, kw_only=True)
class KnownModule:
    """A class, a function that may make a module, an own ``autograd.Function``, or a module that a name is bound to."""

    number: int
    form: Form
    value: Any
    place: Json
    names: dict[str, None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return next(iter(self.names), "")


class Modules:
    """Every class and module that a name of the submission's was bound to, with these names."""

    def __init__(self, namespace: Mapping[str, Any], recorder: Recorder) -> None:
        self._namespace = namespace
        self._recorder = recorder
        self._known: dict[int, KnownModule] = {}
        """By ``id`` of the class or object, which is kept alive."""
        self._others: dict[int, object] = {}
        """Other classes, kept alive, so that each is looked at once."""

    def note_names(self) -> None:
        """Note what the names of the module are bound to now."""
        for name, value in list(self._namespace.items()):
            if type(name) is not str or id(value) in self._others:
                continue
            known = self._known.get(id(value))
            if known is None:
                form = None if name.startswith("__") or len(self._known) >= MAX_MODULES else form_of(value)
                if form is None:
                    if issubclass(type(value), type):
                        self._others[id(value)] = value
                    continue
                known = self._known[id(value)] = KnownModule(
                    number=len(self._known), form=form, value=value, place=self._recorder.place()
                )
            known.names[name] = None
            if known.form == "object" and is_own_class(type(value)):
                known.names.setdefault(_name_of(type(value)))  # it is one of what was asked for by its class

    def matching(self, wanted: list[str]) -> list[KnownModule]:
        """Those bound to one of the names; if ``any`` is among the names, all others of the student's own after them.
        Of each group the latest come first.
        """
        latest = sorted(self._known.values(), key=lambda known: -known.number)
        named = [known for known in latest if known.names.keys() & set(wanted)]
        rest = [known for known in latest if "any" in wanted and known not in named]
        return named + rest


def form_of(value: Any) -> Form | None:
    """What a value can be used as; None where it is neither a class of the submission's own nor a module."""
    kind = type(value)
    if not issubclass(kind, type):
        return "object" if is_class(kind, torch.nn.Module) else None
    if not is_own_class(value) or any(is_class(value, other) for other in (BaseException, torch.Tensor, type)):
        return None
    return "function" if is_class(value, torch.autograd.Function) else "class"


def is_own_class(kind: type) -> bool:
    """Whether a class was written in the submission, or in a file beside it, and not by an installed package."""
    module = members_of(kind).get("__module__")
    if module == "__main__":
        return True
    file = getattr(sys.modules.get(module), "__file__", None) if type(module) is str else None
    return type(file) is str and not file.startswith((sys.prefix, sys.base_prefix))
