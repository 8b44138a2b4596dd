"""Commands to a CI service, which it takes from the log: at the start of a line, or anywhere."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "::error file=a.py,line=1::x",
    "##[error]x ##vso[task.setvariable variable=a]b ##teamcity[x]",
    "\n::stop-commands::x\n  ::set-output name=score::4\n\t::add-mask::a\n::save-state name=a::b",
    "w" * 33 + "::warning::" * 40,
)
SHOWN = r"\::error"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "workflow_commands")
