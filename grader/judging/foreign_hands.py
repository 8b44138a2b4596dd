"""Hands in a backward pass that are not torch's: a check that passes on such a pass waits for a person.

A hook, an own ``Function``, a custom operator, a class with ``__torch_function__`` or a write past autograd can put any
value in the place of a gradient. No rule can decide whether that answers the exercise, unless the exercise asks for it
(the field ``allow`` of a check). A check that fails on such a pass names what changed the gradient: no known mistake
of a rubric explains it. A hand that changed nothing does not matter, nor one in code that was handed out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

from grader.judging.context import Subject
from grader.judging.locations import location_of
from grader.language.expression import Expression, Role
from grader.model import Hand, RunPlace, Verdict
from grader.text import as_sentence, capitalized
from grader.text_bounds import SOURCE_LINE, bounded

Allowed = Literal["hooks", "functions", "operators", "data", "classes"]
"""What an exercise may ask for."""
ALLOWED: tuple[Allowed, ...] = get_args(Allowed)
_ALLOWED_BY: dict[str, Allowed] = {
    "hook": "hooks",
    "saved_tensor_hook": "hooks",
    "function": "functions",
    "operator": "operators",
    "data": "data",
    "class": "classes",
}
_OF_NODE = re.compile(r"(Backward\d*|AccumulateGrad)$")
MAX_NAMED = 3
"""Hands that a message names."""
LINES_AROUND = 4
"""Lines before and after the one that a person has to look at."""
_GRADIENTS = frozenset({"gradient", "grad", "grad_before", "curvature"})
"""Variables and attributes that a hand changes."""
_VALUES_OF_CURVES = "y"
_FACTS = frozenset({"requires_grad", "is_leaf", "dtype", "shape", "kind"})
"""Attributes that no hand changes."""


def goes_through_own_function(hands: Iterable[Hand]) -> bool:
    """Whether a graph goes through an ``autograd.Function`` of the submission's own: what ``custom_function`` says."""
    return any(hand.kind == "function" for hand in hands)


def foreign(hands: Iterable[Hand], allow: Iterable[Allowed], subject: Subject) -> tuple[Hand, ...]:
    """The hands that changed something, that the exercise does not ask for, and that were not handed out.

    Those that are only suspected come last: a report shows the line of the first.
    """
    allowed = set(allow)
    found = [
        hand
        for hand in dict.fromkeys(hands)
        if hand.changed
        and _ALLOWED_BY[hand.kind] not in allowed
        and (hand.place is None or subject.own_code.is_own(hand.place))
    ]
    known = {(hand.kind, hand.name, hand.place) for hand in found if not hand.suspected}
    suspected = (hand for hand in found if hand.suspected and (hand.kind, hand.name, hand.place) not in known)
    return *(hand for hand in found if not hand.suspected), *suspected


def withhold(verdict: Verdict, hands: tuple[Hand, ...], subject: Subject) -> Verdict:
    """The verdict on something that passed, in which foreign hands were: a person has to look at their lines."""
    reasons = _reasons(hands, subject)
    return replace(
        verdict,
        status="manual",
        withheld=True,
        withheld_at=hands[0].place or verdict.place,
        withheld_code=_code_at(hands[0].place or verdict.place, subject),
        message=f"What is asked for is there, but {', and '.join(reasons)}: a person has to look.",
    )


def blame(verdict: Verdict, hands: tuple[Hand, ...], subject: Subject) -> Verdict:
    """The verdict on something that failed, whose gradients foreign hands changed: it names them."""
    reasons = ", and ".join(_reasons(hands, subject))
    said = as_sentence(capitalized(f"{reasons}, and what came out is not what is asked for"))
    return replace(verdict, interfered=True, message=f"{said} {verdict.message}")


def may_be_changed(line: Expression, variables: Collection[str]) -> bool:
    """Whether a hand may have changed what a line reads. ``variables`` are those of the kind: where no gradient and no
    curve is among them, any declared name may be that of a gradient.
    """
    changed = {*_GRADIENTS, _VALUES_OF_CURVES}
    if any(map(line.reads, _GRADIENTS)) or (_VALUES_OF_CURVES in variables and line.reads(_VALUES_OF_CURVES)):
        return True
    read_of = {attribute for _, attribute in line.attributes}
    return changed.isdisjoint(variables) and bool(line.names) and not (read_of and read_of <= _FACTS)


def without_changed(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a pass that a foreign hand changed, for the rubric's mistakes: without its gradients."""
    return {name: value for name, value in variables.items() if name not in _GRADIENTS and not isinstance(value, Role)}


def withhold_undecided(verdict: Verdict, subject: Subject) -> Verdict:
    """A verdict that no rule can give: until a person has looked at the place, it counts as not passed."""
    return replace(verdict, withheld=True, withheld_at=verdict.place, withheld_code=_code_at(verdict.place, subject))


def shown_place(verdict: Verdict) -> RunPlace | None:
    """The place whose line a report shows."""
    return verdict.withheld_at or verdict.place


def _code_at(place: RunPlace | None, subject: Subject) -> str:
    """The lines around a place with their numbers; empty for a module that was handed in with the file."""
    cells = subject.submission.cells
    if place is None or not 0 <= place.cell < len(cells):
        return ""
    first, source = cells[place.cell].first_line, cells[place.cell].source.split("\n")
    at = place.line - first
    shown = range(max(0, at - LINES_AROUND), min(len(source), at + LINES_AROUND + 1))
    return "\n".join(f"{first + number:>4}  {bounded(source[number].rstrip(), SOURCE_LINE)}" for number in shown)


def _reasons(hands: tuple[Hand, ...], subject: Subject) -> list[str]:
    """What changed the gradients, in words. Where any of several hooks may have done so, all of them are named."""
    reasons = [_reason(hand, subject) for hand in hands if not hand.suspected][:MAX_NAMED]
    if suspected := [hand for hand in hands if hand.suspected]:
        places = (location_of(hand.place, subject.submission) for hand in suspected if hand.place is not None)
        where = dict.fromkeys(place.in_words_alone() for place in places if place is not None)
        beside = f" ({', '.join([*where][:MAX_NAMED])})" if where else ""
        one = "one of the hooks" if len(where) > 1 else "perhaps the hook"
        reasons.append(f"{one}{beside} changed `.grad`")
    return reasons


def _reason(hand: Hand, subject: Subject) -> str:
    where = None if hand.place is None else location_of(hand.place, subject.submission)
    at = "" if where is None else f" at {where.in_words_alone()}"
    beside = "" if where is None else f" ({where.in_words_alone()})"
    name = f"`{hand.name}`"
    match hand.kind:
        case "hook" if _OF_NODE.search(hand.name):
            return f"the hook{at} changed a gradient at {name}"
        case "hook":
            return f"the hook{at} changed the gradient{f' of {name}' if hand.name else ''}"
        case "saved_tensor_hook":
            return f"the hooks of saved tensors{at} changed what the backward pass computes with"
        case "function":
            return f"the gradient comes from the backward of your own Function {name}{beside}"
        case "operator":
            return f"the gradient comes from your own operator {name}{beside}"
        case "data":
            changed = f"the values of {name}" if hand.name else "values"
            return f"{changed} were changed past autograd{beside} after they had been used"
        case _:
            return f"your own class {name}{beside} stands in for torch's operations"
