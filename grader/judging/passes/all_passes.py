"""What a ``backward`` check says of all passes that meet ``given``, and of the value that a leaf has at the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import Expectation
from grader.judging.context import Context
from grader.judging.passes.leaf_histories import LeafHistories, Row, rows_in_common
from grader.judging.series import NOT_THERE, Asked, JudgedSeries, Moment, judge_series, trial_of
from grader.judging.steps.explained_steps import explain_step, moved, why_wrong
from grader.judging.tracing.series_notes import Key, SeriesNotes
from grader.judging.trials import Candidate, tolerance_of
from grader.language.closeness import Tolerance
from grader.language.expression import Expression, Role, parse
from grader.language.values import Unrecorded

MAX_MOMENTS = 5_000
"""Passes of one series that a check looks at: of more, those at its beginning and its end."""
WORDS = ("backward pass", "backward passes")
_MISSING_IN_BRIEF = frozenset({"grad"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AllPasses:
    """What is asked of all passes. ``next_values`` are pairs of a leaf's name, or a role, and its value at the next
    pass; ``steps`` is a number of passes or a condition.
    """

    every: tuple[Expression, ...]
    never: tuple[Expression, ...]
    next_values: tuple[Expectation, ...]
    steps: Expression | None

    @property
    def is_asked(self) -> bool:
        """Whether anything is said of all passes."""
        return bool(self.every or self.never or self.next_values or self.steps is not None)

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.every) + len(self.never) + len(self.next_values) + (self.steps is not None)

    def asked(self, check: Check) -> Asked:
        """The lines of a series: what a check expects of one pass, it expects of all."""
        values = tuple(
            Expectation(parse("after" if leaf.text == "leaf" else f"{leaf.text}.after"), wanted)
            for leaf, wanted in self.next_values
        )
        counted: tuple[Expression, ...] = ()
        if self.steps is not None:
            counted = (self.steps if self.steps.names else parse(f"steps == {self.steps.text}"),)
        return Asked(
            expect=(*check.expect, *values), every=(*self.every, *check.holds), never=self.never, holds=counted
        )

    def written(self, check: Check) -> Mapping[Key, tuple[str, str]]:
        """The field and the text of the lines that ``asked`` has in another field, by their places there."""
        found: dict[Key, tuple[str, str]] = {}
        for number, (leaf, wanted) in enumerate(self.next_values, start=len(check.expect)):
            found["expect", number] = ("next", f"{leaf.text}: {wanted.text}")
        for number, line in enumerate(check.holds, start=len(self.every)):
            found["every", number] = ("holds", line.text)
        if self.steps is not None:
            found["holds", 0] = ("steps", self.steps.text)
        return found


def judged_series(
    check: Check,
    wanted: AllPasses,
    candidates: Iterable[Candidate],
    roles: Sequence[str],
    histories: LeafHistories,
    context: Context,
) -> list[JudgedSeries]:
    """The series of passes over the same leaves, each judged as a whole."""
    series: dict[tuple[int, ...], list[Candidate]] = {}
    for candidate in candidates:
        objects = candidate.bound[0].objects
        found = [histories.of(objects.get(role, 0)) for role in roles or ("leaf",)]
        key = tuple(number for number in found if number is not None)
        if len(key) == len(found):
            series.setdefault(key, []).append(candidate)
    asked = wanted.asked(check)
    return [
        judged
        for key, entries in series.items()
        if (judged := _judged(check, wanted, asked, key, entries, roles, histories, context)) is not None
    ]


def _judged(
    check: Check,
    wanted: AllPasses,
    asked: Asked,
    key: tuple[int, ...],
    candidates: Sequence[Candidate],
    roles: Sequence[str],
    histories: LeafHistories,
    context: Context,
) -> JudgedSeries | None:
    first, last = candidates[0], candidates[-1]
    tolerance = tolerance_of(check, first)
    own = context.subject.own_code
    in_full = [_in_full(candidate, key, roles, histories) for candidate in candidates]
    in_brief = [
        _in_brief(check, rows, key, roles, histories, first)
        for rows in rows_in_common([histories.histories[number] for number in key])
        if rows[0].brief is not None and own.is_own(rows[0].brief.place)
    ]
    moments = sorted([*in_full, *in_brief], key=lambda moment: (moment.position, moment.number))
    counting: list[Moment] = []
    unknown = 0
    notes = None if context.notes is None else SeriesNotes("pass", wanted.written(check))
    for moment in moments:
        answers = [_truth(line, moment, tolerance) for line in check.given]
        if all(answer is True for answer in answers):
            counting.append(moment)
        elif not any(answer is False for answer in answers):
            unknown += 1
        if notes is not None and not all(answer is True for answer in answers):
            notes.skip(moment, check.given, answers, tolerance)
    count = len(counting) + unknown
    steps = len(counting) if not unknown else Unrecorded("of some passes it is not known whether they count")
    counting = [
        replace(moment, number=number, variables={**moment.variables, "steps": steps})
        for number, moment in enumerate(counting)
    ]
    if len(counting) > MAX_MOMENTS:
        counting = [*counting[: MAX_MOMENTS // 2], *counting[-(MAX_MOMENTS // 2) :]]
    result = judge_series(counting, asked, tolerance, partial(explain_step, tolerance=tolerance), notes)
    said = ""
    if counting:
        reads_steps = any("steps" in line.names for line in asked.holds)
        compares_values = any(observed.reads("after") for observed, _ in asked.expect)
        said = why_wrong(
            WORDS,
            count,
            {moment.number for moment in counting},
            result,
            context.subject.submission,
            is_enough=count > 1 or reads_steps,
            has_moved=not compares_values or moved(counting, tolerance),
        )
    shown = result.wrong[0].moment if result.wrong else (counting or moments)[-1]
    candidate = Candidate(
        position=last.position,
        place=shown.place,
        variables=shown.variables,
        noun=shown.noun,
        thing=key,
        hands=tuple(dict.fromkeys(hand for one in candidates for hand in one.hands))[:20],
        bound=tuple(found for one in candidates for found in one.bound)[-1:],
    )
    if notes is not None and context.notes is not None:
        context.notes.of(candidate).parts = notes.parts
    return JudgedSeries(
        candidate=candidate,
        trial=trial_of(candidate, result, asked, said) if counting else None,
        may_pass=(not counting and unknown > 0) or (bool(counting) and result.unknown and not result.wrong),
        result=result,
        count=count,
        recorded=len(counting) - len(result.unrecorded - result.looked_at),
    )


def _truth(line: Expression, moment: Moment, tolerance: Tolerance | None) -> bool | None:
    """Whether a line holds at a moment; None: that is not known."""
    if not moment.has(line) or line.is_unrecorded(moment.variables, tolerance=tolerance):
        return None
    return line.holds(moment.variables, tolerance=tolerance)


def _in_full(candidate: Candidate, key: Sequence[int], roles: Sequence[str], histories: LeafHistories) -> Moment:
    """A pass that is described in full."""
    rank = (candidate.position, 0)
    variables = dict(candidate.variables)
    values = [_recorded(histories.next_value(number, rank)) for number in key]
    for role, value in zip(roles, values, strict=False):
        known = variables[role]
        if isinstance(known, Role):
            variables[role] = replace(known, parts={**known.parts, "after": value})
    if not roles:
        variables["after"] = values[0]
    return Moment(
        number=0,
        position=candidate.position,
        place=candidate.place,
        variables=variables,
        noun=candidate.noun,
        called=candidate.called,
    )


def _in_brief(
    check: Check,
    rows: Sequence[Row],
    key: Sequence[int],
    roles: Sequence[str],
    histories: LeafHistories,
    like: Candidate,
) -> Moment:
    """A pass that was recorded in brief: what was not kept is not there."""
    brief = rows[0].brief
    assert brief is not None
    variables: dict[str, object] = dict.fromkeys(check.known_names(), NOT_THERE)
    output = _recorded(brief.output)
    variables |= {"output": output, "root": output, "order": brief.order, "passes": brief.passes}
    variables |= {"was_zeroed": brief.was_zeroed}
    nexts = [_recorded(histories.next_value(number, row.rank)) for number, row in zip(key, rows, strict=True)]
    if roles:
        for role, row, after in zip(roles, rows, nexts, strict=True):
            gradient = None if row.brief is None else row.brief.gradient
            known = row.value is not None and gradient is not None
            role_value = Role(value=row.value, gradient=gradient, parts={"after": after})
            variables[role] = role_value if known else NOT_THERE
    else:
        variables |= {"leaf": _recorded(rows[0].value), "gradient": _recorded(brief.gradient), "after": nexts[0]}
    return Moment(
        number=rows[0].rank[1] + 1,
        position=rows[0].rank[0],
        place=brief.place,
        variables=variables,
        noun=like.noun,
        called=like.called,
        missing=_MISSING_IN_BRIEF,
    )


def _recorded(value: object) -> object:
    return NOT_THERE if value is None else value


def mistakes_in(wanted: AllPasses, roles: Sequence[str], expect: Mapping[str, str]) -> str:
    """Why what is asked of all passes cannot be asked, in words for the author; empty: it can."""
    names = roles or ("leaf",)
    for leaf, _ in wanted.next_values:
        if leaf.text not in names:
            known = " or ".join(f"`{name}`" for name in names)
            return f"`next` is about the leaf of the pass: write {known} in the place of `{leaf.text}`"
    if wanted.is_asked and "reference" in expect.values():
        return "`reference` is about one pass; it cannot be wanted beside `every`, `never`, `next` or `steps`"
    return ""
