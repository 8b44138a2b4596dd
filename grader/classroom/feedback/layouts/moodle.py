"""Moodle, *Upload multiple feedback files in a zip*: folders or files with the names under which Moodle gave them out.

Moodle looks for a name like ``Ada Lovelace_123456_assignsubmission_file_`` in the path, and takes the student by the
number. What follows is the name of the feedback file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.feedback.layouts.layout import Layout, Naming, Place
from grader.classroom.feedback.layouts.platform_names import named_by
from grader.classroom.feedback.safe_names import without_suffix
from grader.classroom.intake.platforms import moodle


def recognizes(handins: Sequence[HandedIn]) -> bool:
    return bool(named_by(moodle.PLATFORM, handins))


def places(handins: Sequence[HandedIn], naming: Naming) -> Mapping[HandedIn, Place]:
    found: dict[HandedIn, Place] = {}
    for handin, owned in named_by(moodle.PLATFORM, handins).items():
        if not owned.students[0].id:
            continue  # such as the default group, which Moodle gives no number
        if owned.file_name:
            found[handin] = (without_suffix(handin.name) + naming.suffix,)
        else:
            found[handin] = (handin.name, f"feedback{naming.suffix}")
    return found


LAYOUT = Layout(id="moodle", name="Moodle", recognizes=recognizes, places=places)
