"""An exercise of another course with all its files, under another id, so that it can be adapted.

The id is replaced where it means the exercise: as the name of files and folders, in ``id:`` and ``exercise:``, in
comments that name these files, and where a submission names the exercise by a title or a tag that is the id.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from grader.course.course import Course, CourseExercise, refuse_unfinished
from grader.course.course_folder import name_of
from grader.course.course_parts import EXERCISES, RUBRICS, SOLUTIONS
from grader.course.joined_files import starter_paths
from grader.course.known_submissions import MISTAKES
from grader.course.starters import STARTERS
from grader.errors import UsageError, reason_of
from grader.judging.functions.data_files import DATA
from grader.language import yaml_file
from grader.model import WrittenFile
from grader.suggestions import did_you_mean_or_all
from grader.workbench.new_files import NewFile

_YAML = (".yaml", ".yml")
_SUPPORT_NAME = re.compile(r"support\.([^\W\d]\w*)")


def copied_exercise(course: Course, root: Path, old: str, new: str, title: str) -> tuple[NewFile, ...]:
    """The files of an exercise of ``course`` for a course in the folder ``root``; without data files and helper modules
    that are there already with the same content. ``title``: empty for that of the original.

    Raises UsageError, and ExerciseError with the mistakes of the exercise.
    """
    known = {item.exercise.id: item for item in course.exercises}
    if old not in known:
        raise UsageError(f"The course {name_of(course.root)} has no exercise `{old}`{did_you_mean_or_all(old, known)}.")
    item = known[old]
    refuse_unfinished([item])
    if item.is_recorded:
        raise UsageError(f"The course has no solution of `{old}` but a recording, which cannot be adapted.")
    rubric = course.layers.files(RUBRICS)[old]
    files = [
        _copy(item.path, f"{EXERCISES}/{new}.yaml", "the question and its checks", old, new, title),
        _copy(rubric, f"{RUBRICS}/{new}.yaml", "points, hints, mistakes", old, new),
        _copy(item.solution, f"{SOLUTIONS}/{new}{item.solution.suffix}", "the reference solution", old, new),
    ]
    if (starter := starter_paths(course.layers).get(old)) is not None:
        files.append(_copy(starter, f"{STARTERS}/{new}{starter.suffix}", "what students begin with", old, new))
    known_files = _known_files(item)
    for name, path in known_files.items():
        files.append(_copy(path, str(PurePosixPath(SOLUTIONS, MISTAKES, new, name)), "a known submission", old, new))
    for path in _needed(course, item, [item.solution, *known_files.values()]):
        target = PurePosixPath(course.layers.place_of(path))
        if (there := _read(root / target) if (root / target).is_file() else None) != (content := _read(path)):
            if there is not None:
                raise UsageError(
                    f"`{old}` needs {target} of its course, and {root} has another file of this name. Nothing was "
                    "written; rename one of the two, with what uses it."
                )
            files.append(NewFile(file=WrittenFile(path=str(target), about="needed by it"), content=content))
    return tuple(files)


def _copy(path: Path, target: str, about: str, old: str, new: str, title: str = "") -> NewFile:
    content = _read(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return NewFile(file=WrittenFile(path=target, about=about), content=content)
    if path.suffix in _YAML:
        text = _renamed_in_yaml(text, old, new, title)
    elif path.suffix == ".ipynb":
        text = re.sub(rf'"((?:#+ )?){re.escape(old)}((?:\\n)?)"', rf'"\g<1>{new}\g<2>"', text)
    elif path.suffix == ".py":
        text = re.sub(rf"(?m)^(\s*#[\s#%]*){re.escape(old)}(\s*)$", rf"\g<1>{new}\g<2>", text)
    return NewFile(file=WrittenFile(path=target, about=about), content=text.encode())


def _renamed_in_yaml(text: str, old: str, new: str, title: str) -> str:
    """Keys at the top, and comments: paths with the id, and the id alone where it is no common word."""
    text = re.sub(rf"(?m)^(id|exercise):(\s+)([\"']?){re.escape(old)}\3(?=\s|$)", rf"\g<1>:\g<2>{new}", text)
    if title:
        shown = yaml.safe_dump(title, allow_unicode=True, width=10_000).removesuffix("\n...\n").strip()
        # The value may go on in lines that are indented.
        text = re.sub(r"(?m)^title:.*\n(?:[ \t]+.*\n)*", lambda _: f"title: {shown}\n", text, count=1)
    named = re.escape(old) if "-" in old else rf"(?<=/){re.escape(old)}"
    token = re.compile(rf"(?<![\w-]){named}(?![\w-])")
    return re.sub(r"(?m)(?:^|(?<=\s))#.*$", lambda comment: token.sub(new, comment[0]), text)


def _needed(course: Course, item: CourseExercise, submissions: Iterable[Path]) -> Iterator[Path]:
    """Data files that the exercise names, and helper modules that it or one of its submissions uses."""
    exercise = yaml_file.load(item.path).data
    for name in dict.fromkeys(_values(exercise, "file")):
        places = (item.path.parent / DATA / name, item.path.parent / name)
        yield from (path for path in places if path.is_file())
    waiting = [
        match[1]
        for key in ("function", "made-by")
        for name in _values(exercise, key)
        for match in [_SUPPORT_NAME.match(name)]
        if match
    ]
    for path in submissions:
        waiting += _imported_by(path)
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        found = (list(_module_files(folder, module)) for folder in course.support)
        for path in next(filter(None, found), ()):
            yield path
            waiting += _imported_by(path)


def _known_files(item: CourseExercise) -> Mapping[str, Path]:
    """The files of the known submissions by their paths in their folder. Where the course has some itself, and others
    of one that it builds on, ``verdicts.yaml`` is the course's own.
    """
    found: dict[str, Path] = {}
    for known in item.known:
        for path in _files_in(known.path):
            found.setdefault(path.relative_to(known.path).as_posix(), path)
    return found


def _values(data: Any, key: str) -> Iterator[str]:
    """All texts that stand under a key, at any depth."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name == key and isinstance(value, str):
                yield value
            yield from _values(value, key)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _values(value, key)


def _module_files(support: Path, module: str) -> Iterator[Path]:
    """The files of a helper module; none where the course has no such module."""
    if (support / f"{module}.py").is_file():
        yield support / f"{module}.py"
    yield from _files_in(support / module)


_IMPORT = re.compile(r"^[\s\"]*(?:from|import)\s+([^\W\d]\w*)", re.MULTILINE)


def _imported_by(path: Path) -> list[str]:
    """The modules that a script imports, or a notebook, of whose JSON each line of code is a line. Code that Python
    cannot read is searched for lines that look like imports: too many modules do no harm.
    """
    if path.suffix not in (".py", ".ipynb"):
        return []
    text = _read(path).decode("utf-8", "replace")
    try:
        tree = ast.parse(text) if path.suffix == ".py" else None
    except (SyntaxError, ValueError):
        tree = None
    if tree is None:
        return _IMPORT.findall(text)
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [alias.name.partition(".")[0] for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                found.append(module.partition(".")[0])
    return found


def _files_in(folder: Path) -> list[Path]:
    """The visible files of a folder and the folders in it."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path
        for path in found
        if not any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason_of(error)}") from None
