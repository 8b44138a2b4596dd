"""For tests: code in, observation out, through a real worker in a real sandbox."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Literal, TypeVar

from grader.model import Cell, CompanionFile, Job, Limits, Observation, Probes
from grader.sandbox.sandbox import Sandbox

Kind = TypeVar("Kind")


class Observer:
    """Runs code as a script, or as a notebook where several cells are given."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def __call__(
        self,
        *sources: str,
        format: Literal["py", "ipynb"] | None = None,
        probes: Probes | None = None,
        limits: Limits | None = None,
        seed: int = 0,
        intervene: bool = False,
        files: tuple[CompanionFile, ...] = (),
        folder: str = "",
        data: tuple[str, ...] = (),
        quiet: Sequence[int] = (),
    ) -> Observation:
        notebook = (format or ("ipynb" if len(sources) > 1 else "py")) == "ipynb"
        texts = [textwrap.dedent(source).lstrip("\n") for source in sources]
        job = Job(
            cells=tuple(
                Cell(number=number if notebook else None, source=text, code=text, quiet=number in quiet)
                for number, text in enumerate(texts, start=1)
            ),
            format="ipynb" if notebook else "py",
            file_name="homework.ipynb" if notebook else "homework.py",
            seed=seed,
            probes=probes or Probes(),
            limits=limits or Limits(),
            intervene=intervene,
            files=files,
            folder=folder,
            data=data,
        )
        return self.sandbox.run(job).observation


def events(observation: Observation, kind: type[Kind]) -> list[Kind]:
    """The events of one kind, in order."""
    return [event for event in observation.events if isinstance(event, kind)]


def only(observation: Observation, kind: type[Kind]) -> Kind:
    """The one event of a kind; fails the test where there is another number of them."""
    found = events(observation, kind)
    assert len(found) == 1, f"{len(found)} events of {kind.__name__}: {observation}"
    return found[0]


def values(array: Any) -> Any:
    """An Array's data as nested lists."""
    assert array is not None
    assert array.data is not None
    return array.data.tolist()
