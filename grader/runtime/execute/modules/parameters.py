"""The parameters of a module: their names and shapes, and values that are drawn from the seed and set.

The values are drawn by the name and shape of the parameter that is needed, so that the reference's module and the
student's get equal ones, whatever the student calls them. Only exact attributes are read: what a class of the
submission's says of itself does not count.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import torch

from ...protocol.record import MAX_ELEMENTS, MAX_PARAMETERS, MAX_UNREGISTERED
from ...record.class_members import own_attributes
from ...record.modules import is_own_class
from ...record.stream import MAX_NAME, Json, is_one_of, is_tensor

Numbers = np.ndarray[Any, Any]
Shape = tuple[int, ...]
Fit = Literal["as it is", "transposed", "reshaped"]

MAX_MODULES = 2_000
"""Modules in a module that are looked through."""
MAX_ARRANGEMENTS = 5
"""Other ways to match parameters that are tried."""
MAX_KEPT = 10_000
"""Numbers in a parameter whose values are kept for the next module and probe that need them."""
MAX_NUMBERS = 4_000_000
"""Numbers in all parameters of a module that are drawn."""
_SEQUENCES = (list, tuple, set)
_drawing_from = np.random.default_rng
"""Bound at import: a submission may replace it."""


class TooLarge(Exception):
    """The module has more parameters than are set and recorded."""


@dataclass(slots=True, kw_only=True)
class Parameter:
    """A parameter of the student's module. ``fills``: the needed parameter whose values it gets, and how these fit."""

    name: str
    tensor: torch.Tensor
    is_of_torch: bool = False
    """A module of torch's own holds it, so that its orientation is known."""
    fills: str = ""
    needed: Shape = ()
    fit: Fit = "as it is"

    @property
    def shape(self) -> Shape:
        return tuple(self.tensor.shape)

    @property
    def is_undecided(self) -> bool:
        """Whether its shape does not tell its orientation."""
        shape = self.shape
        return bool(self.fills) and len(shape) == 2 and 1 < shape[0] == shape[1] and not self.is_of_torch

    def as_needed(self, tensor: torch.Tensor | None) -> torch.Tensor | None:
        """A value or gradient of this parameter in the shape of the needed one; a sparse gradient made dense."""
        if tensor is not None and tensor.layout != torch.strided and tensor.numel() <= MAX_ELEMENTS:
            tensor = tensor.to_dense()
        if tensor is None or self.fit == "as it is":
            return tensor
        return tensor.t() if self.fit == "transposed" else tensor.reshape(self.needed)


def parts_of(module: object) -> Iterator[tuple[str, object]]:
    """A module and the modules in it, by their dotted names, each once. Raises TooLarge."""
    seen = {id(module)}
    waiting: list[tuple[str, object]] = [("", module)]
    while waiting:
        path, part = waiting.pop()
        yield path, part
        inner = [
            (f"{path}{name}.", other)
            for name, other in list(dict.items(own_attributes(part)["_modules"]))
            if other is not None and id(other) not in seen
        ]
        for _, other in inner:
            seen.add(id(other))
        if len(seen) > MAX_MODULES:
            raise TooLarge(f"It is made of more than {MAX_MODULES:,} modules.")
        waiting += reversed(inner)


def parameters_of(thing: object, given: Sequence[torch.Tensor] = ()) -> list[Parameter]:
    """The parameters of a module in their order, shared ones once; of another object the tensors among its attributes
    that require grad, and the parameters of modules among them, apart from those that it was ``given``. Raises
    TooLarge.
    """
    found: dict[int, Parameter] = {}
    for name, tensor, is_of_torch in _registered(thing) if is_module(thing) else _held_by(thing, given):
        if id(tensor) not in found:
            if len(found) >= MAX_PARAMETERS:
                raise TooLarge(f"It has more than {MAX_PARAMETERS} parameters.")
            found[id(tensor)] = Parameter(name=name, tensor=tensor, is_of_torch=is_of_torch)
    return list(found.values())


def _registered(module: object) -> Iterator[tuple[str, torch.Tensor, bool]]:
    for path, part in parts_of(module):
        is_of_torch = not is_own_class(type(part))
        for name, tensor in list(dict.items(own_attributes(part)["_parameters"])):
            if is_tensor(tensor):
                yield f"{path}{name}", tensor, is_of_torch


def _held_by(thing: object, given: Sequence[torch.Tensor]) -> Iterator[tuple[str, torch.Tensor, bool]]:
    known = {id(tensor) for tensor in given}
    for name, value in list(own_attributes(thing).items()):
        is_leaf = type(name) is str and is_tensor(value) and value.requires_grad and value.is_leaf
        if is_leaf and id(value) not in known:
            yield name, value, False
    for name, module in modules_held_by(thing):
        for path, tensor, is_of_torch in _registered(module):
            if id(tensor) not in known:
                yield f"{name}.{path}", tensor, is_of_torch


def modules_held_by(thing: object) -> list[tuple[str, object]]:
    """The modules among a plain object's attributes, also those in a list, tuple or dictionary, by dotted names."""
    found: list[tuple[str, object]] = []
    for name, value in list(own_attributes(thing).items()):
        if type(name) is not str:
            continue
        items: list[tuple[str, object]] = [(name, value)]
        if type(value) is list or type(value) is tuple:
            items = [(f"{name}.{number}", item) for number, item in enumerate(value[:MAX_PARAMETERS])]
        elif type(value) is dict:
            pairs = list(value.items())[:MAX_PARAMETERS]
            items = [(f"{name}.{key}", item) for key, item in pairs if type(key) in (str, int)]
        found += [(path, item) for path, item in items if is_module(item)]
    return found[:MAX_PARAMETERS]


def floating_attributes(thing: object) -> list[Parameter]:
    """The floating tensors among the attributes of a plain object, as a layer has them that does without autograd."""
    return [
        Parameter(name=name, tensor=value)
        for name, value in list(own_attributes(thing).items())
        if type(name) is str and is_tensor(value) and value.is_floating_point() and value.is_leaf
    ][:MAX_PARAMETERS]


def drawn_attributes(thing: object, other: object) -> list[Parameter]:
    """Of these tensors, those that were drawn at random: they differ in an object that was made under another seed."""
    others = {one.name: one.tensor for one in floating_attributes(other)}
    return [
        one
        for one in floating_attributes(thing)
        if one.name in others
        and one.tensor.shape == others[one.name].shape
        and not torch.equal(one.tensor.detach(), others[one.name].detach())
    ]


def zero_attributes(thing: object) -> list[Parameter]:
    """Of these tensors, those that are all zero."""
    return [one for one in floating_attributes(thing) if one.tensor.numel() and not one.tensor.detach().any()]


def buffers_of(thing: object, given: Sequence[torch.Tensor] = ()) -> list[tuple[str, torch.Tensor]]:
    """The buffers of a module; of another object its tensors that are no parameters, and the buffers of modules among
    its attributes. Raises TooLarge.
    """
    if not is_module(thing):
        inner = [
            (f"{path}.{name}", buffer) for path, module in modules_held_by(thing) for name, buffer in buffers_of(module)
        ]
        known = [*given, *(parameter.tensor for parameter in parameters_of(thing, given))]
        values = [(name, value) for name, value in list(own_attributes(thing).items()) if type(name) is str]
        own = [
            (name, value) for name, value in values if is_tensor(value) and not any(value is other for other in known)
        ]
        return [*own, *inner][:MAX_PARAMETERS]
    found: dict[int, tuple[str, torch.Tensor]] = {}
    for path, part in parts_of(module=thing):
        for name, tensor in list(dict.items(own_attributes(part)["_buffers"])):
            if is_tensor(tensor) and len(found) < MAX_PARAMETERS:
                found.setdefault(id(tensor), (f"{path}{name}", tensor))
    return list(found.values())


def unregistered_in(module: object, parameters: Sequence[Parameter]) -> list[Json]:
    """Attributes with modules, parameters or tensors that the module knows nothing of."""
    found: list[Json] = []
    parts = list(parts_of(module))
    registered = {id(parameter.tensor) for parameter in parameters} | {id(part) for _, part in parts}
    registered |= {id(buffer) for _, buffer in buffers_of(module)}
    for path, part in parts:
        if not is_own_class(type(part)):
            continue
        for name, value in list(own_attributes(part).items()):
            if type(name) is not str or name in ("_parameters", "_buffers", "_modules"):
                continue
            holds = _held(value, registered)
            if holds and len(found) < MAX_UNREGISTERED:
                found.append({"name": f"{path}{name}"[:MAX_NAME], "holds": holds})
    return found


def _held(value: object, registered: set[int]) -> str:
    kind = type(value)
    if is_tensor(value):
        if id(value) in registered or not value.is_leaf:
            return ""
        return "tensor" if value.requires_grad else "constant"
    items: list[Any] = []
    if is_one_of(kind, _SEQUENCES):
        items = list(value)[:MAX_PARAMETERS]  # type: ignore[call-overload]  # by its type
    elif kind is dict:
        items = list(value.values())[:MAX_PARAMETERS]  # type: ignore[attr-defined]  # by its type
    if any(is_module(item) and id(item) not in registered for item in items):
        return "modules"
    loose = (item for item in items if is_tensor(item) and id(item) not in registered)
    return "parameters" if any(item.requires_grad and item.is_leaf for item in loose) else ""


def is_module(thing: object) -> bool:
    """Whether an object is a module that was initialised."""
    if not issubclass(type(thing), torch.nn.Module):
        return False
    attributes = own_attributes(thing)
    return all(issubclass(type(attributes.get(name)), dict) for name in ("_parameters", "_buffers", "_modules"))


def match(parameters: Sequence[Parameter], needed: Sequence[tuple[str, Shape]]) -> None:
    """Say which needed parameter each one gets the values of: that of its name, where the shape fits. The others get
    those that are left in order, where all their shapes fit so; else each the next one of its shape, then of the
    transposed shape, then of a shape that differs by dimensions of one element.
    """
    waiting = dict(needed)
    for fits in (_same, _transposed):
        for parameter in parameters:
            if parameter.name in waiting and not parameter.fills and fits(parameter.shape, waiting[parameter.name]):
                _fill(parameter, parameter.name, waiting)
    rest = [parameter for parameter in parameters if not parameter.fills]
    left = list(waiting.items())
    if len(rest) == len(left) and all(
        any(fits(parameter.shape, shape) for fits in _FITS) for parameter, (_, shape) in zip(rest, left, strict=True)
    ):
        for parameter, (needed_name, _) in zip(rest, left, strict=True):
            _fill(parameter, needed_name, waiting)
    for fits in _FITS:
        for parameter in rest:
            if not parameter.fills:
                name = next((name for name, shape in waiting.items() if fits(parameter.shape, shape)), None)
                if name is not None:
                    _fill(parameter, name, waiting)


def other_arrangements(parameters: Sequence[Parameter]) -> list[dict[str, tuple[str, Fit]]]:
    """Where shapes do not tell which parameter is which: other ways to match them, each with what a parameter fills, by
    its name, and how. Square matrices of the student's own may be meant the other way round, and parameters of equal
    shape, whose names are others than those of the needed ones, in another order.
    """
    found: list[dict[str, tuple[str, Fit]]] = []
    squares: dict[str, tuple[str, Fit]] = {
        one.name: (one.fills, "transposed") for one in parameters if one.is_undecided
    }
    if squares:
        found.append(squares)
    groups: dict[Shape, list[Parameter]] = {}
    for one in parameters:
        if one.fills and one.fills != one.name:
            groups.setdefault(one.needed, []).append(one)
    orders = (itertools.permutations([one.fills for one in group]) for group in groups.values())
    for chosen in itertools.islice(itertools.product(*orders), 1, MAX_ARRANGEMENTS + 1 - len(found)):
        pairs = (
            (one, fills)
            for group, order in zip(groups.values(), chosen, strict=True)
            for one, fills in zip(group, order, strict=True)
        )
        found.append({one.name: (fills, one.fit) for one, fills in pairs})
    return found


def rearrange(parameters: Sequence[Parameter], arrangement: Mapping[str, tuple[str, Fit]]) -> None:
    """Match parameters in one of the ``other_arrangements``."""
    for one in parameters:
        if one.name in arrangement:
            one.fills, one.fit = arrangement[one.name]


def _fill(parameter: Parameter, name: str, waiting: dict[str, Shape]) -> None:
    needed = waiting.pop(name)
    parameter.fills, parameter.needed = name, needed
    shape = parameter.shape
    parameter.fit = "as it is" if _same(shape, needed) else "transposed" if _transposed(shape, needed) else "reshaped"


def _same(shape: Shape, needed: Shape) -> bool:
    return shape == needed


def _transposed(shape: Shape, needed: Shape) -> bool:
    return len(shape) == 2 and shape[::-1] == needed


def _squeezed(shape: Shape, needed: Shape) -> bool:
    return [size for size in shape if size != 1] == [size for size in needed if size != 1]


_FITS = (_same, _transposed, _squeezed)
"""How a shape may fit a needed one, the closest first."""


def set_values(parameters: Sequence[Parameter], seed: int, number: int) -> None:
    """Set those that are floating and fill a needed parameter. Raises what torch raises, and TooLarge."""
    if sum(math.prod(parameter.shape) for parameter in parameters) > MAX_NUMBERS:
        raise TooLarge(f"Its parameters have more than {MAX_NUMBERS:,} numbers.")
    # A class of the submission's own with `__torch_function__` takes no part in this.
    with torch._C.DisableTorchFunction(), torch.no_grad():
        for parameter in parameters:
            tensor = parameter.tensor
            if parameter.fills and tensor.is_floating_point():
                draw = _drawn_once if math.prod(parameter.needed) <= MAX_KEPT else _drawn
                values = torch.from_numpy(draw(parameter.fills, parameter.needed, seed, number))
                values = values.t() if parameter.fit == "transposed" else values.reshape(parameter.shape)
                tensor.detach().copy_(values)


def _drawn(name: str, shape: Shape, seed: int, number: int) -> Numbers:
    """Values for a needed parameter at hidden input ``number``: of such a size that an output is
    about as large as the input.
    """
    digest = hashlib.sha256(f"{name}\0{shape}".encode("utf-8", "replace")).digest()
    words = np.frombuffer(digest[:16], dtype="<u4").tolist()
    scale = 1 / math.sqrt(max(1, math.prod(shape[1:])))
    drawn = _drawing_from([seed, number, *words]).standard_normal(shape)
    return np.asarray(drawn * scale)


_drawn_once = lru_cache(maxsize=256)(_drawn)
