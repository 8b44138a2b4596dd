"""A JudgedSubmission as bytes for the gradebook, so that a changed rubric can mark it again without a run.

Format ``judged/1``: a line of JSON, followed by the raw bytes of the arrays, compressed with zlib. The variables of a
verdict, which a rubric's mistakes may use, are kept only where a rubric can use them, and as many as MAX_VARIABLES has
room for. Every array and every set of variables is stored once.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from grader.language.expression import Role, Undefined, Unrecorded
from grader.model import Array, JudgedExercise, JudgedSubmission, Opaque, Structure, Verdict

FORMAT = "judged/1"
LEVEL = 3
"""The level of zlib. Higher levels save little space for much more time."""

MAX_VARIABLES = 8 * 1024**2
"""Bytes of variables and their arrays. A record may have eight times as many; the verdicts beyond are kept without
theirs, so that a mistake which is added to the rubric later is not recognized in them.
"""

Json = dict[str, Any]

_STORED_NAMES = {"locations": "spots", "companions": "beside", "signals": "traces", "variables": "scopes"}
"""Fields that were renamed in the code. Stored gradebooks have the old names, so the format keeps them."""
_FIELD_NAMES = {stored: name for name, stored in _STORED_NAMES.items()}


def pack(judged: JudgedSubmission) -> bytes:
    """A judged submission as bytes."""
    pool = _Pool()
    numbers = [
        [_variables(judged, exercise, verdict, pool) for verdict in exercise.verdicts] for exercise in judged.exercises
    ]
    without_variables = _with_variables(
        replace(judged, exercises=tuple(map(_with_locations, judged.exercises, numbers)), evidence=None),
        [[() for _ in exercise.verdicts] for exercise in judged.exercises],
    )
    head = {
        "format": FORMAT,
        "judged": _renamed(to_jsonable_python(without_variables), _STORED_NAMES),
        "scopes": numbers,
        "variables": pool.variables,
        "arrays": pool.arrays,
    }
    # Not in ASCII, in which an emoji takes twelve bytes.
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return zlib.compress(text + b"\n" + bytes(pool.data), LEVEL)


def unpack(packed: bytes) -> JudgedSubmission:
    """The judged submission that ``pack`` wrote. Raises ValueError for damaged bytes and for another format."""
    try:
        text, _, data = zlib.decompress(packed).partition(b"\n")
        head = json.loads(text)
        if head["format"] != FORMAT:
            raise ValueError(f"a record of the format {head['format']!r}, not {FORMAT!r}")
        arrays: list[Array] = []
        for fields in head["arrays"]:
            arrays.append(_array(fields, data, arrays))
        variables = [
            {name: _read(value, arrays) for name, value in json.loads(line).items()} for line in head["variables"]
        ]
        judged = _judged().validate_python(_renamed(head["judged"], _FIELD_NAMES))
        by_verdict = [
            [tuple(variables[number] for number in numbers) for numbers in exercise] for exercise in head["scopes"]
        ]
        return _with_variables(judged, by_verdict)
    except (KeyError, IndexError, TypeError, zlib.error) as error:
        raise ValueError(f"a damaged record: {type(error).__name__}: {error}") from error


def _with_variables(
    judged: JudgedSubmission, variables: Sequence[Sequence[tuple[Mapping[str, Any], ...]]]
) -> JudgedSubmission:
    """The submission with other variables in its verdicts, by exercise and by verdict."""
    exercises = (
        replace(
            exercise,
            verdicts=tuple(
                replace(verdict, variables=of_verdict, bound=(), best_position=None, difference=None, way=0)
                for verdict, of_verdict in zip(exercise.verdicts, of_exercise, strict=True)
            ),
        )
        for exercise, of_exercise in zip(judged.exercises, variables, strict=True)
    )
    return replace(judged, exercises=tuple(exercises))


def _with_locations(exercise: JudgedExercise, numbers: Sequence[Sequence[int]]) -> JudgedExercise:
    """The exercise with the locations of those variables that are kept."""
    locations = (found[: len(kept)] for found, kept in zip(exercise.variable_locations, numbers, strict=False))
    return replace(exercise, variable_locations=tuple(locations))


@cache
def _judged() -> TypeAdapter[JudgedSubmission]:
    """Built when it is first needed, since building it takes longer than grading a submission."""
    return TypeAdapter(JudgedSubmission)


class _Pool:
    """Numbers arrays and sets of variables, and stores every one once, because checks share most arrays."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.arrays: list[Json] = []
        self.variables: list[str] = []
        self._array_numbers: dict[int, int] = {}
        self._offsets: dict[tuple[str, bytes], int] = {}
        self._variable_numbers: dict[str, int] = {}
        self._text_size = 0
        self._alive: list[Array] = []  # Python may reuse the id of an array that is freed

    @property
    def is_full(self) -> bool:
        return len(self.data) + self._text_size > MAX_VARIABLES

    def number_of(self, variables: Mapping[str, Any]) -> int:
        text = json.dumps({name: self._plain(value) for name, value in variables.items()}, separators=(",", ":"))
        number = self._variable_numbers.get(text)
        if number is None:
            number = self._variable_numbers[text] = len(self.variables)
            self.variables.append(text)
            self._text_size += len(text)
        return number

    def _plain(self, value: object) -> object:
        if isinstance(value, Array):
            return {"$array": self._array(value)}
        if isinstance(value, Role):
            return {"$role": self._role(value)}
        if isinstance(value, Structure):
            return {"$structure": [value.kind, value.cut, *value.keys], "items": list(map(self._plain, value.items))}
        if isinstance(value, Opaque):
            return {"$opaque": [value.kind, value.text]}
        if isinstance(value, Undefined):
            return {"$undefined": [isinstance(value, Unrecorded), value.reason]}
        if isinstance(value, tuple):
            return {"$tuple": [self._plain(part) for part in value]}
        assert value is None or isinstance(value, bool | int | float | str), f"a variable of type {type(value)}"
        return value

    def _role(self, role: Role) -> list[object]:
        """The role's fields in order; those at the end that are empty are left out."""
        fields = [self._plain(part) for part in (role.value, role.gradient, role.grad, role.curvature)]
        parts = [[name, self._plain(part)] for name, part in role.parts.items()]
        items = [[key, self._plain(item)] for key, item in role.items.items()]
        return [*fields, parts, items] if items else [*fields, parts] if parts else fields

    def _array(self, array: Array) -> int:
        known = self._array_numbers.get(id(array))
        if known is not None:
            return known
        grad = None if array.grad is None else self._array(array.grad)
        fields: Json = {
            "kind": array.kind,
            "dtype": array.dtype,
            "shape": array.shape,
            "token": array.token,
            "requires_grad": array.requires_grad,
            "is_leaf": array.is_leaf,
            "grad": grad,
            "data": None,
        }
        if array.data is not None:
            raw = np.asarray(array.data, order="C")
            fields["data"] = [raw.dtype.str, raw.shape, self._offset(raw.dtype.str, raw.tobytes())]
        self._alive.append(array)
        number = self._array_numbers[id(array)] = len(self.arrays)
        self.arrays.append(fields)
        return number

    def _offset(self, dtype: str, raw: bytes) -> int:
        """Where the bytes of an array begin in ``data``."""
        offset = self._offsets.get((dtype, raw))
        if offset is None:
            offset = self._offsets[dtype, raw] = len(self.data)
            self.data += raw
        return offset


def _variables(judged: JudgedSubmission, judgement: JudgedExercise, verdict: Verdict, pool: _Pool) -> list[int]:
    """The numbers of a verdict's variables; none where no rubric can use them (see ``grader.marking``)."""
    may_count = judged.explicit or judgement.signals.named or any(other.evidence for other in judgement.verdicts)
    if verdict.status not in ("failed", "passed") or not may_count:
        return []
    # A remark on a check that passed is about its best candidate.
    kept = verdict.variables if verdict.status == "failed" else verdict.variables[:1]
    return [pool.number_of(variables) for variables in takewhile(lambda _: not pool.is_full, kept)]


def _array(fields: Json, data: bytes, earlier: Sequence[Array]) -> Array:
    """An array. Its ``grad`` is among the ``earlier`` arrays."""
    values = None
    if fields["data"] is not None:
        dtype, shape, offset = np.dtype(fields["data"][0]), tuple(fields["data"][1]), fields["data"][2]
        values = np.frombuffer(data, dtype, math.prod(shape), offset).reshape(shape)
    return Array(
        kind=fields["kind"],
        dtype=fields["dtype"],
        shape=tuple(fields["shape"]),
        data=values,
        token=fields["token"],
        requires_grad=fields["requires_grad"],
        is_leaf=fields["is_leaf"],
        grad=None if fields["grad"] is None else earlier[fields["grad"]],
    )


def _read(value: Any, arrays: Sequence[Array]) -> Any:
    if not isinstance(value, dict):
        return value
    match value:
        case {"$array": number}:
            return arrays[number]
        case {"$opaque": [kind, text]}:
            return Opaque(kind=kind, text=text)
        case {"$undefined": [is_unrecorded, reason]}:
            return Unrecorded(reason) if is_unrecorded else Undefined(reason)
        case {"$tuple": parts}:
            return tuple(_read(part, arrays) for part in parts)
        case {"$structure": [kind, cut, *keys], "items": items}:
            read = tuple(_read(item, arrays) for item in items)
            return Structure(kind=kind, keys=tuple(keys), items=read, cut=cut)
        case {"$role": [of, gradient, grad, *rest]}:
            # Earlier versions stored no curvature, no parts and no items.
            missing: list[Any] = [None, (), ()][len(rest) :]
            curvature, parts, items = (*rest, *missing)
            return Role(
                value=_read(of, arrays),
                gradient=_read(gradient, arrays),
                grad=_read(grad, arrays),
                curvature=_read(curvature, arrays),
                parts={name: _read(part, arrays) for name, part in parts},
                items={key: _read(item, arrays) for key, item in items},
            )
    raise KeyError(f"an unknown kind of value: {', '.join(value)}")


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """JSON data whose objects have their keys renamed."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(part, names) for key, part in value.items()}
    return [_renamed(part, names) for part in value] if isinstance(value, list) else value
