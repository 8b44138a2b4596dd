"""What the views of a class print at a terminal."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from rich.console import Console

from grader import model
from grader.report import class_checks, class_student, class_table
from tests.helpers.class_samples import sample

View = Callable[..., None]


def shown(view: View, *arguments: object, width: int = 80, encoding: str = "utf-8", **options: bool) -> str:
    """What a terminal of that width and encoding is sent, without what is blank at the ends of lines."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    view(*arguments, console=Console(file=stream, width=width, _environ={}), **options)
    stream.flush()
    text = stream.buffer.getvalue().decode(encoding)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def row(text: str, start: str) -> str:
    """The one line that starts so, with single blanks."""
    (found,) = (line for line in text.splitlines() if line.startswith(start))
    return re.sub(r" +", " ", found)


def everything(width: int = 80, encoding: str = "utf-8", of: model.ClassResults | None = None) -> str:
    """All views of a class."""
    of = of or sample()
    parts = [
        shown(view, of, width=width, encoding=encoding)
        for view in (class_table.render_class, class_checks.render_checks)
    ]
    parts.append(shown(class_checks.render_mistakes, of, width=width, encoding=encoding, names=True))
    parts += [shown(class_student.render_student, one, of, width=width, encoding=encoding) for one in of.students]
    return "".join(parts)
