"""The evidence of a report as bytes for the gradebook.

Format ``evidence/1``: a line of JSON, followed by the raw bytes of the arrays, compressed with zlib. Every array is
stored once, in 32 bits a number where a picture shows no difference.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from grader.model import (
    CheckReport,
    CurveEvidence,
    Evidence,
    GradientEvidence,
    GraphEvidence,
    GraphNode,
    NodeKind,
    Report,
    SourceLine,
)
from grader.model.evidence import Floats

FORMAT = "evidence/1"
LEVEL = 3
"""The level of zlib. Higher levels save little space for much more time."""
MAX_BYTES = 64 * 1024
"""Bytes of a submission's evidence; what is least useful is left out until it has no more."""
MAX_RAW = 8 * MAX_BYTES
"""Bytes of arrays for which compressing is not even tried."""

Json = dict[str, Any]
Key = tuple[str, str]
"""The ids of an exercise and of a check."""

_KINDS: tuple[NodeKind, ...] = get_args(NodeKind)


def pack(report: Report) -> bytes:
    """The evidence of a report's checks; empty bytes where there is none."""
    found = {
        (exercise.id, check.id): (check.status == "passed", check.evidence)
        for exercise in report.exercises
        for check in exercise.checks
        if check.evidence is not None
    }
    for without in _FROM_ALL_TO_LINES:
        kept = {key: without(passed, evidence) for key, (passed, evidence) in found.items()}
        kept = {key: evidence for key, evidence in kept.items() if evidence != Evidence()}
        packed = _packed(kept) if kept else b""
        if packed is not None and len(packed) <= MAX_BYTES:
            return packed
    return b""


@np.errstate(all="ignore")
def unpack(packed: bytes) -> Mapping[Key, Evidence]:
    """The evidence that ``pack`` wrote, by exercise and check. Raises ValueError for damaged bytes and for another
    format.
    """
    if not packed:
        return {}
    try:
        text, _, data = zlib.decompress(packed).partition(b"\n")
        head = json.loads(text)
        if head["format"] != FORMAT:
            raise ValueError(f"evidence of the format {head['format']!r}, not {FORMAT!r}")
        arrays = [_array(data, *fields) for fields in head["arrays"]]
        return {(fields["exercise"], fields["check"]): _evidence(fields, arrays) for fields in head["checks"]}
    except (AttributeError, KeyError, IndexError, TypeError, zlib.error) as error:
        raise ValueError(f"damaged evidence: {type(error).__name__}: {error}") from error


def with_evidence(report: Report, evidence: Mapping[Key, Evidence]) -> Report:
    """The report with the evidence of its checks. Rubrics may have changed since it was found: a check that they skip
    now has none, and lines around another place than that of the check are left out.
    """
    exercises = tuple(
        replace(
            exercise,
            checks=tuple(_with_evidence(check, evidence.get((exercise.id, check.id))) for check in exercise.checks),
        )
        for exercise in report.exercises
    )
    return replace(report, exercises=exercises)


def _with_evidence(check: CheckReport, evidence: Evidence | None) -> CheckReport:
    if evidence is None or check.status == "skipped":
        return check
    marked = next((line.number for line in evidence.lines if line.is_marked), None)
    if check.location is None or check.location.line != marked:
        evidence = replace(evidence, lines=())
    return check if evidence == Evidence() else replace(check, evidence=evidence)


# --------------------------------------------------------------------------------------------------------------------
# What is left out where there is too much
# --------------------------------------------------------------------------------------------------------------------

_FROM_ALL_TO_LINES: tuple[Callable[[bool, Evidence], Evidence], ...] = (
    lambda passed, evidence: evidence,
    lambda passed, evidence: Evidence(lines=evidence.lines) if passed else evidence,
    lambda passed, evidence: Evidence(lines=evidence.lines) if passed else replace(evidence, gradients=()),
    lambda passed, evidence: Evidence(lines=evidence.lines) if passed else replace(evidence, gradients=(), graph=None),
    lambda passed, evidence: Evidence(lines=evidence.lines),
)
"""What is kept of the evidence of a check that passed, or did not, from everything to the lines alone."""


# --------------------------------------------------------------------------------------------------------------------
# Writing
# --------------------------------------------------------------------------------------------------------------------


class _Pool:
    """Stores every array once: the curves of several checks are often over the same points."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.arrays: list[tuple[str, int, int]] = []
        self._numbers: dict[tuple[str, bytes], int] = {}

    def number_of(self, array: npt.NDArray[Any] | None) -> int | None:
        if array is None:
            return None
        key = array.dtype.str, array.tobytes()
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.arrays)
            self.arrays.append((key[0], array.size, len(self.data)))
            self.data += key[1]
        return number


def _packed(evidence: Mapping[Key, Evidence]) -> bytes | None:
    """None: there is too much of it."""
    pool = _Pool()
    checks = [{"exercise": key[0], "check": key[1], **_fields(one, pool)} for key, one in evidence.items()]
    if len(pool.data) > MAX_RAW:
        return None
    head = {"format": FORMAT, "checks": checks, "arrays": pool.arrays}
    # Not in ASCII, in which an emoji takes twelve bytes.
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return zlib.compress(text + b"\n" + bytes(pool.data), LEVEL)


def _fields(evidence: Evidence, pool: _Pool) -> Json:
    fields: Json = {}
    if evidence.curves:
        fields["curves"] = [_curve_fields(curve, pool) for curve in evidence.curves]
    if evidence.gradients:
        fields["gradients"] = [_gradient_fields(gradient, pool) for gradient in evidence.gradients]
    if evidence.graph is not None:
        nodes = [
            [_KINDS.index(node.kind), node.label, node.shape, node.moved, node.is_foreign]
            for node in evidence.graph.nodes
        ]
        fields["graph"] = [nodes, evidence.graph.edges, evidence.graph.is_shortened]
    if evidence.lines:
        fields["lines"] = [[line.number, line.text, line.is_marked] for line in evidence.lines]
    return fields


def _curve_fields(curve: CurveEvidence, pool: _Pool) -> list[Any]:
    numbers = (pool.number_of(_narrow(part)) for part in (curve.x, curve.drawn, curve.expected))
    # Most curves are right in every point, or in none.
    close: bool | int | None = None
    if curve.is_close is not None:
        is_mixed = curve.is_close.any() and not curve.is_close.all()
        close = pool.number_of(np.packbits(curve.is_close)) if is_mixed else bool(curve.is_close.all())
    return [curve.name, *numbers, curve.is_shortened, close]


def _gradient_fields(gradient: GradientEvidence, pool: _Pool) -> list[Any]:
    actual, expected, is_close = gradient.actual, gradient.expected, gradient.is_close
    close = None if is_close is None else np.packbits(is_close)
    ours, theirs = _narrow(actual), _narrow(expected)
    if ours is not None and theirs is not None and is_close is not None and (ours == theirs)[~is_close].any():
        ours, theirs = actual, expected  # in 32 bits, what differs would look equal
    parts = (*map(pool.number_of, (ours, theirs, close)),)
    return [gradient.name, gradient.shape, *parts, gradient.is_shortened]


@np.errstate(all="ignore")
def _narrow(array: Floats | None) -> npt.NDArray[Any] | None:
    """The numbers in 32 bits, unless one of them becomes infinite or zero."""
    if array is None:
        return None
    narrow = array.astype(np.float32)
    same = (np.isinf(narrow) == np.isinf(array)) & ((narrow == 0) == (array == 0))
    return narrow if same.all() else np.asarray(array, np.float64)


# --------------------------------------------------------------------------------------------------------------------
# Reading
# --------------------------------------------------------------------------------------------------------------------


def _array(data: bytes, dtype: str, count: int, offset: int) -> npt.NDArray[Any]:
    if dtype not in ("<f4", "<f8", "|u1"):
        raise ValueError(f"damaged evidence: an array of the dtype {dtype!r}")
    return np.frombuffer(data, dtype, count, offset)


def _evidence(fields: Json, arrays: list[npt.NDArray[Any]]) -> Evidence:
    graph = fields.get("graph")
    return Evidence(
        curves=tuple(_curves(fields.get("curves", ()), arrays)),
        gradients=tuple(_gradients(fields.get("gradients", ()), arrays)),
        graph=None if graph is None else _graph(*graph),
        lines=tuple(
            SourceLine(number=number, text=text, is_marked=is_marked)
            for number, text, is_marked in fields.get("lines", ())
        ),
    )


def _curves(given: Any, arrays: list[npt.NDArray[Any]]) -> Iterator[CurveEvidence]:
    for name, x, drawn, expected, is_shortened, *close in given:  # without the last in gradebooks of before
        points = arrays[x].astype(np.float64)
        yield CurveEvidence(
            name=name,
            x=points,
            drawn=_floats(drawn, arrays, points.size),
            expected=_floats(expected, arrays, points.size),
            is_close=_close_points(close[0] if close else None, arrays, points.size),
            is_shortened=is_shortened,
        )


def _close_points(close: bool | int | None, arrays: list[npt.NDArray[Any]], size: int) -> npt.NDArray[np.bool_] | None:
    if close is None or isinstance(close, bool):
        return None if close is None else np.full(size, close)
    return np.unpackbits(arrays[close], count=size).astype(np.bool_)


def _gradients(given: Any, arrays: list[npt.NDArray[Any]]) -> Iterator[GradientEvidence]:
    for name, shape, actual, expected, close, is_shortened in given:
        wanted = arrays[expected].astype(np.float64)
        yield GradientEvidence(
            name=name,
            shape=tuple(shape),
            actual=_floats(actual, arrays, wanted.size),
            expected=wanted,
            is_close=None if close is None else np.unpackbits(arrays[close], count=wanted.size).astype(np.bool_),
            is_shortened=is_shortened,
        )


def _floats(number: int | None, arrays: list[npt.NDArray[Any]], size: int) -> Floats | None:
    if number is None:
        return None
    if arrays[number].size != size:
        raise ValueError("damaged evidence: arrays of different lengths")
    return arrays[number].astype(np.float64)


def _graph(nodes: Any, edges: Any, is_shortened: bool) -> GraphEvidence:
    return GraphEvidence(
        nodes=tuple(
            GraphNode(
                kind=_KINDS[kind],
                label=label,
                shape=None if shape is None else tuple(shape),
                moved=moved,
                is_foreign=is_foreign,
            )
            for kind, label, shape, moved, is_foreign in nodes
        ),
        edges=tuple((one, other) for one, other in edges),
        is_shortened=is_shortened,
    )
