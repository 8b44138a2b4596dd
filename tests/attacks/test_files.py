"""Files that no editor could save: graded as any other, or refused with one sentence, in seconds and little memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from grader.classroom.intake import read_class
from grader.course.course import load_course
from grader.errors import SubmissionError
from grader.handin import CompanionFinder, code_of
from grader.model import Outcome
from grader.submission import read as read_content
from tests.attacks.attack import HONEST, Arena, modules
from tests.attacks.built import SECRET
from tests.attacks.reading import read

READS_S = 12.0
"""Seconds of a processor until a file is read, or refused; a few where nothing else runs."""
RUNS_S = 5.0
"""How long it may run; a module whose file runs to the limit sets a shorter one."""
ENDS_S = 30.0
"""And until it is graded, after that."""
PEAK_MB = 1200
LONGEST = 600

FILES = {name: module for name, module in modules().items() if name.startswith("files/")}


OF_A_KIND = {
    "files/deep_blocks": "files/deep_code",
    "files/deep_code_in_magics": "files/deep_code",
    "files/million_cells_of_an_old_format": "files/million_worksheets",
}
"""Files that only `make test-all` tries, by those of the same kind that `make test` tries."""


def of(what: str) -> pytest.MarkDecorator:
    """The modules that build one thing: a hand-in, a class, a course."""
    those = {name: module for name, module in FILES.items() if getattr(module, "WHAT", "hand-in") == what}
    marks = {name: [pytest.mark.exhaustive] * (name in OF_A_KIND) for name in those}
    cases = [pytest.param(module, id=name, marks=marks[name]) for name, module in those.items()]
    return pytest.mark.parametrize("module", cases)


def test_each_says_what_is_expected() -> None:
    assert {*OF_A_KIND, *OF_A_KIND.values()} <= FILES.keys()
    for name, module in FILES.items():
        assert module.__doc__, name
        if getattr(module, "WHAT", "hand-in") == "hand-in":
            assert hasattr(module, "ENDS") != hasattr(module, "SAYS"), name


@of("hand-in")
def test_a_hand_in(module: ModuleType, tmp_path: Path, arena: Callable[[str], Arena]) -> None:
    path = module.make(tmp_path)
    reading = read(path, READS_S)
    assert reading.peak_mb < PEAK_MB
    if hasattr(module, "SAYS"):
        assert reading.refused is not None
        assert module.SAYS in reading.refused
        assert len(reading.refused) < LONGEST + len(str(path))
        return
    assert reading.refused is None
    assert reading.submission is not None
    here = arena("strict")
    limit_s = getattr(module, "RUNS_S", RUNS_S)
    result = here.grade_submission(reading.submission, limit_s=limit_s)
    if result.report.run.outcome is Outcome.TIMEOUT and "timeout" not in module.ENDS:
        # The machine is busy: what should have come to its end gets the time for it.
        result = here.grade_submission(reading.submission, limit_s=5 * limit_s)
    run = result.report.run
    assert run.outcome in module.ENDS, (run.outcome, run.detail, run.errors[:3])
    assert reading.took_s + result.late_s < ENDS_S
    score = getattr(module, "SCORE", 2)
    assert score is None or result.score("warm-up") == score
    assert SECRET not in result.said
    assert here.grade("honest", HONEST).score("warm-up") == 2


@of("class")
def test_a_class(module: ModuleType, tmp_path: Path) -> None:
    """What is honest of it is read, what is not is named, and nobody gets what somebody else handed in."""
    path = module.make(tmp_path)
    before = {each: each.lstat().st_mtime_ns for each in tmp_path.parent.rglob("*")}
    began = time.process_time()
    if hasattr(module, "REFUSED"):
        with pytest.raises(SubmissionError) as caught:
            read_class(path)
        assert module.REFUSED in str(caught.value)
        assert time.process_time() - began < READS_S
        return
    broken, honest = set(), set()
    with read_class(path) as intake:
        for handin in intake.handins:
            for file in handin.files:
                try:
                    content = file.read()
                except SubmissionError:
                    broken.add(handin.students[0].name)
                    continue
                read_content(content, file.name)
                honest.add(handin.students[0].name)
                around = CompanionFinder(handin).of(file, partial(code_of, content, file.name))
                theirs = (content, *(other for _, other in around.files))
                assert not any(SECRET.encode() in each for each in theirs) or handin.students[0].name == "ada"
        notices = " ".join(intake.notices)
        assert getattr(module, "SAYS", "") in notices
        assert len(intake.handins) == len(getattr(module, "NAMES", intake.handins))
    assert broken == set(getattr(module, "BROKEN", ()))
    assert honest
    assert time.process_time() - began < READS_S
    assert {each: each.lstat().st_mtime_ns for each in tmp_path.parent.rglob("*")} == before


@of("course")
def test_a_course(module: ModuleType, tmp_path: Path) -> None:
    """Every one of its files is named, with what is wrong with it."""
    path = module.make(tmp_path)
    began = time.process_time()
    said = "\n".join(map(str, (mistake for item in load_course(path).exercises for mistake in item.mistakes)))
    assert time.process_time() - began < READS_S
    for name in module.BOMBS:
        assert f"{name}.yaml" in said, name
    assert max(map(len, said.splitlines())) < LONGEST
