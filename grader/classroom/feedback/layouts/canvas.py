"""Canvas, *Upload Submissions*: a zip of files with the names under which Canvas gave them out.

Canvas looks for the first two numbers between underscores, the ids of the user and of the file. The file becomes a
comment on the submission; of a group, for each of its students. Canvas ignores what has no id of a file in its name,
and calls the comment's file as the student called the file that was handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.feedback.layouts.layout import Layout, Naming, Place
from grader.classroom.feedback.layouts.platform_names import named_by
from grader.classroom.feedback.safe_names import without_suffix
from grader.classroom.intake.platforms import canvas

_ENTERED_ONLINE = ("text.html", "link.html")
"""They have no id of a file in their names."""


def recognizes(handins: Sequence[HandedIn]) -> bool:
    return bool(named_by(canvas.PLATFORM, handins))


def places(handins: Sequence[HandedIn], naming: Naming) -> Mapping[HandedIn, Place]:
    return {
        handin: (without_suffix(handin.name) + naming.suffix,)
        for handin, owned in named_by(canvas.PLATFORM, handins).items()
        if owned.file_name not in _ENTERED_ONLINE
    }


LAYOUT = Layout(id="canvas", name="Canvas", recognizes=recognizes, places=places)
