"""``pytest --grade-validate`` makes a test of each proof and of each known submission of a course.

The validation is made by hand in most tests, in the place of one that runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SandboxError
from grader.model import Finding, ProofResult, Validation
from grader.pytest_plugin import validations
from grader.pytest_plugin.session import MARKER  # also so that pytester, which forgets new modules, keeps these
from grader.workbench.proofs import PROOFS
from grader.workbench.validate import Asked
from tests.workbench.templates.small_course import write_small_course

pytest_plugins = ["pytester"]

VERDICTS = "wrong.py:\n  about: Wrong.\n  verdicts: {gradient: failed}\n"


class Proven:
    """Runs of pytest in which the results are given."""

    def __init__(self, pytester: pytest.Pytester, patch: pytest.MonkeyPatch) -> None:
        self._pytester = pytester
        self._patch = patch
        self.asked: list[Asked] = []
        self.course = write_small_course(pytester.path / "cs101")
        known = self.course / "solutions" / "mistakes" / "slope"
        known.mkdir(parents=True)
        (known / "wrong.py").write_text("x = 1\n")
        (known / "verdicts.yaml").write_text(VERDICTS)

    def run(self, results: Sequence[ProofResult] | Exception, *arguments: str) -> pytest.RunResult:
        def given(_: Any, asked: Asked, **__: Any) -> Validation:
            self.asked.append(asked)
            if isinstance(results, Exception):
                raise results
            return Validation(
                version="1", course="cs101", exercises=(), proofs=(), results=tuple(results), seconds=0, works=0, kept=0
            )

        self._patch.setattr(validations, "validate", given)
        return self.pytest(*arguments)

    def pytest(self, *arguments: str) -> pytest.RunResult:
        command = ("-p", "grader.pytest_plugin", "-p", "no:cacheprovider", "--grade-validate", "cs101", *arguments)
        return self._pytester.runpytest_inprocess(*command)


@pytest.fixture
def proven(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Proven:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Proven(pytester, monkeypatch)


def of(proof: str, *findings: Finding, exercise: str = "slope") -> ProofResult:
    return ProofResult(proof=proof, exercise=exercise, findings=findings)


def error(text: str, **rest: Any) -> Finding:
    return Finding(severity="error", text=text, **rest)


def test_each_proof_and_each_known_submission_is_a_test(proven: Proven) -> None:
    done = proven.run([], "--collect-only", "-q", "-k", "slope")
    names = [line for line in done.outlines if line.startswith("cs101::")]
    assert names[:4] == [
        "cs101::slope::files",
        "cs101::slope::references",
        "cs101::slope::known-submissions/wrong.py",
        "cs101::slope::known-submissions",
    ]
    assert "cs101::slope::mutants" in names
    assert proven.asked == []


def test_a_finding_fails_its_test_with_the_words_of_the_validation(proven: Proven) -> None:
    wrong = error(
        "wrong.py: `gradient` is passed, and must be failed.",
        path=Path("cs101/verdicts.yaml"),
        line=3,
        detail="It says: ok",
    )
    others = [of(proof.NAME) for proof in PROOFS if proof.NAME != "known submissions"]
    done = proven.run([of("known submissions", wrong), *others], "-k", "slope and not files")
    done.assert_outcomes(passed=done.parseoutcomes()["passed"], failed=1)
    done.stdout.fnmatch_lines(
        [
            "*cs101 slope known-submissions/wrong.py*",
            "cs101/verdicts.yaml:3: wrong.py: `gradient` is passed, and must be failed.",
            "It says: ok",
            "FAILED cs101::slope::known-submissions/wrong.py - wrong.py: `gradient` is*",
        ]
    )
    (asked,) = proven.asked
    assert asked.exercises == ("slope",)


def test_a_surviving_mutant_is_a_warning(proven: Proven) -> None:
    survivor = Finding(severity="warning", text="The mutant `drop-detach` gets full marks.", detail="-a\n+b")
    done = proven.run([of("mutants", survivor)], "-k", "slope and mutants", "-W", "default")
    done.assert_outcomes(passed=1, warnings=done.parseoutcomes()["warnings"])
    done.stdout.fnmatch_lines(["*The mutant `drop-detach` gets full marks.", "*-a", "*+b"])
    assert [proof.NAME for proof in proven.asked[0].proofs] == ["mutants"]
    done = proven.run(
        [of("mutants", survivor)],
        "-k",
        "slope and mutants",
        "-W",
        "error::grader.pytest_plugin.proof_tests.ProofWarning",
    )
    done.assert_outcomes(failed=1)
    assert "Traceback" not in done.stdout.str()


def test_what_could_not_be_tried_is_skipped(proven: Proven) -> None:
    note = Finding(severity="note", text="wrong.py could not be judged, because the reference does not pass.")
    done = proven.run([of("known submissions", note)], "-rs", "-k", "slope and (wrong or mutants)")
    done.assert_outcomes(skipped=2)
    done.stdout.fnmatch_lines_random(["*wrong.py could not be judged*", "*Nothing of it could be tried.*"])


def test_a_fault_of_the_grader_is_an_error(proven: Proven) -> None:
    done = proven.run(SandboxError("No worker."), "-k", "slope and references")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["No worker."])


def test_mistakes_in_files_are_found_without_a_run(proven: Proven) -> None:
    (proven.course / "rubrics" / "slope.yaml").write_text("exercise: slope\nchecks:\n  gradients: {points: 2}\n")
    done = proven.pytest("-k", "files", "-q")
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines(["*rubrics/slope.yaml:3: *gradients*"])


def test_the_marker_chooses_them(proven: Proven) -> None:
    done = proven.run([], "--collect-only", "-q", "-m", f"not {MARKER}")
    assert not [line for line in done.outlines if line.startswith("cs101::")]
