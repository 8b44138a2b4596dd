"""A text cell of a master, taken apart: what students get of it, and what the solution has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from grader.errors import Mistake
from grader.text import shorten
from grader.workbench.masters.markers import is_marker_in_sentence, marker_in_text
from grader.workbench.masters.master_file import MasterCell
from grader.workbench.masters.near_markers import near_marker_in_text
from grader.workbench.masters.open_region import OpenRegion
from grader.workbench.templates.template import ANSWER_HERE

_OLD_OTTER = re.compile(r"[ \t]*BEGIN[ \t]+(?:QUESTION|ASSIGNMENT)[ \t]*$|[ \t]*```otter\b")


@dataclass(slots=True)
class MarkedText:
    """What became of a text cell. ``given`` and ``solved`` are its lines for students and in the solution."""

    given: list[str] = field(default_factory=list)
    solved: list[str] = field(default_factory=list)
    has_solution: bool = False
    mistakes: list[Mistake] = field(default_factory=list)


def take_apart_text(cell: MasterCell) -> MarkedText:
    """The parts of a text cell. nbgrader knows regions in text, too: of answers, and of how they are marked.

    A cell that is a solution as a whole has regions for what is not part of it only.
    """
    done = MarkedText()
    opened = OpenRegion(cell)
    for number, line in enumerate(cell.source.split("\n"), 1):
        if (marker := marker_in_text(line)) is not None:
            if opened.meet(marker, number) and marker.region == "SOLUTION":
                done.has_solution = True
                done.given += [ANSWER_HERE] if marker.prompt else []
            elif marker.region == "PROMPT":
                text = "in a text cell PROMPT marks nothing; what stands outside of SOLUTION is for students"
                opened.mistakes.append(cell.mistake(number, text))
            continue
        if opened.region is None:
            done.given.append(line)
        if opened.region in (None, "SOLUTION"):
            done.solved.append(line)
        if cell.kind == "markdown" and (meant := near_marker_in_text(line)):
            text = f"`{shorten(line.strip(), 60)}` is no marker; did you mean `{meant}`?"
            done.mistakes.append(cell.mistake(number, text))
        elif cell.kind == "markdown" and is_marker_in_sentence(line):
            text = "a marker within a line of text marks nothing; give it a line of its own"
            done.mistakes.append(cell.mistake(number, text))
        elif _OLD_OTTER.match(line):
            text = "write what Otter is told into a raw cell of its own, such as `# BEGIN QUESTION` above `name: ID`"
            done.mistakes.append(cell.mistake(number, text))
    opened.close()
    done.mistakes += opened.mistakes
    if cell.is_solution and not done.has_solution:
        done.given, done.has_solution = [ANSWER_HERE], True
    return done
