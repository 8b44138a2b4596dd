"""Where something happened in a run, what was raised there, and what had a hand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model.bounded_fields import Name, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """Where and when in a run: index of the cell in ``Job.cells``, line, and running number of the statement.

    ``line`` is 0 where it is not known.
    """

    cell: int
    line: int
    statement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception: its type's name and its text (shortened).

    ``origin``, of an exception that came out of a call of torch: ``torch`` where torch itself raised it, ``submission``
    where code of the submission did that torch had called, at ``raised_at``. Of one that came out of a function of the
    submission's: ``submission`` where a ``raise`` of the submission's did; ``course`` where a function of the course's
    ``support/`` could not be handed to it. Of other exceptions it is not known.
    ``bases`` are the names of the types above its own, up to ``Exception``.
    """

    type: Name
    text: Text
    origin: Literal["torch", "submission", "course"] = "submission"
    raised_at: RunPlace | None = None
    bases: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A *hand*: something besides torch that took part in a backward pass, or in the calculation that the pass went
    back through. The judge calls it *foreign* if it changed a gradient, is the student's, and is not what the exercise
    asks for.

    ``place`` is where it was registered, written or defined. ``changed``: it changed a value; otherwise it only looked.
    """

    kind: Literal["hook", "saved_tensor_hook", "function", "operator", "data", "class"]
    """``hook``: of a tensor, a graph node or an accumulator. ``function``: an own ``autograd.Function``. ``operator``:
    of ``torch.library``. ``data``: values that were written past autograd after they were used. ``class``: an own
    ``__torch_function__`` or ``__torch_dispatch__``.
    """
    name: Name
    """The tensor or node that a hook is on, the tensor that was written to, or the name of the function, operator or
    class; empty where it has no name.
    """
    place: RunPlace | None
    changed: bool
    suspected: bool = False
    """Of several hooks that ran in a pass some changed ``.grad``, and it was not seen which: this may be it."""
