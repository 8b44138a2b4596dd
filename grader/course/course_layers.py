"""``extends`` in ``course.yaml``: a course may build on others, its bases, and these on further ones.

A course with its bases is a stack of *layers*, the course's own folder first. A file of the course is that of the first
layer that has it. This module imports nothing large, as ``course_folder``: the worker has to know all folders before
the course is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.course_files import present, yaml_files
from grader.course.course_parts import COURSE_FILE, EXERCISES, PACK_FILE, REFERENCES, RUBRICS, SOLUTIONS
from grader.course.named_courses import course_names, named_course
from grader.errors import CourseError, ExerciseError, Mistake
from grader.suggestions import did_you_mean_or_all

if TYPE_CHECKING:
    from grader.language.yaml_file import Document

EXTENDS, WITHOUT = "extends", "without"
MAX_LAYERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A course on which another one builds. ``name``: as ``extends`` has it, without a slash at its end. ``without``:
    the ids of its exercises that the other one leaves out.
    """

    root: Path
    name: str
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One course of a stack."""

    root: Path
    said: str = ""
    """Where a layer above names it first, for messages: ``course.yaml:2``; empty for the course itself."""
    is_named: bool = False
    """Whether it is named by the name of a course that comes with the grader, and not by its folder."""
    bases: tuple[Base, ...] = ()
    """In the order of its ``course.yaml``. Each of them is a layer of the stack as well."""


@dataclass(frozen=True, kw_only=True)
class Layers:
    """A course and its bases. The course itself is first, every layer comes before its own bases, and otherwise a base
    that is named first comes first, with its bases. ``mistakes``: why what ``extends`` names cannot be used.
    """

    layers: tuple[Layer, ...]
    mistakes: tuple[Mistake, ...] = ()

    @property
    def roots(self) -> tuple[Path, ...]:
        return tuple(layer.root for layer in self.layers)

    @cached_property
    def exercises(self) -> Mapping[str, Path]:
        """The files of the exercises by their ids, in the order of the ids."""
        return self.files(EXERCISES)

    @cached_property
    def left_out(self) -> frozenset[str]:
        """The ids of exercises of bases that a layer above leaves out, so that the course does not have them."""
        below = {path.stem for root in self.roots[1:] for path in yaml_files(root / EXERCISES)}
        return frozenset(below - self.exercises.keys())

    def files(self, folder: str) -> Mapping[str, Path]:
        """The YAML files in the folders of this name by their ids, in the order of the ids: each from the first layer
        that has it. Of exercises and rubrics, without those that a layer above leaves out.
        """
        found: dict[str, Path] = {}
        for position, root in enumerate(self.roots):
            for path in yaml_files(root / folder):
                if self._is_there(folder, path.stem, position):
                    found.setdefault(path.stem, path)
        return {stem: found[stem] for stem in sorted(found)}

    def of_exercise(self, id: str) -> tuple[Path, ...]:
        """The folders of the layers whose files may belong to an exercise, in their order: the layer that has it, those
        that build on that layer, and its bases. Another layer may have an exercise of its own with this id.
        """
        return tuple(root for position, root in enumerate(self.roots) if self._may_belong(id, position))

    @cached_property
    def claimed_twice(self) -> Mapping[str, tuple[int, int]]:
        """The ids of exercises that two layers have of which none builds on the other, with the layers' positions:
        nobody could say which exercise is meant.
        """
        found: dict[str, tuple[int, int]] = {}
        for position, root in enumerate(self.roots):
            for stem in (path.stem for path in yaml_files(root / EXERCISES)):
                if stem not in self._hidden[position] and not self.builds_on(self._owners[stem], position):
                    found.setdefault(stem, (self._owners[stem], position))
        return found

    def builds_on(self, position: int, below: int) -> bool:
        """Whether a layer is another one, or builds on it."""
        return below in self._reached[position]

    def positions_of_bases(self, position: int) -> tuple[int, ...]:
        """Where the bases of a layer are, in the order in which it names them."""
        return tuple(self._positions[base.root] for base in self.layers[position].bases)

    def below(self, position: int) -> Layers:
        """The stack of the layer at this position: that layer, and those that it builds on."""
        return Layers(layers=tuple(self.layers[at] for at in sorted(self._reached[position])))

    @cached_property
    def by_folders(self) -> tuple[Layer, ...]:
        """The course, and the layers that it reaches without one that comes with the grader."""
        found = {0}
        for position, layer in enumerate(self.layers):
            if position in found and not layer.is_named:
                found.update(self.positions_of_bases(position))
        return tuple(layer for position, layer in enumerate(self.layers) if position in found and not layer.is_named)

    def position_of(self, path: Path) -> int:
        """The position of the layer whose file ``path`` is. A base may lie in the folder of the course itself."""
        place = path.absolute()
        around = [(len(root.parts), -n) for n, root in enumerate(self._absolute) if place.is_relative_to(root)]
        return -max(around)[1]

    def place_of(self, path: Path) -> str:
        """The path of a file in the folder of its layer, with slashes."""
        return path.absolute().relative_to(self._absolute[self.position_of(path)]).as_posix()

    def _is_there(self, folder: str, id: str, position: int) -> bool:
        if folder == EXERCISES:
            return id not in self._hidden[position]
        return folder != RUBRICS or self._may_belong(id, position)

    def _may_belong(self, id: str, position: int) -> bool:
        if id in self._hidden[position]:
            return False
        own = self._owners.get(id)
        return own is None or self.builds_on(own, position) or self.builds_on(position, own)

    @cached_property
    def _owners(self) -> Mapping[str, int]:
        """The positions of the layers that have the exercises, by the ids."""
        return {stem: self.position_of(path) for stem, path in self.exercises.items()}

    @cached_property
    def _absolute(self) -> tuple[Path, ...]:
        return tuple(root.absolute() for root in self.roots)

    @cached_property
    def _positions(self) -> Mapping[Path, int]:
        return {layer.root: position for position, layer in enumerate(self.layers)}

    @cached_property
    def _reached(self) -> Sequence[frozenset[int]]:
        """For each layer, its position and those of all layers below it."""
        found: dict[int, frozenset[int]] = {}
        for position in reversed(range(len(self.layers))):  # the bases of a layer come after it
            found[position] = frozenset({position}).union(*(found[at] for at in self.positions_of_bases(position)))
        return [found[position] for position in range(len(self.layers))]

    @cached_property
    def _hidden(self) -> Sequence[frozenset[str]]:
        """For each layer, the ids of exercises that are left out on every way from the course to it."""
        found: dict[int, frozenset[str]] = {0: frozenset()}
        for position, layer in enumerate(self.layers):
            for base, at in zip(layer.bases, self.positions_of_bases(position), strict=True):
                hidden = found[position] | base.without
                found[at] = found[at] & hidden if at in found else hidden
        return [found[position] for position in range(len(self.layers))]


def layers_of(root: Path) -> Layers:
    """The course in this folder and its bases, as far as they can be found.

    Mistakes in ``extends`` are collected; those in other lines of a ``course.yaml`` are reported by whoever loads it.
    """
    found = _Finder()
    found.visit(Layer(root=root), ())
    return Layers(layers=found.ordered(), mistakes=tuple(found.mistakes))


class _Finder:
    """Follows ``extends`` from a course to all courses below it. A course that several build on is one layer."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._found: dict[Path, Layer] = {}
        """By the folders, resolved."""

    def visit(self, layer: Layer, above: tuple[Layer, ...]) -> None:
        """``above``: the layers by which it was reached, the course itself first."""
        self._found[layer.root.resolve()] = layer
        document = _settings(layer.root)
        if document is None:
            return
        without = document.data.get(WITHOUT)
        bases: dict[Path, Base] = {}
        for loc, name in _names(document.data.get(EXTENDS)):
            base = self._base(layer, name, (*above, layer), f"{document.path}:{document.line_of(loc)}", bases)
            if isinstance(base, str):
                self.mistakes.append(document.mistake(loc, base))
            else:
                plain = name.rstrip("/") or name
                bases[base] = Base(root=base, name=plain, without=_left_out_of(plain, without))
        here = layer.root.resolve()
        self._found[here] = replace(self._found[here], bases=tuple(bases.values()))

    def _base(self, layer: Layer, name: str, way: tuple[Layer, ...], said: str, others: Collection[Path]) -> Path | str:
        """The folder of a base, which is visited where it is new; or in words why it cannot be one."""
        base = base_of(layer.root, name)
        if isinstance(base, str):
            return base
        real = base.root.resolve()
        on_the_way = [one.root.resolve() for one in way]
        if real in on_the_way:
            return _circle(way[on_the_way.index(real) :])
        known = self._found.get(real)
        if known is None:
            if len(self._found) == MAX_LAYERS:
                return f"these are more than {MAX_LAYERS} courses that build on each other"
            self.visit(replace(base, said=said), way)
        elif known.root in others:
            return f"`{name}` is named twice; delete one of the two"
        elif base.is_named:
            self._found[real] = replace(known, is_named=True)
        return self._found[real].root

    def ordered(self) -> tuple[Layer, ...]:
        """All layers, each before its bases: they are collected from the last base of the last one upwards."""
        layers = {layer.root: layer for layer in self._found.values()}
        upwards: dict[Path, Layer] = {}

        def collect(layer: Layer) -> None:
            for base in reversed(layer.bases):
                if base.root not in upwards:
                    collect(layers[base.root])
            upwards[layer.root] = layer

        collect(next(iter(layers.values())))
        return tuple(reversed(upwards.values()))


def _names(extends: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The names of bases with their places in the file. What is no name is reported by whoever loads the file."""
    listed = enumerate(extends) if isinstance(extends, tuple) else ()
    for *index, name in listed if isinstance(extends, tuple) else [(extends,)]:
        if isinstance(name, str) and name.strip():
            yield (EXTENDS, *index), name


def _left_out_of(name: str, without: object) -> frozenset[str]:
    """The ids that ``without`` leaves out of the base with this name: ``softmax`` of any base, ``../2025/softmax`` of
    that one.
    """
    given = (one.rpartition("/") for one in without if isinstance(one, str)) if isinstance(without, tuple) else ()
    return frozenset(exercise for base, _, exercise in given if base in ("", name))


def course_roots(root: Path) -> tuple[Path, ...]:
    """The folders of a course and of its bases, its own first."""
    return layers_of(root).roots


def has_exercises(folder: Path) -> bool:
    """Whether the course in a folder has exercises, of its own or of another one that it builds on."""
    if yaml_files(folder / EXERCISES):
        return True
    document = _settings(folder)
    return document is not None and bool(document.data.get(EXTENDS))


def _settings(root: Path) -> Document | None:
    """The ``course.yaml`` of a course that builds on another; None of any other. YAML is parsed only where the word
    is in the file, since this takes longer than everything else here.
    """
    path = present(root / COURSE_FILE)
    try:
        text = path.read_bytes() if path.is_file() else b""
    except OSError:
        return None
    if EXTENDS.encode() not in text:
        return None
    from grader.language import yaml_file

    try:
        return yaml_file.load(path)
    except ExerciseError:
        return None


def base_of(root: Path, name: str) -> Layer | str:
    """The course that is meant, or in words why there is none."""
    if "\0" in name:
        return "no name of a folder has a NUL in it"
    folder = root / name
    if folder.is_dir():
        if (folder / PACK_FILE).is_file() or ((folder / REFERENCES).is_dir() and not (folder / SOLUTIONS).exists()):
            return (
                f"the folder `{name}` is a pack or an exported course, without solutions; name the course that it was "
                "made of"
            )
        if has_exercises(folder):
            plain, real = Path(os.path.normpath(folder)), folder.resolve()
            return Layer(root=plain if plain.resolve() == real else real)
        return (
            f"the folder `{name}` is no course: it has no `{EXERCISES}` with a .yaml file, and no {COURSE_FILE} with "
            f"`{EXTENDS}`"
        )
    try:
        named = named_course(name)
    except CourseError as error:
        return f"the course `{name}` cannot be used: {error}"
    if named is not None:
        return Layer(root=named, is_named=True)
    hint = did_you_mean_or_all(name, course_names())
    return f"there is no folder `{name}` beside this file, and no course of that name comes with the grader{hint}"


def _circle(layers: Sequence[Layer]) -> str:
    from grader.language.yaml_file import shown

    files = [str(shown(present(layer.root / COURSE_FILE))) for layer in (*layers, layers[0])]
    return f"these courses build on each other in a circle: {' → '.join(files)}"
