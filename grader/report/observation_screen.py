"""What was recorded of a file, in the terminal: in the order of the run, by the names that checks use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console

from grader.model import CHECK_KINDS, ObservedFile, QuotedLocation, SeenKind, SeenThing, SeenValue
from grader.report.safe_console import SafeConsole
from grader.report.trace_lines import show_place
from grader.text import clean_line, count, shorten

_PLURALS: dict[SeenKind, str] = {"pass": "passes", "printed": "printed texts", "words": "texts in words"}
_USUAL: dict[str, tuple[str, ...]] = {
    "agrees": ("None",),
    "affine": ("False",),
    "alike": ("1",),
    "any_pass": ("True", "False"),
    "branches": ("0", "1"),
    "buffers": ("{}",),
    "cleared": ("0",),
    "cleared_alike": ("0",),
    "create_graph": ("False",),
    "custom_function": ("False",),
    "error": ("None",),
    "frozen": ("[]",),
    "functions": ("0",),
    "is_new_leaf": ("False",),
    "jvp": ("None",),
    "leaf": ("None",),
    "mode": ('"reverse"',),
    "paths": ("0", "1"),
    "raised_by": ('""',),
    "redraws": ("False", "None"),
    "refusals": ("0",),
    "refused": ("None",),
    "repeats": ("1", "0"),
    "retain_graph": ("False",),
    "single": ("True", "False"),
    "summed": ("0",),
    "tangent": ("None",),
    "torch_calls": ("[]",),
    "trained": ("False",),
    "unmoved": ("0",),
    "varies": ("False", "None"),
    "was_zeroed": ("False",),
    "weights": ("None",),
}
"""Values that most things have: only `--all` shows them."""
_LONG_STORY = frozenset({"weighed_gradient", "weights"})
"""Variables of calls that few checks use."""
_LIKE = {"grad": "gradient", "output": "root", "tensor": "root"}
"""Variables that are left out where another one has the same value."""
_NOT_KNOWN = "not to be computed"
MAX_THINGS = 150
MAX_REPEATS = 2
"""Things of one line and name that are shown, besides the last one."""
MAX_CALLS = 2
"""Calls of one function that are shown, besides one that raised."""
MAX_FACT = 160


def render_observation(observed: ObservedFile, *, console: Console, everything: bool) -> None:
    """Print what was recorded. ``everything``: with the variables that have their usual value, and all calls."""
    out = SafeConsole(console)
    out.line(clean_line(observed.path), "bold")
    if observed.detail:
        out.line(observed.detail, "yellow")
    for notice in observed.notices:
        out.line(notice, "dim")
    chosen = [(thing, 0) for thing in observed.things]
    if not everything:
        chosen = list(_without_repeats(list(_without_calls(observed.things))))
    shown = chosen[:MAX_THINGS]
    for _, things in groupby(shown, key=lambda pair: _place_key(pair[0].location)):
        out.line()
        here = list(things)
        if (location := here[0][0].location) is not None:
            show_place(location, out)
        before = None
        for thing, more in here:
            _show_thing(thing, before, out, everything=everything)
            before = thing
            if more:
                out.indented(out.text(f"… {more:,} more of this line are between this one and the last", "dim"), 11)
    out.line()
    _show_end(observed, out, hidden=len(observed.things) - len(shown), everything=everything)


def _without_calls(things: Sequence[SeenThing]) -> Iterator[SeenThing]:
    """The things, of each function only the first calls, and the first that raised."""
    calls: dict[str, int] = {}
    for thing in things:
        function, _, call = thing.what.partition(", input")
        raised = any(fact.name == "call" for fact in thing.facts)
        key = f"{function} {raised}"
        if thing.kind in ("function", "module") and call:
            calls[key] = calls.get(key, 0) + 1
            if calls[key] > (1 if raised else MAX_CALLS):
                continue
        yield thing


def _without_repeats(things: Sequence[SeenThing]) -> Iterator[tuple[SeenThing, int]]:
    """The things, of those that a line repeats, as in a loop, the first ones and the last one; with each, how many are
    left out after it.
    """
    repeats: dict[object, list[int]] = {}
    for at, thing in enumerate(things):
        what = thing.kind if thing.kind == "step" else thing.what
        repeats.setdefault((thing.kind, what, thing.names, _place_key(thing.location)), []).append(at)
    left_out: dict[int, int] = {}
    kept: set[int] = set()
    for found in repeats.values():
        kept.update((*found[:MAX_REPEATS], found[-1]))
        left_out[found[:MAX_REPEATS][-1]] = max(0, len(found) - MAX_REPEATS - 1)
    for at, thing in enumerate(things):
        if at in kept or thing.kind in ("function", "module"):
            yield thing, 0 if thing.kind in ("function", "module") else left_out.get(at, 0)


def _place_key(location: QuotedLocation | None) -> object:
    return None if location is None else (location.cell, location.location.line)


def _show_thing(thing: SeenThing, before: SeenThing | None, out: SafeConsole, *, everything: bool) -> None:
    """Print a thing. ``before``: the one that was printed for the same line."""
    again = before is not None and before.kind == thing.kind in ("pass", "step") and before.order == thing.order
    title = out.text(f"{thing.kind:<8} ", "cyan")
    what = thing.what.removeprefix("pass to ").removeprefix("call of ").removeprefix("error in ")
    facts = {fact.name: fact.text for fact in thing.facts}
    signature = facts.pop("signature", "")
    title.append_text(out.text(clean_line(signature or ("to " if thing.kind == "pass" else "") + what), "bold"))
    if thing.kind in ("printed", "words"):
        title = out.text(f"{thing.kind:<8} ", "cyan").append_text(out.text(_one_line(facts.pop("text", ""))))
        facts.pop("stream", "")
    out.indented(title, 2)
    if thing.left_out:
        out.indented(out.text(f"no check counts it: {clean_line(thing.left_out)}", "yellow"), 11)
    told = {one.name: one.text for one in before.variables} if before is not None and again else {}
    variables = [
        one for one in thing.variables if everything or not (_is_usual(one, thing) or told.get(one.name) == one.text)
    ]
    pieces = [f"{one.name} = {clean_line(one.text)}" for one in variables]
    for line in _packed(pieces, out.width - 11):
        out.indented(out.text(line), 11)
    told = {fact.name: fact.text for fact in before.facts} if before is not None and again else {}
    said = [f"{label}: {_one_line(text)}" for label, text in facts.items() if told.get(label) != text]
    for line in _packed(said, out.width - 11):
        out.indented(out.text(line, "dim"), 11)


def _one_line(text: str) -> str:
    return clean_line(shorten(" ⏎ ".join(text.splitlines()), MAX_FACT))


def _packed(pieces: Sequence[str], width: int) -> Iterator[str]:
    """Lines of pieces that are not broken, where they fit."""
    line = ""
    for piece in pieces:
        if line and cell_len(line) + 3 + cell_len(piece) > width:
            yield line
            line = ""
        line = f"{line}   {piece}" if line else piece
    if line:
        yield line


def _is_usual(value: SeenValue, thing: SeenThing) -> bool:
    if value.text in _USUAL.get(value.name, ()) or (value.name in ("grad", "grad_before") and value.text == "None"):
        return True
    name, _, attribute = value.name.rpartition(".")
    if name and (attribute, value.text) in (("grad", "None"), ("source", '"other"'), ("shape", "()")):
        return True
    if value.text.startswith(_NOT_KNOWN):
        return True
    if attribute in ("second", "weighed_gradient", "changed", "after") and thing.kind in ("function", "module"):
        return True
    if value.name in _LONG_STORY and thing.kind in ("function", "module"):
        return True
    like = _LIKE.get(value.name)
    return like is not None and any(one.name == like and one.text == value.text for one in thing.variables)


def _show_end(observed: ObservedFile, out: SafeConsole, *, hidden: int, everything: bool) -> None:
    counts = [_counted(kind, number) for kind, number in observed.counts]
    out.line(f"Recorded: {', '.join(counts) or 'nothing'}.")
    if hidden:
        out.line(f"Of these, {hidden:,} are not shown here; `--format json` has all, filters choose some.")
    kinds = dict.fromkeys(thing.kind for thing in observed.things if thing.kind in CHECK_KINDS)
    if pairs := [f"{kind} → {CHECK_KINDS[kind]}" for kind in kinds]:
        out.line(f"The `kind` of checks that look at them: {', '.join(pairs)}.")
    if observed.course and any(thing.kind == "section" for thing in observed.things):
        out.line(f"Sections name exercises of the course {clean_line(observed.course)}.")
    more = "" if everything else " --all shows usual values, too."
    out.line(f"Filters: --kind KIND, --name NAME, --line N, --cell N.{more}", "dim")
    out.line("--try CHECK.yaml says for each candidate which line of a check decided.", "dim")


def _counted(kind: SeenKind, number: int) -> str:
    return f"{number:,} {_PLURALS[kind]}" if kind in _PLURALS and number != 1 else count(number, kind)
