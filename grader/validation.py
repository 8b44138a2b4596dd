"""The ground of the exercise language's models: all mistakes of a file at once, in plain words, each at its place.

pydantic checks the values; its findings are put into words here, and keys that are misspelt are suggested.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from grader.errors import Mistake
from grader.yamlfile import Document, Loc

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""Ids of exercises and checks: they are file names, and words on the command line."""

T = TypeVar("T", bound=BaseModel)


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean `gradient`?`` for the known word that is most like this one, else nothing."""
    word_like = _most_like(word, known)
    return f"; did you mean `{word_like}`?" if word_like else ""


def _most_like(word: str, known: Iterable[str]) -> str | None:
    by_lower = {each.lower(): each for each in sorted(known)}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


class Findings:
    """Collects what is wrong with a value, part by part, so that the first mistake does not hide the others."""

    def __init__(self) -> None:
        self._errors: list[InitErrorDetails] = []

    def add(self, loc: Loc, text: str, *, kind: str = "mistake") -> None:
        """One mistake, in words; ``kind`` tells it from others by program."""
        # A template's braces would be filled in; a text as the only value of one is left alone.
        error = PydanticCustomError(kind, "{text}", {"text": text})
        self._errors.append(InitErrorDetails(type=error, loc=loc, input=None))

    def extend(self, error: ValidationError, *, renamed: Mapping[str, str] | None = None, kind: str = "") -> None:
        """All that a model found, in words; of one kind only, where it is given."""
        for detail in error.errors(include_url=False):
            loc, text = _in_words(detail)
            if loc and renamed:
                loc = (renamed.get(str(loc[0]), loc[0]), *loc[1:])
            if not kind or detail["type"] == kind:
                self.add(loc, text, kind=detail["type"])

    @contextmanager
    def at(self, *loc: str | int) -> Iterator[None]:
        """What is raised inside is a mistake at this place."""
        try:
            yield
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                inner, text = _in_words(detail)
                self.add((*loc, *inner), text, kind=detail["type"])
        except ValueError as error:
            self.add(loc, str(error))

    def raise_if_any(self) -> None:
        """Raises ValidationError with everything found; pydantic merges it into that of the whole."""
        if self._errors:
            raise ValidationError.from_exception_data("mistakes", self._errors)


class Entry(BaseModel):
    """A mapping of the exercise language. Sequences are tuples, as ``yamlfile`` makes them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _with_known_keys(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Unknown keys are mistakes. A misspelt one is then read as the key that was meant, so that the rest is checked
        as well, and nobody is told that the key is missing.
        """
        if isinstance(data, cls):
            return handler(data)
        if not isinstance(data, Mapping):
            raise ValueError(f"expected `key: value` lines, found {describe(data)}")
        keys = cls.keys()
        findings = Findings()
        renamed: dict[str, str] = {}
        known = {key: value for key, value in data.items() if key in keys}
        for key in data.keys() - keys:
            meant = _most_like(key, keys - known.keys())
            if meant:
                known[meant], renamed[meant] = data[key], key
            findings.add((key,), f"unknown key `{key}`" + (f"; did you mean `{meant}`?" if meant else _listed(keys)))
        try:
            entry = cls._validated(known, handler)
        except ValidationError as error:
            findings.extend(error, renamed=renamed)
        findings.raise_if_any()
        return entry

    @classmethod
    def _validated(cls, data: dict[str, Any], handler: ModelWrapValidatorHandler[Self]) -> Self:
        """The model from data whose keys are all known. Raises ValidationError."""
        return handler(data)

    @classmethod
    def keys(cls) -> frozenset[str]:
        """The keys as they are written in a file."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())


def _listed(keys: Iterable[str]) -> str:
    return f"; known: {', '.join(sorted(keys))}"


def validate(model: type[T], document: Document) -> tuple[T | None, tuple[Mistake, ...]]:
    """A document as a model, or all that is wrong with it."""
    try:
        return model.model_validate(document.data), ()
    except ValidationError as error:
        found = (_in_words(detail) for detail in error.errors(include_url=False) if detail["type"] not in _CONSEQUENCES)
        return None, tuple(document.mistake(loc, text) for loc, text in found)


def describe(value: Any) -> str:
    """What a value of a file is, in words: "the text `abc`"."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{value if len(value) <= 40 else value[:37] + '...'}`"
        case tuple() | list():
            return "a list"
        case _:
            return "`key: value` lines"


# --------------------------------------------------------------------------------------------------------------------
# pydantic's findings in words
# --------------------------------------------------------------------------------------------------------------------

_CONSEQUENCES = {"default_factory_not_called"}
"""What pydantic reports only because something else is wrong."""

_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "`key: value` lines",
    "mapping_type": "`key: value` lines",
    "model_type": "`key: value` lines",
}

_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_too_short": lambda ctx: "must not be empty",
    "string_too_long": lambda ctx: f"is longer than {ctx['max_length']} characters",
    "too_short": lambda ctx: "must not be empty" if ctx["min_length"] == 1 else f"needs {ctx['min_length']} or more",
    "too_long": lambda ctx: f"has more than {ctx['max_length']} entries",
    "greater_than": lambda ctx: f"must be greater than {ctx['gt']:g}",
    "greater_than_equal": lambda ctx: f"must be {ctx['ge']:g} or more",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:g}",
    "less_than_equal": lambda ctx: f"must be {ctx['le']:g} or less",
}


def _in_words(detail: ErrorDetails) -> tuple[Loc, str]:
    kind, loc, value, ctx = detail["type"], detail["loc"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        return loc[:-1], f"`{loc[-1]}` is missing"
    if kind in _EXPECTED:
        return loc, f"expected {_EXPECTED[kind]}, found {describe(value)}"
    if kind == "literal_error":
        return loc, f"expected {ctx['expected'].replace(chr(39), '`')}, found {describe(value)}"
    if kind == "string_pattern_mismatch" and ctx["pattern"] == SLUG:
        return loc, f"`{value}` must be made of small letters, digits and single dashes, such as `second-part`"
    if kind in _WORDS:
        return loc, f"{_WORDS[kind](ctx)}; found {describe(value)}"
    return loc, detail["msg"].removeprefix("Value error, ")
