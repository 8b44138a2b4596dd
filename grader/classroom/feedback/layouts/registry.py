"""The layouts that are known. To add a platform, write its module and list it here."""

from __future__ import annotations

from collections.abc import Sequence

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.feedback.layouts import canvas, gradescope, moodle, nbgrader, plain
from grader.classroom.feedback.layouts.layout import Layout

LAYOUTS: dict[str, Layout] = {
    layout.id: layout for layout in (gradescope.LAYOUT, canvas.LAYOUT, moodle.LAYOUT, nbgrader.LAYOUT, plain.LAYOUT)
}
"""In the order in which they are tried; ``plain`` is for every class."""


def recognized_layout(handins: Sequence[HandedIn]) -> Layout:
    """That of the platform from which the class was read."""
    return next(layout for layout in LAYOUTS.values() if layout.recognizes(handins))
