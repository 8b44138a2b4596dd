"""A validation says all that is wrong with a course at once, with file and line, and proves the rest."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.course.course import Course, CourseExercise
from grader.errors import UsageError
from grader.model import Finding, Validation
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.report.validation.words import place_of
from grader.sandbox.sandbox import Sandbox
from grader.workbench import pool as pools
from grader.workbench.grade_file import GradeFile
from grader.workbench.kept import Kept
from grader.workbench.lane import LaneEnded
from grader.workbench.proof import Proof
from grader.workbench.proofs import PROOFS
from grader.workbench.proofs.known_submissions import KnownSubmissions
from grader.workbench.proofs.points import Points
from grader.workbench.proofs.references import References
from grader.workbench.validate import RECORDED, UNREAD, Asked, validate
from grader.workbench.work import Work
from tests.helpers.bench_lane import starter
from tests.workbench.small_course import change

ALL = (References, KnownSubmissions, Points)
Validate = Callable[..., Validation]


@pytest.fixture
def done() -> list[Work]:
    """The works that were done, and not kept."""
    return []


@pytest.fixture
def prove(
    small: Path, sandbox: Sandbox, store: ReferenceStore, done: list[Work], monkeypatch: pytest.MonkeyPatch
) -> Validate:
    monkeypatch.setattr(pools, "Lane", starter(sandbox, store, done))

    def run(
        *ids: str, proofs: tuple[type[Proof], ...] = ALL, kept: Path | None = None, again: bool = False
    ) -> Validation:
        options = GradingOptions(course=small, skip_broken=True)
        return validate(options, Asked(exercises=ids, proofs=proofs), kept=Kept(kept), size=1, again=again)

    return run


def found(validation: Validation, *severities: str) -> list[tuple[str, str, str]]:
    """Place, proof and text of all findings of these severities."""
    return [
        (place_of(finding), result.proof, finding.text)
        for result in validation.results
        for finding in result.findings
        if finding.severity in (severities or ("error", "warning"))
    ]


def only(validation: Validation) -> Finding:
    (finding,) = (finding for result in validation.results for finding in result.findings if finding.severity != "note")
    return finding


def test_a_course_that_holds(prove: Validate, done: list[Work]) -> None:
    validation = prove()
    assert validation.holds
    assert found(validation) == []
    assert [exercise.id for exercise in validation.exercises] == ["cube", "square"]
    cells = {(result.proof, result.exercise): result.cell for result in validation.results if result.cell}
    assert cells == {
        (proof, exercise): cell
        for exercise in ("cube", "square")
        for proof, cell in (("references", "4/4"), ("known submissions", "1/1"), ("points", "2"))
    }
    assert {(work.seed, work.threads) for work in done if isinstance(work, GradeFile)} == {
        (0, 1),
        (1, 1),
        (2, 1),
        (0, 2),
    }
    assert (validation.works, validation.kept) == (10, 0)
    assert validation.exercises[0].seconds == 5 * 0.25


def test_all_mistakes_are_said_at_once_and_the_other_exercise_is_proven(small: Path, prove: Validate) -> None:
    change(small / "exercises/cube.yaml", "kind: backward", "kind: backwards")
    change(small / "rubrics/cube.yaml", "points: 2", "points: two")
    change(small / "solutions/mistakes/square/verdicts.yaml", "slope: failed", "slop: failed")
    validation = prove()
    assert validation.has_mistakes
    errors = found(validation, "error")
    assert [place for place, _, _ in errors] == [
        "exercises/cube.yaml:6",
        "rubrics/cube.yaml:4",
        "solutions/mistakes/square/verdicts.yaml:3",
        "solutions/mistakes/square/verdicts.yaml:3",
    ]
    assert {proof for _, proof, _ in errors} == {"files"}
    cube, square = validation.exercises
    assert (cube.unfinished, square.unfinished) == (True, False)
    assert validation.result("references", "cube") is None
    references = validation.result("references", "square")
    assert references is not None
    assert references.holds


def test_where_a_file_of_the_course_has_mistakes_nothing_is_run(small: Path, prove: Validate, done: list[Work]) -> None:
    (small / "course.yaml").write_text("defualt: hw1\n")
    change(small / "exercises/cube.yaml", "kind: backward", "kind: backwards")
    validation = prove()
    assert [place for place, _, _ in found(validation)] == ["course.yaml:1", "exercises/cube.yaml:6"]
    assert validation.notes == (UNREAD,)
    assert done == []


def test_mistakes_in_what_explains_mutants_are_said_where_the_exercise_has_others(small: Path, prove: Validate) -> None:
    change(small / "exercises/cube.yaml", "kind: backward", "kind: backwards")
    (small / "solutions/mistakes/cube/mutants.yaml").write_text('"drop-detach: *": [1]\n')
    places = [place for place, _, _ in found(prove("cube", proofs=(Points,)), "error")]
    assert places == ["exercises/cube.yaml:6", "solutions/mistakes/cube/mutants.yaml:1"]


def test_exercises_are_chosen_by_id(prove: Validate) -> None:
    assert [exercise.id for exercise in prove("square", proofs=(Points,)).exercises] == ["square"]
    with pytest.raises(UsageError, match="there is no exercise `sqare`"):
        prove("sqare", proofs=(Points,))


def test_only_what_changed_is_done_again(small: Path, prove: Validate, done: list[Work], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    first = prove(kept=kept)
    done.clear()
    again = prove(kept=kept)
    assert done == []
    assert (again.works, again.kept) == (10, 10)
    assert again.results == first.results
    assert again.exercises[0].seconds == 0
    change(small / "exercises/cube.yaml", "title: The cubes of numbers", "title: Cubes")
    prove(kept=kept)
    assert {work.about for work in done} == {"cube"}
    done.clear()
    prove("square", kept=kept, again=True)
    assert len(done) == 5


def test_a_run_that_fails_costs_its_own_exercise_and_proof_only(
    prove: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_always = GradeFile.do

    def fail(work: GradeFile, bench: object) -> object:
        if work.path.name == "cube.py" and work.seed == 1:
            raise LaneEnded("Killed")
        return as_always(work, bench)  # type: ignore[arg-type]

    monkeypatch.setattr(GradeFile, "do", fail)
    validation = prove()
    finding = only(validation)
    assert finding.text.startswith("This could not be proven: the grader failed in 1 run.")
    assert "Killed" in finding.detail
    assert [(result.proof, result.exercise) for result in validation.results if not result.holds] == [
        ("references", "cube")
    ]


@pytest.mark.parametrize("step", ["plan", "plan_more", "conclude"])
def test_a_proof_that_fails_itself_costs_its_own_exercise_and_proof_only(
    prove: Validate, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    as_always = getattr(Points, step)

    def fail(proof: Points, course: Course, chosen: Sequence[CourseExercise], *results: object) -> object:
        if chosen[0].exercise.id == "cube":
            raise ZeroDivisionError("no share of nothing")
        return as_always(proof, course, chosen, *results)

    monkeypatch.setattr(Points, step, fail)
    validation = prove(proofs=(KnownSubmissions, Points))
    finding = only(validation)
    assert finding.text.startswith("This could not be proven: the grader failed when it looked at the course or")
    assert finding.detail == "ZeroDivisionError: no share of nothing"
    assert validation.grader_failed
    assert [(result.proof, result.exercise) for result in validation.results if not result.holds] == [
        ("points", "cube")
    ]


def test_of_a_course_with_recordings_it_says_what_cannot_be_proven(
    small: Path, prove: Validate, done: list[Work]
) -> None:
    (small / "solutions").rename(small / "references")
    shutil.rmtree(small / "references" / "mistakes")  # neither an exported course nor a pack has them
    validation = prove(proofs=PROOFS)
    assert validation.notes == (RECORDED,)
    assert validation.holds
    assert {result.proof for result in validation.results} == {"files", "points"}
    assert done == []


class TestReferences:
    def test_one_that_does_not_pass_is_named_with_its_line(self, small: Path, prove: Validate) -> None:
        change(small / "solutions/cube.py", "(x**3).sum()", "(x**4).sum()")
        validation = prove("cube", proofs=(References,))
        finding = only(validation)
        assert finding.text == (
            "The reference solution does not pass its own exercise with the seed 0. Nor does it in 3 other runs."
        )
        assert finding.path == Path("solutions/cube.py")
        assert "the check `slope` fails" in finding.detail

    def test_one_that_fails_under_one_seed(self, small: Path, prove: Validate) -> None:
        file = small / "solutions/cube.py"
        file.write_text(file.read_text().replace("x**3", "x ** (4 if torch.initial_seed() == 2 else 3)"))
        assert only(prove("cube", proofs=(References,))).text == (
            "The reference solution does not pass its own exercise with the seed 2."
        )

    def test_one_that_does_something_else_each_time(self, small: Path, prove: Validate) -> None:
        change(small / "exercises/cube.yaml", "expect: {", "expect: {leaf: reference, ")
        change(small / "solutions/cube.py", "torch.rand(3", "torch.tensor([time.time() % 1, 2.0, 3.0]")
        change(small / "solutions/cube.py", "import torch", "import time\n\nimport torch")
        finding = next(
            finding
            for result in prove("cube", proofs=(References,)).results
            for finding in result.findings
            if "does not do the same again" in finding.text
        )
        assert "of two runs with the seed 0, the second does not pass by what the first did" in finding.text
        assert finding.detail.startswith("slope: failed.")

    def test_one_that_is_random_is_one_error_and_not_one_for_each_run(self, small: Path, prove: Validate) -> None:
        change(small / "exercises/cube.yaml", "expect: {", "expect: {leaf: reference, ")
        change(small / "solutions/cube.py", "torch.rand(3", "torch.tensor([*os.urandom(2), 1.0]")
        change(small / "solutions/cube.py", "import torch", "import os\n\nimport torch")
        (finding,) = (finding for result in prove("cube", proofs=(References,)).results for finding in result.findings)
        assert "does not do the same again: of two runs with the seed 0" in finding.text
        assert finding.text.endswith("It is so in 3 other runs.")

    def test_one_that_depends_on_the_number_of_threads(self, small: Path, prove: Validate) -> None:
        change(small / "solutions/cube.py", "x**3", "x ** (2 + torch.get_num_threads() + 0 * 3)".replace("0 * 3", "0"))
        finding = only(prove("cube", proofs=(References,)))
        assert "does not pass where torch computes with two threads" in finding.text


class TestKnownSubmissions:
    def test_what_differs_is_said_with_its_line(self, small: Path, prove: Validate) -> None:
        verdicts = small / "solutions/mistakes/cube/verdicts.yaml"
        change(verdicts, "slope: failed", "slope: passed")
        change(verdicts, "score: 0", "score: 2")
        change(verdicts, "says: Which function", "says: Which planet")
        validation = prove("cube", proofs=(KnownSubmissions,))
        name = "solutions/mistakes/cube/verdicts.yaml"
        assert found(validation, "error") == [
            (f"{name}:3", "known submissions", "another_function.py: `slope` is failed, and must be passed."),
            (f"{name}:4", "known submissions", "another_function.py: it gets 0 of 2 points, and must get 2."),
            (
                f"{name}:5",
                "known submissions",
                "another_function.py: no check says “Which planet”.",
            ),
        ]

    def test_what_it_must_say_may_be_a_remark(self, small: Path, prove: Validate) -> None:
        remarks = "    points: 2\n    remarks:\n      - {when: found, say: Well done.}\n"
        change(small / "rubrics/cube.yaml", "    points: 2\n", remarks)
        known = small / "solutions/mistakes/cube"
        (known / "right.py").write_text((small / "solutions/cube.py").read_text())
        with (known / "verdicts.yaml").open("a") as file:
            file.write("right.py: {about: Right., verdicts: {slope: passed}, says: Well done}\n")
        assert found(prove("cube", proofs=(KnownSubmissions,)), "error") == []
        change(known / "verdicts.yaml", "says: Well done", "says: Well made")
        assert "no check says “Well made”" in only(prove("cube", proofs=(KnownSubmissions,))).text

    def test_a_mistake_in_one_entry_does_not_keep_the_others_from_being_proven(
        self, small: Path, prove: Validate
    ) -> None:
        verdicts = small / "solutions/mistakes/cube/verdicts.yaml"
        verdicts.write_text(
            verdicts.read_text().replace("score: 0", "score: 2")
            + "missing.py: {about: A., verdicts: {slope: failed}}\nother.py: {about: B., verdicts: {slop: failed}}\n"
        )
        (verdicts.parent / "other.py").write_text("x = 1\n")
        validation = prove("cube", proofs=(KnownSubmissions,))
        assert {(proof, text.split(":")[0]) for _, proof, text in found(validation)} == {
            ("files", '["missing.py"]'),
            ("files", '["other.py"].verdicts'),
            ("files", '["other.py"].verdicts.slop'),
            ("known submissions", "another_function.py"),
        }

    def test_an_exercise_without_a_wrong_one_is_a_warning_that_says_how_to_make_one(
        self, small: Path, prove: Validate
    ) -> None:
        folder = small / "solutions/mistakes/cube"
        for file in folder.iterdir():
            file.unlink()
        validation = prove("cube", proofs=(KnownSubmissions,))
        assert validation.holds
        finding = only(validation)
        assert finding.severity == "warning"
        assert "solutions/mistakes/cube/wrong.py" in finding.text
        assert "{slope: failed}" in finding.detail

    def test_where_the_reference_does_not_pass_nothing_is_said_against_them(self, small: Path, prove: Validate) -> None:
        change(small / "solutions/cube.py", "(x**3).sum()", "(x**4).sum()")
        validation = prove("cube", proofs=(KnownSubmissions,))
        assert [finding.severity for result in validation.results for finding in result.findings] == ["note"]


class TestPoints:
    def test_an_exercise_that_is_worth_nothing(self, small: Path, prove: Validate) -> None:
        change(small / "rubrics/cube.yaml", "points: 2", "points: 0")
        assert found(prove("cube", proofs=(Points,)), "warning") == [
            (
                "rubrics/cube.yaml:2",
                "points",
                "No check of this exercise gives points, so that everybody has full marks. Give one of them points.",
            ),
            (
                "rubrics/cube.yaml:7",
                "points",
                "A share of the points of `slope` is given here, and the check has none.",
            ),
        ]

    def test_a_mistake_that_costs_nothing(self, small: Path, prove: Validate) -> None:
        change(small / "rubrics/cube.yaml", "credit: 0.5", "credit: 1")
        assert [text for _, _, text in found(prove("cube", proofs=(Points,)))] == [
            "A mistake of `slope` gets all points of the check (`credit: 1`)."
        ]

    def test_what_an_assignment_makes_of_the_points_and_who_sees_them(self, small: Path, prove: Validate) -> None:
        (small / "assignments").mkdir()
        (small / "assignments/hw1.yaml").write_text("id: hw1\ntitle: One\nexercises: [{exercise: cube, points: 6}]\n")
        change(small / "exercises/cube.yaml", "    kind: backward\n", "    kind: backward\n    visibility: hidden\n")
        assert [text for _, _, text in found(prove("cube", proofs=(Points,)), "note")] == [
            "Of 2 points there are 2 for checks that only staff sees.",
            "The assignment `hw1` makes 6 points of the 2 that the rubric gives, so each check is worth: slope 6.",
        ]
