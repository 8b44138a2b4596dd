"""Makes the ticks of matplotlib's Axes when something looks at them. A figure that is never drawn needs none.

matplotlib makes ticks lazily itself, but ``Axis.set_clip_path`` and ``Axis.set_tick_params`` go through the lists of
ticks, and every new Axes calls both: it makes four ticks, for more than half of its time. Here these two functions are
given a ``_LaterTick``, which keeps what they do to it. Everything else gets real ticks, made as matplotlib would have
made them then: with the settings, the figure and the transforms of that moment.

Only what cannot fail and is common is kept for later: ticks of a plain ``Axes`` with spines in their places,
``_CANNOT_FAIL``, a rectangle that clips. For everything else the ticks are made at once: other projections, 3-D,
fonts, labels. What differs from plain matplotlib: ``vars(axis)`` holds a ``_LaterTick`` instead of a list until
something has asked for ``axis.majorTicks``.

Relies on the source of ``_RELIED_ON``, by its digest, and does nothing where that is unknown.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import matplotlib as mpl
from matplotlib import artist, axes, axis, colors, font_manager, lines, patches, spines, text, transforms
from matplotlib.axes import _base

_RELIED_ON = (mpl, artist, axis, colors, font_manager, lines, patches, spines, text, transforms, _base)
KNOWN = {
    "89c0b113b6b095615eef447a7cd5474b50654b950eac14c01aee05fee578d8fc": "3.11.0",
    "15538ce2456f3d213b65004199d27aeee909b4b8c59018f2bc5fe42c3133a166": "3.11.1",
    "6dc6118de7aeb911ab5777247b7d5df13c62e2b00b47ed3c075f775858c24cd1": "3.11.2",
}
"""Digests of the source of ``_RELIED_ON``, and the release of matplotlib with it; each passed this module's tests."""

_LINES = frozenset({"-", "--", "-.", ":"})
_CANNOT_FAIL: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("gridOn", "tick1On", "tick2On", "label1On", "label2On"), lambda value: type(value) is bool),
    "grid_linestyle": lambda value: type(value) is str and value in _LINES,
    "grid_linewidth": lambda value: type(value) in (int, float) and 0 <= value < 1000,
    "grid_alpha": lambda value: type(value) in (int, float) and 0 <= value <= 1,
    "grid_color": lambda value: type(value) is str and value in colors.CSS4_COLORS,
}
"""Parameters of a tick that are kept for later, and which of their values: parts shown and hidden, usual grid lines."""
_OF_AXES = ("_parent_figure", "spines", "_xaxis_transform", "_yaxis_transform")
"""Attributes of an Axes that its new ticks take over."""
_IN_PLACE = ("outward", 0.0)
"""The position of a spine that is at the edge of its Axes."""
_SPINES = {axis.XAxis: ("bottom", "top"), axis.YAxis: ("left", "right")}


def warm_up() -> None:
    """Make the ticks of figures lazily from now on, where matplotlib is known to be as described above."""
    if digest() in KNOWN and not isinstance(vars(axis.Axis)["majorTicks"], _LaterTicks):
        axis.Axis.majorTicks = _LaterTicks(major=True)
        axis.Axis.minorTicks = _LaterTicks(major=False)
        any_artist: Any = artist.Artist
        any_artist.__getstate__ = _made_first(artist.Artist.__getstate__)


def digest() -> str | None:
    """The digest of the source of what this module relies on; None where it cannot be read."""
    found = hashlib.sha256()
    try:
        for module in _RELIED_ON:
            found.update(Path(str(module.__file__)).read_bytes())
    except (OSError, TypeError):
        return None
    return found.hexdigest()


class _LaterTicks(axis._LazyTickList):
    """The attributes ``majorTicks`` and ``minorTicks`` of an Axis. Their values are in its ``__dict__``, as before."""

    def __init__(self, *, major: bool) -> None:
        super().__init__(major)
        self._is_major = major
        self._name = "majorTicks" if major else "minorTicks"
        self._visitors = (axis.Axis.set_clip_path.__code__, axis.Axis.set_tick_params.__code__)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        ticks = vars(instance).get(self._name)
        if ticks is None:
            if sys._getframe(1).f_code not in self._visitors or not _may_wait(instance, major=self._is_major):
                return super().__get__(instance, owner)
            vars(instance)[self._name] = ticks = _LaterTick(instance, self._name, major=self._is_major)
            return [ticks]
        if type(ticks) is not _LaterTick:
            return ticks
        return [ticks] if sys._getframe(1).f_code in self._visitors and not ticks.ticks else ticks.made()

    def __set__(self, instance: Any, value: Any) -> None:
        vars(instance)[self._name] = value

    def __delete__(self, instance: Any) -> None:
        if vars(instance).pop(self._name, None) is None:
            message = f"{type(instance).__name__!r} object has no attribute {self._name!r}"
            raise AttributeError(message, name=self._name, obj=instance)


def _may_wait(instance: Any, *, major: bool) -> bool:
    """Whether a tick that is about to be made for an Axis can be made later."""
    of: Any = instance.axes
    names = _SPINES.get(type(instance))
    if names is None or of._parent_figure is None or type(of) is not axes.Axes:
        return False
    if not _cannot_fail(_parameters(instance, major=major)):
        return False
    around: list[Any] = [of.spines[name] for name in names if name in of.spines]
    if len(around) != len(names) or any(spine.axis is not instance for spine in around):
        return False
    if "patch" not in vars(of) and all(spine._position is None for spine in around):  # a new Axes
        for spine in around:
            spine._ensure_position_is_set()  # the first tick of an Axis does that
    return all(spine._position == _IN_PLACE for spine in around)


def _parameters(instance: Any, *, major: bool) -> dict[str, Any]:
    found: dict[str, Any] = instance._major_tick_kw if major else instance._minor_tick_kw
    return found


def _cannot_fail(parameters: dict[str, Any]) -> bool:
    return all(name in _CANNOT_FAIL and _CANNOT_FAIL[name](value) for name, value in parameters.items())


class _LaterTick:
    """Stands for the first tick of an Axis until something looks at it, and keeps what was done to it."""

    def __init__(self, instance: Any, name: str, *, major: bool) -> None:
        self.ticks: list[Any] = []
        """The list with the tick, when it was made."""
        self._axis = instance
        self._name = name
        self._major = major
        self._parameters = dict(_parameters(instance, major=major))
        self._settings = _settings()
        of = instance.axes
        self._around = [(vars(of), name, vars(of)[name]) for name in _OF_AXES]
        for name in _SPINES[type(instance)]:
            spine = of.spines[name]
            self._around += [(of.spines._dict, name, spine), (vars(spine), "_position", _IN_PLACE)]
        self._applied: list[dict[str, Any]] = []
        self._clipped_by: Any = None
        _waiting.add(self)

    def _apply_params(self, **parameters: Any) -> None:
        if self.ticks or not _cannot_fail(parameters) or _settings() is not self._settings:
            self.made()[0]._apply_params(**parameters)
        else:
            self._applied.append(parameters)

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        if self.ticks or transform is not None or type(path) is not patches.Rectangle:
            self.made()[0].set_clip_path(path, transform)
        else:
            self._clipped_by = path.get_transform()  # the rectangle may be changed later

    def made(self) -> list[Any]:
        """The list with the tick, made now if it was not yet."""
        if not self.ticks:
            attributes = vars(self._axis)
            of = vars(self._axis.axes)
            name = "_major_tick_kw" if self._major else "_minor_tick_kw"
            then = [*self._around, (attributes, name, self._parameters)]
            # The tick would have told its Axes at that time that there is something to draw.
            then += [(of, "stale_callback", None), (of, "_stale", of["_stale"])]
            # Whatever looks at the ticks of this axis while its first is being made finds none, as in matplotlib.
            then += [(attributes, self._name, [])] if attributes.get(self._name) is self else []
            with _settings_as(self._settings), _with(then):
                tick = self._axis._get_tick(major=self._major)
                for parameters in self._applied:
                    tick._apply_params(**parameters)
                if self._clipped_by is not None:
                    clipping: Any = patches.Rectangle.__new__(patches.Rectangle)
                    clipping.get_transform = lambda: self._clipped_by
                    tick.set_clip_path(clipping)
            self.ticks.append(tick)
            _waiting.discard(self)
        if vars(self._axis).get(self._name) is self:
            vars(self._axis)[self._name] = self.ticks
        return self.ticks


@contextmanager
def _with(values: list[tuple[dict[str, Any], str, Any]]) -> Iterator[None]:
    """Sets values in dictionaries inside the ``with`` block."""
    before = [(where, name, name in where, where.get(name)) for where, name, _ in values]
    try:
        for where, name, value in values:
            where[name] = value
        yield
    finally:
        for where, name, existed, value in before:
            if existed:
                where[name] = value
            else:
                where.pop(name, None)


def _made_first(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Wraps ``__getstate__``, which copying and pickling call: what is copied has all of its ticks."""

    @functools.wraps(original)
    def wrapper(self: Any) -> Any:
        while _waiting:
            _waiting.pop().made()
        return original(self)

    return wrapper


_waiting: WeakSet[_LaterTick] = WeakSet()
_latest: dict[str, Any] = {}


def _settings() -> dict[str, Any]:
    """A copy of ``rcParams``, which ticks are made from; the last one again as long as nothing was set."""
    global _latest
    if not dict.__eq__(mpl.rcParams, _latest):
        # Lists are changed in place: ``rcParams["font.family"].append(…)``.
        _latest = {name: [*value] if type(value) is list else value for name, value in dict.items(mpl.rcParams)}
    return _latest


@contextmanager
def _settings_as(settings: dict[str, Any]) -> Iterator[None]:
    """``rcParams`` as they were, inside the ``with`` block. Without their checks, which would warn again."""
    current: Any = mpl.rcParams
    now = dict.copy(current)
    if now == settings:
        yield
        return
    try:
        dict.update(current, settings)
        yield
    finally:
        dict.clear(current)
        dict.update(current, now)
