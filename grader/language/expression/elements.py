"""Takes elements out of values: ``x[0]``, ``x[:, 1]``, ``params[0]``, ``output["loss"]``, ``table[ids]``."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import EllipsisType

import numpy as np

from grader.language.expression.arrays import MAX_ELEMENTS, MAX_GROWTH, MAX_OUTER, array, is_true
from grader.language.expression.attributes import Role
from grader.language.expression.matrices import whole
from grader.language.values import Numbers, Undefined, Unrecorded, items_by_key, named, numbers, plain
from grader.model import Array, Structure


@dataclass(frozen=True, slots=True)
class Chosen:
    """Positions that are a value: ``ids`` in ``table[ids]``, or ``x > 0`` in ``x[x > 0]``."""

    node: ast.expr


Position = int | slice | EllipsisType | Chosen | None
Index = str | tuple[Position, ...]
"""The key of an item, or positions in one or several dimensions."""


class NoIndex(ValueError):
    """Something between square brackets that is no index, with the reason."""


def read_index(node: ast.expr) -> Index:
    """The index that a syntax tree stands for. Raises NoIndex."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    if not parts:
        raise NoIndex("between `[` and `]` nothing is asked for; write a whole number, as in `x[0]`")
    index = tuple(_position(part) for part in parts)
    if len(index) > 1 and sum(isinstance(position, Chosen) for position in index) > 1:
        raise NoIndex(
            "only one position can be a value; of each row the element at a position of its own is "
            "`sum(one_hot(labels, n) * a, 1)`"
        )
    return index


def chosen_in(index: Index) -> Chosen | None:
    """The value in an index, if it has one."""
    for position in index:
        if isinstance(position, Chosen):  # a text is no Chosen, nor are its letters
            return position
    return None


def _position(node: ast.expr) -> Position:
    if isinstance(node, ast.Constant):
        value = node.value
        return value if value is None or value is ... else _whole(node)
    if isinstance(node, ast.Slice):
        bounds = [None if part is None else _whole(part) for part in (node.lower, node.upper, node.step)]
        if bounds[2] == 0:
            raise NoIndex("the step of a slice cannot be 0")
        return slice(*bounds)
    if isinstance(node, _VALUES) and not isinstance(getattr(node, "operand", None), ast.Constant):
        return Chosen(node)
    return _whole(node)


_VALUES = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.UnaryOp),
    *(ast.Compare, ast.BoolOp, ast.List),
)


def _whole(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value <= 10**9:
        return node.value  # most are
    try:
        number = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        number = None
    if type(number) is not int:
        raise NoIndex(
            'an index is a whole number, a slice such as `1:3`, a value such as `ids`, or a text in quotes: `["loss"]`'
        )
    if abs(number) > 10**9:
        raise NoIndex("an index this large is not known here")
    return number


def path_of(node: ast.expr) -> str | None:
    """A variable, or an item in it, as text: ``w``, ``params[0]``, ``output["loss"]``; None for all else."""
    steps: list[str] = []
    while isinstance(node, ast.Subscript):
        try:
            index = read_index(node.slice)
        except NoIndex:
            return None
        if isinstance(index, str):
            steps.append(f'["{index}"]')
        elif len(index) == 1 and isinstance(index[0], int):
            steps.append(f"[{index[0]}]")
        else:
            return None
        node = node.value
    return node.id + "".join(reversed(steps)) if isinstance(node, ast.Name) else None


def element_of(value: object, index: Index, text: str) -> object:
    """An element, an item or a part of a value, which may be a Role. ``text`` is the source of the value."""
    if isinstance(value, Role):
        found = _item(value.items, index, value.value)
        if found is not None:
            return found
        value = value.value
    value = plain(value)
    match value:
        case Undefined():
            return value
        case Structure():
            return _of_structure(value, index, text)
        case tuple():
            return _of_tuple(value, index, text)
        case Array() | bool() | int() | float():
            return _of_array(value, index, text)
        case None:
            return Undefined(f"`{text}` is None, in which there is nothing")
    return Undefined(f"`{text}` has no items")


def elements_at(value: object, index: Index, positions: object, text: str, at: str) -> object:
    """What stands at positions that are a value, ``at``, which takes the place of ``Chosen`` in an index."""
    assert not isinstance(index, str)  # a key has no positions
    positions = plain(positions)
    found = numbers(positions)
    if isinstance(found, Undefined):
        return found
    place = next(number for number, position in enumerate(index) if isinstance(position, Chosen))
    wanted = whole(positions)
    if wanted is not None and not wanted.ndim:
        return element_of(value, (*index[:place], int(wanted), *index[place + 1 :]), text)
    target = numbers(plain(value.value if isinstance(value, Role) else value))
    if isinstance(target, Undefined):
        return target
    data, dtype = target
    if wanted is not None:
        return _at_positions(data, dtype, (*index[:place], slice(None), *index[place + 1 :]), place, wanted, text, at)
    mask = found[0]
    if mask.dtype.kind != "b" or not mask.ndim:
        return Undefined(f"`{at}` is neither whole numbers nor a mask, so it says no positions")
    if len(index) > 1 or data.shape[: mask.ndim] != mask.shape:
        return Undefined(f"`{text}` has shape {data.shape}, of which a mask of shape {mask.shape} selects nothing")
    return array(data[is_true(mask)], dtype)


def _at_positions(
    data: Numbers, dtype: str, around: tuple[Position, ...], place: int, wanted: Numbers, text: str, at: str
) -> object:
    """Take ``wanted`` from the axis that an index leaves whole at a place, as torch does."""
    part = _of_array(array(data.view(), dtype), around, text)
    if isinstance(part, Undefined) or part.data is None:
        return part
    # Numbers take an axis away. What follows `...` is counted from the end.
    after = sum(isinstance(position, slice) or position is None for position in around[place + 1 :])
    before = sum(isinstance(position, slice) or position is None for position in around[:place])
    axis = part.data.ndim - 1 - after if ... in around[:place] else before
    many = part.data.shape[axis]
    if wanted.size and not -many <= wanted.min() <= wanted.max() < many:
        return Undefined(f"`{text}` has shape {data.shape}, so not all that `{at}` says is there")
    size = wanted.size * part.data.size // max(1, many)
    if size > MAX_ELEMENTS or (size > MAX_OUTER and size > MAX_GROWTH * (part.data.size + wanted.size)):
        return Undefined(f"`{text}[{at}]` would have more than {MAX_OUTER} elements")
    return array(np.take(part.data, wanted, axis=axis), dtype)


def _item(items: Mapping[int | str, Role], index: Index, value: object) -> Role | None:
    if not items or (not isinstance(index, str) and len(index) > 1):
        return None
    key = index if isinstance(index, str) else index[0]
    if isinstance(key, int) and key < 0:
        key += len(value.items) if isinstance(value, Structure) else len(items)
    return items.get(key) if isinstance(key, int | str) else None


def _of_structure(structure: Structure, index: Index, text: str) -> object:
    if structure.kind in ("dict", "module"):
        key = index if isinstance(index, str) else str(index[0]) if len(index) == 1 else ""
        by_key = items_by_key(structure)
        if key in by_key:
            return by_key[key]
        if structure.cut:
            return Unrecorded(f"not all items of `{text}` were recorded")
        known = named(structure.keys) or "nothing"
        return Undefined(f"`{text}` has no item {shown(index)}; it has {known}")
    if not isinstance(index, str) and len(index) == 1:
        if isinstance(index[0], slice) and not structure.cut:
            return replace(structure, items=structure.items[index[0]])
        if isinstance(index[0], int):
            return _at(structure.items, index[0], text, cut=structure.cut)
    if isinstance(index, str) or isinstance(numbers(structure), Undefined):
        return Undefined(f"`{text}` is a {structure.kind} and has no {shown(index)}; its items are asked for by number")
    return _of_array(structure, index, text)


def _of_tuple(values: tuple[object, ...], index: Index, text: str) -> object:
    if not isinstance(index, str) and len(index) == 1:
        if isinstance(index[0], int):
            return _at(values, index[0], text)
        if isinstance(index[0], slice):
            return values[index[0]]
    return Undefined(f"`{text}` has no {shown(index)}; its items are asked for by number")


def _at(items: tuple[object, ...], position: int, text: str, *, cut: bool = False) -> object:
    if not cut and -len(items) <= position < len(items):
        return items[position]
    if cut:  # its last items are not known
        if 0 <= position < len(items):
            return items[position]
        return Unrecorded(f"not all items of `{text}` were recorded")
    many = f"{len(items)} item{'' if len(items) == 1 else 's'}"
    return Undefined(f"`{text}` has {many}, so `[{position}]` is not there")


def _of_array(value: object, index: Index, text: str) -> Array | Undefined:
    found = numbers(value)
    if isinstance(found, Undefined):
        return found
    data, dtype = found
    if isinstance(index, str):
        return Undefined(f"`{text}` is no dictionary, so it has no item {shown(index)}")
    try:
        return array(data[index], dtype)  # type: ignore[index]  # no Chosen is left in it
    except IndexError:
        if not data.ndim:
            return Undefined(f"`{text}` is a single number, so `{shown(index)}` is not there")
        return Undefined(f"`{text}` has shape {data.shape}, so `{shown(index)}` is not there")
    except ValueError:
        return Undefined(f"`{text}` cannot have more dimensions")


def shown(index: Index) -> str:
    """An index as it is written, with the brackets."""
    if isinstance(index, str):
        return f'["{index}"]'
    return f"[{', '.join(map(_shown_position, index))}]"


def _shown_position(position: Position) -> str:
    if isinstance(position, slice):
        start, stop = ("" if part is None else str(part) for part in (position.start, position.stop))
        return f"{start}:{stop}" + ("" if position.step is None else f":{position.step}")
    return "..." if position is ... else str(position)
