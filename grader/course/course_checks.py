"""``checks.py`` of a course: kinds of checks of its own, as Python.

Everything else of a course is data; this is code that runs beside the judge, with all rights of whoever grades. So it
is imported only where ``trusted_checks`` allows it. It gets a name of its own in ``sys.modules``, by its content, so
that a changed file is another module, and results are kept under another key (``pipeline.cache_keys``).
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from grader.course.course_parts import CHECKS_FILE
from grader.errors import Mistake, reason_of
from grader.judging import check_kinds
from grader.judging.checks.base import Check
from grader.language.yaml_file import shown
from grader.text import clean_line

MODULE_PREFIX = "checks_of_a_course_"
MAX_BYTES = 1024 * 1024
WHERE_IMPORTED = (
    f"the kinds of a course's {CHECKS_FILE} are there only where `--course` names the course and `--trust-checks`, or "
    "your settings, name it too; never in a course that was found upwards, in an exported one, or in a folder that was "
    "handed in"
)
"""Said wherever a kind is unknown and a ``checks.py`` was not imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseKinds:
    """The kinds of checks that a course brings, by their names."""

    kinds: Mapping[str, type[Check]] = field(default_factory=dict)
    has_others: bool = False
    """Whether there is a ``checks.py`` that was not imported."""

    def find(self, name: str) -> type[Check] | None:
        """A kind by its name: of the grader, of an installed package, or of the course."""
        return self.kinds.get(name) or check_kinds.find(name)

    def all(self) -> Mapping[str, type[Check]]:
        return {**check_kinds.kinds(), **self.kinds}

    @property
    def hint(self) -> str:
        """What to do about an unknown kind, to be added to that."""
        return f"; {WHERE_IMPORTED}" if self.has_others else ""


def load_course_kinds(roots: Sequence[Path], trusted: Collection[Path]) -> tuple[CourseKinds, Sequence[Mistake]]:
    """The kinds of the courses in these folders, as far as they are trusted, and the mistakes in their files."""
    kinds: dict[str, type[Check]] = {}
    mistakes: list[Mistake] = []
    has_others = False
    for root in roots:
        path = root / CHECKS_FILE
        if not path.is_file():
            continue
        if root.resolve() not in trusted:
            has_others = True
            continue
        module = _imported(path)
        if isinstance(module, Mistake):
            mistakes.append(module)
            continue
        found = list(check_kinds.checks_of(module))
        if not found:
            text = "has no kind of check: a subclass of grader.judging.checks.base.Check with `judge`"
            mistakes.append(Mistake(path=shown(path), line=None, text=text))
        for check in found:
            wrong = _what_is_wrong(check, kinds)
            if wrong:
                mistakes.append(Mistake(path=shown(path), line=_line_of(check, module), text=wrong))
            else:
                kinds[check_kinds.name_of(check)] = check
    return CourseKinds(kinds=kinds, has_others=has_others), mistakes


def _what_is_wrong(check: type[Check], others: Mapping[str, type[Check]]) -> str:
    name = check_kinds.name_of(check)
    if not name:
        return f'the kind `{check.__name__}` has no name: write `kind: Literal["my-kind"]`'
    if name in others or name in check_kinds.kinds():
        return f"there is a kind of check `{name}` already; give `{check.__name__}` another name"
    return ""


def _imported(path: Path) -> ModuleType | Mistake:
    """The module in a file, or why it cannot be imported. The same content is imported once."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        return Mistake(path=shown(path), line=None, text=f"cannot be read: {reason_of(error)}")
    if content is None:
        return Mistake(path=shown(path), line=None, text=f"has more than {MAX_BYTES:,} bytes")
    name = MODULE_PREFIX + hashlib.sha256(content).hexdigest()[:32]
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    module.__file__ = str(path.absolute())
    had_torch = "torch" in sys.modules
    sys.modules[name] = module  # pydantic looks up what annotations name
    try:
        # Compiled here and not by an import, which would write a __pycache__ into the course.
        exec(compile(content, module.__file__, "exec", dont_inherit=True), vars(module))
    except (Exception, SystemExit) as error:  # importing somebody else's module can raise anything
        del sys.modules[name]
        return Mistake(path=shown(path), line=_line_in(error, module.__file__), text=_in_words(error))
    if not had_torch and "torch" in sys.modules:
        del sys.modules[name]
        text = "imports torch, and the judge must not: it compares what was recorded, with numpy"
        return Mistake(path=shown(path), line=None, text=text)
    return module


def _in_words(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return clean_line(f"cannot be imported: {type(error).__name__}: {said}")


def _line_in(error: BaseException, file: str) -> int | None:
    """The line of this file that an exception came from."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return next((frame.lineno for frame in frames if frame.filename == file), None)


def _line_of(check: type[Check], module: ModuleType) -> int | None:
    """The line of a class in its file."""
    lines = Path(str(module.__file__)).read_text("utf-8", "replace").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"class {check.__name__}")), None)


def failure_in_words(error: BaseException) -> str:
    """What a check failed with; with the line, where it is a kind of a course's own."""
    frames = traceback.walk_tb(error.__traceback__)
    lines = [n for frame, n in frames if str(frame.f_globals.get("__name__")).startswith(MODULE_PREFIX)]
    place = f" ({CHECKS_FILE}, line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{place}"


def own_kinds(checks: Iterable[Check]) -> tuple[str, ...]:
    """The kinds of these checks, and of their ways, that a course brings itself."""
    ways = (way for check in checks for way in check.ways())
    return tuple(way.kind for way in ways if type(way).__module__.startswith(MODULE_PREFIX))
