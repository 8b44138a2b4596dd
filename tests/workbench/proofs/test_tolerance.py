"""Tolerances have room on both sides: above the noise of the reference, and below wrong answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.workbench.grade_file import GradedFile, Margin
from grader.workbench.proofs.tolerance import Tolerance, in_percent
from tests.workbench.proofs.samples import check, findings, graded, loaded, works

LINE = "gradient: 3 * leaf ** 2"


def results_for(small: Path, *, noise: float = 0.0, missed: float | None = None) -> dict[object, GradedFile]:
    *runs, known = works(Tolerance, loaded(small))
    right = graded(check("passed", nearest=Margin(line=LINE, share=0.0)))
    noisy = graded(check("passed", nearest=Margin(line=LINE, share=noise)))
    margin = None if missed is None else Margin(line=LINE, share=missed)
    wrong = graded(check("failed", missed=margin))
    return {**dict.fromkeys(runs, right), runs[-1]: noisy, known: wrong}


def test_room_on_both_sides(small: Path) -> None:
    assert findings(Tolerance, loaded(small), results_for(small, noise=0.05, missed=200)) == []
    assert findings(Tolerance, loaded(small), results_for(small, missed=None)) == []


@pytest.mark.parametrize(("noise", "severity"), [(0.2, "warning"), (0.5, "error"), (0.9, "error")])
def test_noise_that_comes_near_is_found_at_the_check(small: Path, noise: float, severity: str) -> None:
    (finding,) = findings(Tolerance, loaded(small), results_for(small, noise=noise))
    assert (finding.severity, finding.line) == (severity, 5)
    assert finding.text.startswith(f"`slope`: with two threads of torch the reference solution differs in `{LINE}` by ")
    assert in_percent(noise) in finding.text


def test_a_wrong_answer_that_nearly_passes_is_found(small: Path) -> None:
    (finding,) = findings(Tolerance, loaded(small), results_for(small, missed=3.2))
    assert finding.severity == "warning"
    assert "catches another_function.py by a difference" in finding.text
    assert "only 3.2 times what is allowed" in finding.text


def test_shares_in_words() -> None:
    assert [in_percent(share) for share in (0, 0.0004, 0.021, 0.5)] == ["0 %", "<1 %", "2 %", "50 %"]
