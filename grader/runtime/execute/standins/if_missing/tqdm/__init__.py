"""Progress bars, which nobody sees here: a loop runs as without them."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sized
from typing import Any


class tqdm:
    """Iterates over what it is given."""

    def __init__(self, iterable: Iterable[Any] | None = None, *arguments: Any, **options: Any) -> None:
        self.iterable = () if iterable is None else iterable
        self.total = options.get("total")
        if self.total is None and isinstance(self.iterable, Sized):
            self.total = len(self.iterable)
        self.n = 0
        self.desc = options.get("desc")

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable:
            self.n += 1
            yield item

    def __len__(self) -> int:
        return self.total or 0

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> tqdm:
        return self

    def __exit__(self, *error: object) -> None: ...

    def update(self, n: float = 1) -> None:
        self.n += n  # type: ignore[assignment]  # steps may be fractions

    def set_description(self, desc: str | None = None, **options: Any) -> None:
        self.desc = desc

    set_description_str = set_description

    def set_postfix(self, *arguments: Any, **options: Any) -> None: ...

    set_postfix_str = set_postfix
    close = clear = refresh = reset = unpause = display = set_postfix

    @staticmethod
    def write(text: object = "", **options: Any) -> None:
        """Print a text, as between two drawings of a bar."""
        builtins.print(text)

    @classmethod
    def pandas(cls, *arguments: Any, **options: Any) -> None: ...


def trange(*arguments: int, **options: Any) -> tqdm:
    return tqdm(range(*arguments), **options)


tqdm_notebook, tnrange = tqdm, trange
