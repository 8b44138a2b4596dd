"""Which other exercises known submissions count as attempts at, compared with what ``besides`` says of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.course.known_submissions import Expected, KnownSubmission
from grader.model import AttemptElsewhere, ProofResult, Validation
from grader.workbench import pool as pools
from grader.workbench.lane import Done
from grader.workbench.proofs.cross_talk import findings_of
from grader.workbench.proofs.found_attempts import FindAttempt, FindAttempts, FoundAttempts
from grader.workbench.work import Work, encode_result, joined
from tests.workbench.test_pool import course, open_pool  # noqa: F401  # a fixture

ITEM: Any = SimpleNamespace(exercise=SimpleNamespace(id="own", attempt="found"))
EXERCISES = ("own", "b", "c")


def known(*besides: str, status: str = "failed") -> KnownSubmission:
    expected = Expected.model_validate({"about": "A.", "verdicts": {"slope": status}, "besides": besides})
    return KnownSubmission(path=Path("k.py"), expected=expected, said_in=Path("v.yaml"), lines={(): 3, ("besides",): 5})


def test_what_is_declared_is_no_finding() -> None:
    assert not list(findings_of(ITEM, known("b"), ["own", "b"], EXERCISES))


def test_what_is_not_declared_is_shown_with_the_line_that_would_declare_it() -> None:
    (finding,) = findings_of(ITEM, known("b"), ["own", "b", "c"], EXERCISES)
    assert (finding.severity, finding.path, finding.line) == ("warning", Path("v.yaml"), 3)
    assert finding.text.startswith("k.py also counts as an attempt at `c`,")
    assert finding.detail == "k.py:\n  besides: [b, c]"


def test_what_is_declared_and_not_so_is_an_error_at_its_line() -> None:
    assert not list(findings_of(ITEM, known("gone"), ["own"], EXERCISES))  # a mistake in the file, told as such
    (finding,) = findings_of(ITEM, known("b"), ["own"], EXERCISES)
    assert (finding.severity, finding.line) == ("error", 5)
    assert "`b`" in finding.text


def test_a_right_answer_that_is_not_seen_is_worth_knowing() -> None:
    (finding,) = findings_of(ITEM, known(status="passed"), [], EXERCISES)
    assert finding.severity == "note"
    assert not list(findings_of(ITEM, known(), [], EXERCISES))


def test_one_run_finds_the_attempts_at_all_exercises() -> None:
    works = [FindAttempt(path=Path(name), exercise=exercise) for name in ("a.py", "b.py") for exercise in ("x", "y")]
    runs = dict(joined(works))
    assert list(runs) == [FindAttempts(path=Path(name), exercises=("x", "y")) for name in ("a.py", "b.py")]
    result = FoundAttempts(exercises=("y",))
    assert [work.part_of(result).exercises for work in works[:2]] == [(), ("y",)]


def test_only_what_is_not_kept_shares_a_run(
    course: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Work] = []

    class Answers:
        has_answered = True

        def do(self, work: Work) -> Done:
            asked.append(work)
            return Done(text=encode_result(work, FoundAttempts(exercises=("x",))), seconds=1.0)

        def kill(self) -> None:
            pass

        close = kill

    monkeypatch.setattr(pools, "Lane", lambda *_: Answers())
    works = [FindAttempt(path=path, exercise="x") for path in (course.exercises[0].solution,)]
    for number in range(2):
        with open_pool(course, tmp_path) as pool:
            results = pool.do(works)
            assert results == {works[0]: FoundAttempts(exercises=("x",))}
            assert pool.kept == number
    assert asked == works


def test_the_matrix_has_a_line_for_each_pair_of_exercises() -> None:
    elsewhere = (
        AttemptElsewhere(file="k.py", exercises=("b", "c")),
        AttemptElsewhere(file="l.py", exercises=("c",)),
    )
    validation = Validation(
        version="1",
        course="c",
        exercises=(),
        proofs=(),
        results=(ProofResult(proof="cross-talk", exercise="own", elsewhere=elsewhere),),
        seconds=0.0,
        works=0,
        kept=0,
    )
    assert list(validation.cross_talk()) == [("own", "b", ("k.py",)), ("own", "c", ("k.py", "l.py"))]
