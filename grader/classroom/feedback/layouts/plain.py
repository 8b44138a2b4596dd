"""No platform: a file for each student, called as the student's file or folder is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.feedback.layouts.layout import Layout, Naming, Place
from grader.classroom.feedback.safe_names import without_suffix


def recognizes(handins: Sequence[HandedIn]) -> bool:
    return True


def places(handins: Sequence[HandedIn], naming: Naming) -> Mapping[HandedIn, Place]:
    return {
        handin: ((handin.name if handin.is_folder else without_suffix(handin.name)) + naming.suffix,)
        for handin in handins
    }


LAYOUT = Layout(id="plain", name="no platform", recognizes=recognizes, places=places)
