"""nbgrader's ``feedback/<student>/<assignment>/<notebook>.html``, which ``nbgrader release_feedback`` hands out.

It looks for the notebook of that name in ``submitted/<student>/<assignment>/``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.feedback.layouts.layout import Layout, Naming, Place
from grader.classroom.feedback.safe_names import without_suffix


def recognizes(handins: Sequence[HandedIn]) -> bool:
    """Whether every student's files lie in one more folder, and all these folders have one name."""
    below = [path for handin in handins for path in _below(handin)]
    return bool(below) and all(len(path) == 2 for path in below) and len({path[0] for path in below}) == 1


def places(handins: Sequence[HandedIn], naming: Naming) -> Mapping[HandedIn, Place]:
    assignment = next((path[0] for handin in handins for path in _below(handin) if len(path) == 2), naming.assignment)
    found: dict[HandedIn, Place] = {}
    for handin in handins:
        notebook = next((path[-1] for path in _below(handin)), handin.name if handin.files else "feedback.ipynb")
        student = handin.name if handin.is_folder else without_suffix(handin.name)
        found[handin] = (student, assignment, without_suffix(notebook) + naming.suffix)
    return found


def _below(handin: HandedIn) -> list[list[str]]:
    """The paths of the files below the student's folder, in parts."""
    base = f"{handin.path.rstrip('/')}/"
    return [path.removeprefix(base).split("/") for path in handin.files if path.startswith(base)]


LAYOUT = Layout(id="nbgrader", name="nbgrader", recognizes=recognizes, places=places)
