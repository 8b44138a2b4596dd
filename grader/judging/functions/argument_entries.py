"""One argument of a hidden call: a tensor, a plain value, or a function of the course."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from pydantic import Field, ValidationInfo, model_serializer, model_validator

from grader.judging.functions.drawn_files import DrawnTensor, FromFile
from grader.judging.functions.drawn_values import (
    Booleans,
    Chance,
    Drawn,
    Finite,
    Integers,
    Normal,
    Uniform,
    Value,
    Whole,
    in_order,
)
from grader.judging.functions.support_functions import what_is_wrong_with_function
from grader.language.validation import YamlModel
from grader.model import job


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Random numbers for the arguments of one call, of which each argument has its own by its ``path``."""

    words: tuple[int, ...]
    path: str

    def of(self, part: str) -> Source:
        return Source(words=self.words, path=f"{self.path}{part}")

    def chance(self) -> Chance:
        return Chance(generator=self.generator(self.path), rows=self._rows)

    def generator(self, of: str) -> np.random.Generator:
        return np.random.default_rng([*self.words, *of.encode()])

    def _rows(self, there: int, asked: int) -> Any:
        return np.sort(self.generator(f"rows {there} {asked}").choice(there, asked, replace=False))


class Entry(YamlModel):
    """An argument. A subclass is recognized by its first key, or by being no mapping."""

    @abstractmethod
    def draw(self, source: Source) -> job.Argument:
        """The argument of one call."""

    def parts(self) -> Iterator[tuple[str, Entry]]:
        """The entry itself, and all that are in it, each with its path in it: ``[0]``, ``["x"]``."""
        yield "", self

    @property
    def is_random(self) -> bool:
        """Whether another call gets something else."""
        return False


class TensorEntry(Entry):
    """A tensor, made anew for each call."""

    requires_grad: bool | None = Field(
        default=None,
        alias="requires-grad",
        description="Whether the tensor requires grad. Default: where its dtype can.",
    )
    grad: DrawnTensor | None = Field(
        default=None, description="What its `.grad` holds when the call begins, such as `{normal: [3]}`. Default: None."
    )

    @model_validator(mode="after")
    def _can_require_grad(self) -> Self:
        if self.requires_grad and not self._drawn.is_float():
            raise ValueError("`requires-grad`: only a tensor of floating point numbers can require a gradient")
        if self.grad is None:
            return self
        chance = Chance.of(np.random.default_rng(0))
        ours, theirs = self._drawn.array(chance), self.grad.array(chance)
        if ours.shape != theirs.shape:
            raise ValueError(f"`grad` has the shape {theirs.shape}, and its tensor {ours.shape}")
        if not self._drawn.is_float():
            raise ValueError("`grad`: only a tensor of floating point numbers has a gradient")
        return self

    @property
    def _drawn(self) -> Drawn:
        assert isinstance(self, Drawn)  # every subclass is
        return self

    @property
    def is_random(self) -> bool:
        return self._drawn.differs or (self.grad is not None and self.grad.differs)

    @property
    def can_have_gradient(self) -> bool:
        return self._drawn.is_float() and self.requires_grad is not False

    def draw(self, source: Source) -> job.TensorArgument:
        data = self._drawn.array(source.chance())
        data.flags.writeable = False
        grad = None if self.grad is None else self.grad.array(source.of(".grad").chance()).astype(data.dtype)
        return job.TensorArgument(data=data, requires_grad=self.can_have_gradient, grad=grad)


class ValueArgument(TensorEntry, Value):
    """A tensor that is written out."""


class NormalArgument(TensorEntry, Normal):
    """A tensor from the standard normal distribution."""


class UniformArgument(TensorEntry, Uniform):
    """A tensor whose elements lie anywhere between two numbers."""


class IntegersArgument(TensorEntry, Integers):
    """A tensor of whole numbers between two, both included."""


class BooleansArgument(TensorEntry, Booleans):
    """A tensor of truth values."""


class FileArgument(TensorEntry, FromFile):
    """A tensor from a file of the course."""


Plain = int | float | str | bool | None


class PlainEntry(Entry):
    """A number, text, truth value or nothing, which is passed as it is."""

    plain: Plain

    @model_serializer
    def _as_written(self) -> Plain:
        return self.plain

    def draw(self, source: Source) -> job.PlainArgument:
        return job.PlainArgument(value=self.plain)


class Between(YamlModel):
    """The smallest and the largest number that may be drawn."""

    low: Finite = Field(ge=-1e30, description="The smallest number.")
    high: Finite = Field(le=1e30, description="The largest number.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return in_order(self, self.low, self.high)


class WholeBetween(YamlModel):
    """The smallest and the largest whole number that may be drawn."""

    low: Whole = Field(description="The smallest number.")
    high: Whole = Field(description="The largest number, itself included.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return in_order(self, self.low, self.high)


class RandomEntry(Entry):
    """Something of Python's that is drawn: no tensor."""

    @property
    def is_random(self) -> bool:
        return True


class NumberArgument(RandomEntry):
    """A random number of Python's, as `{number: {low: 0.1, high: 0.5}}`."""

    number: Between = Field(description="Between which numbers it lies.")

    def draw(self, source: Source) -> job.PlainArgument:
        low, high = self.number.low, self.number.high
        drawn = float(f"{source.chance().generator.uniform(low, high):.4g}")  # short enough to be read in a message
        return job.PlainArgument(value=min(max(drawn, low), high))


class WholeArgument(RandomEntry):
    """A random whole number of Python's, as `{whole: {low: 1, high: 5}}`."""

    whole: WholeBetween = Field(description="Between which numbers it lies, both included.")

    def draw(self, source: Source) -> job.PlainArgument:
        drawn = source.chance().generator.integers(self.whole.low, self.whole.high, endpoint=True)
        return job.PlainArgument(value=int(drawn))


_FUNCTION = re.compile(r"support(\.[^\W\d]\w*)+")


class SupportEntry(Entry):
    """A function of the course's folder ``support/``, or what it returns."""

    def _name_in_support(self, name: str, info: ValidationInfo) -> str:
        """``support.bowl`` is the function of that name in ``support/bowl.py``. Raises ValueError."""
        if not _FUNCTION.fullmatch(name):
            raise ValueError(
                f"`{name}` must be a function of the course's `support/`: `support.bowl`, the function `bowl` of "
                "support/bowl.py, or `support.bowls.valley`"
            )
        parts = name.split(".")[1:]
        module, function = (parts, parts[0]) if len(parts) == 1 else (parts[:-1], parts[-1])
        folder = info.context.get("folder") if isinstance(info.context, Mapping) else None
        wrong = None if folder is None else what_is_wrong_with_function(folder.parent, module, function)
        if wrong is not None:
            raise ValueError(wrong)
        return ".".join((*module, function))


class FunctionArgument(SupportEntry):
    """A function of the course's ``support/`` that is handed in."""

    function: str = Field(description="`support.bowl`: the function `bowl` of support/bowl.py.")

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo) -> Self:
        self._name_in_support(self.function, info)
        return self

    def draw(self, source: Source) -> job.SupportArgument:
        return job.SupportArgument(name=_in_support(self.function))


class MadeArgument(SupportEntry):
    """What a function of the course's ``support/`` returns, which is called without arguments for each call."""

    made_by: str = Field(
        alias="made-by", description="`support.make_net`: the function `make_net` of support/make_net.py."
    )

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo) -> Self:
        self._name_in_support(self.made_by, info)
        return self

    def draw(self, source: Source) -> job.SupportArgument:
        return job.SupportArgument(name=_in_support(self.made_by), is_called=True)


def _in_support(name: str) -> str:
    """The name as module and function: ``support.bowl`` is ``bowl.bowl``."""
    parts = name.split(".")[1:]
    return ".".join(parts * 2 if len(parts) == 1 else parts)
