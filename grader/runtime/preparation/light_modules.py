"""Keeps torch from importing two large modules, of which it needs two or three small functions for usual code.

The first ``backward(gradient)`` imports ``torch.fx.experimental.symbolic_shapes``, and sympy with it: 0.4 s, 490
modules. The first optimizer or transform (``torch.func.grad``) imports ``torch._dynamo``: 1.2 s, 820 modules. Here both
are in ``sys.modules`` as modules that have not run their code yet. Modules of torch that are listed in ``_LIGHT`` get
small functions from them, which do the same for usual arguments. Whatever else looks at such a module, in whatever way,
makes it run its code, and it is then the module that the import would have made: a submission that uses it,
``torch.compile``, ``torch.export``, an import of a module below it.

Relies on the source of the files in ``_RELIED_ON``, by its digest. Where that is unknown it does nothing, and torch
imports the modules.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch

SHAPES, DYNAMO = "torch.fx.experimental.symbolic_shapes", "torch._dynamo"
_RELIED_ON = {
    SHAPES: ("fx/experimental/__init__.py", "fx/experimental/symbolic_shapes.py"),
    DYNAMO: (
        *("_compile.py", "optim/optimizer.py", "_functorch/eager_transforms.py", "_dynamo/compiled_autograd.py"),
        *("_dynamo/decorators.py", "_dynamo/eval_frame.py", "_dynamo/__init__.py"),
    ),
}
"""Files below torch's folder: those that define the functions, and those that keep what ``disable`` returns."""
KNOWN: Mapping[str, Mapping[str | None, str]] = {
    SHAPES: {"db23b81c55b3856969af302c258ea8aa62886c7781ef0b7dac353577d7825efa": "2.13.0"},
    DYNAMO: {"47652a9344ac7d5993357ebaa4978e2dc3f05aea59d16db720e5ec5c2456d198": "2.13.0"},
}
"""Digests of these files, and the release of torch with them; each passed this module's tests."""
_LOADING = frozenset({"__path__", "__dict__", "__all__", "__doc__", "__getattr__", "__dir__", "__annotations__"})
"""Names with underscores that make a module run its code. The others are known before, or asked of all modules by code
that looks for something else, such as ``inspect``.
"""
_lock = threading.RLock()


def warm_up() -> None:
    """Put the light modules in place, where they were not imported yet and torch is known to be as described above."""
    for name in _RELIED_ON:
        if name not in sys.modules and digest(name) in KNOWN[name]:
            _put_in_place(name)


def digest(name: str) -> str | None:
    """The digest of what a light module relies on; None where a file is missing."""
    found = hashlib.sha256()
    try:
        for file in _RELIED_ON[name]:
            found.update(Path(str(torch.__file__)).parent.joinpath(file).read_bytes())
    except OSError:
        return None
    return found.hexdigest()


def _put_in_place(name: str) -> None:
    parent, _, last = name.rpartition(".")
    owner = importlib.import_module(parent)
    if name == SHAPES:
        importlib.import_module("torch.fx.experimental._config")  # code that gets light functions looks there, too
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Light
    sys.modules[name] = module
    setattr(owner, last, module)  # as an import does


class _Light(ModuleType):
    """A module that has not run its code yet."""

    def __getattribute__(self, name: str) -> Any:
        own = super().__getattribute__
        if name.startswith("__") and name.endswith("__") and name not in _LOADING:
            return own(name)
        if name == "__path__" and own("__spec__").submodule_search_locations is None:
            return own(name)  # raises: it is no package, which every ``from … import`` asks
        own_name = own("__name__")
        caller = sys._getframe(1).f_globals.get("__name__")
        light = _LIGHT[own_name].get(str(caller), {}).get(name)
        if light is not None and caller in sys.modules and sys._getframe(1).f_globals is vars(sys.modules[caller]):
            return light
        return getattr(_loaded(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(_loaded(self) if name != "__class__" else super(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_loaded(self), name)


def _loaded(module: Any) -> Any:
    """The same module after it has run its code. While it does, it is a usual module, as in any import."""
    with _lock:
        if object.__getattribute__(module, "__class__") is _Light:
            object.__setattr__(module, "__class__", ModuleType)
            try:
                module.__spec__.loader.exec_module(module)
            except BaseException:
                object.__setattr__(module, "__class__", _Light)
                raise
    return module


def _is_light(name: str) -> bool:
    return type(sys.modules[name]) is _Light


def _real(name: str, *path: str) -> Any:
    value = _loaded(sys.modules[name])
    for attribute in path:
        value = getattr(value, attribute)
    return value


# --------------------------------------------------------------------------------------------------------------------
# symbolic_shapes, for sizes that are plain numbers: has a given gradient the shape of its output?
# --------------------------------------------------------------------------------------------------------------------


_SIZES = (torch.Size, tuple, list)


def _sym_eq(x: Any, y: Any) -> Any:
    if type(x) in _SIZES and type(y) in _SIZES and all(type(size) is int for size in (*x, *y)):
        return tuple(x) == tuple(y)
    return _real(SHAPES, "sym_eq")(x, y)


def _expect_true(a: Any, skip: int = 0) -> Any:
    return a if type(a) is bool else _real(SHAPES, "expect_true")(a, skip + 1)


def _sym_and(x: Any, *others: Any) -> Any:
    plain = all(type(one) is bool for one in (x, *others))
    return all((x, *others)) if plain else _real(SHAPES, "sym_and")(x, *others)


def _sym_or(x: Any, *others: Any) -> Any:
    plain = all(type(one) is bool for one in (x, *others))
    return any((x, *others)) if plain else _real(SHAPES, "sym_or")(x, *others)


def _plain(name: str, kind: type, *answer: Any) -> Callable[[Any], Any]:
    """A function that gives a value of this type back, or ``answer``; any other value is for the real function."""

    def function(value: Any) -> Any:
        if type(value) is kind:
            return answer[0] if answer else value
        return _real(SHAPES, name)(value)

    return function


_DECOMPOSING: dict[str, Callable[..., Any]] = {
    "sym_eq": _sym_eq,
    "sym_and": _sym_and,
    "sym_or": _sym_or,
    "guard_or_false": _plain("guard_or_false", bool),
    "guard_or_true": _plain("guard_or_true", bool),
    "guard_size_oblivious": _plain("guard_size_oblivious", bool),
    "statically_known_true": _plain("statically_known_true", bool),
    "guard_int": _plain("guard_int", int),
    "is_nested_int": _plain("is_nested_int", int, False),
    "has_guarding_hint": _plain("has_guarding_hint", int, True),
    "guarding_hint_or_throw": _plain("guarding_hint_or_throw", int),
}
"""For decompositions of operations, of which second derivatives are made."""

# --------------------------------------------------------------------------------------------------------------------
# _dynamo, for optimizers and transforms: nothing is being compiled as long as it has not run its code
# --------------------------------------------------------------------------------------------------------------------


def _disable(fn: Any, recursive: bool = True, wrapping: bool = True) -> Callable[..., Any]:
    """``torch._compile`` keeps what this returns, so it asks at each call whether something may be compiled by now."""

    def disabled(*args: Any, **kwargs: Any) -> Any:
        if _is_light(DYNAMO):
            return fn(*args, **kwargs)
        fn.__dynamo_disable = _real(DYNAMO, "disable")(fn, recursive, wrapping=wrapping)
        return fn.__dynamo_disable(*args, **kwargs)

    return disabled


def _graph_break(msg: str = "") -> None: ...


@contextmanager
def _without_compiled_autograd() -> Iterator[None]:
    compiler = torch._C._dynamo.compiled_autograd.set_autograd_compiler(None, False)
    try:
        yield
    finally:
        torch._C._dynamo.compiled_autograd.set_autograd_compiler(*compiler)


_LIGHT: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    SHAPES: {
        "torch.autograd": {"sym_eq": _sym_eq, "expect_true": _expect_true},
        "torch": {"expect_true": _expect_true},  # ``torch._check``
        **dict.fromkeys(
            ("torch._refs", "torch._prims", "torch._prims_common", "torch._decomp.decompositions"), _DECOMPOSING
        ),
    },
    DYNAMO: {
        "torch._compile": {"disable": _disable},
        "torch.optim.optimizer": {"graph_break": _graph_break},
        "torch._functorch.eager_transforms": {
            "compiled_autograd": SimpleNamespace(_disable=_without_compiled_autograd),
        },
    },
}
"""For each light module, by the name of the module of torch that asks: what it is given."""
