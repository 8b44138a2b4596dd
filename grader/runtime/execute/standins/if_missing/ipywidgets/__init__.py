"""Sliders and buttons, which nobody moves here: they keep the values that they begin with.

``interact`` calls its function once with these values, as a notebook does when its cell is run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Layout:
    """Attributes of how a widget looks; all can be set."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class Widget:
    """Keeps the fields that it is given."""

    value: Any = None

    def __init__(self, *arguments: Any, **fields: Any) -> None:
        self.layout, self.style = Layout(), Layout()
        self.children: Any = arguments[0] if arguments else ()
        if "value" not in fields:
            options = fields.get("options")
            fields["value"] = _first(options) if options else fields.get("min", self.value)
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(value={self.value!r})"

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None: ...

    def observe(self, *arguments: Any, **options: Any) -> None:
        """Nobody changes a value, so the handler is not called."""

    on_click = on_submit = on_displayed = unobserve = close = clear_output = append_stdout = observe

    def capture(self, *arguments: Any, **options: Any) -> Callable[[Any], Any]:
        return lambda function: function


class _Number(Widget):
    value = 0


class _Text(Widget):
    value = ""


class _Truth(Widget):
    value = False


class fixed(Widget):
    """A value for ``interact`` that is no widget."""

    def __init__(self, value: Any, **fields: Any) -> None:
        super().__init__(value=value, **fields)


class interactive(Widget):
    """A function with widgets for its parameters; it is called once."""

    def __init__(self, function: Callable[..., Any], options: Any = None, /, **parameters: Any) -> None:
        super().__init__()
        self.kwargs = {name: _begins(value) for name, value in parameters.items()}
        self.result = function(**self.kwargs)


def interact(function: Any = None, /, **parameters: Any) -> Any:
    """Call a function once; returns it. Also a decorator: ``@interact(x=(0, 10))``."""
    if function is None:
        return lambda decorated: interact(decorated, **parameters)
    interactive(function, **parameters)
    return function


def interact_manual(function: Any = None, /, **parameters: Any) -> Any:
    """Does not call the function: nobody presses the button."""
    return (lambda decorated: decorated) if function is None else function


def interactive_output(function: Callable[..., Any], controls: dict[str, Any]) -> Widget:
    function(**{name: _begins(control) for name, control in controls.items()})
    return Widget()


def link(source: Any, target: Any, *arguments: Any) -> None:
    """Does nothing: no value changes."""


dlink = jslink = jsdlink = link


def _begins(given: Any) -> Any:
    """The value at which the widget for a parameter of ``interact`` begins."""
    if isinstance(given, Widget):
        return given.value
    if isinstance(given, tuple) and len(given) in (2, 3):
        low, high = given[:2]
        if all(isinstance(bound, int) for bound in given):
            return low + (high - low) // 2
        return low + (high - low) / 2
    return _first(given) if isinstance(given, list | dict | tuple) else given


def _first(options: Any) -> Any:
    first = next(iter(options.values() if isinstance(options, dict) else options), None)
    return first[1] if isinstance(first, tuple) and len(first) == 2 else first


def __getattr__(name: str) -> Any:
    """A class for every other widget, by what its name says of its value."""
    if not name[:1].isupper():
        raise AttributeError(name)
    numbers = ("Float", "Int", "Bounded")
    base = _Number if name.startswith(numbers) else _Truth if name in _TRUTHS else _Text if name in _TEXTS else Widget
    kind = type(name, (base,), {"__module__": __name__})
    setattr(sys.modules[__name__], name, kind)
    return kind


_TRUTHS = ("Checkbox", "ToggleButton", "Valid")
_TEXTS = ("Text", "Textarea", "Label", "HTML", "HTMLMath", "Combobox", "Password")
