"""What is said of an exercise and of its checks, row by row: a label and texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.model import ExplainedCheck, ExplainedMistake, ExplainedWay, Explanation
from grader.text import as_sentence, count, points


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label, with one text or several."""

    label: str
    texts: tuple[str, ...]


def rows_of_exercise(explanation: Explanation) -> Iterator[Row]:
    """What is said of the exercise as a whole, besides its statement."""
    yield Row(label="Attempted", texts=(" ".join(explanation.attempt),))
    if explanation.recognized_by:
        yield Row(label="Known as", texts=explanation.recognized_by)
    about = [explanation.limits, explanation.known]
    if explanation.solution:
        about.insert(0, f"The reference solution is {explanation.solution}.")
    yield from _rows("Also", tuple(text for text in about if text))
    if is_seen_alike(explanation):
        yield Row(label="Seen", texts=(explanation.checks[0].seen,))
    if explanation.unshown:
        more = "More points are decided by checks that are not shown."
        yield Row(label="Not shown", texts=(more,))


def is_seen_alike(explanation: Explanation) -> bool:
    """Whether students see equally much of all checks, so that it is said once."""
    return len({check.seen for check in explanation.checks}) == 1


def rows_of_check(check: ExplainedCheck, *, says_seen: bool) -> Iterator[Row]:
    """What is said of a check. ``says_seen``: also how much students see of it."""
    for number, way in enumerate(check.ways, start=1):
        if len(check.ways) > 1:
            yield Row(label=f"Way {number}", texts=(f"One of {len(check.ways)}, of which any is enough.",))
        yield from _rows_of_way(way)
    if check.needs:
        needs = " and ".join(f"`{need}`" for need in check.needs)
        yield Row(label="Needs", texts=(f"{needs} to pass first; else it is skipped.",))
    if check.partial:
        yield Row(label="Partly", texts=("A share of the inputs or lines that are right gives a share of the points.",))
    yield from _rows("Hint", (check.hint,) if check.hint else ())
    yield from (Row(label="Mistake", texts=_mistake(mistake)) for mistake in check.mistakes)
    for remark in check.remarks:
        yield Row(label="Remark", texts=(f"If it passed, and {remark.when.words}:", f"“{remark.say.strip()}”"))
    if says_seen:
        yield Row(label="Seen", texts=(check.seen,))


def worth(number: float) -> str:
    """Points with their unit."""
    return f"{points(number)} {'point' if number == 1 else 'points'}"


def counted(explanation: Explanation) -> str:
    """How many checks there are, and what they are worth together."""
    return f"{count(len(explanation.checks), 'check')}, {worth(explanation.points)}"


def _rows_of_way(way: ExplainedWay) -> Iterator[Row]:
    yield Row(label=way.kind.capitalize(), texts=(way.looks_at,))
    yield from _rows("Counts if", tuple(line.words for line in way.counts))
    yield from _rows("Must hold", tuple(line.words for line in way.must_hold))
    yield from _rows("Inputs", way.inputs)
    yield from _rows("Where", tuple(f"{term.name}: {term.about}" for term in way.terms))
    yield from _rows("Note", way.remarks)


def _rows(label: str, texts: tuple[str, ...]) -> Iterator[Row]:
    if texts:
        yield Row(label=label, texts=texts)


def _mistake(mistake: ExplainedMistake) -> tuple[str, ...]:
    given = f"{worth(mistake.points)} all the same" if mistake.points else "no points"
    texts = [f"If {mistake.when.words}, {given}:", f"“{mistake.say.strip()}”"]
    if mistake.hint:
        texts.append(f"Its own hint: {as_sentence(mistake.hint.strip())}")
    elif mistake.hint is not None:
        texts.append("Without a hint.")
    return tuple(texts)
