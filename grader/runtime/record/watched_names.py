"""The names whose values are watched: what they are bound to, and what of that has changed since it was last sent."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from typing import Any

import torch

from ..protocol.name_paths import has_wildcards, name_matches, read_path
from .named_parts import parts_in
from .number_lists import NumberLists
from .stream import MAX_NAME, Json, Stream, is_tensor
from .structures import described

MAX_NAMES = 64
"""Plain names, and names of parts of objects, that are watched in a scope."""
MAX_NAMED = 256
"""Tensors of watched names that are recognized in a graph when the name is bound to something else."""
MAX_KNOWN = 10_000
"""Names for which it is cached whether they are watched."""


class WatchedNames:
    """Reads the watched names in the scopes of a submission. ``patterns`` are names as ``protocol.name_paths`` has
    them.
    """

    def __init__(self, stream: Stream, patterns: Iterable[str]) -> None:
        paths = [path for path in map(read_path, patterns) if path is not None]
        plain = [path.name for path in paths if not path.parts]
        self._stream = stream
        self._lists = NumberLists(stream)
        self._paths = tuple(path for path in paths if path.parts)
        # Most patterns are plain names. Matching a pattern takes longer than running a statement.
        self._is_watched = dict.fromkeys((name for name in plain if not has_wildcards(name)), True)
        self._globs = tuple(filter(has_wildcards, plain))
        self._sent: dict[tuple[str, str], Json] = {}
        """What was sent last, by the scope and the name."""
        self._stale_sent: frozenset[str] = frozenset()
        self._named: dict[int, weakref.ref[torch.Tensor]] = {}
        """Tensors that watched names are, or were, bound to, by their tokens."""
        self.any = bool(paths)
        self._seen: set[str] = set()

    def changes(self, scope: str, space: Mapping[str, Any], stale: Collection[str]) -> Json | None:
        """The fields of an event with what has changed in a scope; None where nothing has."""
        changed: dict[str, Json] = {}
        found = dict(self._values(space))
        for name, value in found.items():
            before = self._sent.get((scope, name))
            counts = self._stream.counts
            described = self._described(value)
            if described == before:
                self._stream.counts = counts
            else:
                self._sent[scope, name] = changed[name] = described
                self._remember(value, described)
        removed = [name for known, name in self._sent if known == scope and name not in found]
        for name in removed:
            del self._sent[scope, name]
        stale_names = frozenset(name for name in stale if self._watches(name))
        if not changed and not removed and stale_names == self._stale_sent:
            return None
        self._stale_sent = stale_names
        if len(self._seen) < MAX_KNOWN:
            self._seen.update(changed)
        return {"frame": scope, "changed": changed, "removed": removed, "stale": sorted(stale_names)}

    def has_seen(self, patterns: Iterable[str]) -> bool:
        """Whether values of any of these names were sent."""
        wanted = [path for path in map(read_path, patterns) if path is not None]
        known = [path for path in map(read_path, self._seen) if path is not None] if wanted else []
        return any(path.matches(found) for path in wanted for found in known)

    def forget_functions(self) -> None:
        """Send the names of functions again: the judge drops them when it reads names of the module."""
        self._sent = {key: value for key, value in self._sent.items() if not key[0]}

    def tensors_in_parts(self, space: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
        """The tensors in a scope that the names of parts of objects lead to."""
        if self._paths:
            for name, value in itertools.islice(parts_in(self._paths, space), MAX_NAMES):
                if is_tensor(value):
                    yield name, value

    def known_tokens(self, nodes: Container[Any]) -> Iterator[int]:
        """Tokens of the tensors in a graph that a watched name is, or was, bound to."""
        for token, known in list(self._named.items()):
            tensor = known()
            if tensor is None:
                del self._named[token]
            elif tensor.grad_fn in nodes:
                yield token

    def _values(self, space: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        names = (name for name in list(space) if type(name) is str and self._watches(name))
        yield from ((name, space[name]) for name in itertools.islice(names, MAX_NAMES))
        if self._paths:
            parts = itertools.islice(parts_in(self._paths, space), MAX_NAMES)
            yield from ((name, value) for name, value in parts if len(name) <= MAX_NAME)

    def _described(self, value: object) -> Json:
        return self._lists.described(value) or described(value, self._stream)

    def _remember(self, value: object, described: Json) -> None:
        """Remember a tensor of a graph, for ``known_tokens``; the oldest is forgotten first."""
        fields = described.get("$array")
        if is_tensor(value) and fields is not None and not fields["is_leaf"]:
            while len(self._named) >= MAX_NAMED:
                del self._named[next(iter(self._named))]
            self._named[fields["token"]] = weakref.ref(value)

    def _watches(self, name: str) -> bool:
        known = self._is_watched.get(name)
        if known is None:
            known = any(name_matches(pattern, name) for pattern in self._globs)
            if len(self._is_watched) < MAX_KNOWN:
                self._is_watched[name] = known
        return known
