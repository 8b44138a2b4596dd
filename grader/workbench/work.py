"""``Work``: something that a bench does, such as grading a file, whose result can be kept."""

from __future__ import annotations

import importlib
import json
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import TypeAdapter

from grader.pipeline.cache_keys import digest

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys


class Work(ABC):
    """A frozen dataclass that says what has to be done. It goes to another process as JSON, and so does its result.

    Subclasses are found there by their module and name, so they stand at the top of a module of the grader.
    """

    RESULT: ClassVar[type]
    """The type of the result: a frozen dataclass that pydantic can write as JSON and read again."""

    @abstractmethod
    def do(self, bench: Bench) -> Any:
        """Do it. Raises GraderError where nothing can be done."""

    @property
    def about(self) -> str:
        """The id of the exercise that it is about; empty if it is about several."""
        return ""

    @property
    def shares_a_run_with(self) -> Hashable:
        """Works of a class for which this is equal, and not None, are done ``at_once``."""
        return None

    @classmethod
    def at_once(cls, works: Sequence[Any]) -> Work:
        """A work that does all of these at once; its result has a ``part_of`` each of them."""
        raise NotImplementedError

    def part_of(self, result: Any) -> Any:
        """What the result of the work ``at_once`` says of this one."""
        return result

    def is_lasting(self, result: Any) -> bool:
        """Whether the result may be kept. One that the machine's state decided is not."""
        return True

    @abstractmethod
    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        """Everything that the result depends on. ``keys`` has hashes of what many works share."""


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What writes values of a type as JSON, and reads them."""
    return TypeAdapter(kind)


def encode_work(work: Work) -> dict[str, Any]:
    kind = type(work)
    return {"module": kind.__module__, "name": kind.__name__, "value": adapter(kind).dump_python(work, mode="json")}


def decode_work(encoded: dict[str, Any]) -> Work:
    """The work that ``encode_work`` wrote."""
    found = getattr(importlib.import_module(encoded["module"]), encoded["name"])
    assert issubclass(found, Work)
    work: Work = adapter(found).validate_python(encoded["value"])
    return work


def key_of(work: Work, keys: ContentKeys) -> str:
    """The key under which the result is kept."""
    return digest(type(work).__module__, type(work).__name__, *work.depends_on(keys))


def encode_result(work: Work, result: object) -> str:
    # By `json`, which knows infinity, NaN and lone surrogates: submissions compute and print all of them.
    return json.dumps(adapter(work.RESULT).dump_python(result, mode="json"))


def decode_result(work: Work, text: str) -> Any:
    """The result that ``encode_result`` wrote. Raises ValueError where the text is none."""
    return adapter(work.RESULT).validate_python(json.loads(text))


def joined(works: Iterable[Work]) -> Iterator[tuple[Work, Sequence[Work]]]:
    """Works to be done in the place of these, each with those of which it gives the results."""
    groups: dict[Hashable, list[Work]] = {}
    for work in works:
        shared = work.shares_a_run_with
        groups.setdefault(work if shared is None else (type(work), shared), []).append(work)
    for group in groups.values():
        yield (group[0] if len(group) == 1 else type(group[0]).at_once(group)), group
