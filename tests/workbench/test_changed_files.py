"""Which exercises changed files belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.workbench.changed_files import exercises_of_files

KNOWN = ("cube", "sine")


@pytest.mark.parametrize(
    ("files", "exercises"),
    [
        (["exercises/cube.yaml", "rubrics/cube.yml", "solutions/cube.py"], ("cube",)),
        (["solutions/mistakes/sine/wrong.ipynb", "solutions/mistakes/cube/verdicts.yaml"], ("sine", "cube")),
        (["handout/starters/cube.py"], ("cube",)),
        (["../README.md", "/etc/hosts"], ()),
        (["exercises/cube.yaml", "course.yaml"], None),
        (["exercises/data/points.csv"], None),
        (["support/helpers.py"], None),
        (["assignments/hw2.yaml"], None),
        (["rubrics/gone.yaml"], None),
        (["README.md"], None),
    ],
)
def test_files_belong_to_exercises(tmp_path: Path, files: list[str], exercises: tuple[str, ...] | None) -> None:
    course = tmp_path / "course"
    assert exercises_of_files(course, [course / file for file in files], KNOWN) == exercises
