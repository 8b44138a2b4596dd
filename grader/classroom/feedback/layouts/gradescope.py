"""Gradescope takes no files of feedback back. What comes nearest: a folder for each submission, under its number.

``submission_metadata.yml`` says whose they are, as in Gradescope's own export. It has everybody's name in it, and is
for whoever hands the files out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml

from grader.classroom.feedback.handed_in import HandedIn
from grader.classroom.feedback.layouts.layout import Layout, Naming, Place

_SUBMISSION = re.compile(r"(submission_\d+)(?:\.[A-Za-z0-9]{1,8})?", re.ASCII)


def recognizes(handins: Sequence[HandedIn]) -> bool:
    return bool(handins) and 2 * len(_named(handins)) >= len(handins)


def places(handins: Sequence[HandedIn], naming: Naming) -> Mapping[HandedIn, Place]:
    return {handin: (name, f"feedback{naming.suffix}") for handin, name in _named(handins).items()}


def index(handins: Sequence[HandedIn]) -> Mapping[str, str]:
    submissions = {
        name: {
            ":submitters": [
                {":name": student.name, ":sid": student.id, ":email": student.email} for student in handin.students
            ]
        }
        for handin, name in _named(handins).items()
    }
    return {"submission_metadata.yml": yaml.safe_dump(submissions, allow_unicode=True, sort_keys=False)}


def _named(handins: Sequence[HandedIn]) -> dict[HandedIn, str]:
    found = {handin: _SUBMISSION.fullmatch(handin.name) for handin in handins}
    return {handin: match[1] for handin, match in found.items() if match is not None}


LAYOUT = Layout(id="gradescope", name="Gradescope", recognizes=recognizes, places=places, index=index)
