"""A way to pass a check in words: what it looks at, what counts, and what must hold, of each kind of check.

A kind of a plugin is told by its docstring, and its own fields by their descriptions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from grader.judging.checks.answer import AnswerCheck
from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.function import FunctionCheck
from grader.judging.checks.module import ModuleCheck
from grader.judging.checks.output import OutputCheck
from grader.judging.checks.plot import PlotCheck
from grader.judging.checks.raises import RaisesCheck
from grader.judging.checks.steps import StepsCheck
from grader.judging.checks.uses import UsesCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.checks.yaml_lines import NUMERIC, REFERENCE, Expectation
from grader.judging.found_objects import reference_in
from grader.language.expression import Expression
from grader.model import ExplainedLine, ExplainedWay, Term
from grader.text import count, shorten
from grader.workbench.explaining.input_words import arguments_in_words, inputs_in_words, set_in_words
from grader.workbench.explaining.line_words import explained_line, is_flag, value_in_words

_ANY = "any"
_MAX_FIELD = 120
"""Characters of the value of a plugin's field."""
_HANDS = {
    "hooks": "hooks",
    "functions": "own Functions",
    "operators": "own operators of torch.library",
    "data": "values written past autograd",
    "classes": "own classes with __torch_function__",
}


def explained_way(check: Check, reference: str, rubric: Sequence[Expression] = ()) -> ExplainedWay:
    """A check of one kind. ``reference``: the solution's file, or empty. ``rubric``: the conditions of its mistakes
    and remarks, which use names as well.
    """
    words = _KINDS.get(check.kind, _Plugin)(check, reference, rubric)
    return ExplainedWay(
        kind=check.kind,
        looks_at=words.looks_at(),
        counts=tuple(words.counts()),
        must_hold=tuple(words.must_hold()),
        inputs=tuple(words.inputs()),
        terms=tuple(words.terms()),
        remarks=tuple(words.remarks()),
    )


class _Kind(ABC):
    """What every kind has in common; ``check`` is of the kind that a subclass is for."""

    def __init__(self, check: Any, reference: str, rubric: Sequence[Expression]) -> None:
        self.check = check
        self.reference = reference
        self.rubric = rubric

    @abstractmethod
    def looks_at(self) -> str:
        """A sentence on what the kind looks at."""

    def counts(self) -> Iterator[ExplainedLine]:
        """Which candidates are meant, by fields and by ``given``."""
        if self.check.after is not None:
            yield _words(f"it came after what the check `{self.check.after}` found")
        yield from self.lines(self.check.given)

    def must_hold(self) -> Iterator[ExplainedLine]:
        yield from map(self.expected, self.check.expect)
        yield from self.lines(self.check.holds)

    def inputs(self) -> Iterator[str]:
        yield from ()

    def terms(self) -> Iterator[Term]:
        """The names that the lines use: those of the kind, then those that the check declares."""
        all_lines = (*(line for _, line in self.check.expressions()), *self.rubric)
        lines = [(line, explained_line(line, self.check.VARIABLES).words) for line in all_lines]
        read = frozenset().union(*(line.names for line, _ in lines))
        # What is so or not stands in the words of a line already, except where the line stands as it is written.
        flags = frozenset().union(*(line.names for line, words in lines if words == f"`{line.text}`"))
        for name, about in self.check.VARIABLES.items():
            if name in (flags if is_flag(about) else read):
                yield Term(name=name, about=about)
        yield from (Term(name=name, about=f"what is {_called(aliases)}") for name, aliases in self.check.names.items())

    def remarks(self) -> Iterator[str]:
        if self.check.tolerance is not None:
            yield f"Numbers may differ by {self.check.tolerance:g}, relative to their size."
        if self.check.allow:
            hands = " and ".join(_HANDS[hand] for hand in self.check.allow)
            yield f"In the gradients, {hands} may have a hand; with anything else in them, a person decides."

    # ----------------------------------------------------------------------------------------------------------------

    def lines(self, lines: Sequence[Expression], where: str = "") -> Iterator[ExplainedLine]:
        for line in lines:
            said = explained_line(line, self.check.VARIABLES)
            yield ExplainedLine(words=f"{where}{said.words}", expression=said.expression)

    def expected(self, pair: Expectation, where: str = "") -> ExplainedLine:
        observed, wanted = pair
        known = self.check.VARIABLES
        value = {
            REFERENCE: f"what it is in the reference solution{f', {self.reference}' if self.reference else ''}",
            NUMERIC: "the slope that is measured by moving the argument a little",
        }
        said = (
            value[wanted.text]
            if wanted.text in self.check.WANTED_WORDS and wanted.text in value
            else value_in_words(wanted, known)
        )
        words = f"{where}{value_in_words(observed, known)} is {said}"
        return ExplainedLine(words=words, expression=f"{observed.text}: {wanted.text}")

    def leaves_in_words(self) -> Iterator[ExplainedLine]:
        """``leaf``, ``leaves`` and ``only``, where a kind has them."""
        check = self.check
        if check.leaf is not None:
            yield _words(f"the leaf is {_object(check.leaf, check.names.get(check.leaf))}")
        for role in check.leaves:
            if (reference := reference_in(role)) is not None:
                yield _words(f"the leaf {reference.name} is {_object(role)}")
        free = [role for role in check.leaves if reference_in(role) is None and role not in check.names]
        if free:
            which = f"the leaves {_listed(free, 'and')}" if len(free) > 1 else f"the leaf {free[0]}"
            yield _words(f"{which} may be called anything; the lines below tell which is meant")


class _Backward(_Kind):
    check: BackwardCheck

    def looks_at(self) -> str:
        it = f"the leaves {_listed(list(self.check.leaves), 'and')} together" if self.check.leaves else "a leaf"
        return f"Looks at every backward pass that worked and reached {it}, in whatever way it was run."

    def counts(self) -> Iterator[ExplainedLine]:
        yield from self.leaves_in_words()
        if self.check.only:
            yield _words("it reached no further leaf")
        if self.check.through is not None:
            yield _words(f"its graph goes through {_through(self.check)}")
        yield from super().counts()

    def must_hold(self) -> Iterator[ExplainedLine]:
        check = self.check
        of_all = bool(check.every or check.never or check.next or check.steps is not None)
        where = "at each of these passes, " if of_all else ""
        yield from (self.expected(pair, where) for pair in check.expect)
        yield from self.lines((*check.holds, *check.every), where)
        yield from self.lines(check.never, "at none of these passes, ")
        yield from (self.expected(pair, "at the following pass, or at the end, ") for pair in check.next)
        if check.steps is not None and not check.steps.names:
            yield ExplainedLine(
                words=f"there are {check.steps.text} such passes", expression=f"steps: {check.steps.text}"
            )
        elif check.steps is not None:
            yield from self.lines((check.steps,), "of the number of such passes, ")


class _Function(_Kind):
    check: FunctionCheck

    def looks_at(self) -> str:
        check = self.check
        if check.builds_on is not None:
            which = f"the function that the check `{check.builds_on.id}` found"
        else:
            which = _tried(check.function, "function of the student's")
        return f"Calls {which} with hidden inputs, when the submission has run; all have to come out right."

    def counts(self) -> Iterator[ExplainedLine]:
        if self.check.unlike is not None:
            yield _words("it is another function than those that students were given")
        yield from self.lines(self.check.known_by, "of another name, where it is right for some input or ")
        yield from super().counts()

    def inputs(self) -> Iterator[str]:
        yield from inputs_in_words(self.check.inputs)
        yield from arguments_in_words(self.check.arguments, self.check.calls, self.check.by_name)


class _Module(_Kind):
    check: ModuleCheck

    def looks_at(self) -> str:
        check = self.check
        if check.builds_on is not None:
            which = f"the module that the check `{check.builds_on.id}` found"
        else:
            which = _tried(check.module, "module of the student's")
        how = "sets its parameters to drawn ones, and " if check.parameters == "drawn" else ""
        if check.methods:
            method = f" {_listed([f'`{name}`' for name, _ in check.methods], 'and then')} of"
        else:
            method = f" `{check.method}` of" if check.method else ""
        modes = _listed([f"{mode} mode" for mode in check.modes], "and")
        return f"Makes {which.rstrip(chr(44))}, {how}calls{method} it with hidden inputs, in {modes}."

    def counts(self) -> Iterator[ExplainedLine]:
        yield from self.lines(self.check.known_by, "of another name, where it is right in some call or ")
        yield from super().counts()

    def inputs(self) -> Iterator[str]:
        check = self.check
        if check.made_with:
            yield f"made with {set_in_words(check.made_with[0])}"
        for method, entries in check.methods:
            yield f"`{method}` with {set_in_words(entries) or 'no argument'}"
        if check.arguments:
            yield from arguments_in_words(check.arguments, check.calls, check.by_name)
        elif check.parameters == "drawn":
            yield f"{count(check.calls, 'call')}, each with other parameters"

    def remarks(self) -> Iterator[str]:
        if self.check.repeat is not None:
            yield f"`kept` and `average` are those of {self.check.repeat} calls with other random numbers."
        yield from super().remarks()


class _Steps(_Kind):
    check: StepsCheck

    def looks_at(self) -> str:
        return "Looks at every training loop: at each step by which a leaf got a new value, whoever made it."

    def counts(self) -> Iterator[ExplainedLine]:
        yield from self.leaves_in_words()
        yield from super().counts()

    def must_hold(self) -> Iterator[ExplainedLine]:
        yield from (self.expected(pair, "at every step, ") for pair in self.check.expect)
        yield from self.lines(self.check.first, "at the first step, ")
        yield from self.lines(self.check.every, "at every step, ")
        yield from self.lines(self.check.never, "at no step, ")
        yield from self.lines(self.check.holds, "of the loop as a whole, ")


class _Value(_Kind):
    check: ValueCheck

    def looks_at(self) -> str:
        names = _listed([f"`{name}`" for name in self.check.names], "and")
        when = "at the end of the run" if self.check.when == "end" else "after every statement"
        return f"Looks at what {names} {'are' if len(self.check.names) > 1 else 'is'} bound to, {when}."

    def counts(self) -> Iterator[ExplainedLine]:
        if self.check.made is not None and len(self.check.names) > 1:
            yield _words(f"`{self.check.made}` is what the student makes; the others are what they were at that time")
        yield from super().counts()


class _Plot(_Kind):
    check: PlotCheck

    def looks_at(self) -> str:
        return "Looks at every curve of every figure; one that is right is enough."

    def must_hold(self) -> Iterator[ExplainedLine]:
        yield from super().must_hold()
        if self.check.of is not None:
            yield from self.lines((self.check.of,), "of the pass whose gradients it shows, ")
        for asked, what in (
            (self.check.labels, "the axes have labels"),
            (self.check.legend, "there is a legend"),
            (self.check.figure_title, "the axes have a title"),
        ):
            if asked:
                yield _words(what)


class _Raises(_Kind):
    check: RaisesCheck

    def looks_at(self) -> str:
        return f"Looks at every call of torch that raised an error of the family `{self.check.error}`, caught or not."


class _Uses(_Kind):
    check: UsesCheck

    def looks_at(self) -> str:
        names = _listed([f"`{name}`" for name in self.check.call or self.check.names], "or")
        if self.check.call:
            return f"Looks at every call of torch's {names} that happened."
        return f"Looks for the names {names} in the code, without comments and texts."

    def must_hold(self) -> Iterator[ExplainedLine]:
        yield _words("nothing is found" if self.check.negated else "something is found")
        yield from super().must_hold()

    def terms(self) -> Iterator[Term]:
        yield from (term for term in super().terms() if term.name in self.check.VARIABLES)


class _Output(_Kind):
    check: OutputCheck

    def looks_at(self) -> str:
        return "Looks at what each cell, or a script as a whole, printed or displayed."

    def must_hold(self) -> Iterator[ExplainedLine]:
        if self.check.text is not None:
            yield _words(f"the text “{self.check.text}” stands in it; spaces and line ends make no difference")
        else:
            yield _words(f"the regular expression `{self.check.pattern}` is found in it")


class _Answer(_Kind):
    check: AnswerCheck

    def looks_at(self) -> str:
        return "Reads what was written: Markdown, comments, docstrings, printed texts."

    def must_hold(self) -> Iterator[ExplainedLine]:
        check = self.check
        for group in check.keywords:
            yield _words(f"a sentence has {_listed([f'“{word}…”' for word in group], 'or')}")
        for question, choice in check.choose.items():
            yield _words(f"the choice for {question} is {choice}")
        if not check.keywords and not check.choose:
            yield _words("a person reads each answer and decides")

    def remarks(self) -> Iterator[str]:
        if self.check.keywords:
            yield "An answer that lacks one of these words is not failed: it waits for a person."
        if self.check.doubts:
            phrases = _listed([f"“{doubt}”" for doubt in self.check.doubts], "or")
            yield f"A person also decides where an answer says {phrases}."


class _Plugin(_Kind):
    def looks_at(self) -> str:
        about = (type(self.check).__doc__ or "").strip().partition("\n")[0]
        return about or f"Does what its kind, `{self.check.kind}`, is for."

    def must_hold(self) -> Iterator[ExplainedLine]:
        yield from super().must_hold()
        values = self.check.model_dump(mode="json", by_alias=True)
        for name, field in type(self.check).model_fields.items():
            if name in Check.model_fields or name not in self.check.model_fields_set:
                continue
            key = field.alias or name
            about = f": {field.description}" if field.description else ""
            yield _words(f"`{key}` is {shorten(str(values.get(key)), _MAX_FIELD)}{about}")


_KINDS: Mapping[str, Callable[[Any, str, Sequence[Expression]], _Kind]] = {
    "answer": _Answer,
    "backward": _Backward,
    "function": _Function,
    "module": _Module,
    "output": _Output,
    "plot": _Plot,
    "raises": _Raises,
    "steps": _Steps,
    "uses": _Uses,
    "value": _Value,
}


def _words(words: str) -> ExplainedLine:
    return ExplainedLine(words=words)


def _tried(names: Sequence[str], thing: str) -> str:
    """Which functions or modules are tried."""
    listed = [f"`{name}`" for name in names if name != _ANY]
    if not listed:
        return f"every {thing}, whatever it is called,"
    also = f", and every other {thing}," if _ANY in names else ""
    return f"{_listed(listed, 'or')}{also}"


def _object(name: str, aliases: Sequence[str] | None = None) -> str:
    """What a name or ``check.name`` stands for."""
    reference = reference_in(name)
    if reference is not None:
        return f"the very `{reference.name}` that the check `{reference.check}` found"
    return _called(aliases) if aliases else f"called `{name}`"


def _through(check: BackwardCheck) -> str:
    through = check.through or ""
    if reference_in(through) is not None:
        return _object(through)
    if through in check.names or "-" not in through:
        return f"what is {_called(check.names.get(through, (through,)))}"
    return f"the function that the check `{through}` found"


def _called(aliases: Sequence[str]) -> str:
    """The names that something may have."""
    found = [_object(alias) for alias in aliases if reference_in(alias) is not None]
    names = [f"`{alias}`" for alias in aliases if reference_in(alias) is None]
    if names == ["`*`"]:
        return "called anything"
    return " or ".join([*([f"called {_listed(names, 'or')}"] if names else []), *found])


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])
