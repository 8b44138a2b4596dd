"""``Check``, the base class of all kinds of checks: the shared fields in YAML, and what a kind has to define."""

from __future__ import annotations

import itertools
import keyword
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_serializer,
    field_validator,
)

from grader.judging.checks.unknown_names import unknown_names, unknown_parts
from grader.judging.checks.yaml_lines import (
    REFERENCE,
    Evidence,
    Expectation,
    Expr,
    evidence_field,
    expectations,
    lines_of,
)
from grader.judging.context import Context
from grader.judging.foreign_hands import Allowed
from grader.judging.found_objects import PartName, reference_in
from grader.judging.variable_kinds import VariableKind
from grader.language import expression
from grader.language.expression import Expression
from grader.language.part_names import mistake_in
from grader.language.validation import SLUG, MistakeCollector, YamlModel, describe, in_words
from grader.language.yaml_file import Loc
from grader.model import Probes, Verdict, Visibility
from grader.runtime.protocol.name_paths import read_path


class Check(YamlModel):
    """A check of an exercise: the base class of every kind, built in or from a plugin.

    Subclass it to add a kind: narrow ``kind`` to a ``Literal`` with its name, add fields with descriptions, and define
    ``VARIABLES`` and ``judge``. A plugin registers its subclass as an entry point of the group ``grader.checks``.
    """

    model_config = ConfigDict(ignored_types=(frozenset,))  # constants of subclasses are not fields

    id: str = Field(
        pattern=SLUG, max_length=64, description="Names the check in its exercise, its rubric and the result."
    )
    title: str = Field(
        default_factory=lambda data: data.get("id", "").replace("-", " ").capitalize(),
        min_length=1,
        description="What the check is called in a report. Default: its id in words.",
    )
    kind: str = Field(description="The kind of check, which says what is looked at.")
    given: tuple[Expr, ...] = Field(
        default=(), description="What must hold for a candidate to count: an expression, or a list of expressions."
    )
    expect: tuple[Expectation, ...] = Field(
        default=(),
        description="What is compared, as `observed: wanted`. A difference is explained to the student.",
    )
    holds: tuple[Expr, ...] = Field(
        default=(),
        description="What must be true of a candidate: an expression, or a list of expressions.",
    )
    names: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="Names for use in expressions, each with the student's names that it may stand for: `w`, `u_*` "
        '(`*` and `?` match as in file names), parts of objects such as `model.weight`, `net[0].bias`, `params["w"]`, '
        "`*.weight`, `losses[*]`, and `check.name` for the object that an earlier check found, whatever it is called.",
    )
    after: str | None = Field(
        default=None, description="The id of a check: only what happened after the event that it found counts."
    )
    through: str | None = Field(
        default=None,
        description="A name, `check.name` (the object that an earlier check found), or the id of an earlier check for "
        "a function: the graph must go through it.",
    )
    evidence: Evidence = evidence_field("passed")
    allow: tuple[Allowed, ...] = Field(
        default=(),
        description="What may have a hand in a gradient besides torch, because the exercise asks for it: `hooks`, own "
        "`autograd.Function`s (`functions`), operators of `torch.library` (`operators`), values written past autograd "
        "(`data`), own classes with `__torch_function__` (`classes`). Where anything else changed something in what "
        "passes, a person has to look.",
    )
    tolerance: float | None = Field(
        default=None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="How much numbers may differ in comparisons, such as `0.001`: by this, plus this share of the "
        "wanted number. Default: what `torch.testing` allows for the coarsest dtype involved, for float32 `0.00001` "
        "plus 1.3 millionths of the number.",
    )
    visibility: Visibility = Field(
        default="public",
        description="Who sees the check in reports: everybody; only staff (`hidden`); or everybody once the assignment "
        "is due (`after-due`), which is never where it has no date.",
    )

    reveal: bool = Field(
        default=True,
        description="`no`: students read whether it is right, its hint, and what the rubric says of a mistake, but no "
        "expression, no value and nothing of what is wanted. Staff see all.",
    )

    ANSWERED_IN_WORDS: ClassVar[bool] = False
    """Whether students answer this kind in words, not in code. A check in words is no evidence of code, and keeps its
    own verdict where an exercise was answered in words only."""

    LOOKS_AT_GRADIENTS: ClassVar[bool] = False
    """Whether the kind looks at what hands in a pass can change, so that ``allow`` has a meaning."""

    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset()
    """Keywords that ``expect`` accepts instead of a wanted value, such as ``reference``."""

    _DECLARES_NOTHING: ClassVar[frozenset[str]] = frozenset(
        {"id", "title", "given", "expect", "holds", "after", "through", "evidence", "allow", "tolerance", "visibility"}
        | {"reveal"}
    )
    """Fields that do not affect which names expressions may use."""

    _STAND_INS: ClassVar[Mapping[str | int, object]] = {}
    """Values of such fields that must be there, in the place of wrong ones: names are looked at all the same."""

    SCAFFOLD: ClassVar[str | None] = None
    """A folder with what `grade new` writes of a kind from a plugin, as `grader/workbench/scaffolds/files` has it for
    the built-in ones. None: it writes the kind's fields, and no solution."""

    # ----------------------------------------------------------------------------------------------------------------
    # Defined by each kind
    # ----------------------------------------------------------------------------------------------------------------

    VARIABLES: ClassVar[Mapping[str, str]] = {}
    """Names that expressions may use besides the declared ones, each with a line for the docs on what it is."""

    VALUES: ClassVar[Mapping[str, VariableKind]] = {}
    """What some of these variables can be. A line that is decided by that, whatever was handed in, is refused."""

    RUBRIC_ONLY: ClassVar[frozenset[str]] = frozenset()
    """Those of the variables that only failing candidates have, or have otherwise: they are for rubrics."""

    PARTS: ClassVar[frozenset[str] | None] = None
    """What this kind knows of some of its variables, to be asked with a dot, beside what every array has; None: any."""

    IGNORES: ClassVar[Mapping[str, str]] = {}
    """Fields of every check that mean nothing to this kind, each with the reason. They are refused."""

    def variables(self) -> frozenset[str]:
        """Names that expressions of this very check may use besides the declared ones.

        Called when all fields are valid, but before the kind's validators of the whole model.
        """
        return frozenset(self.VARIABLES)

    @abstractmethod
    def judge(self, context: Context) -> Verdict:
        """The verdict on a submission. Must be pure, and must not keep anything of the submission."""

    def probes(self, exercise: str, seed: int) -> Probes:
        """What has to be recorded for this check, in addition to what is always recorded."""
        return Probes()

    def building_on(self, earlier: Iterable[Check]) -> Self:
        """The check with what it takes over from the checks above it in its exercise."""
        return self

    def calls_for_others(self) -> Mapping[str, object]:
        """The fields that say what is called, for a later check on the same function that names none of them."""
        return {}

    @property
    def builds_on(self) -> Check | None:
        """An earlier check whose finding this one looks at, besides ``after`` and ``through``."""
        return None

    def telling_parts(self, is_part: Callable[[str], bool]) -> Self:
        """The check with each ``model.weight`` that ``is_part`` says is no reference to a check ``model``."""

        def told(text: str) -> str:
            return PartName(text) if reference_in(text) is not None and is_part(text) else text

        changes: dict[str, object] = {}
        for field in ("names", "beside"):
            declared: Mapping[str, tuple[str, ...]] = getattr(self, field, {})
            if any(map(reference_in, itertools.chain(*declared.values()))):
                changes[field] = {name: tuple(map(told, aliases)) for name, aliases in declared.items()}
        for field in ("leaf", "through"):
            text = getattr(self, field, None)
            if isinstance(text, str) and reference_in(text) is not None:
                changes[field] = told(text)
        return self.model_copy(update=changes) if changes else self

    def binds(self) -> frozenset[str]:
        """Names and roles of which ``Verdict.bound`` has objects, so that later checks may refer to them."""
        return frozenset()

    def references(self) -> Iterator[tuple[Loc, str]]:
        """All texts that may refer to an object of an earlier check, as ``check.name``, with their places."""
        if self.through is not None:
            yield ("through",), self.through
        for name, aliases in self.names.items():
            yield from ((("names", name, index), alias) for index, alias in enumerate(aliases))

    def ways(self) -> tuple[Check, ...]:
        """The checks of which one has to pass: itself, or the ways of ``any-of``."""
        return (self,)

    def place_in_way(self, way: int, loc: Loc) -> Loc:
        """The place, in this check in YAML, of a field of one of its ways."""
        return loc

    def wrong_references(self) -> Iterator[tuple[Loc, str]]:
        """Lines that ask for what is not known of an object of an earlier check, with messages."""
        return iter(())

    def wants_reference(self) -> bool:
        """Whether it needs the observation of the reference solution."""
        return any(wanted.name == REFERENCE for _, wanted in self.expect)

    def wants_changes(self, context: Context) -> bool:
        """Whether its verdict depends on how a curve or a value changes in a second run, which ``context.changes`` does
        not tell.
        """
        return False

    # ----------------------------------------------------------------------------------------------------------------
    # Shared by all kinds
    # ----------------------------------------------------------------------------------------------------------------

    def watch_names(
        self, others: Mapping[str, tuple[str, ...]] | None = None, besides: Iterable[str | None] = ()
    ) -> Probes:
        """Probes for a kind whose expressions use the values of the declared names. ``others`` are watched as well, and
        those of ``besides`` that name a part of an object, by which passes know their leaves only where it is asked.
        """
        aliases = (alias for names in (self.names, others or {}) for aliases in names.values() for alias in aliases)
        parts = (text for text in besides if text is not None and (path := read_path(text)) and path.parts)
        return Probes(names=tuple(text for text in (*aliases, *parts) if reference_in(text) is None))

    def known_names(self) -> frozenset[str]:
        """Every name that an expression of this check may use."""
        return self.variables() | self.names.keys()

    def instead_of(self) -> Mapping[str, str]:
        """Names that this very check does not know, though its kind does, each with what to write instead."""
        return {}

    def wrong_parts(self, line: Expression) -> Iterator[str]:
        """A message for everything that a line asks with a dot of what does not have it."""
        return unknown_parts(line, self.kind, self.PARTS)

    def handed_in(self) -> frozenset[str]:
        """The variables that are what the course hands in, the same for every submission."""
        return frozenset()

    def unrecorded_names(self) -> Mapping[str, str]:
        """Names whose values are recorded only where an expression of the check reads them, and none does. Each with a
        line that would read it.
        """
        return {}

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        """All expressions with their places in the check, without the keywords in ``expect``."""
        yield from ((("given", index), line) for index, line in enumerate(self.given))
        for observed, wanted in self.expect:
            yield ("expect", observed.text), observed
            if wanted.name not in self.WANTED_WORDS:
                yield ("expect", observed.text), wanted
        yield from ((("holds", index), line) for index, line in enumerate(self.holds))
        if isinstance(self.evidence, Expression):
            yield ("evidence",), self.evidence

    @field_validator("reveal", mode="before", json_schema_input_type=bool | Literal["yes", "no"])
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value

    @field_validator("allow", mode="before", json_schema_input_type=Allowed | list[Allowed])
    @classmethod
    def _one_or_several_words(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("allow")
    @classmethod
    def _has_a_meaning(cls, allow: tuple[Allowed, ...]) -> tuple[Allowed, ...]:
        if allow and not cls.LOOKS_AT_GRADIENTS:
            raise ValueError("this kind of check does not look at gradients, so `allow` has no meaning; leave it out")
        return allow

    @field_validator("given", "holds", mode="before", json_schema_input_type=Expr | list[Expr])
    @classmethod
    def _one_or_several_lines(cls, value: object) -> object:
        return lines_of(value)

    @field_validator("expect", mode="plain", json_schema_input_type=dict[str, Expr])
    @classmethod
    def _pairs(cls, value: object) -> tuple[Expectation, ...]:
        return expectations(value, "`observed: wanted` lines such as `gradient: 2 * leaf`")

    @field_serializer("expect")
    def _as_mapping(self, pairs: tuple[Expectation, ...]) -> dict[str, str]:
        return {observed.text: wanted.text for observed, wanted in pairs}

    @field_validator("names", mode="before", json_schema_input_type=dict[str, str | list[str]])
    @classmethod
    def _read_names(cls, value: object) -> dict[str, tuple[object, ...]]:
        if not isinstance(value, Mapping):
            raise ValueError(f"expected lines such as `u: [u, y_const]`, found {describe(value)}")
        mistakes = MistakeCollector()
        names = {}
        for name, given in value.items():
            aliases = tuple(given) if isinstance(given, tuple | list) else (given,)
            if not _is_name(name):
                mistakes.add((name,), f"`{name}` cannot be a name in an expression")
            elif name in expression.RESERVED:
                mistakes.add((name,), f"`{name}` means something in every expression already; take another name")
            if not aliases:
                mistakes.add((name,), f"list the names that `{name}` may have in a submission")
            for index, alias in enumerate(aliases):
                if not isinstance(alias, str):
                    mistakes.add((name, index), f"expected a name, found {describe(alias)}")
                elif reference_in(alias) is None and (wrong := mistake_in(alias)):
                    mistakes.add((name, index), wrong)
            names[name] = aliases
        mistakes.raise_if_any()
        return names

    @classmethod
    def _validated(cls, data: dict[str, Any], handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Unknown names are reported together with the mistakes of other fields.

        Invalid fields are left out for that, unless one of them declares names.
        """
        mistakes = MistakeCollector()
        check = None
        try:
            check = handler(data)
        except ValidationError as error:
            mistakes.extend(error)
            wrong = {loc[0] if loc else "" for loc, _ in in_words(error)}
            if wrong <= cls._DECLARES_NOTHING:
                with suppress(ValidationError):
                    right: dict[str | int, object] = {key: data[key] for key in data.keys() - wrong}
                    stand_ins = {key: cls._STAND_INS[key] for key in wrong & cls._STAND_INS.keys()}
                    check = handler({"id": "unknown"} | right | stand_ins)
        if check is not None:
            check._find_wrong_names(mistakes)
            check._find_useless_fields(mistakes)
        mistakes.raise_if_any()
        assert check is not None  # without a check there was a finding
        return check

    def _find_useless_fields(self, mistakes: MistakeCollector) -> None:
        """Fields that would change nothing."""
        for name, why in self.ignored().items():
            if name in self.model_fields_set:
                mistakes.add((name,), f"`{name}` means nothing to this kind of check: {why}; leave it out")
        compares = any(True for _ in self.expressions())
        if self.tolerance is not None and not compares and "tolerance" not in self.ignored():
            mistakes.add(("tolerance",), "`tolerance` is for comparisons, and this check has none; leave it out")

    def ignored(self) -> Mapping[str, str]:
        """Fields of every check that mean nothing to this very check, each with the reason."""
        return self.IGNORES

    def _may_be_declared(self) -> frozenset[str]:
        """The variables for which ``names`` may list names: roles of which it says which is which."""
        return frozenset()

    def _find_wrong_names(self, mistakes: MistakeCollector) -> None:
        for name in sorted((self.variables() - self._may_be_declared()) & self.names.keys()):
            mistakes.add(("names", name), f"`{name}` has a meaning in this kind of check already; take another name")
        for loc, line in self.expressions():
            unknown = list(unknown_names(line, self.known_names(), self.instead_of(), self.WANTED_WORDS, self.kind))
            for text in unknown or self.wrong_parts(line):
                mistakes.add(loc, text)
            if "passed" in line.functions:
                mistakes.add(loc, "`passed` is known in rubrics only")


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
