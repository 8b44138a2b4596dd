"""The curves of a figure: which of matplotlib's artists are curves, and which line of the submission drew each.

Lines and scattered points are curves. Areas, bars and lines across the whole axes are none, nor is what matplotlib adds
to the points: the base line of ``stem``, the caps of error bars.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.container import ErrorbarContainer, StemContainer
from matplotlib.lines import AxLine, Line2D

from ..gradient_uses.gradient_uses import ANYTHING, UNTOUCHED, DrawnFrom, GradientUses
from ..recorder import Recorder
from ..stream import Json, is_one_of, is_tensor, to_numpy

MAX_CURVES = 200
MAX_POINTS = 100_000
MAX_AT_A_PLACE = 10
"""Curves of which one place draws a point at every x."""
MAX_LABEL = 500
"""Characters of a title or label."""
MAX_ARGUMENTS = 200
"""Values among the arguments of a function that are compared with what it draws."""

Floats = np.ndarray[Any, np.dtype[np.float64]]

_DREW = ("add_line", "add_collection", "add_artist")
"""Methods of Axes that all functions which draw call."""
_CHANGED = ((Line2D, ("set_data", "set_xdata", "set_ydata")), (Collection, ("set_offsets",)))
"""Methods that give an artist other data after it was drawn."""
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_NOTHING = frozenset({"None", "none", "", " ", None})
"""Line styles and markers that draw nothing."""

_places: WeakKeyDictionary[Artist, Json] = WeakKeyDictionary()
_drawn_from: WeakKeyDictionary[Artist, DrawnFrom] = WeakKeyDictionary()


def watch_curves(recorder: Recorder, uses: GradientUses | None) -> None:
    """Remember where each line and each set of points is drawn, and where its data is changed later; with ``uses``,
    also what may be in it.
    """
    for name in _DREW:
        setattr(Axes, name, _after(recorder, uses, getattr(Axes, name), drawn=True))
    for kind, names in _CHANGED:
        for name in names:
            setattr(kind, name, _after(recorder, uses, getattr(kind, name), drawn=False))


def curves_of(
    axes: Axes, number: int, recorder: Recorder, uses: GradientUses | None
) -> Iterator[tuple[Json, DrawnFrom]]:
    """The curves of one axes as ``grader.model.Curve``, each with what may be in it. ``number`` is that of the axes in
    the figure.
    """
    for drawn in _joined_points(_drawn(axes, recorder)):
        x, y = (recorder.stream.array(data) for data in (drawn.x, drawn.y))
        if x["$array"]["blob"] is None or y["$array"]["blob"] is None:  # the record has no room for the values
            continue
        described = {
            "axes": number,
            "x": x,
            "y": y,
            "label": str(drawn.artist.get_label())[:MAX_LABEL],
            "default_x": bool(np.array_equal(drawn.x, np.arange(drawn.x.size))),
            "place": drawn.place,
            "token": recorder.stream.tokens.of(drawn.artist),
            "untouched": drawn.drawn_from.untouched,
            "gradient": 0 if uses is None else uses.gradient_in(drawn.drawn_from, drawn.y),
        }
        yield described, drawn.drawn_from


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    artist: Artist
    x: Floats
    y: Floats
    place: Json
    drawn_from: DrawnFrom


def _drawn(axes: Axes, recorder: Recorder) -> Iterator[_Drawn]:
    """The lines and scattered points of an axes that show data."""
    additions = _additions(axes)
    for artist in (*axes.get_lines(), *axes.collections):
        if artist in additions or not _is_visible(artist):
            continue
        data: tuple[Any, Any] | None = None
        if isinstance(artist, Line2D) and not isinstance(artist, AxLine) and _is_over_data(artist, axes):
            data = artist.get_xdata(orig=False), artist.get_ydata(orig=False)
        elif isinstance(artist, PathCollection):
            offsets: Any = np.ma.asarray(artist.get_offsets())
            data = offsets[:, 0], offsets[:, 1]
        points_drawn = None if data is None else _as_floats(*data)
        if points_drawn is not None:
            x, y = points_drawn
            place, drawn_from = _places.get(artist) or recorder.place(), _drawn_from.get(artist, ANYTHING)
            yield _Drawn(artist=artist, x=x, y=y, place=place, drawn_from=drawn_from)


def _additions(axes: Axes) -> set[Artist]:
    """What ``stem`` and ``errorbar`` draw besides the points themselves."""
    found: set[Artist] = set()
    for container in axes.containers:
        if isinstance(container, StemContainer):
            found.add(container.baseline)
        elif isinstance(container, ErrorbarContainer):
            found.update(container.lines[1])
    return found


def _is_visible(artist: Artist) -> bool:
    if not artist.get_visible() or artist.get_alpha() == 0:
        return False
    return not isinstance(artist, Line2D) or not {artist.get_linestyle(), artist.get_marker()} <= _NOTHING


def _is_over_data(line: Line2D, axes: Axes) -> bool:
    """Whether both directions of a line are in the units of the data: those of ``axhline`` and ``axvline`` are not."""
    transform = line.get_transform()
    return transform is axes.transData or all(transform.contains_branch_seperately(axes.transData))


def _as_floats(*data: Any) -> tuple[Floats, Floats] | None:
    try:
        x, y = (np.ma.filled(np.ma.asarray(one, dtype=np.float64), np.nan).ravel() for one in data)
    except (TypeError, ValueError):  # dates, categories, objects
        return None
    return (x, y) if x.shape == y.shape and 1 <= x.size <= MAX_POINTS else None


def _joined_points(found: Iterator[_Drawn]) -> Iterator[_Drawn]:
    """The curves, with points that were drawn at one place one by one, as by ``scatter`` in a loop, as one curve."""
    points: dict[tuple[int, int], list[_Drawn]] = {}
    for drawn in found:
        if drawn.x.size > 1:
            yield drawn
        else:
            points.setdefault((drawn.place["cell"], drawn.place["line"]), []).append(drawn)
    for group in points.values():
        x, y = (np.concatenate([getattr(one, name) for one in group[:MAX_POINTS]]) for name in ("x", "y"))
        for chosen in _curves_among(x):
            first = group[int(chosen[0])]
            drawn_from = UNTOUCHED if all(one.drawn_from.untouched for one in group) else ANYTHING
            yield _Drawn(artist=first.artist, x=x[chosen], y=y[chosen], place=first.place, drawn_from=drawn_from)


def _curves_among(x: Floats) -> list[np.ndarray[Any, np.dtype[np.intp]]]:
    """The indices of the points of each curve, where one place draws a point of several curves at every x.

    Colours do not tell: matplotlib takes another one for each point if none is given.
    """
    numbers = np.arange(x.size)
    again = np.flatnonzero(x[1:] == x[0]) + 1
    period = int(again[0]) if again.size else 0  # points between two at the first x
    if period > 1:  # artists of one kind come behind those of the other
        rows = x.size // period
        if rows * period == x.size and rows <= MAX_AT_A_PLACE and (x.reshape(rows, period) == x[:period]).all():
            return list(numbers.reshape(rows, period))
    elif period == 1:
        count = int(np.argmax(np.append(x != x[0], True)))
        rows = x.size // count
        if rows > 1 and rows * count == x.size and count <= MAX_AT_A_PLACE:
            table = x.reshape(rows, count)
            if (table == table[:, :1]).all():
                return list(numbers.reshape(rows, count).T)
    return [numbers]


# --------------------------------------------------------------------------------------------------------------------
# Places
# --------------------------------------------------------------------------------------------------------------------


def _after(
    recorder: Recorder, uses: GradientUses | None, original: Callable[..., Any], *, drawn: bool
) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        artist = (args[0] if args else next(iter(kwargs.values()), None)) if drawn else self
        if isinstance(artist, Line2D | PathCollection) and (drawn or artist in _places) and not recorder.paused:
            with recorder.pause():
                _places[artist] = _place_of(artist, recorder)
                if uses is not None:
                    _drawn_from[artist] = uses.drawn_from()
        return result

    return wrapper


def _place_of(artist: Artist, recorder: Recorder) -> Json:
    """The line that draws: the innermost line of the student's code; where that is in a function to which the values
    were given, as in a plotting helper, the line that called this function.
    """
    values = None
    with suppress(Exception):  # data that matplotlib itself cannot read
        raw = artist.get_ydata(orig=False) if isinstance(artist, Line2D) else artist.get_offsets()[:, 1]  # type: ignore[attr-defined]
        values = np.ma.filled(np.ma.asarray(raw, dtype=np.float64), np.nan).ravel()
    chosen: FrameType | None = None
    for frame in recorder.frames():
        chosen = chosen or frame
        if frame.f_code.co_name in _COMPREHENSIONS:
            continue
        if values is None or not _was_given(frame, values):
            break
        chosen = None
    if chosen is None:
        return recorder.place()
    return recorder.place_of(chosen.f_code.co_filename, chosen.f_lineno)


def _was_given(frame: FrameType, values: Floats) -> bool:
    """Whether the values are among the arguments of the function that runs in a frame."""
    names = _arguments(frame.f_code)
    local = frame.f_locals if names else {}
    waiting, left = [local[name] for name in names if name in local], MAX_ARGUMENTS
    while waiting and left:
        left -= 1
        value = waiting.pop()
        with suppress(Exception):  # what cannot be read as numbers
            if _has_values(value, values):
                return True
        if is_one_of(type(value), (list, tuple)):
            waiting.extend(value[:left])
        elif type(value) is dict:
            waiting.extend(list(value.values())[:left])
    return False


def _arguments(code: CodeType) -> tuple[str, ...]:
    if code.co_name == "<module>":
        return ()
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_varnames[:count]


def _has_values(value: Any, values: Floats) -> bool:
    """Whether an array, a list of numbers, or a row or column of an array has these values."""
    kind = type(value)
    if is_tensor(value):
        value = to_numpy(value)
    elif is_one_of(kind, (list, tuple)) and len(value) == values.size and all(map(_is_plain_number, value)):
        value = np.array(value, dtype=np.float64)
    elif _is_plain_number(value) and values.size == 1:
        value = np.array([value], dtype=np.float64)
    elif kind is not np.ndarray and not issubclass(kind, np.number):
        return False
    if value is None or value.size > MAX_POINTS or values.size == 0 or value.size % values.size:
        return False
    if value.size == values.size:
        return bool(np.array_equal(value.ravel(), values, equal_nan=True))
    tables = [table for table in (value, value.T) if value.ndim == 2 and table.shape[1] == values.size]
    return any(np.array_equal(row, values, equal_nan=True) for table in tables for row in table[:MAX_ARGUMENTS])


def _is_plain_number(value: Any) -> bool:
    return is_one_of(type(value), (int, float))
