"""Checks that nothing fails, and hints, mistakes and remarks that nothing shows, are found with their lines."""

from __future__ import annotations

from pathlib import Path

from grader.model import Finding
from grader.workbench.grade_file import GradedCheck, GradedExercise, GradedFile
from grader.workbench.mutants.tried import TriedMutant, TryMutant
from grader.workbench.proofs.known_submissions import KnownSubmissions
from grader.workbench.proofs.shown import Shown
from grader.workbench.work import Work
from tests.workbench.proofs.samples import check, findings, graded, loaded, works
from tests.workbench.small_course import change

HINT = "Which function do you differentiate?"
MISTAKE = "gradient == leaf"
SAYS = "That is the leaf itself."


def found(small: Path, *checks: GradedCheck, mutant: TriedMutant | None = None) -> list[Finding]:
    course = loaded(small)
    (known,) = works(Shown, course)
    results: dict[object, object] = {known: graded(*checks)}
    if mutant is not None:
        results[TryMutant(exercise="cube", text="", wanted=())] = mutant
    return findings(Shown, course, results)


def test_a_check_that_nothing_fails(small: Path) -> None:
    first, second = found(small, check("passed"))
    assert (first.path, first.line) == (small / "exercises" / "cube.yaml", 5)
    assert first.text.startswith("`slope` is failed by no known submission, so nothing shows that it can fail.")
    assert second.text.startswith(f'The mistake "{SAYS}" of `slope` is shown by no known submission.')
    assert (second.path, second.line) == (small / "rubrics" / "cube.yaml", 7)


def test_without_mutants_it_is_a_note_and_no_figure_since_a_mutant_may_show_it(small: Path) -> None:
    course = loaded(small)
    (known,) = works(Shown, course)
    results: dict[Work, object] = {known: graded(check("passed"))}
    (without,) = Shown().conclude(course, course.select(["cube"]), results)
    assert ({finding.severity for finding in without.findings}, without.figures) == ({"note"}, {})
    results[TryMutant(exercise="cube", text="", wanted=())] = TriedMutant(caught=False)
    (full,) = Shown().conclude(course, course.select(["cube"]), results)
    assert {finding.severity for finding in full.findings} == {"warning"}
    assert full.figures == {"things": 3, "shown": 1}


def test_where_the_reference_does_not_pass_nothing_is_said(small: Path) -> None:
    course = loaded(small)
    (known,) = works(Shown, course)
    broken = GradedExercise(
        id="cube", status="error", score=0, max_score=2, message="", checks=(check("error"),), broken="It stops."
    )
    results: dict[Work, object] = {known: GradedFile(exercises=(broken,))}
    (result,) = Shown().conclude(course, course.select(["cube"]), results)
    assert (result.findings, result.cell) == ((), "–")
    (of_known,) = KnownSubmissions().conclude(course, course.select(["cube"]), results)
    assert (of_known.cell, [finding.severity for finding in of_known.findings]) == ("–", ["note"])


def test_what_a_mutant_shows_is_shown(small: Path) -> None:
    mutant = TriedMutant(caught=True, caught_by=("slope",), mistakes=(("slope", SAYS),))
    assert found(small, check("passed"), mutant=mutant) == []


def test_a_mistake_that_nothing_makes(small: Path) -> None:
    (finding,) = found(small, check("failed", hint=HINT))
    assert finding.text.startswith(f'The mistake "{SAYS}" of `slope` is shown by no known submission.')
    assert found(small, check("failed", hint=HINT, rules=(MISTAKE,))) == []


def test_a_hint_that_named_mistakes_hide(small: Path) -> None:
    (finding,) = found(small, check("failed", hint="Another one.", rules=(MISTAKE,)))
    assert (finding.path, finding.line) == (small / "rubrics" / "cube.yaml", 5)
    assert finding.text.startswith("The hint of `slope` is shown by no known submission")


def test_a_mutant_without_a_named_mistake_shows_the_hint(small: Path) -> None:
    other = check("failed", hint="Another one.", rules=(MISTAKE,))
    assert found(small, other, mutant=TriedMutant(caught=True, caught_by=("slope",))) == []
    named = TriedMutant(caught=True, caught_by=("slope",), mistakes=(("slope", SAYS),))
    (finding,) = found(small, other, mutant=named)
    assert finding.text.startswith("The hint of `slope` is shown by no known submission and no mutant")


def test_a_mistake_behind_an_earlier_one_that_always_applies(small: Path) -> None:
    rubric = small / "rubrics" / "cube.yaml"
    first = '      - {when: "gradient == leaf or gradient == 2 * leaf", say: "That is a multiple."}\n'
    change(rubric, "    mistakes:\n", f"    mistakes:\n{first}")
    held = ("gradient == leaf or gradient == 2 * leaf", MISTAKE)
    (finding,) = found(small, check("failed", hint=HINT, rules=held))
    assert finding.line == 8
    assert f'The mistake "{SAYS}" of `slope` is said of no known submission:' in finding.text
    assert "one above it in line 7 holds as well" in finding.text


def test_a_remark_that_nothing_shows(small: Path) -> None:
    rubric = small / "rubrics" / "cube.yaml"
    rubric.write_text(rubric.read_text() + '    remarks:\n      - {when: "any(leaf == 0)", say: "At 0 all is flat."}\n')
    wrong = check("failed", hint=HINT, rules=(MISTAKE,))
    (finding,) = found(small, wrong)
    assert (finding.line, finding.text[:26]) == (9, 'The remark "At 0 all is fl')
