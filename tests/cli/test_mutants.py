"""``grade mutants``: through real processes, on a course of one exercise."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml

from grader import cli
from grader.workbench.kept import Kept

EXERCISE = """\
id: cube
title: Cube
statement: The slope of a cube.
checks:
  - id: slope
    kind: backward
    given: output == leaf ** 3
    expect: {gradient: 3 * leaf ** 2}
"""
REFERENCE = """\
import torch

x = torch.tensor([1.0, -2.0], requires_grad=True)
y = x.clone() ** 3
y.sum().backward()
"""
EXPLAINED = '"repeat-backward: *": The pass is right, however often it runs.\n"other-data: *": Any numbers will do.\n'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    for name, text in {
        "exercises/cube.yaml": EXERCISE,
        "rubrics/cube.yaml": "exercise: cube\nchecks: {slope: {points: 2, hint: Cube it.}}\n",
        "solutions/cube.py": REFERENCE,
        "solutions/mistakes/cube/mutants.yaml": EXPLAINED,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each mutant runs once for all tests of this file."""
    folder = tmp_path_factory.mktemp("kept")
    with mock.patch.object(Kept, "of_user", return_value=Kept(folder)):
        yield


def printed(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["mutants", *arguments, "--course", str(root)])
    return code, capsys.readouterr().out


def as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    _, out = printed(root, capsys, "cube", "--format", "json")
    (exercise,) = json.loads(out)["exercises"]
    return exercise


def test_wrong_mutants_are_caught_and_the_others_told_apart(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = as_json(root, capsys)
    by_name = {mutant["name"]: mutant for mutant in exercise["mutants"]}
    states = {name: mutant["state"] for name, mutant in by_name.items()}
    assert states["drop-requires-grad: x = torch.tensor([1.0, -2.0], requires_grad=True)"] == "caught"
    assert states["constant-minus-one: y = x.clone() ** 3"] == "caught"
    assert states["typed-gradient: y.sum().backward()"] == "caught"
    assert states["drop-clone: y = x.clone() ** 3"] == "equivalent"
    assert states["repeat-backward: y.sum().backward()"] == "explained"
    assert by_name["other-reduction: y.sum().backward()"]["caught_by"] == ["slope"]
    assert by_name["repeat-backward: y.sum().backward()"]["reason"] == "The pass is right, however often it runs."
    assert exercise["score"] == 1.0
    assert exercise["caught_by_check"]["slope"] == list(states.values()).count("caught")


def test_a_table_and_the_survivors_as_diffs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = printed(root, capsys, "cube", "--survivors")
    assert code == 0
    assert "100 %" in out
    assert "equivalent  drop-clone: y = x.clone() ** 3" in out
    assert "-y = x.clone() ** 3\n    +y = x ** 3" in out
    assert "It did what the reference did in 3 runs" in out
    assert out.rstrip().endswith("Every mutant that is wrong was caught.")


def test_one_mutant_is_shown_with_what_caught_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = printed(root, capsys, "cube", "--show", "constant-minus-one: y = x.clone() ** 3")
    assert code == 0
    assert "+y = x.clone() ** 2" in out
    assert "caught by slope" in out


def test_a_name_that_there_is_not(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mutants", "cube", "--show", "drop-clone: y = x.clone()", "--course", str(root)]) == 2
    assert "did you mean `drop-clone: y = x.clone() ** 3`?" in capsys.readouterr().err


def test_a_course_without_solutions_has_none(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported = shutil.copytree(root, tmp_path / "exported", ignore=shutil.ignore_patterns("solutions"))
    (exported / "references").mkdir()
    _, out = printed(exported, capsys)
    assert out.startswith("There are no mutants: no exercise here has a reference")


def test_a_mutant_becomes_a_known_submission(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "constant-minus-one: y = x.clone() ** 3"
    code, _ = printed(root, capsys, "cube", "--keep", name, "--file", "square.py")
    folder = root / "solutions/mistakes/cube"
    assert code == 0
    assert (folder / "square.py").read_text(encoding="utf-8") == REFERENCE.replace("** 3", "** 2")
    assert yaml.safe_load((folder / "verdicts.yaml").read_text(encoding="utf-8")) == {
        "square.py": {
            "about": "A number one smaller: y = x.clone() ** 3",
            "verdicts": {"slope": "failed"},
            "score": 0,
        }
    }
    assert cli.main(["mutants", "cube", "--keep", name, "--file", "square.py", "--course", str(root)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_a_goal_that_is_not_reached(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    explained = root / "solutions/mistakes/cube/mutants.yaml"
    explained.write_text('"other-data: *": Any numbers will do.\n"drop-clone: z": Why.\n', encoding="utf-8")
    try:
        assert cli.main(["mutants", "cube", "--goal", "100", "--course", str(root)]) == 2
        out, err = capsys.readouterr()
        assert "Below the goal of 100 %: cube." in out
        assert "mutants.yaml:2:" in err
        assert "has no such mutant any more" in err
        explained.write_text('"other-data: *": Any numbers will do.\n', encoding="utf-8")
        assert cli.main(["mutants", "cube", "--goal", "100", "--course", str(root)]) == 1
    finally:
        explained.write_text(EXPLAINED, encoding="utf-8")


@pytest.mark.parametrize("wrong", [["--show", "x: y"], ["cube", "--file", "a.py"], ["--limit", "0"], ["--goal", "101"]])
def test_wrong_usage(root: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mutants", *wrong, "--course", str(root)]) == 2
    assert capsys.readouterr().err
