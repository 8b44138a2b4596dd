"""Where the check ``answer`` looks for an answer: in the exercise's section, or where no section says otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.judging.checks.answer import AnswerCheck
from grader.judging.context import Context, Subject
from grader.judging.observed import Observed
from grader.judging.sections import find_sections
from grader.judging.sections.names import ExerciseNames
from grader.model import Observation, Outcome, Probes, Verdict
from grader.submission import load
from grader.submission.fingerprints import Handout
from tests.helpers.submission_files import code, markdown, notebook

MODES = ExerciseNames(id="modes", title="Two directions")
LOOPS = ExerciseNames(id="loops", title="Loops and branches")
KEYWORDS = AnswerCheck(id="why", title="Why", kind="answer", keywords=(("backward",), ("stor",)))
CHOICES = AnswerCheck(id="which", title="Which", kind="answer", choose={"M1": "b", "M2": "a"})
STORED = "The backward pass needs all that was stored."
CHOSEN = "M1: b\n\nM2: a"


def judged(check: AnswerCheck, folder: Path, *cells: Any, asked: bool = False) -> Verdict:
    path = folder / "work.ipynb"
    path.write_text(json.dumps(notebook(*cells)), encoding="utf-8")
    submission = load(str(path))
    exercises, others = ((MODES,), (LOOPS,)) if asked else ((MODES, LOOPS), ())
    section = find_sections(submission, exercises, others=others, asked=asked)["modes"]
    observed = Observed(Observation(events=(), outcome=Outcome.COMPLETED))
    subject = Subject(observed=observed, submission=submission, section=section, handout=Handout())
    context = Context(exercise="modes", probes=Probes(), subject=subject, reference=None, earlier={}, changes=None)
    return check.judge(context)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("M1: c\n\nM2: a", "1 of 2 choices are right."),
        ("M1: b\n\nM2 a", "1 of 2 choices are right. No choice was found for M2; write `M2: …` on a line of its own."),
        ("M1: a or b\n\nM2: a", "1 of 2 choices are right. M1: `a or b` is no choice; write a single letter."),
    ],
)
def test_choices_that_could_not_be_read_are_named(answer: str, message: str, tmp_path: Path) -> None:
    assert judged(CHOICES, tmp_path, markdown(f"# Two directions\n\n{answer}")).message == message


def test_a_single_choice_that_is_wrong_is_named(tmp_path: Path) -> None:
    single = AnswerCheck(id="which", title="Which", kind="answer", choose={"M1": "b"})
    assert judged(single, tmp_path, markdown("# Two directions\n\nM1: c")).message == "M1: `c` is not right."


def test_a_doubt_is_told_to_the_person_who_reads_it(tmp_path: Path) -> None:
    check = KEYWORDS.model_copy(update={"doubts": ("pass … nothing",)})
    verdict = judged(check, tmp_path, markdown("# Two directions\n\nThe backward pass stores nothing at all."))
    assert verdict.message == 'A person has to read this answer, because it says "pass … nothing".'


@pytest.mark.parametrize(("check", "answer"), [(KEYWORDS, STORED), (CHOICES, CHOSEN)])
class TestWhereItLooks:
    def test_its_own_section_passes_and_proves(self, check: AnswerCheck, answer: str, tmp_path: Path) -> None:
        verdict = judged(check, tmp_path, markdown(f"# Two directions\n\n{answer}"))
        assert (verdict.status, verdict.evidence) == ("passed", True)

    def test_another_section_does_neither(self, check: AnswerCheck, answer: str, tmp_path: Path) -> None:
        verdict = judged(check, tmp_path, markdown(f"# Loops and branches\n\n{answer}"))
        assert (verdict.status, verdict.evidence) == ("manual", False)

    def test_an_empty_section_gets_nothing_from_another(self, check: AnswerCheck, answer: str, tmp_path: Path) -> None:
        cells = markdown("# Two directions"), code("x = 1"), markdown(f"# Loops and branches\n\n{answer}")
        assert judged(check, tmp_path, *cells).status == "manual"

    def test_the_whole_file_is_searched_for_the_exercise_that_is_asked_for(
        self, check: AnswerCheck, answer: str, tmp_path: Path
    ) -> None:
        verdict = judged(check, tmp_path, markdown(answer), asked=True)
        assert (verdict.status, verdict.evidence) == ("passed", True)

    def test_a_file_without_sections_is_searched(self, check: AnswerCheck, answer: str, tmp_path: Path) -> None:
        assert judged(check, tmp_path, markdown(answer)).status == "passed"


def test_keywords_in_a_file_without_sections_prove_nothing_and_choices_do(tmp_path: Path) -> None:
    assert not judged(KEYWORDS, tmp_path, markdown(STORED)).evidence
    assert judged(CHOICES, tmp_path, markdown(CHOSEN)).evidence


@pytest.mark.parametrize(("check", "answer", "status"), [(KEYWORDS, STORED, "manual"), (CHOICES, CHOSEN, "passed")])
def test_beside_the_sections_of_others_only_choices_count(
    check: AnswerCheck, answer: str, status: str, tmp_path: Path
) -> None:
    cells = markdown(answer), markdown("# Loops and branches\n\nThe slope is that of the branch.")
    assert judged(check, tmp_path, *cells).status == status


def test_choices_in_the_code_of_another_section_do_not_count(tmp_path: Path) -> None:
    answer = code("M1 = 'b'\nprint('M2: a')")
    assert judged(CHOICES, tmp_path, markdown("# Loops and branches"), answer).status == "manual"
    assert judged(CHOICES, tmp_path, markdown("# Two directions"), answer).status == "passed"
