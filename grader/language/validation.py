"""Validation of YAML files: ``YamlModel`` reports all mistakes of a file at once, with their lines.

pydantic validates. This module rewrites its messages for instructors, and suggests the right spelling of unknown keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from grader.errors import Mistake
from grader.language.yaml_file import Document, Loc
from grader.suggestions import closest

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""The pattern of ids of exercises and checks, which are also file names and arguments on the command line."""

_MISTAKE = "mistake"
_SURE = 0.7
"""How similar an unknown key has to be to the one that is read in its place: ``call`` is not ``allow``."""

T = TypeVar("T", bound=BaseModel)


class MistakeCollector:
    """Collects the mistakes in the parts of a value, so that the first mistake does not hide the others."""

    def __init__(self) -> None:
        self._errors: list[InitErrorDetails] = []
        self._added: set[tuple[Loc, str]] = set()

    def add_once(self, loc: Loc, text: str) -> None:
        """Add a mistake, unless it is known already: a field that several parts share is wrong once."""
        if (loc, text) not in self._added:
            self._added.add((loc, text))
            self.add(loc, text)

    def add(self, loc: Loc, text: str) -> None:
        # The text is an argument of the template, since pydantic would replace braces in a template.
        error = PydanticCustomError(_MISTAKE, "{text}", {"text": text})
        self._errors.append(InitErrorDetails(type=error, loc=loc, input=None))

    def extend(self, error: ValidationError, *, renamed: Mapping[str, str] | None = None) -> None:
        """Add the mistakes that a model found. ``renamed`` maps corrected keys to their spelling in the file."""
        for loc, text in in_words(error):
            if loc and renamed:
                loc = (renamed.get(str(loc[0]), loc[0]), *loc[1:])
            self.add(loc, text)

    @contextmanager
    def at(self, *loc: str | int) -> Iterator[None]:
        """Adds a ValidationError or ValueError raised in the ``with`` block as mistakes at this place."""
        try:
            yield
        except ValidationError as error:
            for inner, text in in_words(error):
                self.add((*loc, *inner), text)
        except ValueError as error:
            self.add(loc, str(error))

    def error(self) -> ValidationError:
        """All mistakes as an error, which pydantic merges into the error of the enclosing model."""
        return ValidationError.from_exception_data("mistakes", self._errors)

    def raise_if_any(self) -> None:
        """Raises ValidationError with all mistakes."""
        if self._errors:
            raise self.error()


class YamlModel(BaseModel):
    """Base class of models for mappings in YAML files. Sequences are tuples, as ``yaml_file`` reads them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="wrap")
    @classmethod
    def _with_known_keys(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Report unknown keys.

        A misspelt key is then read as the closest known key, so that its value is validated, and the key is not
        reported as missing as well.
        """
        if isinstance(data, cls):
            return handler(data)
        if not isinstance(data, Mapping):
            raise ValueError(f"expected `key: value` lines, found {describe(data)}")
        keys = cls.keys()
        mistakes = MistakeCollector()
        renamed: dict[str, str] = {}
        known = {key: value for key, value in data.items() if key in keys}
        listed = ", ".join(sorted(keys))
        for key in data:
            if key in keys:
                continue
            meant = closest(key, keys - known.keys(), least=_SURE)
            if meant:
                known[meant], renamed[meant] = data[key], key
            mistakes.add((key,), f"unknown key; {f'did you mean `{meant}`?' if meant else f'known: {listed}'}")
        try:
            entry = cls._validated(known, handler)
        except ValidationError as error:
            mistakes.extend(error, renamed=renamed)
        mistakes.raise_if_any()
        return entry

    @classmethod
    def _validated(cls, data: dict[str, Any], handler: ModelWrapValidatorHandler[Self]) -> Self:
        """The model of data without unknown keys. Subclasses may override it. Raises ValidationError."""
        return handler(data)

    @classmethod
    def keys(cls) -> frozenset[str]:
        """The keys as they are spelt in a file."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())


def validate(model: type[T], document: Document, **context: object) -> tuple[T | None, tuple[Mistake, ...]]:
    """The document as a model, or None with all mistakes.

    Validators find the folder of the file as ``folder`` in their context, since it may name others that lie there,
    and what else is passed.
    """
    try:
        return model.model_validate(document.data, context={"folder": document.path.parent, **context}), ()
    except ValidationError as error:
        return None, tuple(document.mistake(loc, text) for loc, text in in_words(error))


def describe(value: Any) -> str:
    """A value of a file for a message: "the text `abc`"."""
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
# pydantic's messages, rewritten for instructors
# --------------------------------------------------------------------------------------------------------------------

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


def in_words(error: ValidationError) -> Iterator[tuple[Loc, str]]:
    """The places and messages of all mistakes in an error, without those that only follow from others."""
    details = error.errors(include_url=False)
    for detail in details:
        loc = detail["loc"]
        # pydantic reports a list with invalid entries only as too short as well.
        emptied = detail["type"] == "too_short" and any(d["loc"][: len(loc)] == loc != d["loc"] for d in details)
        if detail["type"] != "default_factory_not_called" and not emptied:
            yield _explain(detail)


def _explain(detail: ErrorDetails) -> tuple[Loc, str]:
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
