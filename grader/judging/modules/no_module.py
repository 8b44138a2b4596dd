"""What a ``module`` check says where no module counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.judging.context import Subject
from grader.judging.modules.called_modules import CalledModule
from grader.model import Outcome

ANY = "any"
_ENDS: Mapping[Outcome, str] = {
    Outcome.EXITED: "it, or something before it, ends the process. Does it call `exit()` or the like?",
    Outcome.TIMEOUT: "the time of the whole run was used up. Does a loop in it not end?",
    Outcome.MEMORY: "the memory of the whole run was used up.",
    Outcome.CRASHED: "the interpreter crashed.",
}


def nothing_found(modules: Sequence[CalledModule], listed: Sequence[str], subject: Subject) -> str:
    """``modules`` are those that were called."""
    names = [name for name in listed if name != ANY]
    end = _ENDS.get(subject.observed.observation.outcome, "")
    defined = next((name for name in names if _is_defined(name, subject)), "")
    if end and defined and not any(called.is_named(names) for called in modules):
        return f"`{defined}` is there, but no call of it came to its end: {end}"
    wanted = f"No class or module `{names[0]}`" if names else "No class or module"
    if modules and ANY in listed:
        seen = "one was seen" if len(modules) == 1 else f"{len(modules)} were seen"
        return f"{wanted} {'was found, nor another one that ' if names else ''}does what is asked for; {seen}."
    return f"{wanted} was found."


def _is_defined(name: str, subject: Subject) -> bool:
    """Whether a statement at the outermost level binds the name to a class, a function, or a value."""
    binds = re.compile(rf"^(?:(?:class|def)[ \t]+{re.escape(name)}\b|{re.escape(name)}[ \t]*=[^=])", re.MULTILINE)
    return any(binds.search(cell.source) for cell in subject.submission.cells)
