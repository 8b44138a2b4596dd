"""Answers in words are seen wherever they stand, and nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import Course
from grader.judging.attempt_signals import find_attempt_signals
from grader.judging.context import Subject
from grader.judging.observed import Observed
from grader.judging.sections import find_sections
from grader.judging.words.written_answers import written_words
from grader.marking.attempt import Attempt, find_attempt
from grader.model import JudgedExercise, Observation, Outcome, Verdict
from grader.submission import load
from tests.helpers.builtin import loaded_course
from tests.judging.answers_in_words import ANSWERS, NOT_ANSWERED, Sample

NOTHING_SEEN = Observation(events=(), outcome=Outcome.COMPLETED)


@pytest.fixture(scope="module")
def course() -> Course:
    return loaded_course()


def answered(course: Course, sample: Sample, folder: Path, *, named: tuple[str, ...] = ()) -> dict[str, str]:
    """The words of each exercise that is answered in words and not in code, where no check found anything."""
    path = folder / sample.file
    path.write_text(sample.content, encoding="utf-8")
    submission = load(str(path))
    items = course.select(named)
    asked = len(items) == 1
    names = [item.exercise.names for item in items]
    others = [item.exercise.names for item in course.exercises if item not in items]
    found = {}
    for identity, section in find_sections(submission, names, others=others, asked=asked).items():
        item = next(item for item in items if item.exercise.id == identity)
        subject = Subject(
            observed=Observed(NOTHING_SEEN), submission=submission, section=section, handout=course.handout
        )
        verdicts = tuple(Verdict(check=check.id, status="failed", message="") for check in item.exercise.checks)
        judged = JudgedExercise(exercise=identity, verdicts=verdicts, signals=find_attempt_signals(subject, verdicts))
        attempt = find_attempt(item.exercise, item.rubric, judged, explicit=bool(named))
        if attempt is not Attempt.NONE:
            found[identity] = written_words(subject.passages, anywhere=False)[0] if attempt is Attempt.WORDS else ""
    return found


@pytest.mark.parametrize("sample", ANSWERS, ids=lambda sample: sample.name)
def test_an_answer_in_words_is_seen_with_its_passage(course: Course, sample: Sample, tmp_path: Path) -> None:
    found = answered(course, sample, tmp_path)
    assert found.keys() == sample.answers.keys()
    for exercise, words in sample.answers.items():
        assert words in found[exercise]


@pytest.mark.parametrize("sample", ANSWERS, ids=lambda sample: sample.name)
def test_it_is_seen_also_where_one_exercise_is_asked_for(course: Course, sample: Sample, tmp_path: Path) -> None:
    for exercise, words in sample.answers.items():
        assert words in answered(course, sample, tmp_path, named=(exercise,))[exercise]


@pytest.mark.parametrize("sample", NOT_ANSWERED, ids=lambda sample: sample.name)
def test_where_nothing_is_answered_nothing_is_seen(course: Course, sample: Sample, tmp_path: Path) -> None:
    assert answered(course, sample, tmp_path) == {}


def test_words_about_another_exercise_are_not_those_of_the_one_that_is_asked_for(
    course: Course, tmp_path: Path
) -> None:
    text = "What happens if you call backward twice on the same result?\n\nIt fails, for the graph was freed by then.\n"
    sample = Sample(name="another", file="homework.md", content=text, answers={})
    assert answered(course, sample, tmp_path, named=("double-backward",)).keys() == {"double-backward"}
    assert answered(course, sample, tmp_path, named=("second-derivative",)) == {}
