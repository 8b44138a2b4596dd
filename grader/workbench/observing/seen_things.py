"""What plain checks noted of a run, as values for a report: every candidate with its variables and other facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.judging.error_families import family_from_torch
from grader.judging.locations import quoted_location_of
from grader.judging.sections.section import SectionMap
from grader.judging.tracing.notes import CandidateNotes, CheckNotes
from grader.judging.tracing.sides import as_written
from grader.language.expression import Role, parse
from grader.language.values import plain, show
from grader.model import (
    Array,
    Backward,
    BriefPasses,
    Event,
    Hand,
    Observation,
    Opaque,
    Output,
    RunPlace,
    SeenKind,
    SeenThing,
    SeenValue,
    Structure,
    Submission,
    TorchError,
    UncaughtError,
)
from grader.text import shorten
from grader.workbench.observing.plain_checks import PlainCheck

MAX_ELEMENTS = 1_000
"""Elements of an array that JSON has."""
MAX_TEXT = 300
_OF_VALUES = ("shape", "requires_grad", "is_leaf", "grad", "source")
"""What is asked of a value with a dot, and shown."""
_OF_OTHERS = ("shape", "source")
_CURVATURE = "curvature"
_INTERNAL = frozenset({_CURVATURE, "same_leaf", "same_through", "refused"})
"""Variables that only tell something in a rubric, or in the judge."""
_NO_SUCH_CALL = frozenset({"written"})


def things_of(
    plain_check: PlainCheck,
    notes: CheckNotes,
    submission: Submission,
    events: Sequence[Event],
    *,
    errors_are_shown: bool,
) -> Iterator[SeenThing]:
    """The things of one plain check, in the order of the run. ``errors_are_shown``: passes that raised are among them,
    and are no passes.
    """
    seen: set[object] = set()
    for one in notes.all():
        key = getattr(one.of, "thing", None) if plain_check.kind == "curve" else None
        if key is not None and key in seen:
            continue  # the same curve, over another x that it may have
        seen.add(key)
        match plain_check.kind:
            case "function" | "module":
                yield from _calls(plain_check, one, submission)
            case "step":
                yield from _steps(one, submission)
            case "value":
                thing = _value(plain_check.about, one, submission)
                told = (thing.left_out, *(value.text for value in thing.variables))
                if not thing.left_out or told not in seen:  # what was handed out is there after each statement
                    yield thing
                seen.add(told)
            case "pass" if not isinstance(_event(events, one.position), Backward):
                continue
            case "pass" if _raised(events, one.position) and errors_are_shown:
                continue
            case kind:
                yield _candidate(kind, one, submission, _event(events, one.position))
    if plain_check.kind in ("function", "module") and not seen and plain_check.defined is not None:
        yield _not_called(plain_check, submission, len(events))


def things_beside(kinds: Sequence[SeenKind], submission: Submission, observation: Observation) -> Iterator[SeenThing]:
    """What no candidate stands for: uncaught errors that torch did not raise, passes in brief, and what was printed."""
    raised = {
        (event.error.type, event.error.text)
        for event in observation.events
        if isinstance(event, Backward | TorchError) and event.error is not None
    }
    for order, event in enumerate(observation.events):
        match event:
            case UncaughtError(place=place, error=error) if "error" in kinds and (error.type, error.text) not in raised:
                facts = (_fact("error", f"{error.type}: {error.text}"), _fact("origin", "the submission's own code"))
                yield _thing("error", f"`{error.type}`", order, place, submission, facts=facts, left_out=_NOT_OF_TORCH)
            case BriefPasses(place=place, sequence=sequence) if "pass" in kinds:
                size = 0 if sequence.data is None else sequence.data.size
                what = f"{size:,} passes of a long loop, recorded in brief"
                yield _thing("pass", what, order, place, submission, facts=tuple(_brief(event)))
            case Output(place=place, stream=stream, text=text) if "printed" in kinds:
                left_out = "`output` does not look at standard error" if stream == "stderr" else ""
                facts = (_fact("text", text.rstrip("\n")), _fact("stream", stream))
                yield _thing("printed", "text", order, place, submission, facts=facts, left_out=left_out)


def words_of(passages: Sequence[Any], submission: Submission) -> Iterator[SeenThing]:
    """The texts that ``answer`` checks read."""
    for number, passage in enumerate(passages):
        owners = ", ".join(sorted(passage.owners))
        facts = (_fact("text", passage.text), _fact("place", passage.where), _fact("section", owners or "none"))
        yield _thing("words", "text", number, passage.place, submission, facts=facts)


def sections_of(whole: SectionMap, submission: Submission) -> Iterator[SeenThing]:
    """The stretches of a file that are about one exercise, or about several."""
    before: frozenset[str] = frozenset()
    for order, item in enumerate(whole.units):
        if item.owners != before:
            before = item.owners
            if before:
                place = RunPlace(cell=item.unit.cell, line=item.unit.line, statement=0)
                text = " ".join(item.unit.text.split())
                facts = (_fact("begins with", text),) if text else ()
                yield _thing("section", ", ".join(sorted(before)), order, place, submission, tuple(before), facts=facts)


_NOT_OF_TORCH = "torch did not raise it, so `raises` does not look at it"


def _candidate(kind: SeenKind, notes: CandidateNotes, submission: Submission, event: Event | None) -> SeenThing:
    names = dict.fromkeys(filter(None, (*_names_in(event), notes.what.strip("`"))))
    variables = tuple(
        seen_value(name, value)
        for name, value in notes.variables.items()
        if name not in _INTERNAL | _NO_SUCH_CALL or name == "refused"
    )
    # Every family is listed by one check, so that it is another family than the check's is no reason.
    left_out = "" if kind == "error" else notes.why if notes.status == "left_out" else ""
    what = {"pass": "pass to {}", "call": "call of {}", "error": "error in {}"}.get(kind, "{}").format(notes.what)
    return _thing(
        kind,
        what,
        notes.position,
        notes.place,
        submission,
        tuple(names),
        variables=variables,
        facts=tuple(_facts(event)),
        left_out=left_out,
    )


def _value(about: str, notes: CandidateNotes, submission: Submission) -> SeenThing:
    (declared,) = (name for name in notes.variables if "." not in name)
    variables = [seen_value(declared, notes.variables[declared])]
    is_tensor = isinstance(notes.variables[declared], Array) and notes.variables[declared].kind == "tensor"
    for attribute in _OF_VALUES if is_tensor else _OF_OTHERS:
        found = parse(f"{declared}.{attribute}").evaluate(notes.variables)
        shown = seen_value(f"{declared}.{attribute}", found)
        if not shown.text.startswith("not to be computed"):
            variables.append(shown)
    left_out = notes.why if notes.status == "left_out" else ""
    what = f"`{about}`"
    return _thing(
        "value", what, notes.position, notes.place, submission, (about,), variables=tuple(variables), left_out=left_out
    )


def _steps(notes: CandidateNotes, submission: Submission) -> Iterator[SeenThing]:
    """The steps of a loop, without the note on its end, which repeats the last one."""
    for part in notes.parts:
        if part.what != "at the end":
            variables = tuple(_seen_values(part.variables))
            names = tuple(part.what.split("`")[1:2])
            yield _thing("step", part.what, part.position, part.place, submission, names, variables=variables)


def _calls(plain_check: PlainCheck, notes: CandidateNotes, submission: Submission) -> Iterator[SeenThing]:
    """A function or class, and its calls."""
    signature = "" if plain_check.defined is None else plain_check.defined.signature
    facts = [_fact("signature", signature)] if signature else []
    yield _thing(
        plain_check.kind, notes.what, notes.position, notes.place, submission, (plain_check.about,), facts=tuple(facts)
    )
    for part in notes.parts:
        variables = tuple(_seen_values(part.variables))
        why = [_fact("call", part.why)] if part.why else []
        why += [
            _fact("slopes", f"{line.text.removesuffix(': numeric')} {line.said}")
            for line in part.lines
            if line.text.endswith(": numeric") and line.held is False
        ]
        yield _thing(
            plain_check.kind,
            f"{notes.what}, {part.what}",
            part.position,
            part.place,
            submission,
            (plain_check.about,),
            variables=variables,
            facts=tuple(why),
        )


def _not_called(plain_check: PlainCheck, submission: Submission, order: int) -> SeenThing:
    defined = plain_check.defined
    assert defined is not None
    facts: tuple[SeenValue, ...] = (_fact("signature", defined.signature),)
    what = f"`{defined.name}`"
    if defined.kind == "function" and not (defined.takes_one or defined.needed):
        facts = (*facts, _fact("not called", "it takes arguments by name, or none"))
        return _thing(plain_check.kind, what, order, defined.place, submission, (defined.name,), facts=facts)
    why = "it could not be called: its definition did not run, or it is no function any more"
    return _thing(plain_check.kind, what, order, defined.place, submission, (defined.name,), facts=facts, left_out=why)


def _names_in(event: Event | None) -> Iterator[str]:
    if isinstance(event, Backward):
        for leaf in event.leaves:
            yield from leaf.names
        yield from (*event.root_names, *event.output_names)


def _facts(event: Event | None) -> Iterator[SeenValue]:
    """What is known of an event, and is no variable of a check."""
    if isinstance(event, Backward):
        if event.error is None:  # that of an error is a variable
            yield _fact("call", event.call)
        for label, names in (("root is called", event.root_names), ("output is called", event.output_names)):
            if names:
                yield _fact(label, ", ".join(names))
        if event.through:
            yield _fact("through", ", ".join(event.through))
        for hand in event.hands:
            yield _fact("hand", _hand(hand))
    if isinstance(event, Backward | TorchError) and event.error is not None:
        error = event.error
        family = family_from_torch(error)
        origin = {"torch": "torch", "course": "the course's support/"}.get(error.origin, "the submission's own code")
        yield _fact("error", f"{error.type}: {error.text}")
        yield _fact("origin", origin)
        yield _fact("family", family or "none that is known")


def _hand(hand: Hand) -> str:
    changed = "it changed a value" if hand.changed else "it only looked"
    return f"{hand.kind} {hand.name}".rstrip() + f": {changed}"


def _brief(event: BriefPasses) -> Iterator[SeenValue]:
    for line in event.lines:
        leaves = ", ".join(name for leaf in line.leaves for name in leaf.names[:1])
        yield _fact("call", f"{line.call}, to {leaves or 'leaves without names'}")


def _event(events: Sequence[Event], position: int) -> Event | None:
    return events[position] if 0 <= position < len(events) else None


def _raised(events: Sequence[Event], position: int) -> bool:
    event = _event(events, position)
    return isinstance(event, Backward) and event.error is not None


def _thing(
    kind: SeenKind,
    what: str,
    order: int,
    place: RunPlace | None,
    submission: Submission,
    names: tuple[str, ...] = (),
    *,
    variables: tuple[SeenValue, ...] = (),
    facts: tuple[SeenValue, ...] = (),
    left_out: str = "",
) -> SeenThing:
    return SeenThing(
        kind=kind,
        what=what or kind,
        order=order,
        location=quoted_location_of(place, submission),
        names=names,
        variables=variables,
        facts=facts,
        left_out=left_out,
    )


def _fact(name: str, text: str) -> SeenValue:
    return SeenValue(name=name, text=shorten(text, MAX_TEXT), value=shorten(text, MAX_TEXT))


def _seen_values(variables: Mapping[str, Any]) -> Iterator[SeenValue]:
    """Variables; of arguments and leaves in roles also what is known of them, as it is asked with a dot."""
    for name, value in variables.items():
        yield seen_value(name, value.value if isinstance(value, Role) else value)
        if isinstance(value, Role):
            known = {"gradient": value.gradient, "grad": value.grad, **value.parts}
            yield from (
                seen_value(f"{name}.{part}", one)
                for part, one in known.items()
                if one is not None and part not in variables
            )


def seen_value(name: str, value: object) -> SeenValue:
    """A variable as text and as JSON."""
    value = plain(value)
    text = shorten(as_written(value), MAX_TEXT)
    if isinstance(value, Array):
        small = value.data is not None and value.data.size <= MAX_ELEMENTS
        found = _json(value.data.tolist()) if small and value.data is not None else None
        return SeenValue(name=name, text=text, value=found, dtype=value.dtype, shape=value.shape)
    return SeenValue(name=name, text=text, value=_json(_parts(value)))


def _parts(value: object) -> object:
    match value:
        case Structure(kind="dict" | "module", keys=keys, items=items):
            return dict(zip(keys, map(_item, items), strict=False))
        case Structure(items=items):
            return list(map(_item, items))
        case Opaque(text=text):
            return text
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return list(value)
    return None


def _item(value: object) -> object:
    value = plain(value)
    if isinstance(value, Array):
        small = value.data is not None and value.data.size <= MAX_ELEMENTS
        return value.data.tolist() if small and value.data is not None else None
    return _parts(value)


def _json(value: Any) -> Any:
    """Without what JSON does not have: infinite numbers and NaN become texts, complex numbers pairs."""
    match value:
        case float() if value != value or value in (float("inf"), float("-inf")):
            return show(value)
        case complex():
            return [_json(value.real), _json(value.imag)]
        case list():
            return [_json(one) for one in value]
        case Mapping():
            return {key: _json(one) for key, one in value.items()}
    return value
