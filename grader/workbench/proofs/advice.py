"""Advice on an exercise: what is no mistake, and most often not meant. Each has a name, by which it is switched off."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.course.course import Course, CourseExercise
from grader.judging.checks.base import Check
from grader.language.yaml_file import Loc
from grader.text import shorten

MAX_TOLERANCE = 0.1
LEAST_TELLING = 20
"""Characters of a line of code. A shorter one, such as ``y = torch.sin(x)``, gives nothing away."""
MAX_QUOTED = 70
_NAME = re.compile(r"`([A-Za-z_]\w*)`")
_WORD = re.compile(r"[A-Za-z_]\w*")
_TORCH = """
torch numpy np nn autograd func functional inf nan grad backward detach requires_grad no_grad zero_grad item clone
float16 float32 float64 int64 relu sigmoid tanh gelu softmax log_softmax logsumexp softplus logsigmoid einsum
matmul bmm where clamp normalize linear conv2d dropout embedding layer_norm batch_norm cross_entropy nll_loss
mse_loss l1_loss huber_loss smooth_l1_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div
scaled_dot_product_attention clip_grad_norm_ clip_grad_value_ vmap vjp jvp jacobian hessian jacrev jacfwd
"""
_OF_LIBRARIES = frozenset((*dir(builtins), *_TORCH.split()))
"""What a statement may mention because students may use it, or must not: it is no name of theirs."""
_ABOUT: Mapping[str, str] = {
    "same-title": "two checks have the same title",
    "unprescribed-name": "a check needs a name that the statement does not mention",
    "unused-name": "the statement mentions a name that neither a check nor the reference has",
    "gives-away": "a hint or message has a line of the reference solution in it",
    "never-due": "a check is shown after the due date, and there is none",
    "no-mistakes": "no mistake is named",
    "all-hidden": "students see no check",
    "tolerance": "a tolerance allows nothing, or nearly everything",
    "tab": "a text for students has a tab in it",
    "unused-file": "nothing uses a data file or a helper module",
}
NAMES = tuple(_ABOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """``loc`` is in the exercise, or in its rubric."""

    name: str
    text: str
    loc: Loc
    in_rubric: bool = False


def advice_on(course: Course, item: CourseExercise, reference: str) -> Iterator[Advice]:
    """``reference``: the text of the reference solution."""
    yield from _same_titles(item)
    yield from _names(item, reference)
    yield from _given_away(item, reference)
    yield from _visibility(course, item)
    yield from _tolerances(item)
    yield from _tabs(item)
    if not any(rules.mistakes for rules in item.rubric.checks.values()):
        code = [check for check in item.exercise.checks if not check.ANSWERED_IN_WORDS]
        if code:
            text = "No mistake is named in this rubric. Students are told what differs, and not why."
            yield Advice(name="no-mistakes", text=text, loc=("checks",), in_rubric=True)


def _same_titles(item: CourseExercise) -> Iterator[Advice]:
    seen: dict[str, str] = {}
    for index, check in enumerate(item.exercise.checks):
        title = check.title.casefold().strip()
        if title in seen:
            text = f'`{check.id}` and `{seen[title]}` have the title "{check.title}": a report shows them alike.'
            yield Advice(name="same-title", text=text, loc=("checks", index, "title"))
        seen.setdefault(title, check.id)


def _names(item: CourseExercise, reference: str) -> Iterator[Advice]:
    given = f"{item.exercise.statement}\n{item.starter}"
    known: set[str] = set()
    for index, check in enumerate(item.exercise.checks):
        for field, aliases in _asked_names(check):
            known |= set(aliases)
            is_plain = all(each.isidentifier() for each in aliases)  # no pattern, and no part of an object
            if is_plain and not any(_has_word(given, each) for each in aliases):
                names = " or ".join(f"`{each}`" for each in aliases)
                text = (
                    f"`{check.id}` looks for {names}, which the statement does not mention: students cannot know that "
                    "they have to use this name."
                )
                yield Advice(name="unprescribed-name", text=text, loc=("checks", index, field))
        known |= {name for _, line in check.expressions() for name in line.names}
        # Also as a text: `not ran("logsumexp")`, `call: [softmax]`.
        known |= {*_WORD.findall(check.model_dump_json(exclude={"title", "message"}))}
    for name in dict.fromkeys(_NAME.findall(item.exercise.statement)):
        if name not in known and name not in _OF_LIBRARIES and not _has_word(reference, name):
            text = f"The statement mentions `{name}`, and neither a check nor the reference solution has this name."
            yield Advice(name="unused-name", text=text, loc=("statement",))


def _asked_names(check: Check) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of the student's that a check needs, each with the field that asks for it."""
    for way in check.ways():
        yield from (("names", aliases) for aliases in way.names.values())
        for field in ("function", "module"):
            named = getattr(way, field, ())
            if isinstance(named, tuple) and named and "any" not in named:
                yield field, named


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _given_away(item: CourseExercise, reference: str) -> Iterator[Advice]:
    given = _squeezed(f"{item.exercise.statement}\n{item.starter}")
    telling = {
        _squeezed(line): line
        for line in (each.partition("  #")[0].strip() for each in reference.splitlines())
        if len(line) >= LEAST_TELLING
        and ("=" in line or "(" in line)
        and not line.startswith(("#", "import ", "from ", "print(", "def ", "for ", "while ", "if ", "with ", '"'))
        and _squeezed(line) not in given
    }
    for name, rules in item.rubric.checks.items():
        said: list[tuple[Loc, str]] = [(("checks", name, "hint"), rules.hint)]
        for index, rule in enumerate(rules.mistakes):
            place = ("checks", name, "mistakes", index)
            said += [((*place, "say"), rule.say), ((*place, "hint"), rule.hint or "")]
        for loc, text in said:
            found = next((line for squeezed, line in telling.items() if squeezed in _squeezed(text)), None)
            if found is not None:
                quoted = shorten(found, MAX_QUOTED)
                yield Advice(
                    name="gives-away",
                    text=f"This text of `{name}` has a line of the reference solution in it: `{quoted}`.",
                    loc=loc,
                    in_rubric=True,
                )


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _visibility(course: Course, item: CourseExercise) -> Iterator[Advice]:
    checks = item.exercise.checks
    asking = [one for one in course.assignments if any(entry.id == item.exercise.id for entry in one.exercises)]
    for index, check in enumerate(checks):
        if check.visibility == "after-due" and not any(one.due for one in asking):
            where = " or ".join(f"`{one.id}`" for one in asking)
            reason = f"{where} has no `due`" if asking else "no assignment has this exercise"
            text = f"`{check.id}` is shown to students after the due date, and {reason}: they never see it."
            yield Advice(name="never-due", text=text, loc=("checks", index, "visibility"))
    if all(check.visibility == "hidden" for check in checks):
        text = "All checks are `hidden`: students see nothing of this exercise, not even that it was graded."
        yield Advice(name="all-hidden", text=text, loc=("checks",))


def _tolerances(item: CourseExercise) -> Iterator[Advice]:
    for index, check in enumerate(item.exercise.checks):
        for number, way in enumerate(check.ways()):
            loc = ("checks", index, *check.place_in_way(number, ("tolerance",)))
            if way.tolerance == 0:
                text = f"`{check.id}` has a `tolerance` of 0: the last digit of a float decides, and it is another on "
                yield Advice(name="tolerance", text=f"{text}another machine.", loc=loc)
            elif way.tolerance is not None and way.tolerance > MAX_TOLERANCE:
                differ = f"numbers that differ by {way.tolerance:.0%} pass"
                text = f"`{check.id}` has a `tolerance` of {way.tolerance:g}: {differ}."
                yield Advice(name="tolerance", text=text, loc=loc)


def _tabs(item: CourseExercise) -> Iterator[Advice]:
    texts: list[tuple[Loc, str, bool]] = [(("statement",), item.exercise.statement, False)]
    for name, rules in item.rubric.checks.items():
        texts.append((("checks", name, "hint"), rules.hint, True))
        texts += [
            (("checks", name, "mistakes", index, "say"), rule.say, True) for index, rule in enumerate(rules.mistakes)
        ]
    for loc, text, in_rubric in texts:
        if "\t" in text:
            yield Advice(
                name="tab",
                text="There is a tab in this text; it is shown in another width everywhere. Use spaces.",
                loc=loc,
                in_rubric=in_rubric,
            )
