"""``extends`` in ``course.yaml``: a course may build on another one, its base, and that on a further one.

A course with its bases is a stack of *layers*, the course's own folder first. A file of the course is that of the first
layer that has it. This module imports nothing large, as ``course_folder``: the worker has to know all folders before
the course is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.course_files import present, yaml_files
from grader.course.course_parts import COURSE_FILE, EXERCISES, PACK_FILE, REFERENCES, RUBRICS, SOLUTIONS, SUPPORT
from grader.course.named_courses import course_names, named_course
from grader.errors import CourseError, ExerciseError, Mistake
from grader.suggestions import did_you_mean_or_all

if TYPE_CHECKING:
    from grader.language.yaml_file import Document

EXTENDS, WITHOUT = "extends", "without"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One course of a stack."""

    root: Path
    said: str = ""
    """Where the layer above names it, for messages: ``course.yaml:2``; empty for the course itself."""
    is_named: bool = False
    """Whether it is named by the name of a course that comes with the grader, and not by its folder."""
    without: frozenset[str] = frozenset()
    """The ids of exercises that it leaves out of the layers below it."""


@dataclass(frozen=True, kw_only=True)
class Layers:
    """A course and its bases, the course itself first. ``mistakes``: why ``extends`` of the last one cannot be used."""

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
        left_out: set[str] = set()
        for layer in self.layers:
            for path in yaml_files(layer.root / folder):
                if folder not in (EXERCISES, RUBRICS) or path.stem not in left_out:
                    found.setdefault(path.stem, path)
            left_out |= layer.without
        return {stem: found[stem] for stem in sorted(found)}

    def below(self, position: int) -> Layers:
        """The stack of the base at this position: that layer, and those that it builds on."""
        return Layers(layers=self.layers[position:])

    def position_of(self, path: Path) -> int:
        """The position of the layer whose file ``path`` is. A base may lie in the folder of the course itself."""
        place = path.absolute()
        around = [(len(root.parts), -n) for n, root in enumerate(self._absolute) if place.is_relative_to(root)]
        return -max(around)[1]

    def place_of(self, path: Path) -> str:
        """The path of a file in the folder of its layer, with slashes."""
        return path.absolute().relative_to(self._absolute[self.position_of(path)]).as_posix()

    @cached_property
    def _absolute(self) -> tuple[Path, ...]:
        return tuple(root.absolute() for root in self.roots)


def layers_of(root: Path) -> Layers:
    """The course in this folder and its bases, as far as they can be found.

    Mistakes in ``extends`` are collected; those in other lines of a ``course.yaml`` are reported by whoever loads it.
    """
    layers: list[Layer] = []
    current = Layer(root=root)
    while True:
        document = _settings(current.root)
        data: Mapping[str, Any] = {} if document is None else document.data
        name, without = data.get(EXTENDS), data.get(WITHOUT)
        names = without if isinstance(without, tuple) else ()
        layers.append(
            Layer(
                root=current.root,
                said=current.said,
                is_named=current.is_named,
                without=frozenset(one for one in names if isinstance(one, str)),
            )
        )
        if document is None or not isinstance(name, str) or not name.strip():
            return Layers(layers=tuple(layers))
        found = base_of(current.root, name)
        if isinstance(found, Layer):
            known = [layer.root.resolve() for layer in layers]
            if found.root.resolve() in known:
                found = _circle(layers[known.index(found.root.resolve()) :])
        if isinstance(found, str):
            return Layers(layers=tuple(layers), mistakes=(document.mistake((EXTENDS,), found),))
        said = f"{document.path}:{document.line_of((EXTENDS,))}"
        current = Layer(root=found.root, said=said, is_named=found.is_named)


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


def _circle(layers: list[Layer]) -> str:
    from grader.language.yaml_file import shown

    files = [str(shown(present(layer.root / COURSE_FILE))) for layer in (*layers, layers[0])]
    return f"these courses build on each other in a circle: {' → '.join(files)}"


def support_mistakes(layers: Layers) -> tuple[tuple[Path, str], ...]:
    """Entries of ``support/`` that are in a base's as well, and of which nobody could say which is imported.

    A module or a package of the course takes the place of the base's with that name. A folder without ``__init__.py``
    does not, for Python, and a helper of the base reads what lies beside it, whatever else is called so.
    """
    found: list[tuple[Path, str]] = []
    own: dict[str, Path] = {}
    for root in layers.roots:
        folder = root / SUPPORT
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
        for path in entries:
            name = imported_name(path)
            if name.startswith((".", "__pycache__")) or name not in own:
                continue
            if not _is_module(own[name]):
                found.append(
                    (
                        own[name],
                        f"is in {folder} as well, which this course builds on, and would not take its place; give it "
                        "another name" + (", or an __init__.py" if own[name].is_dir() else ""),
                    )
                )
        own = {**{imported_name(path): path for path in entries}, **own}
    return tuple(found)


def support_files(layers: Layers) -> Mapping[str, Path]:
    """The files of the helper modules of all layers, by their paths, as if they lay in one folder. A module of a layer
    takes the place of what is called so below it, with all its files.
    """
    found: dict[str, Path] = {}
    known: set[str] = {"__pycache__"}
    for root in layers.roots:
        folder = root / SUPPORT
        names = {imported_name(path): path for path in folder.iterdir()} if folder.is_dir() else {}
        for name, path in names.items():
            for file in [path, *path.rglob("*")] if name not in known else ():
                if file.is_file() and "__pycache__" not in file.parts:
                    found[file.relative_to(folder).as_posix()] = file
        known |= names.keys()
    return {name: found[name] for name in sorted(found)}


def imported_name(path: Path) -> str:
    """The name by which it is imported, or the file's name where it is no module."""
    return path.stem if path.suffix == ".py" else path.name


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").is_file()
