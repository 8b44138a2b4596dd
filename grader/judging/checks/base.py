"""What every kind of check has in common: its fields in YAML, and what a kind has to bring."""

from __future__ import annotations

import keyword
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import (
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    field_serializer,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from grader.language import expression
from grader.language.expression import Expression
from grader.language.validation import SLUG, Entry, Findings, describe, in_words
from grader.language.yaml_file import Loc
from grader.model import Probes, Verdict
from grader.suggestions import did_you_mean, did_you_mean_or_all

if TYPE_CHECKING:
    from grader.judging.context import Context

REFERENCE = "reference"
"""The word that stands for the reference solution's own value in ``expect``."""

__all__ = ["Check", "Expectation", "Expr", "unknown_names"]


class _ExpressionInYaml:
    """Tells pydantic how an expression is read, written and documented."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            read_expression, serialization=core_schema.plain_serializer_function_ser_schema(lambda read: read.text)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # YAML reads `expect: {passes: 2}` as a number, and an editor has to accept it too.
        return {"type": ["string", "number", "boolean"]}


Expr = Annotated[Expression, _ExpressionInYaml]
"""An expression as a field: a text, number or truth value in YAML."""


def read_expression(value: object) -> Expression:
    """Raises ValueError, in words, for what is no expression."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, str | int | float):
        return expression.parse(value)
    hint = " (for no gradient, write `None`)" if value is None else ""
    raise ValueError(f"expected an expression such as `gradient == 2 * leaf`, found {describe(value)}{hint}")


class Expectation(NamedTuple):
    """One line of ``expect``. ``wanted`` may be one of the kind's own words, which is then its whole text."""

    observed: Expression
    wanted: Expression


class Check(Entry):
    """One thing that must hold. A kind is a subclass in a file of its own: it narrows ``kind`` to its name, adds its
    fields, each with a description, and implements ``variables`` and ``judge``.
    """

    model_config = ConfigDict(ignored_types=(frozenset,))  # so that a kind's constants are taken for no fields

    id: str = Field(
        pattern=SLUG, max_length=64, description="Names the check in its exercise, its rubric and the result."
    )
    title: str = Field(
        default_factory=lambda data: data.get("id", "").replace("-", " ").capitalize(),
        min_length=1,
        description="What the check is called in a report. Default: its id in words.",
    )
    kind: str = Field(description="What is looked at: the kind of check.")
    given: tuple[Expr, ...] = Field(
        default=(), description="Which of the observed things are candidates: one expression, or a list that must hold."
    )
    expect: tuple[Expectation, ...] = Field(
        default=(),
        description="What is compared, as `observed: wanted`. The difference is diagnosed for the student.",
    )
    holds: tuple[Expr, ...] = Field(
        default=(), description="What must be true of a candidate: one expression, or a list. Nothing is compared."
    )
    names: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="Names for use in expressions, each with the student's names that it may stand for; * and ? match "
        "as in file names.",
    )
    after: str | None = Field(default=None, description="The id of a check: only what came after its finding counts.")
    through: str | None = Field(
        default=None, description="A name, or the id of a check for a function: the graph has to run through it."
    )
    evidence: Literal["passed", "seen", "never"] = Field(
        default="passed",
        description="What proves that the exercise was attempted: `passed` this check, a candidate `seen`, or `never`.",
    )
    tolerance: float | None = Field(
        default=None, ge=0, le=1, allow_inf_nan=False,
        description="How close is close, relative to the values. Default: by the coarsest dtype involved.",
    )  # fmt: skip
    visibility: Literal["public", "hidden", "after-due"] = Field(
        default="public", description="Who sees the result: everyone, only the instructor, or everyone once it is due."
    )

    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset()
    """Words that may stand as the wanted value of ``expect``, such as ``reference``."""

    _DECLARES_NOTHING: ClassVar[frozenset[str]] = frozenset(
        {"id", "title", "given", "expect", "holds", "after", "through", "evidence", "tolerance", "visibility"}
    )
    """Fields that have no say in which names its expressions may use."""

    # ----------------------------------------------------------------------------------------------------------------
    # What a kind brings
    # ----------------------------------------------------------------------------------------------------------------

    @abstractmethod
    def variables(self) -> frozenset[str]:
        """Names that its expressions may use besides the declared ones. Called once all fields are valid, before the
        kind's own validators of the whole.
        """

    @abstractmethod
    def judge(self, context: Context) -> Verdict:
        """What the observation says about this check. Pure."""

    def probes(self, exercise: str, seed: int) -> Probes:
        """What has to be recorded for it, beyond what always is."""
        return Probes()

    def wants_reference(self) -> bool:
        """Whether it compares anything with the reference solution's own values."""
        return any(wanted.text == REFERENCE for _, wanted in self.expect)

    def wants_second_run(self, context: Context) -> bool:
        """Whether its verdict hangs on where plotted values came from, which takes a second run to tell."""
        return False

    # ----------------------------------------------------------------------------------------------------------------
    # What they share
    # ----------------------------------------------------------------------------------------------------------------

    def watch_names(self) -> Probes:
        """The probes of a kind whose expressions see the values of the declared names."""
        return Probes(names=tuple(pattern for patterns in self.names.values() for pattern in patterns))

    def known_names(self) -> frozenset[str]:
        """Every name that an expression of this check may use."""
        return self.variables() | self.names.keys()

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        """All its expressions, each with its place in the check. Keywords are none."""
        yield from ((("given", index), line) for index, line in enumerate(self.given))
        for observed, wanted in self.expect:
            yield ("expect", observed.text), observed
            if wanted.text not in self.WANTED_WORDS:
                yield ("expect", observed.text), wanted
        yield from ((("holds", index), line) for index, line in enumerate(self.holds))

    @field_validator("given", "holds", mode="before", json_schema_input_type=Expr | list[Expr])
    @classmethod
    def _one_or_several_lines(cls, value: object) -> object:
        return tuple(value) if isinstance(value, tuple | list) else (value,)

    @field_validator("expect", mode="plain", json_schema_input_type=dict[str, Expr])
    @classmethod
    def _pairs(cls, value: object) -> tuple[Expectation, ...]:
        if not isinstance(value, Mapping):
            raise ValueError(f"expected `observed: wanted` lines such as `gradient: 2 * leaf`, found {describe(value)}")
        findings = Findings()
        pairs = []
        for key, wanted in value.items():
            with findings.at(key):
                pairs.append(Expectation(read_expression(key), read_expression(wanted)))
        findings.raise_if_any()
        return tuple(pairs)

    @field_serializer("expect")
    def _as_mapping(self, pairs: tuple[Expectation, ...]) -> dict[str, str]:
        return {observed.text: wanted.text for observed, wanted in pairs}

    @field_validator("names", mode="before", json_schema_input_type=dict[str, str | list[str]])
    @classmethod
    def _read_names(cls, value: object) -> dict[str, tuple[object, ...]]:
        if not isinstance(value, Mapping):
            raise ValueError(f"expected lines such as `u: [u, y_const]`, found {describe(value)}")
        findings = Findings()
        names = {}
        for name, given in value.items():
            aliases = tuple(given) if isinstance(given, tuple | list) else (given,)
            if not _is_name(name):
                findings.add((name,), f"`{name}` cannot be a name in an expression")
            elif name in expression.FUNCTIONS:
                findings.add((name,), f"`{name}` is a function of the expression language; take another name")
            if not aliases:
                findings.add((name,), f"list the names that `{name}` may have in a submission")
            for index, alias in enumerate(aliases):
                if not isinstance(alias, str):
                    findings.add((name, index), f"expected a name, found {describe(alias)}")
                elif not _is_name(alias.replace("*", "_").replace("?", "_")):
                    findings.add((name, index), f"`{alias}` cannot be a name in Python")
            names[name] = aliases
        findings.raise_if_any()
        return names

    @classmethod
    def _validated(cls, data: dict[str, Any], handler: ModelWrapValidatorHandler[Self]) -> Self:
        """A field that is wrong hides no unknown name in the others: the names are looked at without it, unless it is
        one that declares some.
        """
        findings = Findings()
        check = None
        try:
            check = handler(data)
        except ValidationError as error:
            findings.extend(error)
            wrong = {loc[0] if loc else "" for loc, _ in in_words(error)}
            if wrong <= cls._DECLARES_NOTHING:
                with suppress(ValidationError):
                    check = handler({"id": "unknown"} | {key: data[key] for key in data.keys() - wrong})
        if check is not None:
            check._find_wrong_names(findings)
        findings.raise_if_any()
        assert check is not None  # there was a finding otherwise
        return check

    def _find_wrong_names(self, findings: Findings) -> None:
        for name in sorted(self.variables() & self.names.keys()):
            findings.add(("names", name), f"`{name}` has a meaning in this kind of check already; take another name")
        for loc, line in self.expressions():
            for text in unknown_names(line, self.known_names()):
                findings.add(loc, text)
            if "passed" in line.functions:
                findings.add(loc, "`passed` is known in rubrics only")


def unknown_names(line: Expression, known: Collection[str]) -> Iterator[str]:
    """In words, each name of an expression that is not known."""
    for name in sorted(line.names - set(known)):
        rest = did_you_mean_or_all(name, known) if known else "; declare it in `names`"
        yield f"unknown name `{name}`{did_you_mean(name, known) or rest}"


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
