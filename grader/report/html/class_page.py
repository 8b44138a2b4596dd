"""The page of a class: its students in a table that sorts and filters, the distribution of scores, the mistakes that
students share, and the item analysis. It is for staff, and names students.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.model import AskedExercise, ClassResults, Report, Student, Visibility
from grader.report import class_statistics
from grader.report.base import ClassPageFormat
from grader.report.class_parts import terms
from grader.report.class_statistics import SharedMistake
from grader.report.html.class_examples import Example, find_examples
from grader.report.html.class_students import HIDDEN_WORDS, STATES, student_table
from grader.report.html.page import render_page
from grader.report.html.pictures.histogram import count_scores, draw_histogram
from grader.report.item_analysis import LEAST_ANSWERS, LEAST_OF_EACH, WEAK, Item, distinct_handins, items
from grader.report.mistake_pairs import LEAST_MADE, LEAST_SEEN, WrongAnswer, mistake_pairs
from grader.report.person_names import shown_name
from grader.text import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeMistake:
    """A mistake that students share, with an example of it and who made it, if names are asked for."""

    exercise: str
    check: str
    sentence: str
    made: int
    attempted: int
    visibility: Visibility = "public"
    example: Example | None = None
    names: tuple[str, ...] = ()


def render(results: ClassResults, reports: Iterable[Report], *, names: bool) -> str:
    """The page. ``reports`` are only read for examples of mistakes. ``names``: say who made which mistake."""
    shared = class_statistics.shared_mistakes(results)
    named = [mistake for mistake in shared if mistake.sentence]
    examples = find_examples([_key(mistake) for mistake in named], reports)
    scores = [result.score for result in results.students if result.status == "graded"]
    visibilities = class_statistics.visibilities(results)
    bars = count_scores(scores, class_statistics.max_score(results))
    return render_page(
        "class.html",
        styles=("class.css",),
        script="class.js",
        results=results,
        exercises=[(clean_line(asked.number), clean_line(asked.title), asked) for asked in results.exercises],
        terms=tuple(terms(results)),
        notices=tuple(_notices(results)),
        states=STATES,
        table=student_table(results),
        totals=class_statistics.totals(results),
        most=class_statistics.max_score(results),
        histogram=draw_histogram(bars) if bars else "",
        mistakes=[_made(mistake, examples, visibilities, names=names) for mistake in named],
        failures=[_made(mistake, {}, visibilities, names=names) for mistake in shared if not mistake.sentence],
        analysed=items(results),
        handins=len(distinct_handins(results)),
        pairs=mistake_pairs(results),
        names=names,
        visibility_of=lambda exercise, check: visibilities.get((exercise.id, check), "public"),
        hidden_words=HIDDEN_WORDS,
        item_note=item_note,
        wrong_answer=wrong_answer,
        least={"answers": LEAST_ANSWERS, "each": LEAST_OF_EACH, "seen": LEAST_SEEN, "made": LEAST_MADE, "weak": WEAK},
    )


def item_note(item: Item) -> str:
    """What to make of an item's numbers; empty where there is nothing to say."""
    if item.discrimination is None:
        return ""
    if item.discrimination.is_negative:
        return "Who does well elsewhere misses it: look at the check, and at what the exercise says."
    if item.discrimination.is_weak:
        return "It hardly tells strong hand-ins from weak ones."
    return ""


def wrong_answer(answer: WrongAnswer) -> str:
    """The rubric's sentence, or which check failed."""
    return clean_line(answer.sentence or f"{answer.title}: failed")


def _key(mistake: SharedMistake) -> tuple[str, str, str]:
    return mistake.exercise.id, mistake.check_id, mistake.sentence


def _made(
    mistake: SharedMistake,
    examples: Mapping[tuple[str, str, str], Example],
    visibilities: Mapping[tuple[str, str], Visibility],
    *,
    names: bool,
) -> MadeMistake:
    return MadeMistake(
        exercise=_title(mistake.exercise),
        check=clean_line(mistake.check),
        sentence=clean_line(mistake.sentence),
        made=len(mistake.students),
        attempted=mistake.attempted,
        visibility=visibilities.get((mistake.exercise.id, mistake.check_id), "public"),
        example=examples.get(_key(mistake)),
        names=_names(mistake.students) if names else (),
    )


def _title(asked: AskedExercise) -> str:
    return clean_line(f"{asked.number}. {asked.title}" if asked.number else asked.title)


def _names(students: Sequence[Student]) -> tuple[str, ...]:
    return tuple(shown_name(student.name) for student in students)


def _notices(results: ClassResults) -> Iterator[str]:
    """What an instructor should know of the totals."""
    provisional = [result for result in results.students if result.status == "graded" and not result.complete]
    if provisional:
        yield f"{len(provisional)} provisional: {class_statistics.why_provisional(provisional)}."
    for asked in results.exercises:
        if asked.ungraded:
            yield f"{clean_line(asked.id)} is in no total. {clean_line(asked.ungraded)}"
    yield from class_statistics.beside_notices(results)
    yield from class_statistics.lateness_notices(results)
    yield from class_statistics.changed_mark_notices(results)


FORMAT = ClassPageFormat(name="html", render=render)
